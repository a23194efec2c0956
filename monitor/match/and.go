package match

import "newswatch/monitor/query"

// andOp holds as its weakest child does.
type andOp struct{ branch }

func (andOp) required(_ *compiler, n *query.Node) requirement {
	return requirement{kind: requiresAll, of: n.Kids}
}

func (andOp) eval(m *matcher, pc uint32, in *instruction) Verdict {
	v := Strong
	for k := pc + 1; k < in.end && v != None; k = m.set.code[k].end {
		v = min(v, m.eval(k))
	}
	return v
}

// find pushes the places of all children where all of them hold: count(a AND b)
// counts where both occur.
func (o andOp) find(m *matcher, pc uint32, in *instruction) {
	if m.eval(pc) != None {
		o.branch.find(m, pc, in)
	}
}

func (andOp) prove(m *matcher, pc uint32, in *instruction, _ Verdict) {
	for k := pc + 1; k < in.end; k = m.set.code[k].end {
		m.prove(k, m.eval(k))
	}
}
