package evidence

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"newswatch/monitor/api"
)

func items() []api.Explained {
	at := time.Date(2026, 11, 24, 23, 50, 0, 0, time.UTC)
	var out []api.Explained
	for i, name := range []string{"a1", "a2", "a3"} {
		it := api.Item{ID: name, Title: "Title of " + name, URL: "https://wire.example/" + name, Seen: at.Add(time.Duration(i) * 15 * time.Minute)}
		if i == 1 {
			it.Article = "One.\n\nTwo."
		}
		out = append(out, api.Explained{What: name, Kind: "item", Seen: true, Item: &it})
	}
	return append(out, api.Explained{What: "gone"})
}

var made = Manifest{About: "boats", Made: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC), Version: "test"}

// What Write makes Verify accepts, and no change of it; equal items make equal
// seals.
func TestEvidence(t *testing.T) {
	seal := ""
	for name, c := range map[string]struct {
		change func(dir string) error
		says   string // "" for no fault
	}{
		"as made": {nil, ""},
		"a text": {func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "2026-11-25", "a2.txt"), []byte("One."), 0o600)
		}, "2026-11-25/a2.txt was changed"},
		"gone":          {func(dir string) error { return os.Remove(filepath.Join(dir, "2026-11-24", "a1.json")) }, "2026-11-24/a1.json is missing"},
		"more":          {func(dir string) error { return os.WriteFile(filepath.Join(dir, "x"), nil, 0o600) }, "x was added"},
		"sheet":         {func(dir string) error { return os.Truncate(filepath.Join(dir, "items.csv"), 3) }, "items.csv was changed"},
		"sums":          {func(dir string) error { return os.Truncate(filepath.Join(dir, "SHA256SUMS"), 3) }, "SHA256SUMS was changed"},
		"day taken out": {replace(`"day": "2026-11-24"`, `"day": "2026-11-23"`), "the link of 2026-11-23 does not fit"},
		"other date":    {replace("2026-11-25T09:00:00Z", "2026-11-24T09:00:00Z"), "the seal does not fit"},
		"no manifest":   {func(dir string) error { return os.Remove(filepath.Join(dir, "manifest.json")) }, "manifest.json: "},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "shown")
			m, err := Write(dir, made, items())
			if err != nil {
				t.Fatal(err)
			}
			if len(m.Days) != 2 || m.Items() != 3 || seal != "" && m.Seal != seal {
				t.Errorf("%+v", m)
			}
			seal = m.Seal
			if c.change != nil {
				if err := c.change(dir); err != nil {
					t.Fatal(err)
				}
			}
			_, faults := Verify(dir)
			if said := fmt.Sprint(faults); (c.says == "") != (len(faults) == 0) || !strings.Contains(said, c.says) {
				t.Errorf("%s, want %q", said, c.says)
			}
			if _, err := Write(dir, made, items()); err == nil {
				t.Error("written over what was there")
			}
		})
	}
}

func replace(old, new string) func(dir string) error {
	return func(dir string) error {
		at := filepath.Join(dir, "manifest.json")
		text, err := os.ReadFile(at)
		if err != nil || !strings.Contains(string(text), old) {
			return fmt.Errorf("no %q: %v", old, err)
		}
		return os.WriteFile(at, []byte(strings.Replace(string(text), old, new, 1)), 0o600)
	}
}
