package match

import (
	"slices"
	"strings"

	"newswatch/monitor/query"
	"newswatch/monitor/text"
)

// eval returns whether the program at pc holds: strongly, weakly or not. AND
// is the least of its children, OR the greatest; NOT asks whether its child
// holds strongly, so that a doubtful exclusion hides nothing.
func (m *matcher) eval(pc uint32) Verdict {
	s := m.set
	if int(pc) >= len(s.code) {
		return None
	}
	in := &s.code[pc]
	switch in.op {
	case query.OpTerm:
		switch {
		case !m.may(in.need):
			return None
		case in.how == byWord:
			return sure(m.forms[in.need-1].counts(in.accept))
		case in.how == byMark:
			return sure(m.marks.has(in.arg))
		}
		return sure(m.has(in.arg))
	case query.OpEntity:
		return m.entity(in.arg).verdict(m, in.zone)
	case query.OpAnd:
		v := Strong
		for k := pc + 1; k < in.end && v != None; k = s.code[k].end {
			v = min(v, m.eval(k))
		}
		return v
	case query.OpOr:
		v := None
		for k := pc + 1; k < in.end && v != Strong; k = s.code[k].end {
			v = max(v, m.eval(k))
		}
		return v
	case query.OpNot:
		return sure(m.eval(pc+1) != Strong)
	case query.OpNear, query.OpBefore, query.OpSent:
		return m.evalNear(pc)
	case query.OpCount:
		return m.evalCount(pc)
	case query.OpOf:
		return m.evalOf(pc)
	case query.OpAmount:
		return m.evalAmount(in)
	}
	return sure(m.evalFact(in))
}

func sure(b bool) Verdict {
	if b {
		return Strong
	}
	return None
}

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

// occursAs reports whether a form occurs as it is wanted.
func (m *matcher) occursAs(w wanted) bool {
	return m.occurred(w.form) && m.forms[w.form].counts(w.accept)
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

// zonesOf returns the zones the words of text z are in.
func (m *matcher) zonesOf(z int) text.Zone {
	switch {
	case z < 2:
		return 1 << z
	case m.zoneAt[1] != m.zoneAt[2]:
		return text.InBody
	case m.zoneAt[3]-m.zoneAt[2] <= headWords:
		return text.InHead
	}
	return text.InBody | text.InHead
}

// phraseAt reports whether the words of a stand in a row from word i on.
func (m *matcher) phraseAt(a *atom, i int32) bool {
	n := int32(a.n)
	if i < 0 || i+n > int32(len(m.tokens)) || m.textOf(i) != m.textOf(i+n-1) {
		return false
	}
	for k := range n {
		if !m.wordAt(m.set.words[a.first+uint32(k)], i+k) {
			return false
		}
	}
	return a.exact == 0 || m.exactAt(a, i)
}

// wordAt reports whether word i is as wanted.
func (m *matcher) wordAt(w wanted, i int32) bool {
	t := &m.tokens[i]
	for at := t.from; at < t.from+uint32(t.n); at++ {
		if l := &m.links[at]; l.form&^isPlural == w.form {
			return m.counts(l, w.accept)
		}
	}
	return false
}

// counts reports whether an occurrence is as accepted.
func (m *matcher) counts(l *link, a accept) bool {
	if l.form&isPlural != 0 {
		return m.tokens[l.tok].mask&accepted[a].plural != 0
	}
	return m.tokens[l.tok].mask&accepted[a].own != 0
}

// exactAt reports whether the words from i on have the very letters of a, of
// which the last may be a beginning.
func (m *matcher) exactAt(a *atom, i int32) bool {
	want := m.set.exacts[a.exact-1]
	begins := m.set.begins(a)
	for k, w := range want {
		got := m.text(i+int32(k), i+int32(k))
		if got != w && !(begins && k == len(want)-1 && strings.HasPrefix(got, w)) {
			return false
		}
	}
	return true
}

// textOf returns the text, 0 to 2, that word i is in.
func (m *matcher) textOf(i int32) int {
	switch {
	case i < m.zoneAt[1]:
		return 0
	case i < m.zoneAt[2]:
		return 1
	}
	return 2
}

// Text returns the original text from word i to word j.
func (m *matcher) text(i, j int32) string {
	return m.texts[m.textOf(i)][m.tokens[i].start:m.tokens[j].end]
}

// evalCount counts the places where its child is found.
func (m *matcher) evalCount(pc uint32) Verdict {
	in := &m.set.code[pc]
	base := len(m.hits)
	m.find(pc + 1)
	list := m.hits[base:]
	slices.SortFunc(list, byPlace)
	all, strong := 0, 0
	for i, h := range list {
		if i > 0 && h.start == list[i-1].start {
			continue // the same word found twice: the stronger came first
		}
		all++
		if h.v == Strong {
			strong++
		}
	}
	m.hits = m.hits[:base]
	a, b := in.rel.Holds(float64(all), float64(in.n)), in.rel.Holds(float64(strong), float64(in.n))
	switch {
	case in.rel == query.Less || in.rel == query.LessEqual:
		return sure(b) // like NOT: doubtful mentions do not exclude
	case a && b:
		return Strong
	case a || b:
		return Weak
	}
	return None
}

// evalOf returns the verdict of the n-th best child.
func (m *matcher) evalOf(pc uint32) Verdict {
	in := &m.set.code[pc]
	weak, strong := 0, 0
	for k := pc + 1; k < in.end; k = m.set.code[k].end {
		switch m.eval(k) {
		case Strong:
			strong++
		case Weak:
			weak++
		}
	}
	switch {
	case strong >= int(in.n):
		return Strong
	case strong+weak >= int(in.n):
		return Weak
	}
	return None
}
