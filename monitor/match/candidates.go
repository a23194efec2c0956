package match

// candidates marks the atoms that occur and picks the rules that may hold.
func (m *matcher) candidates() {
	s := m.set
	m.markWords()
	if s.scan != nil {
		m.patterns()
	}
	for i := 0; i < len(m.marked); i++ { // grows by groups
		for _, g := range s.groups.of(m.marked[i]) {
			m.mark(g)
		}
	}
	m.runs = s.cands.runs(m.marked, m.runs)
	for _, r := range m.runs {
		m.fetched += uint32(s.cands.all[r.from].rule)
	}
	for _, r := range m.runs {
		for i := r.from; i < r.to; i++ {
			c := &s.cands.all[i]
			if m.may(c.need) {
				m.picked = append(m.picked, c.rule)
			}
		}
	}
	m.picked = append(m.picked, s.always...)
}

// markWords marks the words and phrases that occur.
func (m *matcher) markWords() {
	posts := &m.set.posts
	m.runs = posts.runs(m.used, m.runs)
	for _, r := range m.runs {
		m.fetched += posts.all[r.from].atom
	}
	for _, r := range m.runs {
		st := &m.forms[r.key]
		for i := r.from; i < r.to; i++ {
			p := &posts.all[i]
			if st.counts(p.accept) && (p.kind == postWord || m.may(p.need) && m.stands(st.head, p)) {
				m.mark(p.atom)
			}
		}
	}
}

// stands reports whether the phrase of p stands at one of the words linked
// from head on.
func (m *matcher) stands(head int32, p *post) bool {
	if p.step != 0 && !m.beside(head, p) {
		return false
	}
	return p.kind == postPair || m.seek(p.atom)
}

// beside reports whether the word a phrase needs stands where it should from
// one of the words linked from head on.
func (m *matcher) beside(head int32, p *post) bool {
	want := wanted{uint32(p.need - 1), p.beside}
	for at := head; at >= 0; at = m.links[at].next {
		l := &m.links[at]
		j := l.tok + int32(p.step)
		if j >= 0 && int(j) < len(m.tokens) && m.wordAt(want, j) && m.counts(l, p.accept) && m.textOf(l.tok) == m.textOf(j) {
			return true
		}
	}
	return false
}

// may reports whether what is needed occurs.
func (m *matcher) may(n need) bool {
	if n&needMark != 0 {
		return m.marks.has(uint32(n &^ needMark))
	}
	return n == 0 || m.occurred(uint32(n-1))
}

func (m *matcher) mark(a uint32) {
	if !m.marks.has(a) {
		m.marks.add(a)
		m.marked = append(m.marked, a)
	}
}

func (m *matcher) patterns() {
	for _, text := range m.texts {
		m.set.scan.find(text, func(a uint32) {
			if !m.marks.has(a) && m.seek(a) {
				m.mark(a)
			}
		})
	}
	for _, a := range m.set.scan.bare {
		if m.seek(a) {
			m.mark(a)
		}
	}
}

// reads reports whether a set of feeds contains the document's.
func (m *matcher) reads(set uint32) bool {
	if set == 0 {
		return true
	}
	st := &m.setGen[set]
	if st.gen != m.gen {
		*st = memo{gen: m.gen}
		for _, id := range m.set.feedSets[set] {
			if m.tagGen[id] == m.gen {
				st.val = Strong
			}
		}
	}
	return st.val == Strong
}
