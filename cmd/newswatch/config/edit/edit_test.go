package edit

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var gazette = Entry{{"name", "gazette"}, {"url", "https://gazette.example/feed?a=1&b=#x"}, {"tags", []string{"national", "no"}}}

func TestAdd(t *testing.T) {
	const block = "feeds:\n  # Press.\n  - name: a\n    url: u # here\n    #tags: [x]\n\n# The rest.\nhttp: {listen: \"\"}\n"
	for _, c := range []struct{ name, text, want string }{
		{"after the last, before what follows", block,
			"feeds:\n  # Press.\n  - name: a\n    url: u # here\n    #tags: [x]\n  - name: gazette\n    url: \"https://gazette.example/feed?a=1&b=#x\"\n    tags: [national, \"no\"]\n\n# The rest.\nhttp: {listen: \"\"}\n"},
		{"in braces among braces", "feeds:\n- {name: a, url: u} # x\n",
			"feeds:\n- {name: a, url: u} # x\n- {name: gazette, url: \"https://gazette.example/feed?a=1&b=#x\", tags: [national, \"no\"]}\n"},
		{"no section", "timezone: UTC",
			"timezone: UTC\n\nfeeds:\n  - name: gazette\n    url: \"https://gazette.example/feed?a=1&b=#x\"\n    tags: [national, \"no\"]\n"},
		{"an empty section", "feeds: [] # none yet\nhttp: {}\n",
			"feeds: # none yet\n  - name: gazette\n    url: \"https://gazette.example/feed?a=1&b=#x\"\n    tags: [national, \"no\"]\nhttp: {}\n"},
		{"an empty file", "",
			"feeds:\n  - name: gazette\n    url: \"https://gazette.example/feed?a=1&b=#x\"\n    tags: [national, \"no\"]\n"},
		{"a literal that looks like a comment", "feeds:\n  - name: a\n    url: |\n      u\n      # no comment\nhttp: {}\n",
			"feeds:\n  - name: a\n    url: |\n      u\n      # no comment\n  - name: gazette\n    url: \"https://gazette.example/feed?a=1&b=#x\"\n    tags: [national, \"no\"]\nhttp: {}\n"},
		{"line ends of another system, and a mark", bom + "feeds:\r\n  - name: a\r\nhttp: {}\r\n",
			bom + "feeds:\r\n  - name: a\r\n  - name: gazette\r\n    url: \"https://gazette.example/feed?a=1&b=#x\"\r\n    tags: [national, \"no\"]\r\nhttp: {}\r\n"},
	} {
		f := parsed(t, c.text)
		if err := f.Add("feeds", gazette); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if diff := cmp.Diff(c.want, string(f.Text())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestRefusesWhatItCannotChange(t *testing.T) {
	for _, text := range []string{
		"feeds: [{name: a, url: u}]\n",
		"{feeds: [{name: a}]}\n",
		"x: &l\n  - name: a\nfeeds: *l\n",
		"feeds: &l\n  - name: a\nmore: *l\n",
		"feeds:\n  name: a\n",
		"feeds: nonsense\n",
	} {
		f := parsed(t, text)
		var hand *ByHand
		if err := f.Add("feeds", gazette); !errors.As(err, &hand) {
			t.Errorf("%q: Add says %v, want lines to write by hand", text, err)
		} else if !strings.Contains(hand.Lines, "gazette.example") || !strings.Contains(hand.Where, "feeds:") {
			t.Errorf("%q: proposes %q %q", text, hand.Where, hand.Lines)
		}
		if string(f.Text()) != text {
			t.Errorf("%q became %q", text, f.Text())
		}
	}
}

// What is to be written by hand can be pasted where it belongs, and of what is to
// be taken out the name is said.
func TestByHand(t *testing.T) {
	const text = "feeds: [{name: a, url: u}]\n"
	f := parsed(t, text)
	hand, ok := errors.AsType[*ByHand](f.Add("feeds", gazette))
	if !ok {
		t.Fatal("no lines to write by hand")
	}
	if pasted := parsed(t, strings.Replace(text, "[", "["+hand.Lines, 1)).root; len(pasted.Content[1].Content) != 2 {
		t.Errorf("%q is not what a list in brackets takes", hand.Lines)
	}
	if hand, ok = errors.AsType[*ByHand](f.Remove("feeds", "a")); !ok || hand.Where != "by taking a out of feeds" || hand.Lines != "" {
		t.Errorf("to be taken out by hand: %+v", hand)
	}
}

func TestRemove(t *testing.T) {
	const text = "feeds:\n  # Press.\n  - {name: a, url: u}\n  - {name: b, url: u}\n\n  # The one behind a login.\n  - name: c\n    url: u\n    #proxy: p\n\n  # More.\nhttp: {}\n"
	for name, want := range map[string]string{
		"a": "feeds:\n  # Press.\n  - {name: b, url: u}\n\n  # The one behind a login.\n  - name: c\n    url: u\n    #proxy: p\n\n  # More.\nhttp: {}\n",
		"b": "feeds:\n  # Press.\n  - {name: a, url: u}\n\n  # The one behind a login.\n  - name: c\n    url: u\n    #proxy: p\n\n  # More.\nhttp: {}\n",
		"c": "feeds:\n  # Press.\n  - {name: a, url: u}\n  - {name: b, url: u}\n\n  # More.\nhttp: {}\n",
	} {
		f := parsed(t, text)
		if err := f.Remove("feeds", name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, string(f.Text())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	f := parsed(t, "feeds:\n  - name: a\nhttp: {}\n")
	if err := f.Remove("feeds", "a"); err != nil || string(f.Text()) != "feeds: []\nhttp: {}\n" {
		t.Errorf("removing the only one: %v, %q", err, f.Text())
	}
	if err := f.Remove("feeds", "a"); !errors.Is(err, ErrNoEntry) {
		t.Errorf("removing what is not there: %v", err)
	}
}

func TestSet(t *testing.T) {
	const query = `{ice} AND "detention center"`
	for _, c := range []struct {
		name, text, key string
		value           any
		want            string
	}{
		{"a value with its remark", "watches:\n  - name: w\n    match: ice # why\n    weak: drop\n", "match", query,
			"watches:\n  - name: w\n    match: '{ice} AND \"detention center\"' # why\n    weak: drop\n"},
		{"a folded value", "watches:\n  - name: w\n    match: >-\n      ice\n      OR dhs\n    # What is doubtful.\n    weak: drop\n", "match", query,
			"watches:\n  - name: w\n    match: '{ice} AND \"detention center\"'\n    # What is doubtful.\n    weak: drop\n"},
		{"a new key", "watches:\n  - name: w\n    match: ice\n\n# End.\n", "notify", []string{"desk", "a b"},
			"watches:\n  - name: w\n    match: ice\n    notify: [desk, \"a b\"]\n\n# End.\n"},
		{"a key taken out", "watches:\n  - name: w\n    weak: drop\n    match: ice\n", "weak", nil,
			"watches:\n  - name: w\n    match: ice\n"},
		{"in braces", "watches:\n  - {name: w, match: \"a, {b}\", weak: drop} # x\n", "match", "it's",
			"watches:\n  - {name: w, match: \"it's\", weak: drop} # x\n"},
		{"in braces, new", "watches:\n  - {name: w, match: ü}\n", "weak", "drop", "watches:\n  - {name: w, match: ü, weak: drop}\n"},
		{"in braces, out", "watches:\n  - {name: w, weak: drop, match: ice}\n", "weak", nil, "watches:\n  - {name: w, match: ice}\n"},
		{"the value of a merged key", "x: &d {weak: drop}\nwatches:\n  - name: w\n    <<: *d\n", "weak", "notify",
			"x: &d {weak: drop}\nwatches:\n  - name: w\n    <<: *d\n    weak: notify\n"},
	} {
		f := parsed(t, c.text)
		if err := f.Set("watches", "w", c.key, c.value); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if diff := cmp.Diff(c.want, string(f.Text())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	f := parsed(t, "watches:\n  - {name: w,\n     match: ice}\n")
	var hand *ByHand
	if err := f.Set("watches", "w", "match", "dhs"); !errors.As(err, &hand) {
		t.Errorf("braces over two lines: %v", err)
	}
}

// What is added and removed again leaves no trace, in the shipped file too.
func TestAddThenRemoveLeavesNoTrace(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, section := range []string{"feeds", "watches", "destinations", "digests"} {
		f := parsed(t, string(text))
		if err := f.Add(section, gazette); err != nil {
			t.Fatalf("%s: %v", section, err)
		}
		if err := f.Set(section, "gazette", "match", "x y"); err != nil {
			t.Fatalf("%s: %v", section, err)
		}
		if err := f.Remove(section, "gazette"); err != nil {
			t.Fatalf("%s: %v", section, err)
		}
		if diff := cmp.Diff(string(text), string(f.Text())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", section, diff)
		}
	}
}

// Whatever the file, a change is made rightly or refused, and a refused one
// leaves the text alone.
func FuzzChanges(f *testing.F) {
	f.Add("feeds:\n  - {name: a, url: u}\n", "b", "{ice} \"x\"")
	f.Add("feeds:\n- name: a\n  url: |\n   x\n# y\nz: 1\n", "", "no")
	f.Add("feeds: [] # x\n", "a: b", "#")
	f.Fuzz(func(t *testing.T, text, name, value string) {
		file, err := Parse([]byte(text))
		if err != nil || string(file.Text()) != text {
			if err == nil {
				t.Fatalf("%q comes back as %q", text, file.Text())
			}
			return
		}
		for _, change := range []func() error{
			func() error { return file.Add("feeds", Entry{{"name", name}, {"url", value}}) },
			func() error { return file.Set("feeds", name, "match", value) },
			func() error { return file.Remove("feeds", name) },
		} {
			before := string(file.Text())
			if change() != nil && string(file.Text()) != before {
				t.Fatalf("a refused change made %q of %q", file.Text(), before)
			}
		}
	})
}

func parsed(t *testing.T, text string) *File {
	t.Helper()
	f, err := Parse([]byte(text))
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return f
}
