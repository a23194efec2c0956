package query

import (
	"cmp"
	"slices"
)

// A cover is a set of atoms one of which occurs in every document that a
// query matches. An empty one covers nothing: the query can match without.
type cover struct {
	items []coverItem
	cost  float64 // the share of documents it lets through, as estimated
	ok    bool
}

// A coverItem is an atom and another that must occur with it.
type coverItem struct {
	atom, second uint32
	paired       bool
}

// cover finds the cheapest cover of n: of an AND that of its cheapest child,
// of an OR those of all children.
func (c *compiler) cover(n *node) cover {
	switch n.op {
	case opTerm, opEntity:
		return cover{[]coverItem{{atom: n.atom}}, float64(c.costs[n.atom]), true}
	case opAnd, opNear, opBefore, opSent:
		return c.coverAll(n)
	case opOr:
		return c.coverAny(n.kids)
	case opOf:
		kids := slices.Clone(n.kids)
		slices.SortStableFunc(kids, func(a, b *node) int { return cmp.Compare(c.coverCost(a), c.coverCost(b)) })
		return c.coverAny(kids[:len(kids)-n.n+1])
	case opCount:
		if countNeeds(n) {
			return c.cover(n.kids[0])
		}
	}
	return cover{cost: 1}
}

// countNeeds reports whether a count asks for at least one.
func countNeeds(n *node) bool {
	return n.rel == cmpGe && n.n > 0 || n.rel == cmpGt || n.rel == cmpEq && n.n > 0
}

func (c *compiler) coverCost(n *node) float64 {
	if v := c.cover(n); v.ok {
		return v.cost
	}
	return 2
}

func (c *compiler) coverAny(kids []*node) cover {
	out := cover{ok: true}
	for _, k := range kids {
		v := c.cover(k)
		if !v.ok {
			return cover{cost: 1}
		}
		out.items = append(out.items, v.items...)
		out.cost += v.cost
	}
	return out
}

// coverAll takes the cheapest child and gives its atoms the rarest atom of
// the other children as a second.
func (c *compiler) coverAll(n *node) cover {
	best, at := cover{cost: 1}, -1
	for i, k := range n.kids {
		if v := c.cover(k); v.ok && (!best.ok || v.cost < best.cost) {
			best, at = v, i
		}
	}
	if !best.ok {
		return best
	}
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

// post enters a rule under the atoms of its cover.
func (c *compiler) post(id uint32, n *node) {
	v := c.cover(n)
	if !v.ok {
		c.set.always = append(c.set.always, id)
		return
	}
	for _, it := range v.items {
		second := uint32(0)
		if it.paired {
			second = it.second + 1
			c.forwardGroup(it.second)
		}
		c.forward(it.atom)
		c.candKeys = append(c.candKeys, it.atom)
		c.cands = append(c.cands, candidate{id, second})
	}
}

// forwardGroup forwards an atom that a matcher can only test by its mark.
func (c *compiler) forwardGroup(id uint32) {
	if c.set.atoms[id].kind == atomGroup {
		c.forward(id)
	}
}

// forward makes sure that an atom is marked in a document where it occurs.
func (c *compiler) forward(id uint32) {
	if c.covers[id] {
		return
	}
	c.covers[id] = true
	a := c.set.atoms[id]
	switch a.kind {
	case atomGroup:
		for _, m := range c.set.members[a.first : a.first+a.size] {
			c.forward(m)
			c.groupKeys = append(c.groupKeys, m)
			c.groups = append(c.groups, id)
		}
	case atomRegex:
		c.forwardPattern(id)
	default:
		c.forwardWord(id, a)
	}
}

// forwardWord posts an atom under the forms of its only or rarest word.
func (c *compiler) forwardWord(id uint32, a atom) {
	s := c.set
	p := post{atom: id}
	if a.n > 1 {
		p.next = 1
		if int(a.anchor) == int(a.n)-1 {
			p.next = -1
		}
	}
	w := s.words[a.first+uint32(a.anchor)]
	for _, r := range s.refs[w.from:w.to] {
		p.mask = r.mask
		c.postKeys = append(c.postKeys, r.form)
		c.posts = append(c.posts, p)
	}
}
