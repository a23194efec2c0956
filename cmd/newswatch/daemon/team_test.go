package daemon

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"newswatch/cmd/newswatch/config"
	"newswatch/monitor/api"
	"newswatch/monitor/store/pg/pgtest"
)

// A press is a feed that grows, and a hook that counts what it is told.
type press struct {
	*httptest.Server
	mu     sync.Mutex
	titles []string
	told   map[string]int
}

func newPress(t *testing.T) *press {
	w := &press{told: map[string]int{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /feed", func(out http.ResponseWriter, _ *http.Request) {
		w.mu.Lock()
		defer w.mu.Unlock()
		fmt.Fprint(out, `<rss version="2.0"><channel><title>Wire</title><link>https://wire.example/</link>`)
		for i := len(w.titles) - 1; i >= 0; i-- {
			fmt.Fprintf(out, `<item><title>%s</title><link>https://wire.example/%d</link><guid>g%d</guid></item>`, w.titles[i], i, i)
		}
		fmt.Fprint(out, `</channel></rss>`)
	})
	mux.HandleFunc("POST /hook", func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, title := range w.titles {
			if bytes.Contains(body, []byte(title)) {
				w.told[title]++
			}
		}
	})
	w.Server = httptest.NewServer(mux)
	t.Cleanup(w.Close)
	return w
}

func (w *press) publish(title string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.titles = append(w.titles, title)
}

func (w *press) heard(title string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.told[title]
}

// freePort returns an address nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 { // below those that systems give to connections, which may take it meanwhile
		if l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", 20_000+rand.IntN(12_000))); err == nil {
			defer l.Close()
			return l.Addr().String()
		}
	}
	t.Fatal("no port is free")
	return ""
}

// A machine is one of several with a configuration of its own.
type machine struct {
	cfg  *config.Config
	stop context.CancelFunc
	done chan error
}

func newMachine(t *testing.T, database string, w *press) *machine {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	text := fmt.Sprintf(`store: {url: %q, lease: 2s}
http: {listen: %q}
fetch: {allow: [127.0.0.0/8]}
feeds: [{name: wire, url: "%s/feed"}]
watches: [{name: w, match: palantir, notify: [hook]}]
destinations: [{name: hook, webhook: {url: "%s/hook"}}]
`, database, freePort(t), w.URL, w.URL)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, report := config.Load(path, os.LookupEnv)
	if !report.OK() {
		t.Fatal(report.Err())
	}
	return &machine{cfg: cfg}
}

func (m *machine) start(t *testing.T) {
	var ctx context.Context
	ctx, m.stop = context.WithCancel(context.Background())
	m.done = make(chan error, 1)
	go func() {
		m.done <- Serve(ctx, m.cfg, Options{Version: "test", Out: io.Discard, Log: slog.New(slog.DiscardHandler)})
	}()
	t.Cleanup(func() { m.end(t) })
}

func (m *machine) end(t *testing.T) {
	m.stop()
	if m.done == nil {
		return
	}
	if err := <-m.done; err != nil {
		t.Error(err)
	}
	m.done = nil
}

// status asks a machine's page; ready reports whether it leads.
func (m *machine) status(t *testing.T) (st api.Status) {
	t.Helper()
	resp, err := http.Get("http://" + m.cfg.HTTP.Listen + "/api/v1/status")
	if err != nil {
		return st
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&st); err != nil {
		t.Error(err)
	}
	return st
}

func (m *machine) ready() bool {
	resp, err := http.Get("http://" + m.cfg.HTTP.Listen + "/readyz")
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// command has a process without a daemon of its own ask.
func (m *machine) command(t *testing.T, method, path string, body any) string {
	t.Helper()
	out := ""
	cfg := *m.cfg
	cfg.Store.Path = filepath.Join(t.TempDir(), "none")
	err := Ask(&cfg, "test", func(c *api.Client) error {
		return c.Each(t.Context(), method, path, body, func(v json.RawMessage) error { out += string(v); return nil })
	})
	if err != nil {
		out += err.Error()
	}
	return out
}

// Two machines share a database: one leads, both answer, commands work from
// anywhere, the other one takes over, and each story is told once.
func TestTwoMachines(t *testing.T) {
	t.Parallel()
	w := newPress(t)
	w.publish("Nothing in particular")
	database := pgtest.URL(t)
	a, b := newMachine(t, database, w), newMachine(t, database, w)
	a.start(t)
	eventually(t, "the first leads", a.ready)
	b.start(t)
	eventually(t, "both are known", func() bool { return len(b.status(t).Daemons) == 2 })
	if st := b.status(t); b.ready() || st.Leader == "" || st.Leader != a.status(t).Leader {
		t.Errorf("the second: ready %v, status %+v", b.ready(), st)
	}
	w.publish("Palantir wins a contract")
	if got := b.command(t, "POST", "poll", map[string]string{"feed": "wire"}); !strings.Contains(got, "wire") {
		t.Errorf("feeds poll from a third machine: %s", got)
	}
	eventually(t, "the story is told", func() bool { return w.heard("Palantir wins a contract") > 0 })
	if got := b.command(t, "POST", "silences", map[string]any{"query": "suits", "until": time.Now().Add(time.Hour), "by": "me"}); !strings.Contains(got, `"id"`) {
		t.Errorf("silence: %s", got)
	}
	if got := b.command(t, "GET", "stories", nil); !strings.Contains(got, "Palantir wins a contract") {
		t.Errorf("stories: %s", got)
	}
	a.end(t)
	eventually(t, "the second leads", b.ready)
	w.publish("Palantir loses another suit")
	b.command(t, "POST", "poll", map[string]string{"feed": "wire"})
	eventually(t, "the next story is told", func() bool { return w.heard("Palantir loses another suit") > 0 })
	b.end(t)
	if got := a.command(t, "GET", "status", nil); strings.Contains(got, `"leader"`) || !strings.Contains(got, `"daemons":[]`) {
		t.Errorf("status without daemons: %s", got)
	}
	if got := a.command(t, "POST", "silences", map[string]any{"watch": "w", "until": time.Now().Add(time.Hour), "by": "me"}); !strings.Contains(got, `"id"`) {
		t.Errorf("silence without a daemon: %s", got)
	}
	if got := a.command(t, "GET", "silences", nil); !strings.Contains(got, `"suits"`) || !strings.Contains(got, `"w"`) {
		t.Errorf("silences: %s", got)
	}
	for _, title := range []string{"Palantir wins a contract", "Palantir loses another suit"} {
		if n := w.heard(title); n != 1 {
			t.Errorf("%q was told %d times", title, n)
		}
	}
}

// Configurations that differ are remarked on once, after a rolling change had the
// time to be through, and again if they come to differ anew.
func TestConfigurationsThatDiffer(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	team := func(configs ...string) (now api.Team) {
		for _, c := range configs {
			now.Daemons = append(now.Daemons, api.Daemon{Name: "m" + c, Config: c})
		}
		return now
	}
	at := time.Date(2026, 11, 29, 4, 0, 0, 0, time.UTC)
	var d differing
	for i, step := range []struct {
		after time.Duration
		now   api.Team
		lines int
	}{
		{0, team("a", "a"), 0}, {time.Minute, team("a", "b"), 0}, {4 * time.Minute, team("a", "b"), 0}, {time.Minute, team("a", "b"), 1},
		{time.Hour, team("a", "b"), 1}, {time.Minute, team("b", "b"), 1}, {time.Minute, team("b", "c"), 1}, {5 * time.Minute, team("b", "c", "c"), 2},
	} {
		at = at.Add(step.after)
		d.look(log, step.now, at)
		if n := strings.Count(out.String(), "different configurations"); n != step.lines {
			t.Errorf("step %d: %d lines, want %d", i, n, step.lines)
		}
	}
}
