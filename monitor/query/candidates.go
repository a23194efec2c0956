package query

// candidates picks the rules that may hold.
func (m *matcher) candidates() {
	s := m.set
	for _, f := range m.used {
		st, list := &m.forms[f], s.posts.of(f)
		for i := range list {
			p := &list[i]
			if st.mask&p.mask != 0 && (!p.phrase || m.may(p.need) && m.beside(st.head, p) && m.marks[p.atom] != m.gen && m.has(p.atom)) {
				m.mark(p.atom)
			}
		}
	}
	if s.scan != nil {
		m.patterns()
	}
	for i := 0; i < len(m.marked); i++ { // grows by groups
		for _, g := range s.groups.of(m.marked[i]) {
			m.mark(g)
		}
	}
	for _, a := range m.marked {
		for _, c := range s.cands.of(a) {
			if m.may(c.need) && (c.group == 0 || m.marks[c.group-1] == m.gen) {
				m.pick(c.rule)
			}
		}
	}
	for _, r := range s.always {
		m.pick(r)
	}
}

// beside reports whether the word a phrase needs stands where it should from
// one of the words linked from head on, as far as forms tell.
func (m *matcher) beside(head int32, p *post) bool {
	if p.step == 0 {
		return true
	}
	for at := head; at >= 0; at = m.links[at].next {
		if i := int(m.links[at].tok) + int(p.step); i >= 0 && i < len(m.tokens) {
			if f := m.tokens[i].form; f != 0 && (f == p.need.a || f == p.need.b) {
				return true
			}
		}
	}
	return false
}

// may reports whether a form that is needed occurs.
func (m *matcher) may(n need) bool {
	return n.a == 0 || m.occurred(n.a-1) || n.b != 0 && m.occurred(n.b-1)
}

func (m *matcher) occurred(f uint32) bool { return m.here[f>>6]>>(f&63)&1 != 0 }

func (m *matcher) mark(a uint32) {
	if m.marks[a] != m.gen {
		m.marks[a] = m.gen
		m.marked = append(m.marked, a)
	}
}

func (m *matcher) patterns() {
	for _, text := range m.texts {
		m.set.scan.find(text, func(a uint32) {
			if m.marks[a] != m.gen && m.has(a) {
				m.mark(a)
			}
		})
	}
	for _, a := range m.set.scan.bare {
		if m.has(a) {
			m.mark(a)
		}
	}
}

// pick adds a rule to those to judge, if it reads the document's feed.
func (m *matcher) pick(r uint32) {
	if m.ruleGen[r] == m.gen {
		return
	}
	m.ruleGen[r] = m.gen
	if m.reads(m.set.rules[r].feeds) {
		m.picked = append(m.picked, r)
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
