package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Where the state is kept depends on the configuration and the service, not on
// the folder that a command is called from.
func TestDefaultStore(t *testing.T) {
	for _, tt := range []struct{ file, state, want string }{
		{"config.yaml", "", "newswatch.db"},
		{"/home/nw/news/config.yaml", "", "/home/nw/news/newswatch.db"},
		{"/etc/newswatch/config.yaml", "", "/var/lib/newswatch/newswatch.db"},
		{"/etc/newswatch/config.yaml", "/srv/state", "/srv/state/newswatch.db"},
		{"/etc/newswatch/other.yaml", "", "/etc/newswatch/newswatch.db"},
		{"news/config.yaml", "/srv/a:/srv/b", "/srv/a/newswatch.db"},
	} {
		env := func(string) (string, bool) { return tt.state, tt.state != "" }
		if got := defaultStore(tt.file, env); got != tt.want {
			t.Errorf("%s, state directory %q: %s, want %s", tt.file, tt.state, got, tt.want)
		}
	}
}

// A store that an earlier version made in the working directory is used until
// there is one in the new place or the configuration names one, and check says
// so.
func TestFormerStoreIsTaken(t *testing.T) {
	tests := map[string]struct {
		text          string
		former, there bool
		taken         bool
	}{
		"none yet":         {"watches: []", false, false, false},
		"one of before":    {"watches: []", true, false, true},
		"one of each":      {"watches: []", true, true, false},
		"the path is said": {"watches: []\nstore: {path: newswatch.db}", true, false, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			here, dir := t.TempDir(), t.TempDir()
			t.Chdir(here)
			path := write(t, dir, "config.yaml", tt.text)
			for file, made := range map[string]bool{filepath.Join(here, storeName): tt.former, filepath.Join(dir, storeName): tt.there} {
				if made {
					if err := os.WriteFile(file, nil, 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
			want := filepath.Join(dir, storeName)
			if tt.taken {
				want = filepath.Join(here, storeName)
			}
			cfg, report := Load(path, environ())
			if cfg == nil || cfg.Store.Path != want {
				t.Fatalf("store of %+v, want %s\n%s", cfg, want, rendered(report))
			}
			if said := strings.Contains(rendered(report), "store of an earlier version is used"); said != tt.taken {
				t.Errorf("said: %v\n%s", said, rendered(report))
			}
		})
	}
}
