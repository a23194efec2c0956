package match

import (
	"slices"

	"newswatch/monitor/query"
	"newswatch/monitor/text"
)

// Match returns the rules that hold for a document, in their order, with
// evidence; nil if there are none, and then without leaving garbage. It may be
// called concurrently.
func (s *Set) Match(d *Doc) []Match {
	m := s.pool.Get().(*matcher)
	m.read(d)
	m.candidates()
	out := m.judgeAll(m.picked)
	m.release()
	return out
}

// matcher is what one document needs while it is matched. What is kept of
// every form, atom or entity is never cleared as a whole between documents:
// what carries another generation is stale, and of sets the elements are known.
type matcher struct {
	set  *Set
	doc  *Doc
	gen  uint32
	scan text.Scanner

	texts  [3]string
	tokens []tok
	keys   []wordKey // of tokens
	sifted []uint32  // those of keys that may be words of rules
	headed []uint32  // those of keys that may begin with a prefix of rules
	begun  []begun
	zoneAt [4]int32 // index of the first token of title, summary, body; and the end
	styles [3]house // of title, summary, body
	links  []link
	forms  []formState
	used   []uint32 // forms that occur
	here   bitset   // the same

	runs     []run    // lists about to be read
	fetched  uint32   // what was read ahead; it keeps the reading from being optimised away
	marks    bitset   // atoms that occur, if forwarded
	marked   []uint32 // the same
	known    bitset   // phrases and patterns that were looked for
	searched []uint32 // the same
	holds    bitset   // those of them that were found
	picked   []pick   // rules to judge, some of them more than once
	tagGen   []uint32
	setGen   []memo // of feed sets

	ents     []entState
	hits     []hit // a stack
	fired    []fired
	readings []reading
	amounts  []located
	counted  bool // amounts are known
	context_ contexts
	breaks   []sentence
	cut      bool         // breaks are known
	evidence []Evidence   // of all matches, one after the other
	provenAt []int32      // of evidence: its first word
	from     int          // where that of the present match begins
	shown    []text.Range // likewise the hits within sentences
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
	return &matcher{
		set: s, forms: make([]formState, s.forms), here: newBitset(s.forms), marks: newBitset(uint32(len(s.atoms))), known: newBitset(uint32(len(s.atoms))), holds: newBitset(uint32(len(s.atoms))),
		tagGen: make([]uint32, len(s.tags)), setGen: make([]memo, len(s.feedSets)),
		ents: make([]entState, len(s.entities)),
	}
}

// roomy is how many words a matcher may have seen and still be kept for the
// next document.
const roomy = 1 << 17

func (m *matcher) release() {
	m.doc, m.texts = nil, [3]string{}
	m.scan.Reset("")
	if cap(m.tokens) <= roomy && cap(m.links) <= roomy && cap(m.hits) <= roomy {
		m.set.pool.Put(m)
	}
}

// read cuts the document into words and records those that rules use.
func (m *matcher) read(d *Doc) {
	m.doc = d
	if m.gen++; m.gen == 0 { // wrapped: old marks would look new
		*m = *newMatcher(m.set)
		m.doc, m.gen = d, 1
	}
	m.here.clear(m.used)
	m.marks.clear(m.marked)
	m.known.clear(m.searched)
	m.holds.clear(m.searched)
	m.texts = [3]string{d.Title, d.Summary, d.Body}
	m.tokens, m.keys, m.links, m.used, m.headed = m.tokens[:0], m.keys[:0], m.links[:0], m.used[:0], m.headed[:0]
	m.marked, m.searched, m.picked, m.hits = m.marked[:0], m.searched[:0], m.picked[:0], m.hits[:0]
	m.readings = m.readings[:0]
	m.counted, m.cut, m.styles = false, false, [3]house{}
	for z, text := range m.texts {
		m.zoneAt[z] = int32(len(m.tokens))
		m.words(text, z)
	}
	m.look()
	m.zoneAt[3] = int32(len(m.tokens))
	m.tag(d.Feed)
	for _, t := range d.FeedTags {
		m.tag(t)
	}
}

func (m *matcher) tag(name string) {
	if id, ok := m.set.tags[name]; ok {
		m.tagGen[id] = m.gen
	}
}

// judgeAll evaluates those of the rules, which it sorts, that read the
// document's feed, and explains those that hold.
func (m *matcher) judgeAll(rules []pick) []Match {
	slices.Sort(rules)
	rules = slices.CompactFunc(rules, func(a, b pick) bool { return a.rule() == b.rule() }) // the sure one is first
	m.fetch(rules)
	m.fired = m.fired[:0]
	for _, r := range rules {
		in := m.set.entries[r.rule()]
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
	for _, f := range m.fired { // read ahead, as in fetch
		m.fetched += m.set.rules[f.rule].name.at
	}
	m.evidence = m.evidence[:0]
	m.shown = m.shown[:0]
	for i, f := range m.fired {
		m.explain(&out[i], f.rule, f.v)
	}
	m.handOver(out)
	return out
}

// fetch reads the programs of rules and what they begin with, all at a time,
// so that it is at hand when they are evaluated one after the other.
func (m *matcher) fetch(rules []pick) {
	s, x := m.set, uint32(0)
	for _, r := range rules {
		if from := s.entries[r.rule()].from; int(from) < len(s.code) {
			x += s.code[from].end + s.code[min(int(from)+3, len(s.code)-1)].end
		}
	}
	for _, r := range rules {
		if from := s.entries[r.rule()].from; int(from) < len(s.code) && s.code[from].op == query.OpEntity {
			e := &s.entities[s.code[from].arg]
			x += uint32(e.far) + m.ents[s.code[from].arg].gen
			last := len(s.sought) - 1
			x += uint32(s.sought[min(int(e.names.from), last)].how) + uint32(s.sought[min(int(e.support.from), last)].how) + uint32(s.sought[min(int(e.against.to), last)].how)
		}
	}
	m.fetched += x
}
