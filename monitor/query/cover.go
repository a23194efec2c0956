package query

import (
	"cmp"
	"slices"
)

// A cover is a set of atoms one of which occurs in every document that a
// query matches. An empty one covers nothing: the query can match without.
type cover struct {
	items []coverItem
	ok    bool
}

// A coverItem is an atom and another that must occur with it.
type coverItem struct {
	atom, second uint32
	paired       bool
	sure         bool // the atom alone decides
}

// cover finds the cheapest cover of n: of an AND that of its cheapest child,
// of an OR those of all children.
func (c *compiler) cover(n *node) cover {
	switch n.op {
	case opTerm, opEntity:
		return cover{[]coverItem{{atom: n.atom, sure: n.op == opTerm}}, true}
	case opAnd, opNear, opBefore, opSent:
		return c.coverAll(n)
	case opOr:
		return c.coverAny(n.kids)
	case opOf:
		return c.coverAny(c.cheapest(n)).unsure(n.n > 1)
	case opCount:
		if countNeeds(n) {
			return c.cover(n.kids[0]).unsure(true)
		}
	}
	return cover{}
}

// cheapest returns those of the children of an OF of which one at least must
// be true: all but the dearest n-1.
func (c *compiler) cheapest(n *node) []*node {
	kids := slices.Clone(n.kids)
	slices.SortStableFunc(kids, func(a, b *node) int { return cmp.Compare(c.coverCost(a), c.coverCost(b)) })
	return kids[:len(kids)-n.n+1]
}

// unsure returns v, if so without atoms that alone decide.
func (v cover) unsure(so bool) cover {
	for i := range v.items {
		v.items[i].sure = v.items[i].sure && !so
	}
	return v
}

// countNeeds reports whether a count asks for at least one.
func countNeeds(n *node) bool {
	return n.rel == cmpGe && n.n > 0 || n.rel == cmpGt || n.rel == cmpEq && n.n > 0
}

// coverCost returns the cost of the cover of n, the share of documents it lets
// through, as estimated; uncovered if it has none.
func (c *compiler) coverCost(n *node) float64 {
	switch n.op {
	case opTerm, opEntity:
		return float64(c.costs[n.atom])
	case opAnd, opNear, opBefore, opSent:
		cost := uncovered
		for _, k := range n.kids {
			cost = min(cost, c.coverCost(k))
		}
		return cost
	case opOr:
		return c.costOfAny(n.kids)
	case opOf:
		return c.costOfAny(c.cheapest(n))
	case opCount:
		if countNeeds(n) {
			return c.coverCost(n.kids[0])
		}
	}
	return uncovered
}

func (c *compiler) costOfAny(kids []*node) float64 {
	cost := 0.0
	for _, k := range kids {
		cost += c.coverCost(k)
	}
	return min(cost, uncovered)
}

// uncovered is the cost of a cover that does not exist. Sums of it, as of any
// covers that cost more than looking at every document, are not told apart.
const uncovered = 1e6

func (c *compiler) coverAny(kids []*node) cover {
	out := cover{ok: true}
	for _, k := range kids {
		v := c.cover(k)
		if !v.ok {
			return cover{}
		}
		out.items = append(out.items, v.items...)
	}
	return out
}

// coverAll takes the cheapest child and gives its atoms the rarest atom of
// the other children as a second.
func (c *compiler) coverAll(n *node) cover {
	least, at := uncovered, -1
	for i, k := range n.kids {
		if cost := c.coverCost(k); cost < least {
			least, at = cost, i
		}
	}
	if at < 0 {
		return cover{}
	}
	best := c.cover(n.kids[at]).unsure(true)
	second, found := uint32(0), false
	for i, k := range n.kids {
		if i == at {
			continue
		}
		c.required(k, func(a uint32) {
			if !found || c.costs[a] < c.costs[second] {
				second, found = a, true
			}
		})
	}
	if !found {
		return best
	}
	for i := range best.items {
		if it := &best.items[i]; !it.paired {
			it.second, it.paired = second, it.atom != second
		}
	}
	return best
}

// required calls f with atoms that occur whenever n is true.
func (c *compiler) required(n *node, f func(atom uint32)) {
	switch n.op {
	case opTerm, opEntity:
		f(n.atom)
	case opAnd, opNear, opBefore, opSent:
		for _, k := range n.kids {
			c.required(k, f)
		}
	case opCount:
		if countNeeds(n) {
			c.required(n.kids[0], f)
		}
	}
}
