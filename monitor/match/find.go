package match

import (
	"cmp"
	"slices"
	"sort"

	"newswatch/monitor/text"
	"newswatch/monitor/vocab"
)

// A finder finds atoms in a document.
type finder struct {
	document
	marked     vocab.Marks // atoms that occur, if forwarded
	searched   vocab.Marks // phrases and patterns that were looked for
	foundAtoms vocab.Marks // those of them that were found

	posts      []duePost // of the forms that occur
	led        []uint32  // those of marked of which Set.follow says what follows
	candidates []follow  // rules that may hold
	asked      []uint32  // indices of Set.asked
	hits       []hit     // a stack
}

func (f *finder) read(doc *Doc) {
	f.document.read(doc)
	f.marked.Clear()
	f.searched.Clear()
	f.foundAtoms.Clear()
	f.hits, f.led, f.candidates, f.asked = f.hits[:0], f.led[:0], f.candidates[:0], f.asked[:0]
}

// A hit is a place where a part of a query is found: words start to end,
// both included.
type hit struct {
	start, end int32
	v          Verdict
	pc         uint32 // the node that found it
	atom       uint32 // terms: the atom
}

// byPlace sorts hits by where they begin, stronger ones first.
func byPlace(a, b hit) int {
	if c := cmp.Compare(a.start, b.start); c != 0 {
		return c
	}
	if c := cmp.Compare(b.v, a.v); c != 0 {
		return c
	}
	return cmp.Compare(a.end, b.end)
}

// maxPatternHits bounds how many places of a pattern are looked at in a text.
const maxPatternHits = 1000

// has reports whether an atom occurs. It trusts the marks of atoms that are
// marked wherever they occur, so pick has to come first.
func (f *finder) has(id uint32) bool {
	if f.marked.Has(id) {
		return true
	}
	a := &f.set.atoms[id]
	switch {
	case a.forwarded:
		return false
	case a.kind == atomGroup:
		return slices.ContainsFunc(f.set.members[a.first:a.first+a.n], f.has)
	case a.kind == atomWord:
		return f.occursAs(f.set.looked(a))
	}
	return f.seek(id)
}

// seek looks for a phrase or pattern, once in a document.
func (f *finder) seek(id uint32) bool {
	if !f.searched.Has(id) {
		f.searched.Add(id)
		if f.search(&f.set.atoms[id]) {
			f.foundAtoms.Add(id)
		}
	}
	return f.foundAtoms.Has(id)
}

// search looks for a phrase or pattern.
func (f *finder) search(a *atom) bool {
	if a.kind == atomRegex {
		return f.searchPattern(a)
	}
	w := f.set.looked(a)
	if !f.occursAs(w) {
		return false
	}
	for at := f.state(w.form).head; at >= 0; at = f.links[at].next {
		if f.phraseAt(a, f.links[at].tok-int32(a.anchor)) {
			return true
		}
	}
	return false
}

func (f *finder) searchPattern(a *atom) bool {
	for z, text := range f.texts {
		if a.zone&f.zonesOf(z) == 0 || text == "" {
			continue
		}
		if a.zone&f.zonesOf(z) == f.zonesOf(z) {
			if f.set.regexes[a.first].re.MatchString(text) {
				return true
			}
		} else if base := len(f.hits); true { // only the head of the body counts
			f.patternHits(a, z)
			n := len(f.hits)
			f.hits = f.hits[:base]
			if n > base {
				return true
			}
		}
	}
	return false
}

// atomHits pushes the places of an atom.
func (f *finder) atomHits(id, pc uint32) {
	a := &f.set.atoms[id]
	base := len(f.hits)
	switch a.kind {
	case atomGroup:
		for _, k := range f.set.members[a.first : a.first+a.n] {
			if f.has(k) {
				f.atomHits(k, pc)
			}
		}
		return
	case atomRegex:
		for z := range f.texts {
			f.patternHits(a, z)
		}
	case atomWord:
		f.formHits(f.set.looked(a))
	case atomPhrase:
		f.phraseHits(a)
	}
	f.found(base, id, pc)
}

// found says of the hits from base on what they are of.
func (f *finder) found(base int, atom, pc uint32) {
	for i := base; i < len(f.hits); i++ {
		f.hits[i].v, f.hits[i].pc, f.hits[i].atom = Strong, pc, atom
	}
}

// formHits pushes the places of a word.
func (f *finder) formHits(w wanted) {
	if !f.occursAs(w) {
		return
	}
	for at := f.state(w.form).head; at >= 0; at = f.links[at].next {
		if l := &f.links[at]; f.counts(l, w.accept) {
			f.hits = append(f.hits, hit{start: l.tok, end: l.tok})
		}
	}
}

// phraseHits pushes the places of a phrase.
func (f *finder) phraseHits(a *atom) {
	w := f.set.looked(a)
	if !f.occursAs(w) {
		return
	}
	for at := f.state(w.form).head; at >= 0; at = f.links[at].next {
		if i := f.links[at].tok - int32(a.anchor); f.phraseAt(a, i) {
			f.hits = append(f.hits, hit{start: i, end: i + int32(a.n) - 1})
		}
	}
}

// patternHits pushes the words a pattern touches in text z.
func (f *finder) patternHits(a *atom, z int) {
	src := f.texts[z]
	toks := f.tokens[f.zoneAt[z]:f.zoneAt[z+1]]
	if a.zone&f.zonesOf(z) == 0 || len(toks) == 0 || !text.OccursFold(src, f.set.regexes[a.first].literal) {
		return
	}
	for _, loc := range f.set.regexes[a.first].re.FindAllStringIndex(src, maxPatternHits) {
		i := sort.Search(len(toks), func(i int) bool { return int(toks[i].end) > loc[0] })
		j := sort.Search(len(toks), func(i int) bool { return int(toks[i].start) >= loc[1] }) - 1
		i = min(i, len(toks)-1)
		j = max(i, j)
		if toks[i].mask&spread(0xf, a.zone) != 0 {
			f.hits = append(f.hits, hit{start: f.zoneAt[z] + int32(i), end: f.zoneAt[z] + int32(j)})
		}
	}
}

// soughtHits pushes the places of several atoms.
func (f *finder) soughtHits(r rows) {
	list := f.set.sought[r.from:r.to]
	for i := range list {
		switch k := &list[i]; {
		case !f.may(k.need):
		case k.how == byWord:
			base := len(f.hits)
			f.formHits(wanted{uint32(k.need - 1), k.accept})
			f.found(base, k.atom, 0)
		case k.how != byMark || f.marked.Has(k.atom):
			f.atomHits(k.atom, 0)
		}
	}
}
