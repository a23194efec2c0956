package match

import (
	"slices"

	"newswatch/monitor/query"
	"newswatch/monitor/text"
)

// JudgeUnread is Judge for a document whose body is not all known: the article
// behind it has not been read. It also returns the index of a rule that is near,
// -1 if there is none: it does not hold, but would if the body said so, and
// something that few documents have speaks for it: a mention of one of its
// entities or, if it has none, a rare term that it requires. Private rules are
// never near. Where nothing is near it leaves no more garbage than Judge.
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
	for _, a := range m.marked.list {
		for _, l := range m.set.leads.of(a) {
			in := m.set.entries[l.rule]
			if m.reads(in.feeds) && (l.entity == 0 || m.entity(l.entity-1).verdict(m, text.AnyZone) != None) &&
				m.eval(in.from) == None && m.possible(in.from) {
				return int(l.rule)
			}
		}
	}
	return -1
}

// possible reports whether the program at pc holds, or would with more words in
// the body.
func (m *matcher) possible(pc uint32) bool {
	in := &m.set.code[pc]
	return operators[in.op].possible(m, pc, in)
}

// extends reports whether more words in the body would be in a zone.
func (d *document) extends(z text.Zone) bool {
	return z&text.InBody != 0 || z&text.InHead != 0 && d.zoneAt[1] == d.zoneAt[2]
}

// possible is that of all children.
func (branch) possible(m *matcher, pc uint32, in *instruction) bool {
	for k := pc + 1; k < in.end; k = m.set.code[k].end {
		if !m.possible(k) {
			return false
		}
	}
	return true
}

// possible is as it is: no text changes a fact.
func (about) possible(m *matcher, pc uint32, _ *instruction) bool { return m.eval(pc) != None }

func (amountOp) possible(m *matcher, pc uint32, in *instruction) bool {
	return m.extends(in.zone) || m.eval(pc) != None
}

func (termOp) possible(m *matcher, pc uint32, in *instruction) bool {
	return m.extends(m.set.zoneOf(in.arg)) || m.eval(pc) != None
}

func (entityOp) possible(m *matcher, pc uint32, in *instruction) bool {
	return m.extends(in.zone) || m.eval(pc) != None
}

func (orOp) possible(m *matcher, pc uint32, in *instruction) bool {
	for k := pc + 1; k < in.end; k = m.set.code[k].end {
		if m.possible(k) {
			return true
		}
	}
	return false
}

func (ofOp) possible(m *matcher, pc uint32, in *instruction) bool {
	n := 0
	for k := pc + 1; k < in.end; k = m.set.code[k].end {
		if m.possible(k) {
			n++
		}
	}
	return n >= int(in.n)
}

// possible reports whether what is excluded is not there yet.
func (notOp) possible(m *matcher, pc uint32, in *instruction) bool { return m.eval(pc) != None }

// possible is that both sides are: how near they may come nobody knows.
func (pairOp) possible(m *matcher, pc uint32, in *instruction) bool {
	return branch{}.possible(m, pc, in)
}

// possible reports whether the count may still become what is asked for: it only
// grows.
func (countOp) possible(m *matcher, pc uint32, in *instruction) bool {
	switch in.rel {
	case query.Less, query.LessEqual:
		return m.eval(pc) != None
	}
	return m.possible(pc + 1)
}

// zoneOf returns the zones in which an atom counts.
func (s *Set) zoneOf(id uint32) text.Zone {
	a := &s.atoms[id]
	if a.kind == atomGroup { // of alternatives within one query, or of an entity
		z := text.Zone(0)
		for _, k := range s.members[a.first : a.first+a.n] {
			z |= s.atoms[k].zone
		}
		return z
	}
	return a.zone
}

// rare is the most that a term alone may cost to be a lead: what occurs in one
// item of 140.
const rare = 0.007

// lead enters a rule under what makes it near: the mentions of its entities or,
// if it has none, the rare ones of the terms of which one is required.
func (x *indexer) lead(id uint32, n *query.Node, v requiredSet) {
	enter := func(atom, entity uint32) {
		x.forward(atom)
		x.leadKeys = append(x.leadKeys, atom)
		x.leads = append(x.leads, lead{id, entity})
	}
	if named := entitiesOf(n, nil); len(named) > 0 {
		for _, e := range named {
			enter(x.set.entities[e].raw, e+1)
		}
		return
	}
	for _, it := range v.items {
		if x.costs[it.atom] <= rare {
			enter(it.atom, 0)
		}
	}
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
