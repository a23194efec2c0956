package query

import "slices"

// Size is the number of words of a term's node, 1 of any other.
func (n *Node) Size() int {
	if n.Term == nil {
		return 1
	}
	return len(n.Term.Words)
}

// Implies reports whether a document that has the term of a has that of b:
// title:"border wall" has border.
func Implies(a, b *Node) bool {
	if a.Zone&^b.Zone != 0 {
		return false
	}
	if a.Term == nil || b.Term == nil || a.Term.Pattern != nil || b.Term.Pattern != nil {
		return a.Atom == b.Atom
	}
	x, y := a.Term, b.Term
	for i := 0; i+len(y.Words) <= len(x.Words); i++ {
		if (y.Prefix || x.Prefix) && (i+len(y.Words) != len(x.Words) || x.Prefix != y.Prefix) {
			continue
		}
		if slices.EqualFunc(x.Words[i:i+len(y.Words)], y.Words, narrower) {
			return true
		}
	}
	return false
}

// PluralOf reports whether a is the word that b also finds as its plural:
// companies -company.
func PluralOf(a, b *Node) bool {
	if a.Zone&^b.Zone != 0 || a.Size() != 1 || b.Size() != 1 || a.Term == nil || b.Term == nil || a.Term.Pattern != nil || b.Term.Pattern != nil || a.Term.Prefix || b.Term.Prefix {
		return false
	}
	v, w := a.Term.Words[0], b.Term.Words[0]
	s, other := w.Plurals()
	return w.Rule == CaseAny && (s && v.Fold == w.Fold+"s" || v.Fold == other)
}

// narrower reports whether all that v accepts is accepted by w.
func narrower(v, w Word) bool {
	return v.Fold == w.Fold && (w.Rule == CaseAny || v.Rule == w.Rule && (v.Rule != CaseExact || v.Exact == w.Exact))
}
