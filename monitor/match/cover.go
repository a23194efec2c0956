package match

import (
	"cmp"
	"slices"

	"newswatch/monitor/query"
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
func (c *compiler) cover(n *query.Node) cover {
	switch n.Op {
	case query.OpTerm, query.OpEntity:
		return cover{[]coverItem{{atom: n.Atom, sure: n.Op == query.OpTerm}}, true}
	case query.OpAnd, query.OpNear, query.OpBefore, query.OpSent:
		return c.coverAll(n)
	case query.OpOr:
		return c.coverAny(n.Kids)
	case query.OpOf:
		return c.coverAny(c.cheapest(n)).unsure(n.N > 1)
	case query.OpCount:
		if countNeeds(n) {
			return c.cover(n.Kids[0]).unsure(true)
		}
	}
	return cover{}
}

// cheapest returns those of the children of an OF of which one at least must
// be true: all but the dearest n-1.
func (c *compiler) cheapest(n *query.Node) []*query.Node {
	kids := slices.Clone(n.Kids)
	slices.SortStableFunc(kids, func(a, b *query.Node) int { return cmp.Compare(c.coverCost(a), c.coverCost(b)) })
	return kids[:len(kids)-n.N+1]
}

// unsure returns v, if so without atoms that alone decide.
func (v cover) unsure(so bool) cover {
	for i := range v.items {
		v.items[i].sure = v.items[i].sure && !so
	}
	return v
}

// countNeeds reports whether a count asks for at least one.
func countNeeds(n *query.Node) bool {
	return n.Rel == query.GreaterEqual && n.N > 0 || n.Rel == query.Greater || n.Rel == query.Equal && n.N > 0
}

// coverCost returns the cost of the cover of n, the share of documents it lets
// through, as estimated; uncovered if it has none.
func (c *compiler) coverCost(n *query.Node) float64 {
	switch n.Op {
	case query.OpTerm, query.OpEntity:
		return float64(c.costs[n.Atom])
	case query.OpAnd, query.OpNear, query.OpBefore, query.OpSent:
		cost := uncovered
		for _, k := range n.Kids {
			cost = min(cost, c.coverCost(k))
		}
		return cost
	case query.OpOr:
		return c.costOfAny(n.Kids)
	case query.OpOf:
		return c.costOfAny(c.cheapest(n))
	case query.OpCount:
		if countNeeds(n) {
			return c.coverCost(n.Kids[0])
		}
	}
	return uncovered
}

func (c *compiler) costOfAny(kids []*query.Node) float64 {
	cost := 0.0
	for _, k := range kids {
		cost += c.coverCost(k)
	}
	return min(cost, uncovered)
}

// uncovered is the cost of a cover that does not exist. Sums of it, as of any
// covers that cost more than looking at every document, are not told apart.
const uncovered = 1e6

func (c *compiler) coverAny(kids []*query.Node) cover {
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
func (c *compiler) coverAll(n *query.Node) cover {
	least, at := uncovered, -1
	for i, k := range n.Kids {
		if cost := c.coverCost(k); cost < least {
			least, at = cost, i
		}
	}
	if at < 0 {
		return cover{}
	}
	best := c.cover(n.Kids[at]).unsure(true)
	second, found := uint32(0), false
	for i, k := range n.Kids {
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
func (c *compiler) required(n *query.Node, f func(atom uint32)) {
	switch n.Op {
	case query.OpTerm, query.OpEntity:
		f(n.Atom)
	case query.OpAnd, query.OpNear, query.OpBefore, query.OpSent:
		for _, k := range n.Kids {
			c.required(k, f)
		}
	case query.OpCount:
		if countNeeds(n) {
			c.required(n.Kids[0], f)
		}
	}
}
