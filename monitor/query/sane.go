package query

// sane refuses a resolved query that can never be true or is true of nearly
// everything, and remarks on what may not be as meant.
func (c *compiler) sane(n *node) *mistake {
	if onlyNegative(n) {
		return wrong(n.pos, "add what must occur", "only negation: it would match everything else")
	}
	return nil
}

// onlyNegative reports whether n consists of negations only.
func onlyNegative(n *node) bool {
	switch n.op {
	case opNot:
		return true
	case opAnd:
		for _, k := range n.kids {
			if !onlyNegative(k) {
				return false
			}
		}
		return true
	case opOr:
		for _, k := range n.kids {
			if !onlyNegative(k) {
				return false
			}
		}
		return true
	}
	return false
}
