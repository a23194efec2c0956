package config

import (
	"fmt"
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

// A store in a database is named by an address that never prints, excludes a
// file, and makes no difference between two machines' configurations.
func TestStoreInADatabase(t *testing.T) {
	dir := t.TempDir()
	load := func(text string) (*Config, *Report) {
		return Load(write(t, dir, "config.yaml", "watches: []\n"+text), environ("STATE_DIRECTORY", dir))
	}
	const url = `url: "postgres://newswatch:sesame@db1,db2/newswatch"`
	cfg, report := load("store: {" + url + "}\n")
	if !report.OK() || !strings.HasPrefix(cfg.Store.URL.Reveal(), "postgres://") || strings.Contains(fmt.Sprint(cfg.Store), "sesame") {
		t.Fatalf("%v, %v", cfg, rendered(report))
	}
	other, _ := load("store: {url: postgres://elsewhere/newswatch, lease: 3s}\n")
	third, _ := load("store: {url: postgres://elsewhere/newswatch, keep: 30d}\n")
	if cfg.Fingerprint() != other.Fingerprint() || cfg.Fingerprint() == third.Fingerprint() {
		t.Errorf("fingerprints %s, %s, and with another meaning %s", cfg.Fingerprint(), other.Fingerprint(), third.Fingerprint())
	}
	for text, want := range map[string]string{
		"store: {" + url + ", path: n.db}\n":  "exclude each other",
		"store: {url: mysql://sesame@db/n}\n": "not the address of a PostgreSQL database",
		"store: {" + url + ", lease: 10m}\n":  "store.lease is not between",
		"store: {archive: 1d}\n":              "store.archive is too short",
		"store: {keep: 30d, archive: 60d}\n":  "store.archive is longer than store.keep",
	} {
		_, report := load(text)
		if report.OK() || !strings.Contains(rendered(report), want) || strings.Contains(rendered(report), "sesame") {
			t.Errorf("%s: %s\nwant %q", text, rendered(report), want)
		}
	}
	if _, report := load("store: {archive: long}\n"); strings.Contains(rendered(report), "store.archive") || report.OK() {
		t.Errorf("one mistake is noted as %s", rendered(report))
	}
}
