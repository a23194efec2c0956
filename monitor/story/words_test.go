package story

import (
	"slices"
	"testing"
)

func stems(text string) []uint64 {
	var s []uint64
	for _, w := range words(nil, text, 100, english) {
		s = append(s, w.stem)
	}
	return s
}

func TestWordsThatAreOne(t *testing.T) {
	tests := map[string][2]string{
		"case":             {"ICE Agents", "ice agents"},
		"possessive":       {"McDonald's sales", "McDonald sales"},
		"curly possessive": {"China’s sales", "China sales"},
		"acronym":          {"U.S. sales", "US sales"},
		"initials":         {"J.C. Penney", "JC Penney"},
		"thousands":        {"1,000 homes", "1000 homes"},
		"ampersand":        {"AT&T", "att"},
		"amount":           {"$30M deal", "30 million deals"},
		"amount, decimal":  {"€4.2bn", "4.2 billion"},
		"decade":           {"the 1990s", "the 1990"},
		"plural":           {"ferries, boxes and raids", "ferry box and raid"},
		"past":             {"planned, carried, searched", "plan carry search"},
		"participle":       {"planning filing", "plan file"},
		"apostrophe":       {"won't", "wont"},
		"hyphen":           {"near-copy", "near copy"},
		"punctuation":      {"“Fire!” — ‘now’...", "fire now"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if !slices.Equal(stems(tt[0]), stems(tt[1])) {
				t.Errorf("%q and %q differ", tt[0], tt[1])
			}
		})
	}
}

func TestWordsThatDiffer(t *testing.T) {
	for _, tt := range [][2]string{{"US", "use"}, {"news", "new york"}, {"1.5", "15"}, {"bus", "bu"}, {"日本", "日"}, {"pass", "past"}} {
		if slices.Equal(stems(tt[0]), stems(tt[1])) {
			t.Errorf("%q and %q are one", tt[0], tt[1])
		}
	}
}

func TestCoreTitle(t *testing.T) {
	tests := map[string]struct{ title, outlet, want string }{
		"plain":            {"Ferry sinks off Kalvo", "", "Ferry sinks off Kalvo"},
		"bar":              {"Ferry sinks off Kalvo | The China Post, Taiwan", "", "Ferry sinks off Kalvo"},
		"dash":             {"Ferry sinks off Kalvo - The Ellery Post", "", "Ferry sinks off Kalvo"},
		"two":              {"Ferry sinks off Kalvo - News | WTOP", "", "Ferry sinks off Kalvo"},
		"host":             {"Ferry sinks off Kalvo - ellery.example.com", "", "Ferry sinks off Kalvo"},
		"known outlet":     {"Briefing - Post", "Post", "Briefing"},
		"unknown, short":   {"Briefing - Monday", "", "Briefing - Monday"},
		"a clause":         {"Ferry sinks off Kalvo - what we know", "", "Ferry sinks off Kalvo - what we know"},
		"a number":         {"Ferry sinks off Kalvo - Part 2", "", "Ferry sinks off Kalvo - Part 2"},
		"section in front": {"Sports News | Ferry crew wins the cup", "", "Ferry crew wins the cup"},
		"empty":            {" - ", "", "-"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := coreTitle(tt.title, tt.outlet); got != tt.want {
				t.Errorf("coreTitle(%q) = %q, want %q", tt.title, got, tt.want)
			}
		})
	}
}

func TestCompareSketches(t *testing.T) {
	p := newPress(7)
	long, other := p.report(1, 2000), p.report(2, 2000)
	read := func(text string) sketch {
		return newSketch(shingled(nil, words(nil, text, 5000, english)))
	}
	a := read(long.Content)
	if n := len(a.hashes); n < sketchSize || n > 4*sketchSize {
		t.Errorf("%d shingles kept", n)
	}
	if o := compare(a, a); o.share() != 1 {
		t.Errorf("a text has %.2f of itself", o.share())
	}
	if o := compare(a, read(long.Content[:len(long.Content)/4])); o.share() < 0.8 {
		t.Errorf("a text has %.2f of its first quarter", o.share())
	}
	if o := compare(a, read(other.Content)); o.share() > 0.1 {
		t.Errorf("a text has %.2f of another", o.share())
	}
}
