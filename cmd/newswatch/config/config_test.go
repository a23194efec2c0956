package config

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite golden files and the schema")

// environ is an environment of nothing but these.
func environ(pairs ...string) func(string) (string, bool) {
	set := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		set[pairs[i]] = pairs[i+1]
	}
	return func(name string) (string, bool) {
		v, ok := set[name]
		return v, ok
	}
}

// write puts a file into dir that only its owner can read.
func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// load loads a text that has no mistakes.
func load(t *testing.T, text string, env ...string) *Config {
	t.Helper()
	cfg, report := Load(write(t, t.TempDir(), "config.yaml", text), environ(env...))
	if cfg == nil {
		t.Fatalf("refused: %v", report.Err())
	}
	return cfg
}

// rendered is a report as a terminal shows it.
func rendered(r *Report) string {
	var b strings.Builder
	for _, p := range r.Problems {
		b.WriteString(p.String() + "\n")
		if e := p.Excerpt(); e != "" {
			b.WriteString(e + "\n")
		}
	}
	return b.String()
}

// TestBrokenFiles holds what people see of each kind of mistake. Run with
// -update after a change, and read the difference.
func TestBrokenFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			golden, err := filepath.Abs("testdata/" + name + ".txt")
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			write(t, dir, name+".yaml", string(text))
			write(t, dir, "empty-token", "\n")
			t.Chdir(dir)
			cfg, report := Load(name+".yaml", environ("HOME_TEAM", "agents AND agency"))
			if cfg != nil || report.OK() {
				t.Error("accepted")
			}
			got := rendered(report)
			for _, secret := range []string{"never-shown", "not-to-be-seen", "hunter22", "abcdef012345"} {
				if strings.Contains(got, secret) {
					t.Errorf("shows the secret %q", secret)
				}
			}
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// The page may change the configuration where nobody else reaches it, or where
// it is told to.
func TestEdits(t *testing.T) {
	for _, c := range []struct {
		h    HTTP
		want bool
	}{
		{HTTP{Listen: "127.0.0.1:8087"}, true},
		{HTTP{Listen: "[::1]:8087"}, true},
		{HTTP{Listen: "localhost:8087"}, true},
		{HTTP{Listen: "unix:/run/x"}, true},
		{HTTP{Listen: "0.0.0.0:8087"}, false},
		{HTTP{Listen: ":8087"}, false},
		{HTTP{Listen: "10.0.0.1:8087"}, false},
		{HTTP{Listen: "10.0.0.1:8087", Edit: "true"}, true},
		{HTTP{Listen: "127.0.0.1:8087", Edit: "false"}, false},
	} {
		if got := c.h.Edits(); got != c.want {
			t.Errorf("%+v: %v, want %v", c.h, got, c.want)
		}
	}
}

// A header that anybody could send is no proof of who asks.
func TestAuth(t *testing.T) {
	for text, want := range map[string]string{
		`{header: X-User, from: [10.0.0.5, "10.1.0.0/16"]}`: "",
		`{header: X-User}`:                   "anybody could send the header X-User",
		`{from: [10.0.0.5]}`:                 "no header is named",
		`{header: "X User", from: [::1]}`:    "is no name of a header",
		`{header: X-User, from: [somebody]}`: "neither an address nor a network",
	} {
		path := write(t, t.TempDir(), "config.yaml", "http: {listen: \"127.0.0.1:1\", edit: false, auth: "+text+"}\nwatches: [{name: w, match: ferry}]\nfeeds: [{url: \"https://a.example/f\"}]\n")
		cfg, report := Load(path, environ())
		if got := rendered(report); want == "" && cfg == nil || !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %q", text, got, want)
		}
		if cfg != nil && len(cfg.HTTP.Auth.Proxies()) != 2 {
			t.Errorf("%s: proxies %v", text, cfg.HTTP.Auth.Proxies())
		}
	}
	if _, report := Load(write(t, t.TempDir(), "config.yaml", "http: {edit: maybe}\n"), environ()); !strings.Contains(rendered(report), "maybe") {
		t.Errorf("edit: maybe is taken: %s", rendered(report))
	}
}
