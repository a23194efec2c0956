package text

// Literals finds literals anywhere in a text by their first three bytes. The zero
// value has none.
type Literals struct {
	filter [1 << 9]uint64
	byHead map[uint32][]literal
}

type literal struct {
	text string
	id   uint32
}

func literalHash(head uint32) uint32 { return head * 0x9e3779b1 >> 17 }

// Add enters a literal of at least three bytes of lower-case ASCII.
func (l *Literals) Add(lit string, id uint32) {
	if l.byHead == nil {
		l.byHead = map[uint32][]literal{}
	}
	head := uint32(lit[0]) | uint32(lit[1])<<8 | uint32(lit[2])<<16
	h := literalHash(head)
	l.filter[h>>6] |= 1 << (h & 63)
	l.byHead[head] = append(l.byHead[head], literal{lit, id})
}

// Find calls f with the id of every literal that occurs in src, whatever the case,
// each time it does.
func (l *Literals) Find(src string, f func(id uint32)) {
	if l.byHead == nil || len(src) < 3 {
		return
	}
	head := uint32(Lower(src[0]))<<8 | uint32(Lower(src[1]))<<16
	for i := 2; i < len(src); i++ {
		head = head>>8 | uint32(Lower(src[i]))<<16
		h := literalHash(head)
		if l.filter[h>>6]>>(h&63)&1 == 0 {
			continue
		}
		for _, lit := range l.byHead[head] {
			if hasFold(src[i-2:], lit.text) {
				f(lit.id)
			}
		}
	}
}

// OccursFold reports whether the lower-case ASCII text t occurs in s, whatever
// the case.
func OccursFold(s, t string) bool {
	if t == "" {
		return true
	}
	for i := range max(0, len(s)-len(t)+1) {
		if Lower(s[i]) == t[0] && hasFold(s[i:], t) {
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
		if Lower(s[i]) != t[i] {
			return false
		}
	}
	return true
}
