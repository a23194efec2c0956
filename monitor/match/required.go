package match

import (
	"math"

	"newswatch/monitor/query"
)

// A requirement is what occurs in every document of which a node is true.
type requirement struct {
	kind    requirementKind
	atom    uint32        // requiresAtom
	of      []*query.Node // requiresAll, requiresAny
	decides bool          // it is not only required: where an atom of it occurs, the node is true if that atom's own node is
}

type requirementKind uint8

const (
	requiresNothing requirementKind = iota
	requiresFact                    // nothing of the text, but a fact about the document
	requiresAtom
	requiresAll // what each of some nodes requires
	requiresAny // what one of some nodes requires
)

func (c *compiler) requirement(n *query.Node) requirement { return operators[n.Op].required(c, n) }

// A requiredSet is a set of atoms one of which occurs in every document that a
// query matches. An empty one requires nothing: the query can match without.
type requiredSet struct {
	items []requiredAtom
	ok    bool
}

// A requiredAtom is an atom and another that must occur with it.
type requiredAtom struct {
	atom, second uint32
	paired       bool
	decides      bool // the atom alone
}

// requiredAtoms finds the cheapest required set of n: where all of some nodes are required
// that of the cheapest, where one of them is those of all.
func (c *compiler) requiredAtoms(n *query.Node) requiredSet {
	r := c.requirement(n)
	v := requiredSet{}
	switch r.kind {
	case requiresAtom:
		v = requiredSet{[]requiredAtom{{atom: r.atom, decides: true}}, true}
	case requiresAll:
		v = c.requiredOfAll(r.of)
	case requiresAny:
		v = c.requiredOfAny(r.of)
	}
	for i := range v.items {
		v.items[i].decides = v.items[i].decides && r.decides
	}
	return v
}

// selectivity returns the cost of the required set of n, the share of documents it lets
// through, as estimated; unselective if it has none.
func (c *compiler) selectivity(n *query.Node) float64 {
	r := c.requirement(n)
	cost := unselective
	switch r.kind {
	case requiresAtom:
		cost = float64(c.costs[r.atom])
	case requiresAll:
		for _, k := range r.of {
			cost = min(cost, c.selectivity(k))
		}
	case requiresAny:
		cost = 0
		for _, k := range r.of {
			of := c.selectivity(k)
			if of == unselective {
				return unselective
			}
			cost += (1 - cost) * of // as if each occurred without regard to the others
		}
	}
	return cost
}

// unselective is the cost of a set that does not exist.
const unselective = 1e6

func (c *compiler) requiredOfAny(nodes []*query.Node) requiredSet {
	out := requiredSet{ok: true}
	for _, k := range nodes {
		v := c.requiredAtoms(k)
		if !v.ok {
			return requiredSet{}
		}
		out.items = append(out.items, v.items...)
	}
	return out
}

// requiredOfAll takes the cheapest node and gives its atoms the rarest atom of the
// others as a second.
func (c *compiler) requiredOfAll(nodes []*query.Node) requiredSet {
	least, cheapest := unselective, -1
	for i, k := range nodes {
		if cost := c.selectivity(k); cost < least {
			least, cheapest = cost, i
		}
	}
	if cheapest < 0 {
		return requiredSet{}
	}
	best := c.requiredAtoms(nodes[cheapest])
	second := uint32(math.MaxUint32)
	for i, k := range nodes {
		if i != cheapest {
			second = c.rarest(k, second)
		}
	}
	if second == math.MaxUint32 {
		return best
	}
	for i := range best.items {
		if it := &best.items[i]; !it.paired {
			it.second, it.paired = second, it.atom != second
		}
	}
	return best
}

// rarest returns the rarest of the atoms that occur whenever n is true, and of
// one found before, MaxUint32 for none.
func (c *compiler) rarest(n *query.Node, found uint32) uint32 {
	switch r := c.requirement(n); r.kind {
	case requiresAtom:
		if found == math.MaxUint32 || c.costs[r.atom] < c.costs[found] {
			return r.atom
		}
	case requiresAll:
		for _, k := range r.of {
			found = c.rarest(k, found)
		}
	}
	return found
}
