package match

import (
	"math"
	"slices"
)

// Match returns the rules that hold for a document, in their order, with
// evidence; nil if there are none, and then without leaving garbage. It may be
// called concurrently.
func (s *Set) Match(d *Doc) []Match {
	m := s.pool.Get().(*matcher)
	m.read(d)
	out := m.judgeAll(m.picked)
	m.release()
	return out
}

// A matcher is what one document needs while it is matched. It stands on four
// others, of which each knows only those before it: the words of the document,
// where atoms are found, which mentions of entities count, and what is said for
// evidence.
type matcher struct {
	prover

	picked   []pick // rules to judge, some of them more than once
	fired    []fired
	feedSets []memo
}

// fired is a rule that holds.
type fired struct {
	rule uint32
	v    Verdict
}

// A memo is something found out about the document of its generation.
type memo struct {
	gen uint32
	val Verdict
}

func newMatcher(s *Set) *matcher {
	m := &matcher{feedSets: make([]memo, len(s.feedSets))}
	m.document = document{set: s, bits: make([]uint64, s.forms/64+1), base: make([]uint32, s.forms/64+1)}
	atoms := uint32(len(s.atoms))
	m.marked, m.searched, m.foundAtoms = newMarks(atoms), newMarks(atoms), newMarks(atoms)
	m.feedTags, m.ents = make([]uint32, len(s.tags)), make([]entState, len(s.entities))
	return m
}

// maxPooledWords is how many words a matcher may have seen and still be kept for the
// next document.
const maxPooledWords = 1 << 17

func (m *matcher) release() {
	m.doc, m.texts = nil, [3]string{}
	m.scan.Reset("")
	if cap(m.tokens) <= maxPooledWords && cap(m.links) <= maxPooledWords && cap(m.hits) <= maxPooledWords {
		m.set.pool.Put(m)
	}
}

func (m *matcher) read(d *Doc) {
	if m.gen == math.MaxUint32 { // old generations would look new
		*m = *newMatcher(m.set)
	}
	m.prover.read(d)
	m.picked = m.picked[:0]
	m.pick()
}

// judgeAll evaluates those of the rules, which it sorts, that read the
// document's feed, and explains those that hold.
func (m *matcher) judgeAll(rules []pick) []Match {
	slices.Sort(rules)
	rules = slices.CompactFunc(rules, func(a, b pick) bool { return a.rule() == b.rule() }) // the sure one is first
	m.fired = m.fired[:0]
	for _, r := range rules {
		in := &m.set.rules[r.rule()]
		if !m.reads(in.feeds) {
			continue
		}
		v := Strong
		if !r.sure() {
			v = m.eval(in.from)
		}
		if v != None {
			m.fired = append(m.fired, fired{r.rule(), v})
		}
	}
	if len(m.fired) == 0 {
		return nil
	}
	out := make([]Match, len(m.fired))
	m.evidence = m.evidence[:0]
	m.shown = m.shown[:0]
	for i, f := range m.fired {
		m.explain(&out[i], f.rule, f.v)
	}
	m.handOver(out)
	return out
}
