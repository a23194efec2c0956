package match

import (
	"math"
	"slices"

	"newswatch/monitor/vocab"
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

	picked   []pick   // rules to judge, some of them more than once
	judged   []judged // rules being judged, then those that hold
	feedSets []memo
}

// A judged is a rule that is judged, as its head has it, and the first instruction
// of its program.
type judged struct {
	pick
	rule, feeds uint32
	name        piece
	first       instruction
	v           Verdict
}

// A memo says whether something is so of the document of its generation.
type memo struct {
	gen uint32
	is  bool
}

func newMatcher(s *Set) *matcher {
	m := &matcher{feedSets: make([]memo, len(s.feedSets))}
	m.document = document{set: s, bits: make([]uint64, s.forms/64+1), base: make([]uint32, s.forms/64+1)}
	atoms := uint32(len(s.atoms))
	m.marked, m.searched, m.foundAtoms = vocab.NewMarks(atoms), vocab.NewMarks(atoms), vocab.NewMarks(atoms)
	m.feedTags, m.ents = make([]uint32, len(s.tags)), make([]entState, len(s.entities))
	return m
}

// maxPooledWords is how many words a matcher may have seen and still be kept for the
// next document.
const maxPooledWords = 1 << 17

func (m *matcher) release() {
	m.doc, m.texts = nil, [3]string{}
	m.scan.Reset("")
	if cap(m.tokens) <= maxPooledWords && cap(m.links) <= maxPooledWords && max(cap(m.hits), cap(m.mentions)) <= maxPooledWords {
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
	m.gather(rules)
	n := 0
	for i := range m.judged {
		j := &m.judged[i]
		if !m.reads(j.feeds) {
			continue
		}
		j.v = Strong
		if !j.sure() {
			j.v = operators[j.first.op].eval(m, j.pc(), &j.first)
		}
		if j.v != None {
			m.judged[n] = *j
			n++
		}
	}
	if n == 0 {
		return nil
	}
	out := make([]Match, n)
	m.evidence, m.shown = m.evidence[:0], m.shown[:0]
	for i := range out {
		m.explain(&out[i], &m.judged[i])
	}
	m.handOver(out)
	return out
}

// gather sorts the rules and lists what judging them begins with. It reads the
// memory of all of them before any is judged: the processor does not wait for
// that of one before it asks for that of the next.
func (m *matcher) gather(rules []pick) {
	slices.Sort(rules)
	rules = slices.CompactFunc(rules, func(a, b pick) bool { return a.pc() == b.pc() }) // the sure one is first
	m.judged = slices.Grow(m.judged[:0], len(rules))[:len(rules)]
	for i, r := range rules {
		j, code := &m.judged[i], m.set.code[r.pc()-1:][:2]
		j.pick, j.rule, j.feeds, j.name = r, code[0].arg, code[0].end, code[0].label
		j.first = code[1]
	}
}
