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
	in.arg, in.label = n.Atom, c.set.atoms[n.Atom].label
	if n.Term != nil && n.Term.Text != c.kept(in.label) {
		in.label = c.keep(n.Term.Text)
	}
}

func (termOp) eval(m *matcher, _ uint32, in *instruction) Verdict {
	switch {
	case !m.may(in.need):
		return None
	case in.how == byWord:
		return sure(m.state(uint32(in.need - 1)).counts(in.accept))
	case in.how == byMark:
		return sure(m.marked.Has(in.arg))
	}
	return sure(m.has(in.arg))
}

func (termOp) find(m *matcher, pc uint32, in *instruction) { m.atomHits(in.arg, pc) }

func (termOp) prove(m *matcher, pc uint32, in *instruction, _ Verdict) {
	if in.how != byWord {
		m.proveTerm(in.arg, pc, in.label)
		return
	}
	base, w := len(m.hits), wanted{uint32(in.need - 1), in.accept}
	m.formHits(w)
	m.found(base, in.arg, pc)
	m.addHits(base, m.set.text(in.label), whyWord(w.form >= m.set.plain))
}

func (termOp) note(m *matcher, _ uint32, in *instruction, v Verdict) string {
	if v != None {
		return ""
	}
	return m.whyAbsent(&m.set.atoms[in.arg])
}

// proveTerm adds the first places of a term, or of those of a group.
func (m *prover) proveTerm(id, pc uint32, label piece) {
	a := &m.set.atoms[id]
	if a.kind == atomGroup {
		for _, k := range m.set.members[a.first : a.first+a.n] {
			if m.has(k) {
				m.proveTerm(k, pc, m.set.atoms[k].label)
			}
		}
		return
	}
	base := len(m.hits)
	m.atomHits(id, pc)
	m.addHits(base, m.set.text(label), m.whyTerm(a))
}

func (m *prover) whyTerm(a *atom) string {
	switch {
	case a.kind == atomRegex:
		return "the pattern"
	case a.exact != 0:
		return "exactly so"
	case a.n > 1 && !m.set.begins(a):
		return "the phrase"
	}
	return whyWord(m.set.begins(a))
}

func whyWord(begins bool) string {
	if begins {
		return "begins so"
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
