package match

import (
	"slices"

	"newswatch/monitor/query"
	"newswatch/monitor/text"
)

// orOp holds as its strongest child does.
type orOp struct{ branch }

// groupSize is the length from which a list of alternatives is decided once
// for all rules that use it.
const groupSize = 12

func (o orOp) resolve(c *compiler, n *query.Node) (*query.Node, *query.Mistake) {
	n, err := o.branch.resolve(c, n)
	if err != nil {
		return nil, err
	}
	return c.grouped(n), nil
}

// grouped makes a group of a long list of terms.
func (c *compiler) grouped(n *query.Node) *query.Node {
	if len(n.Kids) < groupSize || slices.ContainsFunc(n.Kids, func(k *query.Node) bool { return k.Op != query.OpTerm }) {
		return n
	}
	atoms, zone := make([]uint32, len(n.Kids)), text.Zone(0)
	for i, k := range n.Kids {
		atoms[i] = k.Atom
		zone |= k.Zone
	}
	return &query.Node{Op: query.OpTerm, Atom: c.group(atoms), Zone: zone, Pos: n.Pos, End: n.End, Group: true}
}

func (orOp) required(_ *compiler, n *query.Node) requirement {
	return requirement{kind: requiresAny, of: n.Kids, decides: true}
}

func (orOp) eval(m *matcher, pc uint32, in *instruction) Verdict {
	v := None
	for k := pc + 1; k < in.end && v != Strong; k = m.set.code[k].end {
		v = max(v, m.eval(k))
	}
	return v
}

// prove gathers the evidence for the children that are as good as the whole.
func (orOp) prove(m *matcher, pc uint32, in *instruction, v Verdict) {
	for k := pc + 1; k < in.end; k = m.set.code[k].end {
		if m.eval(k) == v {
			m.prove(k, v)
		}
	}
}
