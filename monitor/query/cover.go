package query

import (
	"cmp"
	"math"
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
		c.cands = append(c.cands, candidate{rule: id, group: second})
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
	a := &c.set.atoms[id]
	if a.forwarded {
		return
	}
	a.forwarded = true
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
		c.posted = append(c.posted, id)
	}
}

// postAtoms enters the words and phrases to be forwarded under the forms of
// their only or best word: the one that is rare and in few other phrases.
func (c *compiler) postAtoms() {
	s := c.set
	use := make([]uint32, len(c.names))
	for _, id := range c.posted {
		if a := &s.atoms[id]; a.n > 1 {
			for _, w := range s.words[a.first : a.first+uint32(a.n)] {
				use[s.refs[w.from].form]++
			}
		}
	}
	for _, id := range c.posted {
		a := &s.atoms[id]
		p := post{atom: id, phrase: a.kind == atomPhrase}
		if a.n > 1 {
			c.anchor(a, &p, use)
		}
		w := s.words[a.first+uint32(a.anchor)]
		for _, r := range s.refs[w.from:w.to] {
			p.mask = r.mask
			c.postKeys = append(c.postKeys, r.form)
			c.posts = append(c.posts, p)
		}
	}
}

// anchor chooses the word a phrase is looked up by and says in p what the next
// best one needs, and how many words on it stands, unless that is better left
// to the phrase, because its forms are many or it is only a beginning.
func (c *compiler) anchor(a *atom, p *post, use []uint32) {
	s := c.set
	first, second := -1, -1
	cost := func(i int) float64 {
		w := a.first + uint32(i)
		return float64(c.wordShares[w]) * float64(1+use[s.refs[s.words[w].from].form])
	}
	for i := range int(a.n) {
		switch {
		case first < 0 || cost(i) < cost(first):
			first, second = i, first
		case second < 0 || cost(i) < cost(second):
			second = i
		}
	}
	a.anchor = uint8(first)
	w, step := s.words[a.first+uint32(second)], second-first
	refs := s.refs[w.from:w.to]
	p.need = anyOf(refs)
	if p.need.a == 0 || a.prefix && second == int(a.n)-1 || step != int(int8(step)) {
		return
	}
	p.step, p.beside = int8(step), refs[0].mask
	if slices.ContainsFunc(refs, func(r ref) bool { return r.mask != p.beside }) {
		p.beside = math.MaxUint16
		return
	}
	p.whole = a.n == 2 && a.exact == 0 && !a.prefix
}

// anchors notes with every atom the forms it is looked up by.
func (c *compiler) anchors() {
	s := c.set
	for i := range s.atoms {
		if a := &s.atoms[i]; a.kind == atomWord || a.kind == atomPhrase {
			w := s.words[a.first+uint32(a.anchor)]
			a.ref, a.refs = w.from, uint8(w.to-w.from)
		}
	}
}

// needOf returns what must occur for an atom to be worth a look; groups and
// patterns need nothing.
func (s *Set) needOf(a *atom) need { return anyOf(s.formsOf(a)) }

// anyOf returns the forms of a word as a need.
func anyOf(forms []ref) need {
	switch len(forms) {
	case 1:
		return need{a: forms[0].form + 1}
	case 2:
		return need{forms[0].form + 1, forms[1].form + 1}
	}
	return need{}
}

// termNeeds says of every term of a program what it needs to occur: most of
// the terms a matcher asks for are absent, and this tells at once.
func (c *compiler) termNeeds() {
	s := c.set
	for i := range s.code {
		in := &s.code[i]
		if in.op != opTerm {
			continue
		}
		a := &s.atoms[in.arg]
		if a.kind == atomWord {
			in.ref, in.refs = a.ref, a.refs
		}
		in.need = s.needOf(a)
	}
}

// pairCandidates says in a form the matcher can test at once what each
// candidate needs besides its atom.
func (c *compiler) pairCandidates() {
	s := c.set
	for i := range c.cands {
		k := &c.cands[i]
		if k.group == 0 {
			continue
		}
		switch a := &s.atoms[k.group-1]; a.kind {
		case atomGroup:
		case atomRegex:
			k.group = 0
		default:
			k.need, k.group = s.needOf(a), 0
		}
	}
}
