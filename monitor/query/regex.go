package query

import (
	"regexp/syntax"
	"strings"
)

// requiredLiteral returns a text of three ASCII bytes or more, in lower case,
// without which the pattern cannot match; "" if none is found.
func requiredLiteral(pattern string) string {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return ""
	}
	best := ""
	longest(re.Simplify(), &best)
	if len(best) < 3 {
		return ""
	}
	return best
}

// longest looks for the longest literal that every match contains.
func longest(re *syntax.Regexp, best *string) {
	switch re.Op {
	case syntax.OpLiteral:
		run := ""
		for _, r := range re.Rune {
			// Letters whose case folds beyond ASCII (k and the Kelvin sign, s
			// and the long s) would be missed by a search for bytes.
			if r >= 0x80 || re.Flags&syntax.FoldCase != 0 && strings.ContainsRune("kKsS", r) {
				run = ""
				continue
			}
			run += string(r)
			if len(run) > len(*best) {
				*best = strings.ToLower(run)
			}
		}
	case syntax.OpCapture, syntax.OpPlus, syntax.OpConcat:
		for _, sub := range re.Sub {
			longest(sub, best)
		}
	case syntax.OpRepeat:
		if re.Min > 0 {
			longest(re.Sub[0], best)
		}
	}
}

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
