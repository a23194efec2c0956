package match

import "newswatch/monitor/query"

// deadlineOp compares how long it is until the deadline that the document has in
// its typed fields; one that is over, or none, holds for nothing.
type deadlineOp struct{ about }

func (deadlineOp) emit(c *compiler, n *query.Node, in *instruction) { in.arg = c.number(n.Number) }

func (deadlineOp) eval(m *matcher, _ uint32, in *instruction) Verdict {
	f := m.doc.Fields
	if f == nil || f.Deadline.IsZero() {
		return None
	}
	left := f.Deadline.Sub(m.doc.now())
	return sure(left >= 0 && in.rel.Holds(float64(left), m.set.numbers[in.arg]))
}

func (o deadlineOp) prove(m *matcher, _ uint32, _ *instruction, _ Verdict) {
	m.addField("deadline", m.doc.Fields.Deadline.UTC().Format("2 Jan 2006 15:04 UTC"), "strong", "the deadline in the source's own field")
}

func (deadlineOp) note(m *matcher, _ uint32, _ *instruction, v Verdict) string {
	if v == None && (m.doc.Fields == nil || m.doc.Fields.Deadline.IsZero()) {
		return "there is no deadline"
	}
	return ""
}
