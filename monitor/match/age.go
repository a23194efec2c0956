package match

import (
	"time"

	"newswatch/monitor/query"
)

// ageOp compares how long ago a document was published; one without a date
// counts as published now, when it was seen.
type ageOp struct{ about }

func (ageOp) emit(c *compiler, n *query.Node, in *instruction) { in.arg = c.number(n.Number) }

func (ageOp) eval(m *matcher, _ uint32, in *instruction) Verdict {
	age := max(m.doc.now().Sub(m.doc.published()), 0)
	return sure(in.rel.Holds(float64(age), m.set.numbers[in.arg]))
}

// now is what age is measured against.
func (d *Doc) now() time.Time {
	if d.Now.IsZero() {
		return time.Now()
	}
	return d.Now
}

func (d *Doc) published() time.Time {
	if d.Published.IsZero() {
		return d.now()
	}
	return d.Published
}
