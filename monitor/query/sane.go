package query

import (
	"fmt"
	"math"
)

// sane refuses a resolved query that can never be true or is true of nearly
// everything, and remarks on what may not be as meant.
func (c *compiler) sane(n *node) *mistake {
	if onlyNegative(n) {
		return wrong(n.pos, "add what must occur", "only negation: it would match everything else")
	}
	if err := c.possible(n); err != nil {
		return err
	}
	c.remarks(n)
	switch v := c.cover(n); {
	case !v.ok && !factual(n):
		c.warn(wrong(n.pos, "add a term that must occur", "no term has to occur: every item is looked at, and most may match"))
	case v.ok && v.cost > 0.8:
		c.warn(wrong(n.pos, "add a rarer term", "only very common words have to occur: most items will match"))
	}
	return nil
}

// onlyNegative reports whether n consists of negations only.
func onlyNegative(n *node) bool {
	switch n.op {
	case opNot:
		return true
	case opAnd, opOr:
		for _, k := range n.kids {
			if !onlyNegative(k) {
				return false
			}
		}
		return true
	}
	return false
}

// factual reports whether n asks for a fact about the document, so that it
// needs no term.
func factual(n *node) bool {
	switch n.op {
	case opField, opAge, opPublished, opAmount:
		return true
	case opAnd:
		for _, k := range n.kids {
			if factual(k) {
				return true
			}
		}
	case opOr, opOf:
		for _, k := range n.kids {
			if !factual(k) && onlyNegative(k) {
				return false
			}
		}
		return true
	}
	return false
}

// possible refuses parts that can never be true: a term and its negation in
// one AND, or spans of time that exclude each other.
func (c *compiler) possible(n *node) *mistake {
	for _, k := range n.kids {
		if err := c.possible(k); err != nil {
			return err
		}
	}
	if n.op != opAnd {
		return nil
	}
	wanted := map[uint64]*node{}
	for _, k := range n.kids {
		if k.op == opTerm {
			wanted[identity(k)] = k
		}
	}
	for _, k := range n.kids {
		if k.op != opNot || k.kids[0].op != opTerm {
			continue // {ice} -{ice} holds where ice is doubtful
		}
		if w := wanted[identity(k.kids[0])]; w != nil {
			return wrong(k.pos, "remove one of them", "asks for a term and for its absence: this can never be true")
		}
	}
	return times(n)
}

// identity is the same for the same term in the same zone.
func identity(n *node) uint64 { return uint64(n.zone)<<32 | uint64(n.atom) }

// times refuses an AND of ages or dates that exclude each other.
func times(n *node) *mistake {
	lo, hi := map[op]float64{}, map[op]float64{}
	for _, k := range n.kids {
		v := k.num
		switch k.op {
		case opPublished:
			v = float64(k.day.Unix())
		case opAge:
		default:
			continue
		}
		low, ok := lo[k.op]
		if !ok {
			low, hi[k.op] = math.Inf(-1), math.Inf(1)
		}
		if k.rel == cmpGt || k.rel == cmpGe || k.rel == cmpEq {
			low = max(low, v)
		}
		if k.rel == cmpLt || k.rel == cmpLe || k.rel == cmpEq {
			hi[k.op] = min(hi[k.op], v)
		}
		lo[k.op] = low
		if low > hi[k.op] {
			return wrong(k.pos, "correct one of them", "contradicts another %s in the same AND: this can never be true", opWord(k.op))
		}
	}
	return nil
}

func opWord(o op) string {
	if o == opAge {
		return "age"
	}
	return "date"
}

// remarks warns of terms that are read in a way that may surprise.
func (c *compiler) remarks(n *node) {
	for _, k := range n.kids {
		c.remarks(k)
	}
	if n.op != opTerm || n.term == nil {
		return
	}
	t := n.term
	switch {
	case t.re != nil:
		if requiredLiteral(t.re.String()) == "" {
			c.warn(wrong(n.pos, "use letters that must occur, or combine it with a word by AND",
				"no three letters of the pattern must occur: it may be tried on every item, which costs more than thousands of words"))
		}
	case t.prefix && len(t.words) == 1 && t.words[0].rule == caseUpper:
		c.warn(wrong(n.pos, fmt.Sprintf("write %s* for any case", t.words[0].fold), "matches words all in capitals only, which few texts have"))
	}
}
