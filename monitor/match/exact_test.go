package match

import (
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"newswatch/monitor/text"
)

// TestTogetherAsAlone matches thousands of generated watches as one set, by
// evaluating every watch, and some of them alone: all must agree.
func TestTogetherAsAlone(t *testing.T) {
	c := newCorpus()
	entities, rules := c.watches(4000)
	s, _ := Compile(entities, rules)
	docs := append(c.articles(25), c.headlines(100)...)
	total := 0
	for _, d := range docs {
		got, want := s.Match(d), s.matchNaively(d)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: %d matches by candidates, %d by evaluating all", d.Title, len(got), len(want))
		}
		total += len(got)
	}
	if total < 50 {
		t.Fatalf("only %d matches: nothing was tested", total)
	}
	for i := 0; i < len(rules); i += 40 {
		alone, _ := Compile(entities, rules[i:i+1])
		for _, d := range docs {
			all := slices.DeleteFunc(s.Match(d), func(m Match) bool { return m.Rule != i })
			one := alone.Match(d)
			if len(all) != len(one) || len(one) > 0 && one[0].Verdict != all[0].Verdict {
				t.Fatalf("%s on %q: %v alone, %v among all", rules[i].Match, d.Title, one, all)
			}
		}
	}
}

// TestOracle compares matching with judging by brute force, for random queries
// and pages of words that are easily mixed up: all queries as one set, every
// one alone, and what they say for evidence. NEWSWATCH_ROUNDS sets how often.
func TestOracle(t *testing.T) {
	rounds := 60
	if n, err := strconv.Atoi(os.Getenv("NEWSWATCH_ROUNDS")); err == nil {
		rounds = n
	}
	held := 0
	for seed := range rounds {
		r := rand.New(rand.NewPCG(3, uint64(seed)))
		defs, lists := newEntities(r)
		make := maker{r, lists}
		var oracles []*oracle
		var rules []Rule
		var alone []*Set
		for range 30 {
			o := make.any(3, text.AnyZone)
			rule := Rule{Match: o.query}
			if r.IntN(8) == 0 {
				o.feed, rule.Feeds = "wire", []string{"wire"}
			}
			if s, p := Compile(defs, []Rule{rule}); !slices.ContainsFunc(p, func(p Problem) bool { return !p.Warning }) { // p AND NOT p is refused
				oracles, rules, alone = append(oracles, o), append(rules, rule), append(alone, s)
			}
		}
		s, _ := Compile(defs, rules)
		for range 12 {
			held += compare(t, seed, s, alone, oracles, newPage(r))
		}
	}
	if held < rounds*20 {
		t.Errorf("only %d matches in %d rounds: nothing was tested", held, rounds)
	}
}

// compare matches one page and returns how many oracles hold.
func compare(t *testing.T, seed int, s *Set, alone []*Set, oracles []*oracle, p *page) (held int) {
	t.Helper()
	got := s.Match(p.doc)
	if want := s.matchNaively(p.doc); !reflect.DeepEqual(got, want) {
		t.Fatalf("round %d: %+v by candidates, %+v by evaluating all, on %+v", seed, got, want, *p.doc)
	}
	sound(t, p.doc, got)
	for i, o := range oracles {
		var among []Match
		if len(got) > 0 && got[0].Rule == i {
			among, got = got[:1:1], got[1:]
		}
		one := alone[i].Match(p.doc)
		sieved(t, alone[i], p.doc, one)
		holds := o.holds(p) && (o.feed == "" || o.feed == p.doc.Feed)
		if len(one) > 0 != holds || len(among) > 0 != holds || holds && (one[0].Verdict != Strong || among[0].Verdict != Strong) {
			t.Fatalf("round %d: %s is %v alone and %v among others, want %v, on %+v", seed, o.query, len(one) > 0, len(among) > 0, holds, *p.doc)
		}
		if x := alone[i].Explain(0, p.doc); (x.Verdict != None) != holds {
			t.Fatalf("round %d: %s is explained as %v, want %v, on %+v", seed, o.query, x.Verdict, holds, *p.doc)
		}
		if !holds {
			continue
		}
		held++
		o.proves(t, p, one[0])
		among[0].Rule = 0
		if !reflect.DeepEqual(unlisted(o, one[0]), unlisted(o, among[0])) {
			t.Fatalf("round %d: %s: %+v alone, %+v among others, on %+v", seed, o.query, one, among, *p.doc)
		}
	}
	return held
}

// unlisted returns of a match by a list the verdict only: its evidence names
// the members as the query spells them that came first.
func unlisted(o *oracle, m Match) Match {
	if strings.Contains(o.query, "{") {
		return Match{Verdict: m.Verdict}
	}
	return m
}

// proves checks that all evidence is a place of a term that its clause names.
func (o *oracle) proves(t *testing.T, p *page, m Match) {
	t.Helper()
	for _, e := range m.Evidence {
		found := strings.Count(e.Clause, "NEAR/")+strings.Count(e.Clause, "BEFORE/")+strings.Count(e.Clause, " SENT ") > 1 // a pair of an inner NEAR
		o.leaves(func(k *oracle) {
			for _, h := range k.at(p) {
				a, b := p.words[h[0]], p.words[h[1]]
				found = found || zoneNames[a.text] == e.Zone && a.start == e.Start && b.end == e.End && k.named(e.Clause)
			}
		})
		if !found {
			t.Fatalf("%s: %+v is no place of a term, on %+v", o.query, e, *p.doc)
		}
	}
}

// named reports whether a clause names a term, perhaps as another query that
// asks for the same spells it: I.C.E. for ICE.
func (o *oracle) named(clause string) bool {
	bare := strings.TrimLeft(clause, "=~")
	if strings.ContainsAny(clause, "{/(") || strings.Contains(clause, " SENT ") { // an entity, a pattern, or both sides of a NEAR
		return true
	}
	style := clause[:len(clause)-len(bare)]
	c := newTermOracle(strings.Fields(strings.Trim(bare, `"`)), style, o.zone)
	return slices.EqualFunc(o.words, c.words, func(a, b wantedWord) bool {
		return a.fold == b.fold && a.cased == b.cased && a.prefix == b.prefix && (a.cased != '=' || a.raw == b.raw)
	})
}

func TestNoGarbage(t *testing.T) {
	c := newCorpus()
	s := compiled(t, c, 2000)
	d := &Doc{Title: "Nothing to see", Body: strings.Repeat("the quiet lanes of a small place, where the sun sets. ", 40)}
	// What Match does with a matcher from the pool. The pool itself loses some
	// on purpose where the race detector runs.
	m := newMatcher(s)
	match := func() {
		m.read(d)
		if out := m.judgeAll(m.picked); out != nil {
			t.Fatalf("matches %v", out[0].Watch)
		}
	}
	match()
	if n := testing.AllocsPerRun(200, match); n != 0 {
		t.Errorf("%v allocations for a document that matches nothing", n)
	}
}
