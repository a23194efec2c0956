package match

import (
	"cmp"
	"slices"
	"sort"
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

// maxPatternHits bounds how many places of a pattern are looked at in a text.
const maxPatternHits = 1000

// has reports whether an atom occurs. It trusts the marks of atoms that are
// marked wherever they occur, so candidates has to come first.
func (m *matcher) has(id uint32) bool {
	if m.marks.has(id) {
		return true
	}
	a := &m.set.atoms[id]
	switch {
	case a.forwarded:
		return false
	case a.kind == atomGroup:
		return slices.ContainsFunc(m.set.members[a.first:a.first+a.n], m.has)
	case a.kind == atomWord:
		return m.occursAs(m.set.looked(a))
	}
	return m.seek(id)
}

// seek looks for a phrase or pattern, once in a document.
func (m *matcher) seek(id uint32) bool {
	if !m.known.has(id) {
		m.known.add(id)
		m.searched = append(m.searched, id)
		if m.search(&m.set.atoms[id]) {
			m.holds.add(id)
		}
	}
	return m.holds.has(id)
}

// search looks for a phrase or pattern.
func (m *matcher) search(a *atom) bool {
	if a.kind == atomRegex {
		return m.searchPattern(a)
	}
	w := m.set.looked(a)
	if !m.occursAs(w) {
		return false
	}
	for at := m.forms[w.form].head; at >= 0; at = m.links[at].next {
		if m.phraseAt(a, m.links[at].tok-int32(a.anchor)) {
			return true
		}
	}
	return false
}

func (m *matcher) searchPattern(a *atom) bool {
	for z, text := range m.texts {
		if a.zone&m.zonesOf(z) == 0 || text == "" {
			continue
		}
		if a.zone&m.zonesOf(z) == m.zonesOf(z) {
			if m.set.regexes[a.first].re.MatchString(text) {
				return true
			}
		} else if base := len(m.hits); true { // only the head of the body counts
			m.patternHits(a, z)
			n := len(m.hits)
			m.hits = m.hits[:base]
			if n > base {
				return true
			}
		}
	}
	return false
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

// soughtHits pushes the places of several atoms.
func (m *matcher) soughtHits(r rows) {
	for _, k := range m.set.sought[r.from:r.to] {
		switch {
		case !m.may(k.need):
		case k.how == byWord:
			base := len(m.hits)
			m.formHits(wanted{uint32(k.need - 1), k.accept})
			m.found(base, k.atom, 0)
		case k.how != byMark || m.marks.has(k.atom):
			m.atomHits(k.atom, 0)
		}
	}
}
