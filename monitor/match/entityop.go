package match

import (
	"maps"
	"newswatch/monitor/query"
	"newswatch/monitor/text"
	"slices"
)

// entityOp holds as the best mention of an entity does. The name of a list
// becomes an OR of its terms.
type entityOp struct{}

func (entityOp) resolve(c *compiler, n *query.Node) (*query.Node, *query.Mistake) {
	if l, ok := c.lists[n.Name]; ok {
		k, err := c.listNode(l, n.Zone)
		if err != nil {
			return nil, query.Errorf(n.Pos, err.Hint, "%s", err.Message)
		}
		k.Pos, k.End = n.Pos, n.End
		return k, nil
	}
	id, ok := c.set.byName[n.Name]
	if !ok {
		if _, broken := c.defs[n.Name]; broken {
			return nil, query.Errorf(n.Pos, "mend the entity", "entity %q is broken", n.Name)
		}
		hint := "define it under entities"
		if near := query.Nearest(n.Name, slices.Sorted(maps.Keys(c.defs))); near != "" {
			hint = "did you mean {" + near + "}?"
		}
		return nil, query.Errorf(n.Pos, hint, "no entity %q", n.Name)
	}
	n.Entity, n.Atom = id, c.set.entities[id].raw
	return n, nil
}

func (entityOp) required(_ *compiler, n *query.Node) requirement {
	return requirement{kind: requiresAtom, atom: n.Atom}
}

func (entityOp) emit(c *compiler, n *query.Node, in *instruction) {
	in.arg, in.label = n.Entity, c.keep("{"+n.Name+"}")
	if e := &c.set.entities[n.Entity]; e.alone == None && e.doubtful() && !e.learns {
		e.learns = true
		c.forward(n.Atom)
		c.follow(n.Atom, follow{uint32(len(c.set.asked)), anAsked})
		c.set.asked = append(c.set.asked, n.Entity)
	}
}

func (entityOp) eval(m *matcher, _ uint32, in *instruction) Verdict {
	return m.entity(in.arg).verdict(m, in.zone)
}

// find pushes the mentions that count.
func (entityOp) find(m *matcher, pc uint32, in *instruction) {
	mask := spread(0xf, in.zone)
	for _, k := range m.entity(in.arg) {
		if k.v != None && m.tokens[k.start].mask&mask != 0 {
			m.hits = append(m.hits, hit{start: k.start, end: k.end, v: k.v, pc: pc})
		}
	}
}

func (entityOp) prove(m *matcher, _ uint32, in *instruction, _ Verdict) {
	m.proveEntity(in.arg, m.set.text(in.label), in.zone)
}

func (entityOp) note(m *matcher, _ uint32, _ *instruction, _ Verdict) string {
	if len(m.evidence) == 0 {
		return "not mentioned"
	}
	return ""
}

// proveEntity adds mentions of an entity: those that count, strong ones
// first, then one or two of those that do not.
func (m *prover) proveEntity(ent uint32, clause string, z text.Zone) {
	mask := spread(0xf, z)
	list := m.entity(ent)
	for _, v := range [...]Verdict{Strong, Weak, None} {
		n := 0
		for i := range list {
			k := &list[i]
			if k.v != v || m.tokens[k.start].mask&mask == 0 || n == maxPerClause || len(m.evidence)-m.from >= maxEvidence {
				continue
			}
			n++
			strength := "rejected"
			if v != None {
				strength = v.String()
			}
			m.add(k.start, k.end, clause, strength, m.why(k))
		}
	}
}
