package match

import "newswatch/monitor/query"

// notOp holds where its child does not hold strongly: a doubtful exclusion
// hides nothing.
type notOp struct{ branch }

func (notOp) required(*compiler, *query.Node) requirement { return requirement{} }

func (notOp) eval(m *matcher, pc uint32, _ *instruction) Verdict { return sure(m.eval(pc+1) != Strong) }

func (notOp) find(*matcher, uint32, *instruction) {}

func (notOp) prove(*matcher, uint32, *instruction, Verdict) {}
