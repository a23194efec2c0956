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

// matcher is what one document needs while it is matched. What is kept of
// every form, atom or entity is never cleared as a whole between documents:
// what carries another generation is stale, and of sets the elements are known.
type matcher struct {
	set  *Set
	doc  *Doc
	gen  uint32
	scan scanner

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
	cut      bool       // breaks are known
	evidence []Evidence // of all matches, one after the other
	provenAt []int32    // of evidence: its first word
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
	from       uint32 // its links: from to from+n-1
	n          uint16
	mask       uint16 // one bit: its zone and class of case
}

// A link is an occurrence of a form.
type link struct {
	form      uint32 // with isPlural set if a plural of it occurs
	tok, next int32
}

// A wordKey is what the table knows a word by.
type wordKey struct {
	key uint64
	tag uint32
	tok uint32 // with isPlural set if it is the word without its s
}

// begun is a prefix that a word begins with.
type begun struct {
	form uint32
	tok  int32
}

// A formState is where a form occurs in the document, if it does.
type formState struct {
	head, tail int32 // of links
	masks            // of the words
}

// counts reports whether a form occurs as accepted.
func (st *formState) counts(a accept) bool {
	k := &accepted[a]
	return st.own&k.own|st.plural&k.plural != 0
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
		set: s, forms: make([]formState, s.forms), here: newBitset(s.forms), marks: newBitset(uint32(len(s.atoms))), known: newBitset(uint32(len(s.atoms))), holds: newBitset(uint32(len(s.atoms))),
		tagGen: make([]uint32, len(s.tags)), setGen: make([]memo, len(s.feedSets)),
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
			m.headed = append(m.headed, uint32(len(m.keys)))
		}
		i := uint32(len(m.tokens))
		m.tokens = append(m.tokens, tok{start: uint32(sc.start), end: uint32(sc.end), mask: mask})
		m.keys = append(m.keys, wordKey{sc.key, sc.tag, i})
		if sc.inS() {
			key, tag := sc.withoutS()
			m.keys = append(m.keys, wordKey{key, tag, i | isPlural})
		}
	}
}

// look finds the words that rules use. It asks for all words of the document
// one after the other, so that the processor waits for several parts of the
// table at a time: with many rules, memory is what matching takes its time for.
func (m *matcher) look() {
	m.begins()
	vocab := &m.set.vocab
	m.sifted = vocab.sift(m.keys, m.sifted)
	m.fetched += vocab.fetch(m.keys, m.sifted)
	m.fetched += m.identify()
	next := 0 // of begun
	for _, k := range m.sifted {
		w := &m.keys[k]
		id, i := w.tag, int32(w.tok&^isPlural)
		for ; next < len(m.begun) && m.begun[next].tok <= i; next++ {
			m.occurs(m.begun[next].form, m.begun[next].tok)
		}
		m.occursBy(id, w, i)
	}
	for _, b := range m.begun[next:] {
		m.occurs(b.form, b.tok)
	}
}

// identify puts the ids of the slots of the sifted words in place of their tags,
// drops those that have none, and reads ahead what is known of the forms.
func (m *matcher) identify() (x uint32) {
	n := 0
	for _, k := range m.sifted {
		w := &m.keys[k]
		w.tag = m.set.vocab.find(w.key, w.tag)
		if w.tag != 0 {
			m.sifted[n] = k
			n++
			x += uint32(m.forms[w.tag&^(isPlural|isTwice)-1].tail)
		}
	}
	m.sifted = m.sifted[:n]
	return x
}

// occursBy records what the slot of a word says of word i.
func (m *matcher) occursBy(id uint32, w *wordKey, i int32) {
	f := id&^(isPlural|isTwice) - 1
	if w.tok&isPlural != 0 {
		if id&isPlural == 0 {
			m.occurs(f|isPlural, i)
		}
		return
	}
	if id&isPlural == 0 {
		m.occurs(f, i)
	}
	if id&(isPlural|isTwice) != 0 && m.tokens[i].mask&(0x1111<<classPlural) == 0 {
		if id&isTwice != 0 {
			f = m.set.vocab.twice[f]
		}
		m.occurs(f|isPlural, i)
	}
}

// occurs records word i as one of form f, or, with isPlural set, as a plural
// of it. The words have to come in their order.
func (m *matcher) occurs(f uint32, i int32) {
	at := int32(len(m.links))
	m.links = append(m.links, link{f, i, -1})
	t := &m.tokens[i]
	if t.n == 0 {
		t.from = uint32(at)
	}
	t.n++
	plural := f&isPlural != 0
	f &^= isPlural
	st := &m.forms[f]
	if !m.occurred(f) {
		*st = formState{head: at}
		m.used = append(m.used, f)
		m.here.add(f)
	} else {
		m.links[st.tail].next = at
	}
	st.tail = at
	if plural {
		st.plural |= t.mask
	} else {
		st.own |= t.mask
	}
}

// begins finds the prefixes that words begin with.
func (m *matcher) begins() {
	m.begun = m.begun[:0]
	b := m.set.prefixes
	if b == nil {
		return
	}
	for _, k := range m.headed { // read ahead
		m.fetched += uint32(b.slots[headHash(uint32(m.keys[k].key))>>b.shift].size)
	}
	for _, k := range m.headed {
		key, i := m.keys[k].key, int32(m.keys[k].tok)
		for j := headHash(uint32(key)) >> b.shift; b.slots[j].size != 0; j = (j + 1) & uint32(len(b.slots)-1) {
			p := &b.slots[j]
			if (key^p.key)<<(64-8*p.size) == 0 && (!p.long || m.goesOn(i, b.rests[p.form])) {
				m.begun = append(m.begun, begun{p.form, i})
			}
		}
	}
}

// goesOn reports whether rest stands behind the first eight bytes of word i.
func (m *matcher) goesOn(i int32, rest string) bool {
	var buf [64]byte
	word := m.foldWord(i, buf[:0])
	return len(word) >= 8+len(rest) && string(word[8:8+len(rest)]) == rest
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
		if from := s.entries[r.rule()].from; int(from) < len(s.code) && s.code[from].op == opEntity {
			e := &s.entities[s.code[from].arg]
			x += uint32(e.far) + m.ents[s.code[from].arg].gen
			last := len(s.sought) - 1
			x += uint32(s.sought[min(int(e.names.from), last)].how) + uint32(s.sought[min(int(e.support.from), last)].how) + uint32(s.sought[min(int(e.against.to), last)].how)
		}
	}
	m.fetched += x
}

// now is what age is measured against.
func (m *matcher) now() time.Time {
	if m.doc.Now.IsZero() {
		return time.Now()
	}
	return m.doc.Now
}
