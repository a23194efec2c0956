package query

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
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

// An oracle is a query that can also be judged by looking at every word.
type oracle struct {
	query string
	holds func(words []string) bool
	at    func(words []string) [][2]int // nil if it has no place
}

// randomOracle makes a query of the letters a to f as words.
func randomOracle(r *rand.Rand, depth int) oracle {
	if depth == 0 || r.IntN(4) == 0 {
		return leafOracle(r)
	}
	a, b := randomOracle(r, depth-1), randomOracle(r, depth-1)
	switch r.IntN(5) {
	case 0:
		return oracle{query: "(" + a.query + " AND " + b.query + ")", holds: func(w []string) bool { return a.holds(w) && b.holds(w) }}
	case 1:
		return oracle{query: "(" + a.query + " OR " + b.query + ")", holds: func(w []string) bool { return a.holds(w) || b.holds(w) }}
	case 2:
		return oracle{query: "(" + a.query + " AND NOT " + b.query + ")", holds: func(w []string) bool { return a.holds(w) && !b.holds(w) }}
	case 3:
		c := leafOracle(r)
		return oracle{query: fmt.Sprintf("2 OF (%s, %s, %s)", a.query, b.query, c.query), holds: func(w []string) bool {
			n := 0
			for _, o := range []oracle{a, b, c} {
				if o.holds(w) {
					n++
				}
			}
			return n >= 2
		}}
	}
	x, y, n := leafOracle(r), leafOracle(r), 1+r.IntN(4)
	op := []string{"NEAR", "BEFORE"}[r.IntN(2)]
	return oracle{query: fmt.Sprintf("(%s %s/%d %s)", x.query, op, n, y.query), holds: func(w []string) bool {
		for _, p := range x.at(w) {
			for _, q := range y.at(w) {
				if d := q[0] - p[1]; d >= 1 && d <= n {
					return true
				}
				if d := p[0] - q[1]; op == "NEAR" && d >= 1 && d <= n {
					return true
				}
			}
		}
		return false
	}}
}

func leafOracle(r *rand.Rand) oracle {
	letters := make([]string, 1+r.IntN(2))
	for i := range letters {
		letters[i] = string(rune('p' + r.IntN(6)))
	}
	at := func(w []string) (out [][2]int) {
		for i := 0; i+len(letters) <= len(w); i++ {
			if slices.Equal(w[i:i+len(letters)], letters) {
				out = append(out, [2]int{i, i + len(letters) - 1})
			}
		}
		return out
	}
	return oracle{query: `"` + strings.Join(letters, " ") + `"`, at: at, holds: func(w []string) bool { return len(at(w)) > 0 }}
}

// TestOracle compares matching with judging by brute force.
func TestOracle(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	for range 60 {
		var oracles []oracle
		var rules []Rule
		for range 40 {
			o := randomOracle(r, 3)
			if _, p := Compile(nil, []Rule{{Match: o.query}}); len(p) > 0 && !p[0].Warning {
				continue // never true, as in p AND NOT p
			}
			oracles, rules = append(oracles, o), append(rules, Rule{Match: o.query})
		}
		s, _ := Compile(nil, rules)
		for range 10 {
			words := make([]string, r.IntN(14))
			for i := range words {
				words[i] = string(rune('p' + r.IntN(9)))
			}
			got := map[int]bool{}
			for _, m := range s.Match(&Doc{Body: strings.Join(words, " ")}) {
				got[m.Rule] = true
			}
			for i, o := range oracles {
				if got[i] != o.holds(words) {
					t.Fatalf("%s on %q = %v, want %v", o.query, words, got[i], !got[i])
				}
			}
		}
	}
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
		m.candidates()
		if out := m.judgeAll(m.picked); out != nil {
			t.Fatalf("matches %v", out[0].Watch)
		}
	}
	match()
	if n := testing.AllocsPerRun(200, match); n != 0 {
		t.Errorf("%v allocations for a document that matches nothing", n)
	}
}
