package match

import "newswatch/monitor/text"

// literals finds the literals of patterns anywhere in a text by their first
// three bytes.
type literals struct {
	filter [1 << 9]uint64
	byHead map[uint32][]literal
	bare   []uint32 // atoms of patterns without a literal: run on every text
}

type literal struct {
	text string
	atom uint32
}

func (l *literals) add(lit string, atom uint32) {
	if lit == "" {
		l.bare = append(l.bare, atom)
		return
	}
	if l.byHead == nil {
		l.byHead = map[uint32][]literal{}
	}
	head := uint32(lit[0]) | uint32(lit[1])<<8 | uint32(lit[2])<<16
	h := headHash(head) >> 17
	l.filter[h>>6] |= 1 << (h & 63)
	l.byHead[head] = append(l.byHead[head], literal{lit, atom})
}

// find calls f with the atoms whose literal occurs in src, whatever the case.
func (l *literals) find(src string, f func(atom uint32)) {
	if l.byHead == nil || len(src) < 3 {
		return
	}
	head := uint32(text.Lower(src[0]))<<8 | uint32(text.Lower(src[1]))<<16
	for i := 2; i < len(src); i++ {
		head = head>>8 | uint32(text.Lower(src[i]))<<16
		h := headHash(head) >> 17
		if l.filter[h>>6]>>(h&63)&1 == 0 {
			continue
		}
		for _, lit := range l.byHead[head] {
			if hasFold(src[i-2:], lit.text) {
				f(lit.atom)
			}
		}
	}
}

// occursFold reports whether the lower-case ASCII text t occurs in s, whatever
// the case.
func occursFold(s, t string) bool {
	if t == "" {
		return true
	}
	for i := range max(0, len(s)-len(t)+1) {
		if text.Lower(s[i]) == t[0] && hasFold(s[i:], t) {
			return true
		}
	}
	return false
}

// hasFold reports whether s begins with the lower-case ASCII text t.
func hasFold(s, t string) bool {
	if len(s) < len(t) {
		return false
	}
	for i := range len(t) {
		if text.Lower(s[i]) != t[i] {
			return false
		}
	}
	return true
}

// forwardPattern makes a pattern look for itself in every document, by its
// literal if it has one.
func (x *indexer) forwardPattern(id uint32) {
	s := x.set
	if s.scan == nil {
		s.scan = &literals{}
	}
	s.scan.add(s.regexes[s.atoms[id].first].literal, id)
}
