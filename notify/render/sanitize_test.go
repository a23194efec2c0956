package render

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"newswatch/monitor"
	"newswatch/monitor/text"
)

func TestSanitize(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"plain":                  {"A plain headline", "A plain headline"},
		"spaces":                 {"  a \t\r\n b\u00a0\u2028c ", "a b c"},
		"controls":               {"a\x00b\x07c\x7fd\u0085e\u009bf", "abcd ef"},
		"terminal colours":       {"a\x1b[1;31mred\x1b[0m", "ared"},
		"terminal title":         {"a\x1b]0;owned\ab", "a]0;ownedb"},
		"unfinished escape":      {"a\x1b[12", "a[12"},
		"overrides and isolates": {"a\u202ereversed\u202c \u2066x\u2069 \u200f\u061c", "areversed x"},
		"zero width":             {"Mic\u200bro\ufeffsoft\u2060 soft\u00adhyphen", "Microsoft softhyphen"},
		"tags":                   {"a\U000e0041\U000e0042b", "ab"},
		"joined emoji stays":     {"\U0001f469\u200d\U0001f4bb works", "\U0001f469\u200d\U0001f4bb works"},
		"Persian joiner stays":   {"می\u200cخواهم", "می\u200cخواهم"},
		"joiner at the edge":     {"\u200da b\u200c", "a b"},
		"composed":               {"Cafe\u0301", "Café"},
		"invalid bytes":          {"a\xffb", "a\ufffdb"},
		"a tower of accents":     {"a" + strings.Repeat("\u0336", 99), "a" + strings.Repeat("\u0336", marksInARow)},
		"Arabic stays":           {"وزارة الأمن", "وزارة الأمن"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Sanitize(tt.in); got != tt.want {
				t.Errorf("Sanitize(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestTruncate(t *testing.T) {
	tests := map[string]struct {
		in   string
		max  int
		want string
	}{
		"fits":             {"short", 5, "short"},
		"cut in a word":    {"abcdefghij", 5, "abcd…"},
		"cut at a space":   {"one two three, four", 15, "one two three…"},
		"family stays one": {"ab\U0001f469\u200d\U0001f469\u200d\U0001f467cd", 5, "ab…"},
		"accent stays on":  {"abce\u0301fgh", 5, "abc…"},
		"no room":          {"abc", 0, ""},
		"room for one":     {"abc", 1, "…"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Truncate(tt.in, tt.max); got != tt.want {
				t.Errorf("Truncate(%q, %d) = %q, want %q", tt.in, tt.max, got, tt.want)
			}
		})
	}
}

func TestDomain(t *testing.T) {
	tests := map[string]string{
		"https://www.news.example.co.uk/a?b": "example.co.uk",
		"https://user:pw@Example.COM:8443/":  "example.com",
		"https://xn--mller-kva.de/":          "müller.de",
		"https://müller.de/":                 "müller.de",
		"https://\u0430pple.com/":            "xn--pple-43d.com", // Cyrillic а
		"https://пример.рф/":                 "пример.рф",
		"https://someone.github.io/x":        "someone.github.io",
		"http://192.0.2.7/":                  "192.0.2.7",
		"mailto:a@b.example":                 "",
		"%zz":                                "",
	}
	for in, want := range tests {
		if got := Domain(in); got != want {
			t.Errorf("Domain(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestLink(t *testing.T) {
	tests := map[string]string{
		"https://example.org/a?b=c#d": "https://example.org/a?b=c#d",
		"http://example.org":          "http://example.org",
		"javascript:alert(1)":         "",
		"data:text/html,x":            "",
		"//evil.example/":             "",
		"/relative":                   "",
		"https://":                    "",
		"https://example.org/\x1b[2J": "",
	}
	for in, want := range tests {
		if got := Link(in); got != want {
			t.Errorf("Link(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTimes(t *testing.T) {
	zone := newYork(t)
	seen := time.Date(2026, 11, 24, 12, 42, 0, 0, time.UTC)
	tests := map[string]struct {
		published time.Time
		want      string
	}{
		"same day":     {seen.Add(-11 * time.Minute), "24 Nov 07:31 EST"},
		"day before":   {seen.Add(-10 * time.Hour), "23 Nov 21:42, seen 24 Nov 07:42 EST"},
		"year before":  {seen.AddDate(-1, 0, 0), "24 Nov 2025, seen 24 Nov 2026 07:42 EST"},
		"never said":   {time.Time{}, "seen 24 Nov 07:42 EST"},
		"in the night": {time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC), "23 Nov 22:00, seen 24 Nov 07:42 EST"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Times(monitor.Card{Published: tt.published, Seen: seen}, zone); got != tt.want {
				t.Errorf("Times = %q, want %q", got, tt.want)
			}
		})
	}
	if got := When(seen, zone); got != "Tue 24 Nov 2026, 07:42 EST" {
		t.Errorf("When = %q", got)
	}
}

func TestRuns(t *testing.T) {
	span := func(a, b int) text.Range { return text.Range{Start: a, End: b} }
	tests := map[string]struct {
		sentence string
		hits     []text.Range
		want     string // hits in brackets
	}{
		"two hits":              {"ICE leans on Azure now", []text.Range{span(0, 3), span(13, 18)}, "[ICE] leans on [Azure] now"},
		"none":                  {"nothing", nil, "nothing"},
		"all of it":             {"ICE", []text.Range{span(0, 3)}, "[ICE]"},
		"hidden within a hit":   {"on Az\u200bure", []text.Range{span(3, 11)}, "on [Azure]"},
		"out of range":          {"short", []text.Range{span(2, 99), span(-1, 2), span(3, 3)}, "short"},
		"within a rune":         {"é x", []text.Range{span(1, 3)}, "é x"},
		"overlapping":           {"abcdef", []text.Range{span(0, 3), span(2, 5)}, "[abc]def"},
		"spaces at the edges":   {"  a b  ", []text.Range{span(2, 3)}, "[a] b"},
		"nothing that is shown": {"\u200b", []text.Range{span(0, 3)}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := ""
			for _, r := range Runs(monitor.Card{Sentence: tt.sentence, Hits: tt.hits}) {
				if r.Hit {
					r.Text = "[" + r.Text + "]"
				}
				got += r.Text
			}
			if got != tt.want {
				t.Errorf("Runs = %q, want %q", got, tt.want)
			}
		})
	}
}

// FuzzSanitize: whatever comes in, what goes out is one line of valid text that
// neither moves a cursor nor a reader's eye, and cleaning it again changes
// nothing.
func FuzzSanitize(f *testing.F) {
	for _, s := range []string{"a\x1b[31mb", "\u202ea\u0301\u200d\U0001f469", "a\xff\xfe", "e\u200b\u0301", "\u1100\u200b\u1161", "  \u00a0x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Sanitize(s)
		if !utf8.ValidString(got) || strings.TrimSpace(got) != got || strings.Contains(got, "  ") {
			t.Errorf("Sanitize(%q) = %q", s, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Errorf("Sanitize(%q) keeps %U", s, r)
			}
		}
		if again := Sanitize(got); again != got {
			t.Errorf("Sanitize(%q) = %q, and again %q", s, got, again)
		}
		if cut := Truncate(got, 10); utf8.RuneCountInString(cut) > 10 {
			t.Errorf("Truncate(%q, 10) = %q", got, cut)
		}
		for line := range strings.Lines(Text(monitor.Notice{Kind: monitor.AlertKind, Content: monitor.Content{
			Cards: []monitor.Card{{Headline: s, Sentence: s, Outlet: s, URL: s, Hits: []text.Range{{Start: 1, End: len(s)}}}},
		}}, Options{Width: 40})) {
			if columns(strings.TrimSuffix(line, "\n")) > 40 && !strings.HasPrefix(line, "http") {
				t.Errorf("a line of %d columns: %q", columns(line), line)
			}
		}
	})
}
