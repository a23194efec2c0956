package query

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

func (l *literals) add(text string, atom uint32) {
	if text == "" {
		l.bare = append(l.bare, atom)
		return
	}
	if l.byHead == nil {
		l.byHead = map[uint32][]literal{}
	}
	head := uint32(text[0]) | uint32(text[1])<<8 | uint32(text[2])<<16
	h := headHash(head) >> 17
	l.filter[h>>6] |= 1 << (h & 63)
	l.byHead[head] = append(l.byHead[head], literal{text, atom})
}

// find calls f with the atoms whose literal occurs in text, whatever the case.
func (l *literals) find(text string, f func(atom uint32)) {
	if l.byHead == nil || len(text) < 3 {
		return
	}
	head := uint32(lower(text[0]))<<8 | uint32(lower(text[1]))<<16
	for i := 2; i < len(text); i++ {
		head = head>>8 | uint32(lower(text[i]))<<16
		h := headHash(head) >> 17
		if l.filter[h>>6]>>(h&63)&1 == 0 {
			continue
		}
		for _, lit := range l.byHead[head] {
			if hasFold(text[i-2:], lit.text) {
				f(lit.atom)
			}
		}
	}
}

// hasFold reports whether s begins with the lower-case ASCII text t.
func hasFold(s, t string) bool {
	if len(s) < len(t) {
		return false
	}
	for i := range len(t) {
		if lower(s[i]) != t[i] {
			return false
		}
	}
	return true
}

// forwardPattern makes a pattern look for itself in every document, by its
// literal if it has one.
func (c *compiler) forwardPattern(id uint32) {
	s := c.set
	if s.scan == nil {
		s.scan = &literals{}
	}
	s.scan.add(s.regexes[s.atoms[id].first].literal, id)
}
