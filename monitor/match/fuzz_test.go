package match

import (
	"reflect"
	"testing"
)

var seeds = []string{
	"ICE agents detained two men", "I.C.E.'s e.g. U.S", "l'ICE don’t O'Brien", "1,400.5M $30-40 million", "in 2008 £60bn 5€10 2 USD 3MN$4", "Ｉｃｅ ﬁ ß İ ς", "移民局 アメリカ 이민",
	"e\u0301\u0301 \u00ad\u200bx\u200b", "a\xffb", `{ice} NEAR/5 ("detention center" OR deport*) -hospital`, "title:(a OR b) AND amount>=30M", "2 OF (a, b, /c+d/i)",
	"count({ice})>=2 AND site:example.org AND age<7d", "“curly” AND =Exact AND ~ANY", "(ICE) ICE (Internal Combustion Engine)", "a AND b OR c", "NOT a", "((a))", "a SENT b BEFORE/3 c",
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
		sieved(t, alone, d, one)
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
