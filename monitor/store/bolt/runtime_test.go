package bolt

import (
	"os"
	"path/filepath"
	"testing"

	"newswatch/monitor/store"
)

// What versions before the runtime folder left beside the store is cleared away, and
// what was being read when the last of them ended is kept.
func TestOpenAdoptsRuntimeFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "n.db")
	for _, name := range []string{"reading", "lock", "sock", "ballast"} {
		if err := os.WriteFile(path+"."+name, []byte("of "+name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.FillReserve(); err != nil {
		t.Fatal(err)
	}
	beside, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	if len(beside) != 2 || beside[1] != store.RuntimeDir(path) {
		t.Errorf("beside each other: %q", beside)
	}
	if b, _ := os.ReadFile(filepath.Join(store.RuntimeDir(path), "reading")); string(b) != "of reading" {
		t.Errorf("what was being read: %q", b)
	}
}
