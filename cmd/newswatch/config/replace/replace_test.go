package replace

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSave(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "real.yaml"), filepath.Join(dir, "config.yaml")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	write("a: 1\n")
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	accept := func(string) error { return nil }
	refused := errors.New("line 1 is wrong")
	if err := File(link, []byte("a: 1\n"), []byte("a: 2\n"), func(string) error { return refused }); !errors.Is(err, refused) {
		t.Errorf("a text that check refuses: %v", err)
	}
	if err := File(link, []byte("a: 0\n"), []byte("a: 2\n"), accept); !errors.Is(err, ErrChanged) {
		t.Errorf("a file that somebody changed: %v", err)
	}
	if got := files(t, dir); !cmp.Equal(got, map[string]string{"real.yaml": "a: 1\n", "config.yaml": "a: 1\n"}) {
		t.Errorf("what was refused left %q", got)
	}
	var checked string
	check := func(name string) error {
		text, err := os.ReadFile(name)
		checked = string(text)
		return err
	}
	if err := File(link, []byte("a: 1\n"), []byte("a: 2\n"), check); err != nil || checked != "a: 2\n" {
		t.Errorf("Save: %v, checked %q", err, checked)
	}
	want := map[string]string{"real.yaml": "a: 2\n", "config.yaml": "a: 2\n", "real.yaml.bak": "a: 1\n"}
	if got := files(t, dir); !cmp.Equal(got, want) {
		t.Errorf("Save left %q", got)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the rights of the file are now %v, %v", info.Mode(), err)
	}
}

func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		got[e.Name()] = string(text)
	}
	return got
}
