package match

import (
	"cmp"
	"slices"
	"sort"
	"strconv"

	"newswatch/monitor/query"
)

// A hit is a place where a part of a query is found: words start to end,
// both included.
type hit struct {
	start, end int32
	v          Verdict
	pc         uint32 // the node that found it
	atom       uint32 // terms: the atom
}

// byPlace sorts hits by where they begin, stronger ones first.
func byPlace(a, b hit) int {
	if c := cmp.Compare(a.start, b.start); c != 0 {
		return c
	}
	if c := cmp.Compare(b.v, a.v); c != 0 {
		return c
	}
	return cmp.Compare(a.end, b.end)
}

// find pushes the hits of the program at pc.
func (m *matcher) find(pc uint32) {
	in := &m.set.code[pc]
	switch in.op {
	case query.OpTerm:
		m.atomHits(in.arg, pc)
	case query.OpEntity:
		m.entityHits(pc)
	case query.OpAmount:
		m.amountHits(pc)
	case query.OpNear, query.OpBefore, query.OpSent:
		m.nearHits(pc, false)
	case query.OpNot:
	case query.OpAnd:
		if m.eval(pc) == None {
			return // count(a AND b) counts where both occur
		}
		fallthrough
	default:
		for k := pc + 1; k < in.end; k = m.set.code[k].end {
			m.find(k)
		}
	}
}

// atomHits pushes the places of an atom.
func (m *matcher) atomHits(id, pc uint32) {
	a := &m.set.atoms[id]
	base := len(m.hits)
	switch a.kind {
	case atomGroup:
		for _, k := range m.set.members[a.first : a.first+a.n] {
			if m.has(k) {
				m.atomHits(k, pc)
			}
		}
		return
	case atomRegex:
		for z := range m.texts {
			m.patternHits(a, z)
		}
	case atomWord:
		m.formHits(m.set.looked(a))
	case atomPhrase:
		m.phraseHits(a)
	}
	m.found(base, id, pc)
}

// found says of the hits from base on what they are of.
func (m *matcher) found(base int, atom, pc uint32) {
	for i := base; i < len(m.hits); i++ {
		m.hits[i].v, m.hits[i].pc, m.hits[i].atom = Strong, pc, atom
	}
}

// formHits pushes the places of a word.
func (m *matcher) formHits(w wanted) {
	if !m.occursAs(w) {
		return
	}
	for at := m.forms[w.form].head; at >= 0; at = m.links[at].next {
		if l := &m.links[at]; m.counts(l, w.accept) {
			m.hits = append(m.hits, hit{start: l.tok, end: l.tok})
		}
	}
}

// phraseHits pushes the places of a phrase.
func (m *matcher) phraseHits(a *atom) {
	w := m.set.looked(a)
	if !m.occursAs(w) {
		return
	}
	for at := m.forms[w.form].head; at >= 0; at = m.links[at].next {
		if i := m.links[at].tok - int32(a.anchor); m.phraseAt(a, i) {
			m.hits = append(m.hits, hit{start: i, end: i + int32(a.n) - 1})
		}
	}
}

// maxPatternHits bounds how many places of a pattern are looked at in a text.
const maxPatternHits = 1000

// patternHits pushes the words a pattern touches in text z.
func (m *matcher) patternHits(a *atom, z int) {
	text := m.texts[z]
	toks := m.tokens[m.zoneAt[z]:m.zoneAt[z+1]]
	if a.zone&m.zonesOf(z) == 0 || len(toks) == 0 {
		return
	}
	for _, loc := range m.set.regexes[a.first].re.FindAllStringIndex(text, maxPatternHits) {
		i := sort.Search(len(toks), func(i int) bool { return int(toks[i].end) > loc[0] })
		j := sort.Search(len(toks), func(i int) bool { return int(toks[i].start) >= loc[1] }) - 1
		i = min(i, len(toks)-1)
		j = max(i, j)
		if toks[i].mask&spread(0xf, a.zone) != 0 {
			m.hits = append(m.hits, hit{start: m.zoneAt[z] + int32(i), end: m.zoneAt[z] + int32(j)})
		}
	}
}

// evalNear returns the best verdict of a pair of hits that are near.
func (m *matcher) evalNear(pc uint32) Verdict {
	if m.eval(pc+1) == None || m.eval(m.set.code[pc+1].end) == None {
		return None // cheaper than collecting hits
	}
	base := len(m.hits)
	v := m.nearHits(pc, true)
	m.hits = m.hits[:base]
	return v
}

// maxPairs bounds the pairs a NEAR hands to the NEAR around it.
const maxPairs = 4096

// nearHits replaces the hits of the two children by the pairs that are near,
// and returns the best verdict. With first it may stop at a strong pair.
func (m *matcher) nearHits(pc uint32, first bool) Verdict {
	in := &m.set.code[pc]
	base := len(m.hits)
	m.find(pc + 1)
	mid := len(m.hits)
	m.find(m.set.code[pc+1].end)
	end := len(m.hits)
	slices.SortFunc(m.hits[base:mid], byPlace)
	slices.SortFunc(m.hits[mid:end], byPlace)
	best := m.pairs(pc, base, mid, end, first)
	if in.op != query.OpBefore && !(first && best == Strong) {
		best = max(best, m.pairsBack(pc, base, mid, end, first))
	}
	n := copy(m.hits[base:], m.hits[end:])
	m.hits = m.hits[:base+n]
	return best
}

// pairs pushes the pairs of a hit in [base, mid) with one in [mid, end) behind
// it.
func (m *matcher) pairs(pc uint32, base, mid, end int, first bool) Verdict {
	best := None
	for i := base; i < mid; i++ {
		best = max(best, m.pairsOf(pc, m.hits[i], mid, end))
		if first && best == Strong || len(m.hits)-end > maxPairs {
			return best
		}
	}
	return best
}

func (m *matcher) pairsBack(pc uint32, base, mid, end int, first bool) Verdict {
	best := None
	for i := mid; i < end; i++ {
		best = max(best, m.pairsOf(pc, m.hits[i], base, mid))
		if first && best == Strong || len(m.hits)-end > maxPairs {
			return best
		}
	}
	return best
}

// pairsOf pushes the pairs of a with hits in [from, to) that begin behind it
// and near enough.
func (m *matcher) pairsOf(pc uint32, a hit, from, to int) Verdict {
	limit := m.reach(pc, a)
	i := from + sort.Search(to-from, func(i int) bool { return m.hits[from+i].start > a.end })
	best := None
	for ; i < to && m.hits[i].start <= limit; i++ {
		b := m.hits[i]
		v := min(a.v, b.v)
		best = max(best, v)
		m.hits = append(m.hits, hit{start: a.start, end: max(a.end, b.end), v: v, pc: pc})
		if best == Strong && len(m.hits)-to > maxPairs {
			break
		}
	}
	return best
}

// reach returns the last word at which what is near hit a may begin.
func (m *matcher) reach(pc uint32, a hit) int32 {
	in := &m.set.code[pc]
	if in.op == query.OpSent {
		return m.sentenceEnd(a.end)
	}
	return min(a.end+int32(in.n), m.zoneAt[m.textOf(a.start)+1]-1)
}

// proveNear adds the two sides of the nearest pair.
func (m *matcher) proveNear(pc uint32) {
	base := len(m.hits)
	best := m.nearHits(pc, false)
	var pair hit
	found := false
	for _, h := range m.hits[base:] {
		if h.v == best && (!found || h.end-h.start < pair.end-pair.start) {
			pair, found = h, true
		}
	}
	m.hits = m.hits[:base]
	if !found {
		return
	}
	m.find(pc + 1)
	mid := len(m.hits)
	m.find(m.set.code[pc+1].end)
	a, b := m.hits[base:mid], m.hits[mid:]
	left, right, ok := m.sides(pc, pair, a, b)
	apart := right.start - left.end
	if !ok {
		right, left, _ = m.sides(pc, pair, b, a)
		apart = left.start - right.end
	}
	m.proveSide(pc, left, apart)
	m.proveSide(pc, right, apart)
	m.hits = m.hits[:base]
}

// sides returns the hits of a and b, one behind the other, that make a pair:
// of several the nearest.
func (m *matcher) sides(pc uint32, pair hit, a, b []hit) (left, right hit, ok bool) {
	for _, x := range a {
		if x.start != pair.start {
			continue
		}
		limit := m.reach(pc, x)
		for _, y := range b {
			if x.end < y.start && y.start <= limit && max(x.end, y.end) == pair.end && min(x.v, y.v) == pair.v &&
				(!ok || y.start-x.end < right.start-left.end) {
				left, right, ok = x, y, true
			}
		}
	}
	return left, right, ok
}

// proveSide adds a hit of a NEAR.
func (m *matcher) proveSide(pc uint32, h hit, apart int32) {
	if len(m.evidence)-m.from >= maxEvidence {
		return
	}
	strength := "strong"
	if h.v == Weak {
		strength = "weak"
	}
	why := strconv.Itoa(int(apart)) + " words from one to the other"
	switch {
	case m.set.code[pc].op == query.OpSent:
		why = "in one sentence"
	case apart == 1:
		why = "beside one another"
	}
	if in := &m.set.code[h.pc]; in.op == query.OpEntity {
		why = m.whyMention(in.arg, h) + "; " + why
	}
	m.add(h.start, h.end, m.set.nears[m.set.code[pc].arg].label, strength, why)
}
