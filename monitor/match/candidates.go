package match

import "slices"

// pick marks the atoms that occur and picks the rules that may hold.
func (m *matcher) pick() {
	s := m.set
	m.markWords()
	if s.scan != nil {
		m.patterns()
	}
	for i := 0; i < len(m.led); i++ { // grows by groups
		for _, x := range s.follow.Of(m.led[i]) {
			m.conclude(x)
		}
	}
	for _, c := range m.candidates {
		if m.may(c.need) {
			m.picked = append(m.picked, pick(c.to))
		}
	}
	m.picked = append(m.picked, s.always...)
}

// markWords marks the words and phrases that occur.
func (f *finder) markWords() {
	f.posts = f.posts[:0]
	for i := range f.states {
		if at := f.states[i].posts; at != 0 {
			f.posts = f.set.appendPosts(f.posts, at, uint32(i))
		}
	}
	for i := range f.posts {
		p := &f.posts[i]
		st := &f.states[p.state]
		if !st.counts(p.accept) || p.kind != postWord && !(f.may(p.need) && f.stands(st.head, &p.post)) {
			continue
		}
		if !p.only {
			f.mark(p.atom)
			continue
		}
		f.marked.Add(p.atom)
		f.conclude(p.follow)
	}
}

// conclude takes up what follows from an atom.
func (f *finder) conclude(x follow) {
	switch x.need {
	case aGroup:
		f.mark(x.to)
	case anAsked:
		f.asked = append(f.asked, x.to)
	default:
		f.candidates = append(f.candidates, x)
	}
}

// stands reports whether the phrase of p stands at one of the words linked
// from head on.
func (f *finder) stands(head int32, p *post) bool {
	if p.step != 0 && !f.beside(head, p) {
		return false
	}
	return p.kind == postPair || f.seek(p.atom)
}

// beside reports whether the word a phrase needs stands where it should from
// one of the words linked from head on.
func (f *finder) beside(head int32, p *post) bool {
	want := wanted{uint32(p.need - 1), p.beside}
	for at := head; at >= 0; at = f.links[at].next {
		l := &f.links[at]
		j := l.tok + int32(p.step)
		if j >= 0 && int(j) < len(f.tokens) && f.wordAt(want, j) && f.counts(l, p.accept) && f.textOf(l.tok) == f.textOf(j) {
			return true
		}
	}
	return false
}

// may reports whether what is needed occurs.
func (f *finder) may(n need) bool {
	if n&needMark != 0 {
		return f.marked.Has(uint32(n &^ needMark))
	}
	return n == 0 || f.occurred(uint32(n-1))
}

// mark marks an atom of which Set.follow says what follows from it.
func (f *finder) mark(a uint32) {
	if !f.marked.Has(a) {
		f.marked.Add(a)
		f.led = append(f.led, a)
	}
}

func (f *finder) patterns() {
	for _, src := range f.texts {
		f.set.scan.literals.Find(src, func(a uint32) {
			if !f.marked.Has(a) && f.seek(a) {
				f.mark(a)
			}
		})
	}
	for _, a := range f.set.scan.bare {
		if f.seek(a) {
			f.mark(a)
		}
	}
}

// reads reports whether a set of feeds contains the document's.
func (m *matcher) reads(set uint32) bool {
	if set == 0 {
		return true
	}
	st := &m.feedSets[set]
	if st.gen != m.gen {
		*st = memo{m.gen, slices.ContainsFunc(m.set.feedSets[set], m.tagged)}
	}
	return st.is
}
