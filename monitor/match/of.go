package match

import (
	"cmp"
	"slices"

	"newswatch/monitor/query"
)

// ofOp holds as its n-th best child does.
type ofOp struct{ branch }

// required is any of the children but the most expensive n-1.
func (ofOp) required(c *compiler, n *query.Node) requirement {
	kids := slices.Clone(n.Kids)
	slices.SortStableFunc(kids, func(a, b *query.Node) int { return cmp.Compare(c.selectivity(a), c.selectivity(b)) })
	return requirement{kind: requiresAny, of: kids[:len(kids)-n.N+1], decides: n.N == 1}
}

func (ofOp) eval(m *matcher, pc uint32, in *instruction) Verdict {
	weak, strong := 0, 0
	for k := pc + 1; k < in.end; k = m.set.code[k].end {
		switch m.eval(k) {
		case Strong:
			strong++
		case Weak:
			weak++
		}
	}
	switch {
	case strong >= int(in.n):
		return Strong
	case strong+weak >= int(in.n):
		return Weak
	}
	return None
}

func (ofOp) prove(m *matcher, pc uint32, in *instruction, _ Verdict) {
	for k := pc + 1; k < in.end; k = m.set.code[k].end {
		if v := m.eval(k); v != None {
			m.prove(k, v)
		}
	}
}
