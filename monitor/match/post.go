package match

import (
	"newswatch/monitor/query"
)

// An indexer enters rules under the atoms, and atoms under the words, without
// which they cannot be.
type indexer struct {
	vocabulary
	posted                         []uint32 // atoms to enter under their words
	postKeys, followKeys, leadKeys []uint32
	posts                          []post
	follows                        []follow
	leads                          []lead
}

// post enters a program under the atoms of its required set.
func (x *indexer) post(pc uint32, v requiredSet) {
	if !v.ok {
		x.set.always = append(x.set.always, pick(pc<<1|1))
		return
	}
	for _, it := range v.items {
		k := follow{to: pc << 1}
		if !it.decides {
			k.to |= 1
		}
		if it.paired {
			k.need = needMark | need(it.second)
			x.forwardGroup(it.second)
		}
		x.forward(it.atom)
		x.follow(it.atom, k)
	}
}

func (x *indexer) follow(atom uint32, f follow) {
	x.followKeys, x.follows = append(x.followKeys, atom), append(x.follows, f)
}

// forwardGroup forwards an atom that a matcher can only test by its mark.
func (x *indexer) forwardGroup(id uint32) {
	if x.set.atoms[id].kind == atomGroup {
		x.forward(id)
	}
}

// forward makes sure that an atom is marked in a document where it occurs.
func (x *indexer) forward(id uint32) {
	a := &x.set.atoms[id]
	if a.forwarded {
		return
	}
	a.forwarded = true
	switch a.kind {
	case atomGroup:
		for _, m := range x.set.members[a.first : a.first+a.n] {
			x.forward(m)
			x.follow(m, follow{id, aGroup})
		}
	case atomRegex:
		x.forwardPattern(id)
	default:
		x.posted = append(x.posted, id)
	}
}

// postAtoms enters the words and phrases to be forwarded under the form of
// their only or best word: the one that is rare and in few other phrases.
func (x *indexer) postAtoms() {
	s := x.set
	use := make([]uint32, len(x.names))
	for _, id := range x.posted {
		if a := &s.atoms[id]; a.n > 1 {
			for _, w := range s.words[a.first : a.first+a.n] {
				use[w.form]++
			}
		}
	}
	for _, id := range x.posted {
		a := &s.atoms[id]
		p := post{atom: id}
		if a.kind == atomPhrase {
			p.kind = postPhrase
		}
		if a.n > 1 {
			x.anchor(a, &p, use)
		}
		w := s.looked(a)
		p.accept = w.accept
		x.postKeys = append(x.postKeys, w.form)
		x.posts = append(x.posts, p)
	}
}

// anchor chooses the word a phrase is looked up by and says in p what the next
// best one needs, and how many words on it stands, unless it is too far away.
func (x *indexer) anchor(a *atom, p *post, use []uint32) {
	words := x.set.words[a.first : a.first+a.n]
	first, second := -1, -1
	cost := func(i int) float64 { return x.share(words[i]) * float64(1+use[words[i].form]) }
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
func (x *indexer) termTests() {
	s := x.set
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
func (x *indexer) pairCandidates() {
	s := x.set
	for i := range x.follows {
		k := &x.follows[i]
		if k.need&needMark == 0 || k.need >= anAsked {
			continue
		}
		if a := &s.atoms[k.need&^needMark]; a.kind != atomGroup {
			k.need = s.needOf(a)
		}
	}
}

// linkPosts says in the posts what follows from their atoms, where that is one
// thing, so that a matcher does not have to look it up.
func (s *Set) linkPosts() {
	for f := range s.posts.Start[1:] {
		list := s.posts.Of(uint32(f))
		for i := range list {
			p := &list[i]
			p.last = i == len(list)-1
			if all := s.follow.Of(p.atom); len(all) == 1 {
				p.only, p.follow = true, all[0]
			}
		}
	}
}
