package change

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"newswatch/cmd/newswatch/config"
	"newswatch/cmd/newswatch/config/edit"
)

const plain = `timezone: UTC
http: {listen: ""}
feeds:
  - {name: a, url: "https://a.example/feed"}
  # The one without a name.
  - url: https://b.example/feed
watches:
  - name: w
    match: ferry # boats
    notify: [screen]
destinations: [{name: screen, console: {}}]
`

// written puts a configuration into a folder of its own.
func written(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// apply makes a change of watches and returns what the file says then.
func apply(t *testing.T, path string, make func(*edit.File) error) (string, error) {
	t.Helper()
	err := Change{File: path, Section: Watches, Make: make, Env: os.LookupEnv}.Apply()
	text, readErr := os.ReadFile(path)
	if readErr != nil {
		t.Fatal(readErr)
	}
	return string(text), err
}

func addWatch(f *edit.File) error {
	return f.Add(Watches, edit.Entry{{Key: "name", Value: "new"}, {Key: "match", Value: "harbor"}})
}

// However a file is written, a change is made rightly, or refused with the
// lines to write by hand; it is never damaged.
func TestApplyToOddFiles(t *testing.T) {
	const entry = "  - name: new\n    match: harbor\n"
	cases := map[string]struct {
		text, want string
		hand       bool
	}{
		"plain":       {plain, strings.Replace(plain, "destinations:", entry+"destinations:", 1), false},
		"CRLF":        {strings.ReplaceAll(plain, "\n", "\r\n"), strings.ReplaceAll(strings.Replace(plain, "destinations:", entry+"destinations:", 1), "\n", "\r\n"), false},
		"a BOM":       {"\ufeff" + plain, "\ufeff" + strings.Replace(plain, "destinations:", entry+"destinations:", 1), false},
		"an anchor":   {strings.Replace(plain, "[screen]", "&to [screen]", 1), strings.Replace(strings.Replace(plain, "[screen]", "&to [screen]", 1), "destinations:", entry+"destinations:", 1), false},
		"a flow list": {strings.Replace(plain, "  - name: w\n    match: ferry # boats\n    notify: [screen]\n", "  [{name: w, match: ferry}]\n", 1), "", true},
		"an alias":    {strings.Replace(plain, "watches:\n", "watches: &all\n", 1), "", true},
		"all braces":  {`{timezone: UTC, http: {listen: ""}, watches: [{name: w, match: ferry}], feeds: []}`, "", true},
		"entities in another file": {plain + "entities: {include: [more.yaml]}\n",
			strings.Replace(plain, "destinations:", entry+"destinations:", 1) + "entities: {include: [more.yaml]}\n", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			path := written(t, c.text)
			if err := os.WriteFile(filepath.Join(filepath.Dir(path), "more.yaml"), []byte("boat: {any: [boat]}\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := apply(t, path, addWatch)
			hand, byHand := errors.AsType[*edit.ByHand](err)
			if byHand != c.hand || err != nil && !byHand {
				t.Fatalf("Apply: %v, want lines to write by hand: %v", err, c.hand)
			}
			want := c.want
			if c.hand {
				want = c.text
				if !strings.Contains(hand.Lines, "harbor") || hand.Where != "under watches:" {
					t.Errorf("to write by hand: %+v", hand)
				}
			}
			if got != want {
				t.Errorf("the file says\n%q\nwant\n%q", got, want)
			}
			if backup, err := os.ReadFile(path + ".bak"); !c.hand && (err != nil || string(backup) != c.text) {
				t.Errorf("the former file is kept as %q, %v", backup, err)
			}
		})
	}
}

// What check would refuse changes nothing, and says why as check does.
func TestApplyRefuses(t *testing.T) {
	add := func(name, query string) func(*edit.File) error {
		return func(f *edit.File) error {
			return f.Add(Watches, edit.Entry{{Key: "name", Value: name}, {Key: "match", Value: query}})
		}
	}
	cases := map[string]struct {
		text   string
		make   func(*edit.File) error
		says   string
		before bool
	}{
		"a broken query":    {plain, add("new", "(ferry"), "bracket is not closed", false},
		"a name twice":      {plain, add("w", "harbor"), `two watches are named "w"`, false},
		"nobody to tell":    {plain, func(f *edit.File) error { return f.Set(Watches, "w", "notify", []string{"nobody"}) }, `no destination "nobody"`, false},
		"in brackets":       {plain, func(f *edit.File) error { return f.Remove("destinations", "screen") }, "change it by hand", false},
		"no such entry":     {plain, func(f *edit.File) error { return f.Remove(Watches, "x") }, "no such entry", false},
		"mistakes already":  {strings.Replace(plain, "ferry", "(ferry", 1), addWatch, "has mistakes already", true},
		"no YAML":           {"feeds:\n\t- a", addWatch, "has mistakes already", true},
		"no configuration":  {"- a\n", addWatch, "has mistakes already", true},
		"a second document": {plain + "---\nwatches: []\n", addWatch, "has mistakes already", true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			path := written(t, c.text)
			got, err := apply(t, path, c.make)
			if err == nil || !strings.Contains(err.Error(), c.says) || got != c.text {
				t.Errorf("Apply: %v, want %q; the file says %q", err, c.says, got)
			}
			if refused, ok := errors.AsType[*Refusal](err); ok && refused.Before != c.before {
				t.Errorf("it blames the file as it was: %v, want %v", refused.Before, c.before)
			}
			if _, err := os.Stat(path + ".bak"); err == nil {
				t.Error("a refused change left a .bak")
			}
		})
	}
}

// The second of two editors sees the first's change before anything is lost.
func TestApplyConflict(t *testing.T) {
	path := written(t, plain)
	base := Hash([]byte(plain))
	if _, err := apply(t, path, addWatch); err != nil {
		t.Fatal(err)
	}
	err := Change{File: path, Section: Watches, Base: base, Make: addWatch, Env: os.LookupEnv}.Apply()
	if !errors.Is(err, ErrChanged) {
		t.Errorf("Apply to a file changed meanwhile: %v", err)
	}
}

// Where the file may not be written, its editor gets the lines.
func TestUnwritable(t *testing.T) {
	if !unwritable(&fs.PathError{Op: "open", Err: fs.ErrPermission}) || unwritable(fs.ErrNotExist) || unwritable(nil) {
		t.Error("a permission missing is not told from other failures")
	}
	hand := edit.Difference("no", "under watches:", []byte("a\nb\nc\n"), []byte("a\nB\nb2\nc\n"))
	if hand.Former != "b" || hand.Lines != "B\nb2" {
		t.Errorf("by hand: %+v", hand)
	}
}

func TestNewFeed(t *testing.T) {
	path := written(t, plain)
	cfg, report := config.Load(path, os.LookupEnv)
	if cfg == nil {
		t.Fatal(report)
	}
	e, err := NewFeed(cfg, edit.Entry{{Key: "url", Value: " c.example/feed "}, {Key: "name"}, {Key: "kind", Value: "feed"}, {Key: "tags", Value: []string{"x"}}})
	if err != nil || text(e, "url") != "https://c.example/feed" || text(e, "name") != "c.example/feed" || len(e) != 3 {
		t.Errorf("NewFeed: %v, %v", e, err)
	}
	if _, err := NewFeed(cfg, edit.Entry{{Key: "url", Value: "http://www.a.example/feed?utm_source=x"}}); err == nil || !strings.Contains(err.Error(), `"a"`) {
		t.Errorf("an address that is configured: %v", err)
	}
	file, err := edit.Parse([]byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Remove(Feeds, Named(cfg, file, Feeds, "b.example/feed")); err != nil || strings.Contains(string(file.Text()), "b.example") {
		t.Errorf("a feed without a name is not found: %v\n%s", err, file.Text())
	}
}
