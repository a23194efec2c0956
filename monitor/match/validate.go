package match

import (
	"fmt"
	"math"
	"slices"

	"newswatch/monitor/query"
)

// validate refuses a resolved query that can never be true or is true of nearly
// everything, and remarks on what may not be as meant.
func (c *compiler) validate(n *query.Node) *query.Mistake {
	if onlyNegative(n) {
		return query.Errorf(n.Pos, "add what must occur", "only negation: it would match everything else")
	}
	if err := c.possible(n); err != nil {
		return err
	}
	c.remarks(n)
	switch cost := c.selectivity(n); {
	case cost == unselective && !c.factual(n):
		c.warn(query.Errorf(n.Pos, "add a term that must occur", "no term has to occur: every item is looked at, and most may match"))
	case cost < unselective && cost > 0.8:
		c.warn(query.Errorf(n.Pos, "add a rarer term", "only very common words have to occur: most items will match"))
	}
	return nil
}

// onlyNegative reports whether n consists of negations only.
func onlyNegative(n *query.Node) bool {
	switch n.Op {
	case query.OpNot:
		return true
	case query.OpAnd, query.OpOr:
		for _, k := range n.Kids {
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
func (c *compiler) factual(n *query.Node) bool {
	switch n.Op {
	case query.OpAnd:
		for _, k := range n.Kids {
			if c.factual(k) {
				return true
			}
		}
	case query.OpOr, query.OpOf:
		for _, k := range n.Kids {
			if !c.factual(k) && onlyNegative(k) {
				return false
			}
		}
		return true
	}
	return c.requirement(n).kind == requiresFact
}

// possible refuses parts that can never be true: a term and its negation in
// one AND, or spans of time that exclude each other. Of a phrase without one of
// its words it warns: such queries come in long lists made by programs, and one
// of them should not stop all the others.
func (c *compiler) possible(n *query.Node) *query.Mistake {
	for _, k := range n.Kids {
		if err := c.possible(k); err != nil {
			return err
		}
	}
	if n.Op != query.OpAnd {
		return nil
	}
	wanted := slices.DeleteFunc(slices.Clone(n.Kids), func(k *query.Node) bool { return k.Op != query.OpTerm })
	for _, k := range n.Kids[:min(len(n.Kids), maxCompared)] {
		if k.Op != query.OpNot || k.Kids[0].Op != query.OpTerm {
			continue // {ice} -{ice} holds where ice is doubtful
		}
		for _, w := range wanted[:min(len(wanted), maxCompared)] {
			switch {
			case query.PluralOf(w, k.Kids[0]):
				c.warn(query.Errorf(k.Pos, "write -="+k.Kids[0].Term.Words[0].Fold+" for the singular alone",
					"asks for a plural and for the absence of its singular, which finds plurals too: this can never be true"))
			case !query.Implies(w, k.Kids[0]):
			case w.Size() == k.Kids[0].Size():
				return query.Errorf(k.Pos, "remove one of them", "asks for a term and for its absence: this can never be true")
			default:
				c.warn(query.Errorf(k.Pos, "remove one of them", "asks for a phrase and for the absence of one of its words: this can never be true"))
			}
		}
	}
	return times(n)
}

// maxCompared bounds how many parts of one AND are compared with each other.
const maxCompared = 2000

// times refuses an AND of ages or dates that exclude each other.
func times(n *query.Node) *query.Mistake {
	lo, hi := map[query.Op]float64{}, map[query.Op]float64{}
	for _, k := range n.Kids {
		v := k.Number
		switch k.Op {
		case query.OpPublished:
			v = float64(k.Day.Unix())
		case query.OpAge:
		default:
			continue
		}
		low, ok := lo[k.Op]
		if !ok {
			low, hi[k.Op] = math.Inf(-1), math.Inf(1)
		}
		if k.Rel == query.Greater || k.Rel == query.GreaterEqual || k.Rel == query.Equal {
			low = max(low, v)
		}
		if k.Rel == query.Less || k.Rel == query.LessEqual || k.Rel == query.Equal {
			hi[k.Op] = min(hi[k.Op], v)
		}
		lo[k.Op] = low
		if low > hi[k.Op] {
			return query.Errorf(k.Pos, "correct one of them", "contradicts another %s in the same AND: this can never be true", opWord(k.Op))
		}
	}
	return nil
}

func opWord(o query.Op) string {
	if o == query.OpAge {
		return "age"
	}
	return "date"
}

// remarks warns of terms that are read in a way that may surprise.
func (c *compiler) remarks(n *query.Node) {
	for _, k := range n.Kids {
		c.remarks(k)
	}
	if n.Op != query.OpTerm || n.Term == nil {
		return
	}
	t := n.Term
	switch {
	case t.Pattern != nil:
		if query.RequiredLiteral(t.Pattern.String()) == "" {
			c.warn(query.Errorf(n.Pos, "use letters that must occur, or combine it with a word by AND",
				"no three letters of the pattern must occur: it may be tried on every item, which costs more than thousands of words"))
		}
	case t.Prefix && len(t.Words) == 1 && t.Words[0].Rule == query.CaseUpper:
		c.warn(query.Errorf(n.Pos, fmt.Sprintf("write %s* for any case", t.Words[0].Fold), "matches words all in capitals only, which few texts have"))
	default:
		if remark, hint := t.ScriptRemark(); remark != "" {
			c.warn(query.Errorf(n.Pos, hint, "%s", remark))
		}
	}
}
