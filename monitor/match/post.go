package match

import (
	"cmp"
	"slices"

	"newswatch/monitor/query"
)

// post enters a rule under the atoms of its cover.
func (c *compiler) post(id uint32, n *query.Node) {
	v := c.cover(n)
	if !v.ok {
		c.set.always = append(c.set.always, pick(id<<1|1))
		return
	}
	for _, it := range v.items {
		k := candidate{rule: pick(id << 1)}
		if !it.decides {
			k.rule |= 1
		}
		if it.paired {
			k.need = needMark | need(it.second)
			c.forwardGroup(it.second)
		}
		c.forward(it.atom)
		c.candKeys = append(c.candKeys, it.atom)
		c.cands = append(c.cands, k)
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
		for _, m := range c.set.members[a.first : a.first+a.n] {
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

// renumber numbers the forms anew, those first that most terms want: what a
// matcher keeps of forms that occur often then lies together. Forms of
// prefixes come behind all words.
func (c *compiler) renumber() {
	s := c.set
	use, order := make([]uint32, len(c.names)), make([]uint32, len(c.names))
	for _, w := range s.words {
		use[w.form]++
	}
	for id := range order {
		order[id] = uint32(id)
		if c.names[id] != "" {
			s.plain++
		} else {
			use[id] = 0
		}
	}
	slices.SortStableFunc(order, func(a, b uint32) int { return cmp.Compare(use[b], use[a]) })
	s.forms = uint32(len(order))
	names, shares, number := make([]string, len(order)), make([]float32, len(order)), make([]uint32, len(order))
	for i, id := range order {
		names[i], shares[i], number[id] = c.names[id], c.shares[id], uint32(i)
	}
	c.names, c.shares = names, shares
	for i := range s.words {
		s.words[i].form = number[s.words[i].form]
	}
	for i := range c.prefixes {
		c.prefixes[i].form = number[c.prefixes[i].form]
	}
	for text, id := range c.aliases {
		c.aliases[text] = number[id]
	}
}

// postAtoms enters the words and phrases to be forwarded under the form of
// their only or best word: the one that is rare and in few other phrases.
func (c *compiler) postAtoms() {
	s := c.set
	use := make([]uint32, len(c.names))
	for _, id := range c.posted {
		if a := &s.atoms[id]; a.n > 1 {
			for _, w := range s.words[a.first : a.first+a.n] {
				use[w.form]++
			}
		}
	}
	for _, id := range c.posted {
		a := &s.atoms[id]
		p := post{atom: id}
		if a.kind == atomPhrase {
			p.kind = postPhrase
		}
		if a.n > 1 {
			c.anchor(a, &p, use)
		}
		w := s.looked(a)
		p.accept = w.accept
		c.postKeys = append(c.postKeys, w.form)
		c.posts = append(c.posts, p)
	}
}

// anchor chooses the word a phrase is looked up by and says in p what the next
// best one needs, and how many words on it stands, unless it is too far away.
func (c *compiler) anchor(a *atom, p *post, use []uint32) {
	words := c.set.words[a.first : a.first+a.n]
	first, second := -1, -1
	cost := func(i int) float64 { return c.share(words[i]) * float64(1+use[words[i].form]) }
	for i := range words {
		switch {
		case first < 0 || cost(i) < cost(first):
			first, second = i, first
		case second < 0 || cost(i) < cost(second):
			second = i
		}
	}
	a.anchor = uint8(first)
	step := second - first
	p.need = need(words[second].form + 1)
	if step != int(int8(step)) {
		return
	}
	p.step, p.beside = int8(step), words[second].accept
	if a.n == 2 && a.exact == 0 {
		p.kind = postPair
	}
}

// needOf returns what must occur for an atom to be worth a look; groups and
// patterns need nothing.
func (s *Set) needOf(a *atom) need {
	if a.kind > atomPhrase {
		return 0
	}
	return need(s.looked(a).form + 1)
}

// termTests says of every term of a program and of everything sought for an
// entity what it needs to occur and how it is decided: most of the terms a
// matcher asks for are absent, and this tells at once.
func (c *compiler) termTests() {
	s := c.set
	for i := range s.code {
		if in := &s.code[i]; in.op == query.OpTerm {
			in.need, in.how, in.accept = s.testOf(in.arg)
		}
	}
	for i := range s.sought {
		k := &s.sought[i]
		k.need, k.how, k.accept = s.testOf(k.atom)
	}
}

func (s *Set) testOf(atom uint32) (need, how, accept) {
	a := &s.atoms[atom]
	switch {
	case a.kind == atomWord:
		return s.needOf(a), byWord, s.looked(a).accept
	case a.forwarded:
		return s.needOf(a), byMark, 0
	}
	return s.needOf(a), bySearch, 0
}

// pairCandidates says in a form the matcher can test at once what each
// candidate needs besides its atom.
func (c *compiler) pairCandidates() {
	s := c.set
	for i := range c.cands {
		k := &c.cands[i]
		if k.need&needMark == 0 {
			continue
		}
		if a := &s.atoms[k.need&^needMark]; a.kind != atomGroup {
			k.need = s.needOf(a)
		}
	}
}
