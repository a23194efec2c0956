package match

import "newswatch/monitor/query"

// termOp is a word, a phrase, a prefix or a pattern, or a group of them.
type termOp struct{}

func (termOp) resolve(c *compiler, n *query.Node) (*query.Node, *query.Mistake) {
	n.Atom = c.atom(n.Term, n.Zone)
	return n, nil
}

func (termOp) required(_ *compiler, n *query.Node) requirement {
	return requirement{kind: requiresAtom, atom: n.Atom, decides: true}
}

func (termOp) emit(c *compiler, n *query.Node, in *instruction) {
	in.arg = n.Atom
	if n.Term != nil && n.Term.Text != c.kept(c.set.atoms[n.Atom].label) {
		c.set.labels[len(c.set.code)-1] = c.keep(n.Term.Text)
	}
}

func (termOp) eval(m *matcher, _ uint32, in *instruction) Verdict {
	switch {
	case !m.may(in.need):
		return None
	case in.how == byWord:
		return sure(m.state(uint32(in.need - 1)).counts(in.accept))
	case in.how == byMark:
		return sure(m.marked.has(in.arg))
	}
	return sure(m.has(in.arg))
}

func (termOp) find(m *matcher, pc uint32, in *instruction) { m.atomHits(in.arg, pc) }

func (termOp) prove(m *matcher, pc uint32, in *instruction, _ Verdict) { m.proveTerm(in.arg, pc) }

func (termOp) note(m *matcher, _ uint32, in *instruction, v Verdict) string {
	if v != None {
		return ""
	}
	return m.whyAbsent(&m.set.atoms[in.arg])
}

// proveTerm adds the first places of a term.
func (m *prover) proveTerm(id, pc uint32) {
	a := &m.set.atoms[id]
	if a.kind == atomGroup {
		for _, k := range m.set.members[a.first : a.first+a.n] {
			if m.has(k) {
				m.proveTerm(k, pc)
			}
		}
		return
	}
	base, label := len(m.hits), a.label
	if own := m.set.labels[pc]; own.size > 0 {
		label = own
	}
	m.atomHits(id, pc)
	m.addHits(base, m.set.text(label), m.whyTerm(a))
}

func (m *prover) whyTerm(a *atom) string {
	switch {
	case a.kind == atomRegex:
		return "the pattern"
	case a.exact != 0:
		return "exactly so"
	case m.set.begins(a):
		return "begins so"
	case a.n > 1:
		return "the phrase"
	}
	return "the word"
}

// whyAbsent says what kept a term from being found.
func (d *document) whyAbsent(a *atom) string {
	if a.kind != atomWord && a.kind != atomPhrase {
		return "not found"
	}
	for i := range a.n {
		seen := d.occurred(d.set.words[a.first+i].form)
		switch {
		case !seen && a.n > 1:
			return "not all of its words occur"
		case !seen:
			return "not found"
		}
	}
	if a.n > 1 {
		return "its words do not stand in a row"
	}
	return "occurs, but in another case, number or part of the text"
}
