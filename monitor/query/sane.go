package query

import (
	"fmt"
	"math"
	"slices"
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
	switch cost := c.coverCost(n); {
	case cost == uncovered && !factual(n):
		c.warn(wrong(n.pos, "add a term that must occur", "no term has to occur: every item is looked at, and most may match"))
	case cost < uncovered && cost > 0.8:
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
// one AND, or spans of time that exclude each other. Of a phrase without one of
// its words it warns: such queries come in long lists made by programs, and one
// of them should not stop all the others.
func (c *compiler) possible(n *node) *mistake {
	for _, k := range n.kids {
		if err := c.possible(k); err != nil {
			return err
		}
	}
	if n.op != opAnd {
		return nil
	}
	wanted := slices.DeleteFunc(slices.Clone(n.kids), func(k *node) bool { return k.op != opTerm })
	for _, k := range n.kids[:min(len(n.kids), maxCompared)] {
		if k.op != opNot || k.kids[0].op != opTerm {
			continue // {ice} -{ice} holds where ice is doubtful
		}
		for _, w := range wanted[:min(len(wanted), maxCompared)] {
			switch {
			case pluralOf(w, k.kids[0]):
				c.warn(wrong(k.pos, "write -="+k.kids[0].term.words[0].fold+" for the singular alone",
					"asks for a plural and for the absence of its singular, which finds plurals too: this can never be true"))
			case !implies(w, k.kids[0]):
			case size(w) == size(k.kids[0]):
				return wrong(k.pos, "remove one of them", "asks for a term and for its absence: this can never be true")
			default:
				c.warn(wrong(k.pos, "remove one of them", "asks for a phrase and for the absence of one of its words: this can never be true"))
			}
		}
	}
	return times(n)
}

// maxCompared bounds how many parts of one AND are compared with each other.
const maxCompared = 2000

// size is the number of words of a term's node.
func size(n *node) int {
	if n.term == nil {
		return 1
	}
	return len(n.term.words)
}

// implies reports whether a document that has the term of a has that of b:
// title:"border wall" has border.
func implies(a, b *node) bool {
	if a.zone&^b.zone != 0 {
		return false
	}
	if a.term == nil || b.term == nil || a.term.re != nil || b.term.re != nil {
		return a.atom == b.atom
	}
	x, y := a.term, b.term
	for i := 0; i+len(y.words) <= len(x.words); i++ {
		if (y.prefix || x.prefix) && (i+len(y.words) != len(x.words) || x.prefix != y.prefix) {
			continue
		}
		if slices.EqualFunc(x.words[i:i+len(y.words)], y.words, narrower) {
			return true
		}
	}
	return false
}

// pluralOf reports whether a is the word that b also finds as its plural:
// companies -company.
func pluralOf(a, b *node) bool {
	if a.zone&^b.zone != 0 || size(a) != 1 || size(b) != 1 || a.term == nil || b.term == nil || a.term.re != nil || b.term.re != nil || a.term.prefix || b.term.prefix {
		return false
	}
	v, w := a.term.words[0], b.term.words[0]
	s, other := w.plurals()
	return w.rule == caseAny && (s && v.fold == w.fold+"s" || v.fold == other)
}

// narrower reports whether all that v accepts is accepted by w.
func narrower(v, w word) bool {
	return v.fold == w.fold && (w.rule == caseAny || v.rule == w.rule && (v.rule != caseExact || v.exact == w.exact))
}

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
