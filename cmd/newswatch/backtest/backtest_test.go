package backtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"newswatch/cmd/newswatch/config"
	"newswatch/monitor"
)

// inputs reads lines as a file of items.
func inputs(t *testing.T, lines ...string) []Item {
	t.Helper()
	items, err := ReadItems(strings.NewReader(strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return items
}

func backtestConfig(t *testing.T) *config.Config {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	text := `
timezone: UTC
store: {path: unused.db}
watches:
  - {name: deals, match: "contract OR deal OR briefing", notify: [screen]}
destinations:
  - {name: screen, console: {}}
digests:
  - {name: daily, schedule: "0 7 * * *", notify: [screen]}
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, report := config.Load(path, os.LookupEnv)
	if cfg == nil {
		t.Fatal(report)
	}
	return cfg
}

// What backtest makes of items is what the daemon would have made of them.
func TestBacktestRoles(t *testing.T) {
	const first = `{"feed":"a","title":"Navy signs a contract with Harbour Works for patrol boats","url":"https://a.example/1","guid":"g1","seen":"2026-11-20T08:00:00Z","published":"2026-11-20T07:50:00Z"}`
	tests := map[string]struct {
		next string
		role string
		same bool // one story
	}{
		"the same address elsewhere":       {`{"feed":"b","title":"Boats for the navy: a deal","url":"http://www.a.example/1?utm_source=x","seen":"2026-11-20T09:00:00Z"}`, "repeat", true},
		"the same guid":                    {`{"feed":"a","title":"Boats for the navy: a deal","url":"https://a.example/2","guid":"g1","seen":"2026-11-20T09:00:00Z"}`, "revision", true},
		"the same title and day in a feed": {`{"feed":"a","title":"Navy signs a contract with Harbour Works for patrol boats","url":"https://a.example/2","seen":"2026-11-20T09:00:00Z","published":"2026-11-20T07:55:00Z"}`, "repeat", true},
		"the same title elsewhere":         {`{"feed":"b","title":"Navy signs a contract with Harbour Works for patrol boats","url":"https://b.example/1","seen":"2026-11-20T09:00:00Z"}`, "reprint", true},
		"the same title, when it is past":  {`{"feed":"b","title":"Navy signs a contract with Harbour Works for patrol boats","url":"https://b.example/1","seen":"2026-11-24T09:00:00Z"}`, "first", false},
		"another event":                    {`{"feed":"b","title":"Museum wins a deal on stolen paintings","url":"https://b.example/1","seen":"2026-11-20T09:00:00Z"}`, "first", false},
	}
	cfg := backtestConfig(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			done, _, err := Run(t.Context(), cfg, inputs(t, first, tt.next))
			if err != nil {
				t.Fatal(err)
			}
			if got := done[1]; got.Role != tt.role || (got.Story == done[0].Story) != tt.same {
				t.Errorf("the second is a %s of story %s, the first of %s; want a %s, one story: %v", got.Role, got.Story, done[0].Story, tt.role, tt.same)
			}
		})
	}
}

// How many polls share a transaction changes nothing of what would be told.
func TestBacktestInGroupsIsTheSame(t *testing.T) {
	cfg := backtestConfig(t)
	var lines []string
	for i := range 120 {
		lines = append(lines, fmt.Sprintf(`{"feed":"f%d","title":"Town %d signs contract %d with Corvane %d","url":"https://f.example/%d","seen":"2026-11-%02dT%02d:%02d:00Z"}`,
			i%7, i%11, i%13, i%5, i%90, 20+i/24, i%24, i%60))
	}
	replayed := func(group int) string {
		r, cleanUp, err := newReplay(cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := cleanUp(); err != nil {
				t.Error(err)
			}
		}()
		r.group = group
		if err := r.run(context.Background(), inputs(t, lines...)); err != nil {
			t.Fatal(err)
		}
		done, notices, err := r.finish()
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		for _, v := range []any{done, notices} {
			if err := json.NewEncoder(&out).Encode(v); err != nil {
				t.Fatal(err)
			}
		}
		return out.String()
	}
	want := replayed(1)
	for _, group := range []int{7, 1000} {
		if got := replayed(group); got != want {
			t.Errorf("%d polls a transaction tell otherwise than one:\n%s\n%s", group, got, want)
		}
	}
}

// A story is one message a destination: it names all watches that match it, the
// first by priority.
func TestBacktestNamesAllWatches(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	text := `
timezone: UTC
watches:
  - {name: deals, match: "contract", notify: [screen, desk]}
  - {name: boats, match: "boats", notify: [screen], priority: high}
destinations: [{name: screen, console: {}}, {name: desk, console: {}}]
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, problems := config.Load(path, os.LookupEnv)
	if cfg == nil {
		t.Fatal(problems)
	}
	_, notices, err := Run(t.Context(), cfg, inputs(t,
		`{"feed":"a","title":"Parliament is on holiday","url":"https://a.example/0","guid":"g0","seen":"2026-11-20T07:00:00Z"}`,
		`{"feed":"a","title":"Navy signs a contract for patrol boats","url":"https://a.example/1","guid":"g1","seen":"2026-11-20T08:00:00Z","published":"2026-11-20T07:50:00Z"}`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range notices {
		line, err := json.Marshal(n)
		if err != nil {
			t.Fatal(err)
		}
		if n.Kind == "alert" {
			got = append(got, n.Destination+" "+string(line))
		}
	}
	if len(got) != 2 || !strings.Contains(got[0], `"watch":"deals","watches":["deals"]`) || !strings.HasPrefix(got[0], "desk") ||
		!strings.Contains(got[1], `"watch":"boats","watches":["boats","deals"]`) {
		t.Errorf("messages %q", got)
	}
}

// A replay learns what a feed means by a name as the daemon does, from nothing,
// and comes to the same every time.
func TestBacktestLearnsSenses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	text := `
store: {path: unused.db}
entities:
  azure: {label: Microsoft Azure, words: [Azure], not: ["Azure Minerals"], support: {any: [cloud]}}
watches:
  - {name: azure, match: "{azure}", notify: [screen]}
destinations:
  - {name: screen, console: {}}
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, report := config.Load(path, os.LookupEnv)
	if cfg == nil {
		t.Fatal(report)
	}
	var lines []string
	for i, title := range []string{"Azure Minerals drills near Perth", "Azure soars after bid", "Azure Minerals names a chairman",
		"Shareholders vote at Azure Minerals", "SQM offers more for Azure"} {
		lines = append(lines, fmt.Sprintf(`{"feed":"mining","title":%q,"url":"https://m.example/%d","seen":"2026-11-2%dT08:00:00Z"}`, title, i, i))
	}
	for range 2 {
		done, _, err := Run(t.Context(), cfg, inputs(t, lines...))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, it := range done {
			got += fmt.Sprint(len(it.Matches))
		}
		if got != "01000" {
			t.Errorf("matches %s, want the second item alone, of which nothing was known yet", got)
		}
	}
	items := inputs(t, lines[1], lines[4])
	items[0].labels = []monitor.Label{{Watch: "azure", Entity: "azure", At: items[0].Seen.Add(time.Hour)}, {Watch: "gone", Entity: "gone", At: items[0].Seen.Add(time.Hour)}}
	done, _, err := Run(t.Context(), cfg, items)
	if err != nil || len(done[0].Matches) != 1 || len(done[1].Matches) != 0 {
		t.Errorf("a reader said that the first means another: %+v, %v", done, err)
	}
}
