package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
)

func TestDefaults(t *testing.T) {
	dir := t.TempDir()
	cfg := load(t, "watches: [{name: a, match: contract}]", "STATE_DIRECTORY", dir+":/other")
	for what, ok := range map[string]bool{
		"freshness":       cfg.Freshness == 24*time.Hour,
		"store.path":      cfg.Store.Path == filepath.Join(dir, "newswatch.db"),
		"store.keep":      cfg.Store.Keep == 400*24*time.Hour,
		"http.listen":     cfg.HTTP.Listen == "127.0.0.1:8087",
		"fetch.schedule":  cfg.Fetch.Schedule == "15m",
		"fetch.max_body":  cfg.Fetch.MaxBody == 16<<20,
		"heartbeat.every": cfg.Heartbeat.Every == 5*time.Minute,
		"zone":            cfg.Zone == time.Local,
	} {
		if !ok {
			t.Errorf("%s is not the default: %+v", what, cfg)
		}
	}
	if cfg := load(t, "watches: []"); cfg.Store.Path != filepath.Join(filepath.Dir(cfg.File), "newswatch.db") {
		t.Errorf("store at %q without a state directory, the configuration at %q", cfg.Store.Path, cfg.File)
	}
}

func TestValues(t *testing.T) {
	dir := t.TempDir()
	path := write(t, dir, "config.yaml", `
timezone: America/New_York
store: {path: state/nw.db, keep: 30d}
http: {listen: ""}
fetch: {schedule: "@every 1h", max_body: 1MiB, allow: [127.0.0.0/8]}
feeds:
  - &one {url: "http://127.0.0.1:1/a", tags: [x], headers: {Authorization_file: key, X-Number: 12}}
  - {<<: *one, url: "http://127.0.0.1:1/b", name: 404}
watches: [{name: a, match: contract, feeds: ["127.0.0.1/a"], weak: drop}]
destinations: [{name: screen, console: , quiet: "22:00-07:00", budget: 5/30m}]
digests: [{name: d, schedule: "0 7 * * *", notify: [screen], timezone: Asia/Tokyo}]
`)
	write(t, dir, "key", "Bearer abc\n")
	cfg, report := Load(path, environ())
	if cfg == nil || len(report.Problems) > 0 {
		t.Fatalf("problems:\n%s", rendered(report))
	}
	for what, ok := range map[string]bool{
		"store.path":  cfg.Store.Path == filepath.Join(dir, "state/nw.db"),
		"http.listen": cfg.HTTP.Listen == "",
		"max_body":    cfg.Fetch.MaxBody == 1<<20,
		"zone":        cfg.Zone.String() == "America/New_York",
		"name":        cfg.Feeds[0].Name == "127.0.0.1/a" && cfg.Feeds[1].Name == "404",
		"merged tags": slices.Equal(cfg.Feeds[1].Tags, []string{"x"}),
		"header":      cfg.Feeds[0].Headers["Authorization"].Reveal() == "Bearer abc" && cfg.Feeds[0].Headers["X-Number"].Reveal() == "12",
		"console":     cfg.Destinations[0].Console != nil,
		"policy":      cfg.Destinations[0].Policy.Budget.N == 5 && cfg.Destinations[0].Policy.Quiet.From == 22*60,
		"quiet zone":  cfg.Destinations[0].Policy.Quiet.Zone == cfg.Zone,
		"digest zone": cfg.Digests[0].Zone.String() == "Asia/Tokyo" && cfg.Digests[0].Slots != nil,
	} {
		if !ok {
			t.Errorf("%s: %+v", what, cfg)
		}
	}
}

func TestSubscriptionList(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "list.opml", `<opml><body><outline text="folder">
		<outline text="same" xmlUrl="https://example.org/a"/>
		<outline text="taken" xmlUrl="https://example.org/b"/>
		<outline text="new" xmlUrl="https://example.org/c"/></outline></body></opml>`)
	path := write(t, dir, "config.yaml", `
feeds:
  - {name: own, url: "https://www.example.org/a", tags: [mine]}
  - {name: taken, url: "https://example.org/d"}
  - {opml: list.opml, tags: [imported], class: press, schedule: 1h}
watches: [{name: a, match: contract, feeds: [imported, new]}]
`)
	cfg, report := Load(path, environ())
	if cfg == nil || len(report.Problems) > 0 {
		t.Fatalf("problems:\n%s", rendered(report))
	}
	var got []string
	for _, f := range cfg.Feeds {
		got = append(got, fmt.Sprint(f.Name, f.URL, f.Tags, f.Class, f.Schedule))
	}
	want := []string{
		"own https://www.example.org/a [mine folder imported]  ",
		"taken https://example.org/d []  ",
		"example.org/b https://example.org/b [folder imported] press 1h",
		"new https://example.org/c [folder imported] press 1h",
	}
	for i := range want {
		want[i] = strings.ReplaceAll(want[i], " ", "")
	}
	for i := range got {
		got[i] = strings.ReplaceAll(got[i], " ", "")
	}
	for i := range want {
		if i >= len(got) || strings.ReplaceAll(got[i], " ", "") != want[i] {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
}

func TestIncludedEntities(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "wrapped.yaml", "entities:\n  a: {names: [Alpha]}\n  b: {names: [Beta]}\n")
	write(t, dir, "bare.yaml", "b: {names: [Beta Two]}\nc: {nams: [Gamma]}\nd: {any: ['de*']}\n")
	write(t, dir, "config.yaml", "entities:\n  include: [wrapped.yaml, bare.yaml, none.yaml]\n  a: {names: [Own]}\nwatches: [{name: w, match: '{a} {b}'}]\n")
	t.Chdir(dir)
	cfg, report := Load("config.yaml", environ())
	if cfg != nil {
		t.Fatal("accepted")
	}
	got := rendered(report)
	for _, want := range []string{
		`config.yaml:2:38: none.yaml: no such file or directory`,
		`bare.yaml:1:1: entity "b" is in wrapped.yaml too`,
		`bare.yaml:2:5: unknown key "nams" in c (did you mean "names"?)`,
		`bare.yaml:3:12: prefix de* is shorter`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	write(t, dir, "config.yaml", "entities:\n  include: [wrapped.yaml]\n  a: {names: [Own]}\nwatches: [{name: w, match: '{a} {b}'}]\n")
	if cfg, report = Load("config.yaml", environ()); cfg == nil {
		t.Fatal(rendered(report))
	}
	if cfg.Entities.Named["a"].Names[0] != "Own" || cfg.Entities.Named["b"].Names[0] != "Beta" {
		t.Errorf("got %v", cfg.Entities.Named)
	}
}

func TestUnreadable(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"missing.yaml": "missing.yaml:1:1: no such file or directory (name the file with --config)",
		"folder":       "folder:1:1: is a directory, not a file",
		"/dev/null":    "/dev/null:1:1: is not a regular file",
	} {
		t.Chdir(dir)
		cfg, report := Load(name, environ())
		if got := rendered(report); cfg != nil || strings.TrimSpace(got) != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestSecretFiles(t *testing.T) {
	dir := t.TempDir()
	open := write(t, dir, "open", "xoxb-open")
	if err := os.Chmod(open, 0o644); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "lines", "one\ntwo\n")
	text := "watches: [{name: a, match: b}]\ndestinations: [{name: a, slack: {token_file: %s, channel: '#a'}}]\n"
	for file, want := range map[string]string{
		"open":  "warning: token_file: " + open + " can be read by others (chmod 600 " + open + ")",
		"lines": "has more than one line",
		".":     "is a directory",
	} {
		_, report := Load(write(t, dir, "config.yaml", fmt.Sprintf(text, file)), environ())
		if got := rendered(report); !strings.Contains(got, want) || strings.Contains(got, "xoxb") {
			t.Errorf("%s: got %q, want %q", file, got, want)
		}
	}
	_, report := Load(write(t, dir, "config.yaml", fmt.Sprintf(text, "${CREDENTIALS_DIRECTORY}/open")), environ("CREDENTIALS_DIRECTORY", dir))
	if got := rendered(report); strings.Contains(got, "read by others") {
		t.Errorf("remark on a credential of systemd: %s", got)
	}
}

func TestInlineSecretRemark(t *testing.T) {
	path := write(t, t.TempDir(), "config.yaml", "watches: [{name: a, match: b}]\ndestinations: [{name: a, slack: {token: xoxb-1-2-3, channel: '#a'}}]\n")
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	cfg, report := Load(path, environ())
	if got := rendered(report); cfg == nil || !strings.Contains(got, "everybody on this machine can read") || strings.Contains(got, "xoxb") {
		t.Errorf("got %q", got)
	}
}

// A file of a few kilobytes cannot unfold to gigabytes.
func TestAliasBomb(t *testing.T) {
	var b strings.Builder
	b.WriteString("timezone: UTC\nentities:\n  e: {any: &a [" + strings.Repeat("x, ", 3000) + "x]}\nwatches:\n")
	for range 3000 {
		b.WriteString("- {feeds: *a}\n")
	}
	_, report := Load(write(t, t.TempDir(), "config.yaml", b.String()), environ())
	if !strings.Contains(report.Err().Error(), "aliases make this more than ten times as large") {
		t.Errorf("got %.200s", report.Err())
	}
}

func TestFind(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("NEWSWATCH_CONFIG", "/x/y.yaml")
	if got := Find("given.yaml"); got != "given.yaml" {
		t.Errorf("with a flag: %s", got)
	}
	if got := Find(""); got != "/x/y.yaml" {
		t.Errorf("with the environment: %s", got)
	}
	t.Setenv("NEWSWATCH_CONFIG", "")
	write(t, ".", "config.yaml", "")
	if got := Find(""); got != "config.yaml" {
		t.Errorf("with a file here: %s", got)
	}
}

func TestDiff(t *testing.T) {
	before := `
freshness: 24h
http: {listen: "127.0.0.1:8087"}
feeds: [{name: a, url: "https://example.org/a?key=hidden", schedule: 15m}, {name: gone, url: "https://example.org/g"}]
entities: {e: {names: [One]}}
watches: [{name: w, match: contract, notify: [s]}]
destinations: [{name: s, slack: {token: xoxb-old, channel: "#a"}}]
`
	after := strings.NewReplacer("24h", "2d", ":8087", ":8088", "key=hidden", "key=other", "15m", "5m", "gone", "new", "[One]", "[Two]",
		"contract,", "award,", "xoxb-old", "xoxb-new", `"#a"}`, `"#a"}, budget: 3/h`).Replace(before)
	got := Diff(load(t, before, "STATE_DIRECTORY", "/state"), load(t, after, "STATE_DIRECTORY", "/state"))
	want := []string{
		"freshness 24h0m0s -> 48h0m0s",
		`http.listen "127.0.0.1:8087" -> "127.0.0.1:8088" (at the next start)`,
		`feed "a": schedule "15m" -> "5m"`,
		`feed "a": url changed`,
		`feed "gone" removed`,
		`feed "new" added`,
		`entity "e": names changed`,
		`watch "w": match changed`,
		`destination "s": budget "" -> "3/h"`,
		`destination "s": slack.token changed`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := Diff(load(t, before, "STATE_DIRECTORY", "/state"), load(t, before, "STATE_DIRECTORY", "/state")); len(got) > 0 {
		t.Errorf("nothing changed, but %q", got)
	}
	if s := fmt.Sprintf("%v %+v", load(t, before, "STATE_DIRECTORY", "/state").Destinations[0].Slack, feeds.Secret("xoxb-old")); strings.Contains(s, "xoxb") {
		t.Errorf("a secret printed itself: %s", s)
	}
}

// A hundred problems in one file are a hundred lines, in order.
func TestProblemsAreOrdered(t *testing.T) {
	var b strings.Builder
	b.WriteString("watches:\n")
	for i := range 100 {
		fmt.Fprintf(&b, "- {name: w%d, match: '{nobody}', notify: [x]}\n", i)
	}
	_, report := Load(write(t, t.TempDir(), "config.yaml", b.String()), environ())
	if n := len(report.Problems); n < 200 {
		t.Errorf("%d problems", n)
	}
	if !slices.IsSortedFunc(report.Problems, func(a, b Problem) int { return a.Line - b.Line }) {
		t.Error("not in order")
	}
}

func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, file := range append(files, reference) {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		cfg, report := Load(write(t, t.TempDir(), "config.yaml", text), environ("NAME", "value"))
		if (cfg == nil) == report.OK() {
			t.Errorf("config %v, report OK %v", cfg != nil, report.OK())
		}
		for _, p := range report.Problems {
			if p.Line < 1 || p.Col < 1 || p.Message == "" || strings.ContainsAny(p.String(), "\n\x1b") || strings.Count(p.Excerpt(), "\n") > 1 {
				t.Errorf("problem %q", p)
			}
		}
		if cfg != nil {
			Diff(cfg, cfg)
		}
	})
}
