package match

import (
	"math"

	"newswatch/monitor/query"
)

// An operator is what the engine does with the nodes of one query.Op. Each has
// a file of its own; how the language has it is in query.Op.
type operator interface {
	// resolve returns the node to compile in place of n, of which the terms
	// have atoms and the names entities.
	resolve(c *compiler, n *query.Node) (*query.Node, *query.Mistake)
	// required says what occurs in every document of which n is true.
	required(c *compiler, n *query.Node) requirement
	// emit sets the argument of the instruction of n.
	emit(c *compiler, n *query.Node, in *instruction)

	// eval returns whether the instruction at pc holds for the document.
	eval(m *matcher, pc uint32, in *instruction) Verdict
	// find pushes the places where it is found, if it is found at places.
	find(m *matcher, pc uint32, in *instruction)
	// prove gathers the evidence for it, given that it holds with v.
	prove(m *matcher, pc uint32, in *instruction, v Verdict)
	// note says in one line why it holds or not; "" if its parts or the
	// evidence, which is all of this node, say so.
	note(m *matcher, pc uint32, in *instruction, v Verdict) string
}

var operators = [query.NumOps]operator{
	query.OpTerm:      termOp{},
	query.OpEntity:    entityOp{},
	query.OpAnd:       andOp{},
	query.OpOr:        orOp{},
	query.OpNot:       notOp{},
	query.OpNear:      nearOp{},
	query.OpBefore:    beforeOp{pairOp{ordered: true}},
	query.OpSent:      sentOp{pairOp{sentence: true}},
	query.OpCount:     countOp{},
	query.OpOf:        ofOp{},
	query.OpAmount:    amountOp{},
	query.OpAge:       ageOp{},
	query.OpPublished: publishedOp{},
	query.OpField:     fieldOp{},
	query.OpTyped:     typedOp{},
	query.OpDeadline:  deadlineOp{},
}

// opHead is no operator, but that of the head of a program.
const opHead = query.Op(query.NumOps)

func (c *compiler) resolve(n *query.Node) (*query.Node, *query.Mistake) {
	return operators[n.Op].resolve(c, n)
}

// emit appends the program of n.
func (c *compiler) emit(n *query.Node) {
	s := c.set
	at := len(s.code)
	s.code = append(s.code, instruction{op: n.Op, rel: n.Rel, zone: n.Zone, n: uint16(min(n.N, math.MaxUint16))})
	s.places = append(s.places, place{uint32(n.Pos), uint32(n.End)})
	operators[n.Op].emit(c, n, &s.code[at])
	for _, k := range n.Kids {
		c.emit(k)
	}
	s.code[at].end = uint32(len(s.code))
}

// eval returns whether the program at pc holds: strongly, weakly or not.
func (m *matcher) eval(pc uint32) Verdict {
	in := &m.set.code[pc]
	return operators[in.op].eval(m, pc, in)
}

func (m *matcher) find(pc uint32) {
	in := &m.set.code[pc]
	operators[in.op].find(m, pc, in)
}

func (m *matcher) prove(pc uint32, v Verdict) {
	in := &m.set.code[pc]
	operators[in.op].prove(m, pc, in, v)
}

func sure(b bool) Verdict {
	if b {
		return Strong
	}
	return None
}

// branch is what the operators have in common that only join their children.
type branch struct{}

func (branch) resolve(c *compiler, n *query.Node) (*query.Node, *query.Mistake) {
	for i, k := range n.Kids {
		r, err := c.resolve(k)
		if err != nil {
			return nil, err
		}
		n.Kids[i] = r
	}
	return n, nil
}

func (branch) emit(*compiler, *query.Node, *instruction) {}

func (branch) find(m *matcher, pc uint32, in *instruction) {
	for k := pc + 1; k < in.end; k = m.set.code[k].end {
		m.find(k)
	}
}

func (branch) note(*matcher, uint32, *instruction, Verdict) string { return "" }

// about is what the operators have in common that ask for a fact about the
// document.
type about struct{}

func (about) resolve(_ *compiler, n *query.Node) (*query.Node, *query.Mistake) { return n, nil }

func (about) required(*compiler, *query.Node) requirement { return requirement{kind: requiresFact} }

func (about) find(*matcher, uint32, *instruction) {}

func (about) prove(*matcher, uint32, *instruction, Verdict) {}

func (about) note(*matcher, uint32, *instruction, Verdict) string { return "" }
