package story

import (
	"os"
	"path/filepath"
	"testing"
)

func TestScore(t *testing.T) {
	dir := os.Getenv("NEWSWATCH_SHARED")
	if dir == "" {
		t.Skip("NEWSWATCH_SHARED is not set")
	}
	if err := Score(filepath.Join(dir, "data/corpora"), t.Output()); err != nil {
		t.Fatal(err)
	}
}
