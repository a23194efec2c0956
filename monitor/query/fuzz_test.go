package query

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

var seeds = []string{
	"ICE agents detained two men", "I.C.E.'s e.g. U.S", "l'ICE don’t O'Brien", "1,400.5M $30-40 million", "in 2008 £60bn 5€10 2 USD 3MN$4", "Ｉｃｅ ﬁ ß İ ς", "移民局 アメリカ 이민",
	"e\u0301\u0301 \u00ad\u200bx\u200b", "a\xffb", `{ice} NEAR/5 ("detention center" OR deport*) -hospital`, "title:(a OR b) AND amount>=30M", "2 OF (a, b, /c+d/i)",
	"count({ice})>=2 AND site:example.org AND age<7d", "“curly” AND =Exact AND ~ANY", "(ICE) ICE (Internal Combustion Engine)", "a AND b OR c", "NOT a", "((a))", "a SENT b BEFORE/3 c",
}

func FuzzScan(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var sc scanner
		sc.reset(text)
		last := 0
		for sc.next() {
			if sc.start < last || sc.end <= sc.start || sc.end > len(text) || sc.at < sc.end {
				t.Fatalf("%q: word %d to %d after %d", text, sc.start, sc.end, last)
			}
			last = sc.end
			if utf8.ValidString(text) && !utf8.ValidString(text[sc.start:sc.end]) {
				t.Fatalf("%q: %q is cut within a rune", text, text[sc.start:sc.end])
			}
			key, tag, size := sc.key, sc.tag, sc.size
			b := sc.bytes()
			if k, g := keyOf(b); k != key || g != tag || len(b) != size {
				t.Fatalf("%q: %q has key %x, %x and is found as %x, %x", text, b, k, g, key, tag)
			}
		}
	})
}

// FuzzFast compares the eight-bytes-a-step reader with one that takes bytes.
func FuzzFast(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.Map(func(r rune) rune {
			if r < utf8.RuneSelf && isAlnum(byte(r)) {
				return r
			}
			return ' '
		}, text)
		want := strings.Fields(text)
		var sc scanner
		sc.reset(text)
		for i := 0; sc.next(); i++ {
			if i >= len(want) || text[sc.start:sc.end] != want[i] || string(sc.bytes()) != strings.ToLower(want[i]) || sc.class != classOf(want[i]) {
				t.Fatalf("%q: word %d is %q, class %d", text, i, text[sc.start:sc.end], sc.class)
			}
			want[i] = ""
		}
		if strings.Join(want, "") != "" {
			t.Fatalf("%q: not found: %q", text, want)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, q string) {
		reading, problems := Check(vectorEntities(), q)
		for _, p := range problems {
			if p.Offset < -1 || p.Offset > len(q) || p.Message == "" {
				t.Fatalf("Check(%q): %+v", q, p)
			}
		}
		if reading.Query == "" {
			return
		}
		again, problems := Check(vectorEntities(), reading.Query)
		if again.Query != reading.Query {
			t.Fatalf("%q reads as %q, which reads as %q: %v", q, reading.Query, again.Query, problems)
		}
	})
}

func FuzzTranslate(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, q string) {
		for _, d := range dialects {
			if out, _, err := Translate(d, q); err == nil {
				if _, _, m := parse(out); m != nil {
					t.Fatalf("Translate(%s, %q) = %q, which is refused: %v", d, q, out, m)
				}
			}
		}
	})
}

func FuzzPlain(f *testing.F) {
	f.Add("<p>ICE &amp; DHS</p><script>x</script>")
	f.Add("&lt;b&gt;x&lt;/b&gt; <3 a < b & c")
	f.Fuzz(func(t *testing.T, s string) {
		p := Plain(s)
		if utf8.ValidString(s) && !utf8.ValidString(p) {
			t.Fatalf("Plain(%q) = %q", s, p)
		}
	})
}

// FuzzMatch matches a strange query on a strange text, alone and among others.
func FuzzMatch(f *testing.F) {
	for i, s := range seeds {
		f.Add(s, seeds[(i*7+3)%len(seeds)])
	}
	c := newCorpus()
	entities, others := c.watches(300)
	for name, e := range vectorEntities() {
		entities[name] = e
	}
	f.Fuzz(func(t *testing.T, q, text string) {
		d := &Doc{Title: text, Body: text + " and " + q}
		alone, problems := Compile(vectorEntities(), []Rule{{Match: q}})
		for _, p := range problems {
			if !p.Warning {
				return
			}
		}
		one := alone.Match(d)
		sound(t, d, one)
		sound(t, d, alone.MatchAll(d))
		if x := alone.Explain(0, d); len(one) > 0 && x.Verdict != one[0].Verdict {
			t.Fatalf("%q on %q is %s, explained as %s", q, text, one[0].Verdict, x.Verdict)
		}
		all, _ := Compile(entities, append(others[:len(others):len(others)], Rule{Match: q}))
		var among []Match
		for _, m := range all.Match(d) {
			if m.Rule == len(others) {
				m.Rule = 0
				among = append(among, m)
			}
		}
		if !reflect.DeepEqual(one, among) {
			t.Fatalf("%q on %q: alone %+v, among others %+v", q, text, one, among)
		}
	})
}

func FuzzAmounts(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		last := 0
		for _, a := range appendAmounts(nil, text) {
			if a.start < last || a.start >= a.end || a.end > len(text) {
				t.Fatalf("%q: amount %+v behind %d", text, a, last)
			}
			last = a.end
		}
	})
}
