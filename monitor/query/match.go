package query

import (
	"slices"
	"time"
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

// matcher is what one document needs while it is matched. Nothing in it is
// cleared between documents: whatever carries another generation is stale.
type matcher struct {
	set  *Set
	doc  *Doc
	gen  uint32
	scan scanner

	texts   [3]string
	tokens  []tok
	keys    []wordKey // of tokens
	sifted  []uint32  // tokens that may be words of rules
	zoneAt  [4]int32  // index of the first token of title, summary, body; and the end
	styles  [3]house  // of title, summary, body
	links   []link
	forms   []formState
	used    []uint32 // forms that occur
	runs    []run
	fetched uint32   // keeps the compiler from leaving out what nobody reads
	here    []uint64 // the same as bits

	marks   []uint32 // generation in which an atom was marked
	marked  []uint32 // atoms
	memos   []memo   // of atoms
	ruleGen []uint32
	picked  []uint32 // rules to judge
	tagGen  []uint32
	setGen  []memo // of feed sets

	ents     []entState
	hits     []hit // a stack
	fired    []fired
	amounts  []located
	counted  bool // amounts are known
	context_ contexts
	breaks   []sentence
	cut      bool       // breaks are known
	evidence []Evidence // of all matches, one after the other
	from     int        // where that of the present match begins
	shown    []Span     // likewise the hits within sentences
}

// fired is a rule that holds.
type fired struct {
	rule uint32
	v    Verdict
}

// A tok is a word of the document.
type tok struct {
	start, end uint32
	form       uint32 // one more than its form; 0 if no rule uses it
	mask       uint16 // one bit: its zone and class of case
}

// A link is an occurrence of a form.
type link struct{ tok, next int32 }

// A wordKey is what the table knows a word by.
type wordKey struct {
	key uint64
	tag uint32
}

// A formState is where a form occurs in the document, if it does.
type formState struct {
	head, tail int32 // of links
	mask       uint16
}

// A memo is something found out about the document of its generation.
type memo struct {
	gen uint32
	val Verdict
}

// located is an amount with its words.
type located struct {
	value float64
	hit
}

func newMatcher(s *Set) *matcher {
	return &matcher{
		set: s, forms: make([]formState, s.forms), here: make([]uint64, s.forms/64+1), marks: make([]uint32, len(s.atoms)), memos: make([]memo, len(s.atoms)),
		ruleGen: make([]uint32, len(s.rules)), tagGen: make([]uint32, len(s.tags)), setGen: make([]memo, len(s.feedSets)),
		ents: make([]entState, len(s.entities)),
	}
}

// roomy is how many words a matcher may have seen and still be kept for the
// next document.
const roomy = 1 << 17

func (m *matcher) release() {
	m.doc, m.texts, m.scan.text = nil, [3]string{}, ""
	if cap(m.tokens) <= roomy && cap(m.links) <= roomy && cap(m.hits) <= roomy && cap(m.scan.buf) <= roomy {
		m.set.pool.Put(m)
	}
}

// headWords is how much of a body without a summary counts as the lead.
const headWords = 60

// read cuts the document into words and records those that rules use.
func (m *matcher) read(d *Doc) {
	m.doc = d
	if m.gen++; m.gen == 0 { // wrapped: old marks would look new
		*m = *newMatcher(m.set)
		m.doc, m.gen = d, 1
	}
	for _, f := range m.used {
		m.here[f>>6] = 0
	}
	m.texts = [3]string{d.Title, d.Summary, d.Body}
	m.tokens, m.keys, m.links, m.used = m.tokens[:0], m.keys[:0], m.links[:0], m.used[:0]
	m.marked, m.picked, m.hits = m.marked[:0], m.picked[:0], m.hits[:0]
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

// words cuts one text.
func (m *matcher) words(text string, z int) {
	sc, begin := &m.scan, m.set.prefixes
	sc.reset(text)
	shift := uint16(4 * z)
	head := len(m.tokens) + headWords
	lead := z == 2 && m.zoneAt[1] == m.zoneAt[2]
	for sc.next() {
		mask := uint16(1) << (shift + uint16(sc.class))
		if lead && len(m.tokens) < head {
			mask <<= 4
		}
		if begin != nil && sc.size >= 4 && begin.may(sc.key) {
			m.begins(begin, mask)
		}
		m.tokens = append(m.tokens, tok{uint32(sc.start), uint32(sc.end), 0, mask})
		m.keys = append(m.keys, wordKey{sc.key, sc.tag})
	}
}

// look finds the words that rules use. It asks for all words of the document
// one after the other, so that the processor waits for several parts of the
// table at a time: with many rules, memory is what matching takes its time for.
func (m *matcher) look() {
	vocab := &m.set.vocab
	m.sifted = vocab.sift(m.keys, m.sifted)
	for _, i := range m.sifted {
		k := &m.keys[i]
		m.tokens[i].form = vocab.find(k.key, k.tag)
	}
	for _, i := range m.sifted {
		if t := &m.tokens[i]; t.form != 0 {
			m.occurs(t.form-1, int32(i), t.mask)
		}
	}
}

// occurs records word i as one of form f.
func (m *matcher) occurs(f uint32, i int32, mask uint16) {
	at := int32(len(m.links))
	m.links = append(m.links, link{i, -1})
	st := &m.forms[f]
	if !m.occurred(f) {
		*st = formState{at, at, mask}
		m.used = append(m.used, f)
		m.here[f>>6] |= 1 << (f & 63)
		return
	}
	m.links[st.tail].next = at
	st.tail = at
	st.mask |= mask
}

// begins records the prefixes the scanned word begins with.
func (m *matcher) begins(b *beginnings, mask uint16) {
	key := m.scan.key
	list := b.of(uint32(key))
	for i := range list {
		p := &list[i]
		if key&p.mask == p.key && (p.rest == "" || m.goesOn(p.rest)) {
			m.occurs(p.form, int32(len(m.tokens)), mask)
		}
	}
}

// goesOn reports whether rest stands behind the first eight bytes of the
// scanned word.
func (m *matcher) goesOn(rest string) bool {
	word := m.scan.bytes()
	return len(word) >= 8+len(rest) && string(word[8:8+len(rest)]) == rest
}

// judgeAll evaluates those of the rules, which it sorts, that read the
// document's feed, and explains those that hold.
func (m *matcher) judgeAll(rules []uint32) []Match {
	slices.Sort(rules)
	m.fetch(rules)
	m.fired = m.fired[:0]
	for _, r := range rules {
		in := m.set.entries[r]
		if !m.reads(in.feeds) {
			continue
		}
		if v := m.eval(in.from); v != None {
			m.fired = append(m.fired, fired{r, v})
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

// fetch reads the first word of the programs of rules, all at a time, so that
// they are at hand when they are evaluated one after the other.
func (m *matcher) fetch(rules []uint32) {
	x := uint32(0)
	for _, r := range rules {
		if from := m.set.entries[r].from; int(from) < len(m.set.code) {
			x += m.set.code[from].end
		}
	}
	m.fetched = x
}

// now is what age is measured against.
func (m *matcher) now() time.Time {
	if m.doc.Now.IsZero() {
		return time.Now()
	}
	return m.doc.Now
}
