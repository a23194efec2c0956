package match

import (
	"slices"

	"newswatch/monitor/query"
	"newswatch/monitor/text"
)

// JudgeUnread is Judge for a document of which the article has not been read. It
// also returns a rule that is near, -1 for none: it does not hold, but would if the
// body said so, and what few documents have speaks for it: a mention of one of its
// entities or, if it has none, a rare term that it requires. A Private rule never is.
func (s *Set) JudgeUnread(d *Doc) (matches []Match, senses []Sense, near int) {
	m := s.pool.Get().(*matcher)
	m.read(d)
	senses = m.senses()
	matches = m.judgeAll(m.picked)
	near = m.nearest()
	m.release()
	return matches, senses, near
}

// A lead is what may make a rule near where an atom occurs.
type lead struct {
	rule   uint32
	entity uint32 // one more than the entity that must be mentioned; 0 for none
}

// nearest returns a rule that is near, -1 if there is none.
func (m *matcher) nearest() int {
	for _, a := range m.marked.List {
		for _, l := range m.set.leads.Of(a) {
			in := &m.set.rules[l.rule]
			if m.reads(in.feeds) && (l.entity == 0 || m.entity(l.entity-1).verdict(m, text.AnyZone) != None) &&
				m.eval(in.from) == None && m.possible(in.from) {
				return int(l.rule)
			}
		}
	}
	return -1
}

// possible reports whether the program at pc holds, or would with more words in
// the body. It errs on the side of reading.
func (m *matcher) possible(pc uint32) bool {
	in := &m.set.code[pc]
	kids, can := 0, 0
	for k := pc + 1; k < in.end; k = m.set.code[k].end {
		if kids++; m.possible(k) {
			can++
		}
	}
	switch in.op {
	case query.OpAnd, query.OpNear, query.OpBefore, query.OpSent:
		return can == kids
	case query.OpOr:
		return can > 0
	case query.OpOf:
		return can >= int(in.n)
	case query.OpCount:
		if in.rel != query.Less && in.rel != query.LessEqual {
			return can == kids
		}
	case query.OpTerm, query.OpEntity, query.OpAmount:
		if in.zone&text.InBody != 0 || in.zone&text.InHead != 0 && m.zoneAt[1] == m.zoneAt[2] {
			return true
		}
	}
	return m.eval(pc) != None
}

// rare is the most that a term alone may cost to be a lead: what occurs in one
// item of 140.
const rare = 0.007

// lead enters a rule under what makes it near: the mentions of its entities or,
// if it has none, the rare ones of the terms of which one is required.
func (x *indexer) lead(id uint32, n *query.Node, v requiredSet) {
	named := entitiesOf(n, nil)
	for _, e := range named {
		x.enter(x.set.entities[e].raw, lead{id, e + 1})
	}
	for _, it := range v.items {
		if len(named) == 0 && x.costs[it.atom] <= rare {
			x.enter(it.atom, lead{id, 0})
		}
	}
}

func (x *indexer) enter(atom uint32, l lead) {
	x.forward(atom)
	x.leadKeys, x.leads = append(x.leadKeys, atom), append(x.leads, l)
}

// entitiesOf adds the entities that n asks for, each once, to those found.
func entitiesOf(n *query.Node, found []uint32) []uint32 {
	if n.Op == query.OpEntity && !slices.Contains(found, n.Entity) {
		return append(found, n.Entity)
	}
	if n.Op != query.OpNot {
		for _, k := range n.Kids {
			found = entitiesOf(k, found)
		}
	}
	return found
}
