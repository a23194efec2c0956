package match

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// hostile are texts that strangers may send.
func hostile() map[string]string {
	return map[string]string{
		"one word":         strings.Repeat("a", 10<<20),
		"one word again":   strings.Repeat("ICE ", 1<<20),
		"combining marks":  "e" + strings.Repeat("\u0301", 1<<18),
		"invalid":          strings.Repeat("ICE \xff\xfe\xc3( agent ", 1000),
		"nothing":          "",
		"only marks":       strings.Repeat("\u200d\ufe0f", 1000),
		"apostrophes":      strings.Repeat("'", 1<<20),
		"initials":         strings.Repeat("I.", 1<<19),
		"digits":           strings.Repeat("1,234", 1<<18),
		"shouted":          strings.Repeat("NATO ", 1<<16),
		"brackets":         strings.Repeat("(ICE) ", 1<<16),
		"dollars":          strings.Repeat("$1 to ", 1<<18),
		"shared signs":     strings.Repeat("in 2008 £60bn 5€10 2 USD 3MN$4 ", 1<<10),
		"no end":           strings.Repeat("ICE agent. ", 1<<16),
		"letters of ideas": strings.Repeat("\u0645\u064e", 1<<16),
	}
}

func TestHostileTexts(t *testing.T) {
	defs := vectorEntities()
	defs["nato"] = Entity{Acronyms: []string{"NATO"}}
	s, problems := Compile(defs, []Rule{
		{Match: "{ice}"}, {Match: "{nato}"}, {Match: "{ice} NEAR/10 agent"}, {Match: "({ice} NEAR/900 {ice}) NEAR/900 {ice}"}, {Match: "count({ice})>3"},
		{Match: `"agent ice"`}, {Match: "amount>1"}, {Match: "aaaa*"}, {Match: `/(a|b|ab)+cdef$/`}, {Match: "ice SENT agent"}, {Match: "/agent x*y/"},
	})
	for _, p := range problems {
		if !p.Warning {
			t.Fatalf("%+v", p)
		}
	}
	for name, text := range hostile() {
		t.Run(name, func(t *testing.T) {
			for _, d := range []*Doc{{Title: text}, {Summary: text}} {
				sound(t, d, s.Match(d))
			}
			if len(text) < 1<<20 {
				d := &Doc{Body: text}
				sound(t, d, s.MatchAll(d))
				_ = s.Explain(2, d).String()
				s.Facts(d)
			}
		})
	}
}

// sound checks what every match promises.
func sound(t *testing.T, d *Doc, matches []Match) {
	t.Helper()
	texts := map[string]string{"title": d.Title, "summary": d.Summary, "body": d.Body}
	edge := func(s string, i int) bool { return i == len(s) || utf8.RuneStart(s[i]) }
	for _, m := range matches {
		for _, e := range m.Evidence {
			z := texts[e.Zone]
			if e.Start < 0 || e.Start >= e.End || e.End > len(z) || z[e.Start:e.End] != e.Text {
				t.Fatalf("%+v does not lie in its %s", e, e.Zone)
			}
			if utf8.ValidString(z) && (!edge(z, e.Start) || !edge(z, e.End)) {
				t.Fatalf("%+v is not on the edges of runes", e)
			}
		}
		last := 0
		for _, h := range m.Hits {
			if h.Start < last || h.Start >= h.End || h.End > len(m.Sentence) || !edge(m.Sentence, h.Start) || !edge(m.Sentence, h.End) {
				t.Fatalf("hits %v do not fit %q", m.Hits, m.Sentence)
			}
			last = h.End
		}
		if m.Verdict != None && len(m.Evidence) > 0 && !utf8.ValidString(m.Sentence) {
			t.Fatalf("sentence %q is not UTF-8", m.Sentence)
		}
	}
}

func TestHostileQueries(t *testing.T) {
	for name, q := range map[string]string{
		"deep":           strings.Repeat("(", 10000) + "a" + strings.Repeat(")", 10000),
		"deep not":       strings.Repeat("NOT ", 10000) + "a",
		"deep minus":     strings.Repeat("-", 10000) + "a",
		"deep title":     strings.Repeat("title:", 10000) + "a",
		"deep near":      strings.Repeat("(a NEAR/3 ", 5000) + "b" + strings.Repeat(")", 5000),
		"regex bomb":     "/(((a{1000}){1000}){1000})/",
		"long regex":     "/" + strings.Repeat("a?", 5000) + "/",
		"empty pattern":  "/x*/",
		"not utf-8":      "a\xff",
		"too long":       strings.Repeat("a ", 1<<20),
		"long phrase":    `"` + strings.Repeat("word ", 5000) + `"`,
		"number":         "NEAR/99999999999 a",
		"open brace":     "{a",
		"open bracket":   "(a",
		"closed bracket": "a)",
		"lone minus":     "a - b",
		"lone tilde":     "~",
		"lone equals":    "=",
		"empty":          "   ",
		"emoji":          "🧊",
		"empty bracket":  "()",
		"empty quote":    `""`,
		"star inside":    "de*port",
		"field":          "price:30",
		"comparison":     "price>30",
		"of none":        "0 OF (a, b)",
		"of too many":    "3 OF (a, b)",
		"zone in zone":   "title:(body:a)",
		"near nothing":   "a NEAR/3",
		"near not":       "a NEAR/3 NOT b",
		"near field":     "a NEAR/3 site:b.org",
		"near bare":      "a NEAR b",
		"never":          "a AND NOT a",
		"never in title": "title:a AND NOT a",
		"never any case": "ICE AND NOT ~ice",
		"count below":    "count(a)<0",
		"count above":    "count(a)>=70000",
		"of one":         "2 OF (a b)",
		"age":            "age<soon",
		"date":           "published>yesterday",
		"two ages":       "ship AND age<1d AND age>2d",
		"unknown flag":   "/abc/x",
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := Compile(nil, []Rule{{Match: q}})
			for _, p := range problems {
				if !p.Warning {
					if p.Offset > len(q) || p.Message == "" {
						t.Errorf("%+v", p)
					}
					return
				}
			}
			t.Errorf("Compile(%.60q) has no mistake", q)
		})
	}
}
