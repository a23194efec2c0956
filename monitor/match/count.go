package match

import (
	"slices"

	"newswatch/monitor/query"
)

// countOp compares the number of places of its child.
type countOp struct{ branch }

// required is the child if the count asks for one place at least.
func (countOp) required(_ *compiler, n *query.Node) requirement {
	if n.Rel == query.Greater || n.N > 0 && (n.Rel == query.GreaterEqual || n.Rel == query.Equal) {
		return requirement{kind: requiresAll, of: n.Kids}
	}
	return requirement{}
}

func (countOp) eval(m *matcher, pc uint32, in *instruction) Verdict {
	base := len(m.hits)
	m.find(pc + 1)
	list := m.hits[base:]
	slices.SortFunc(list, byPlace)
	all, strong := 0, 0
	for i, h := range list {
		if i > 0 && h.start == list[i-1].start {
			continue // the same word found twice: the stronger came first
		}
		all++
		if h.v == Strong {
			strong++
		}
	}
	m.hits = m.hits[:base]
	a, b := in.rel.Holds(float64(all), float64(in.n)), in.rel.Holds(float64(strong), float64(in.n))
	switch {
	case in.rel == query.Less || in.rel == query.LessEqual:
		return sure(b) // like NOT: doubtful mentions do not exclude
	case a && b:
		return Strong
	case a || b:
		return Weak
	}
	return None
}

func (countOp) prove(m *matcher, pc uint32, _ *instruction, _ Verdict) {
	if v := m.eval(pc + 1); v != None { // a count may be of nothing
		m.prove(pc+1, v)
	}
}
