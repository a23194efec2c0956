package match

import (
	"time"

	"newswatch/monitor/query"
)

// publishedOp compares when a document was published.
type publishedOp struct{ about }

func (publishedOp) emit(c *compiler, n *query.Node, in *instruction) {
	in.arg = c.fact(fact{clock: n.Day.UnixNano()})
}

// eval compares whole days where the query names a day: published=... is that
// day, published>... after it.
func (publishedOp) eval(m *matcher, _ uint32, in *instruction) Verdict {
	want := time.Unix(0, m.set.facts[in.arg].clock).UTC()
	at := m.doc.published().UTC()
	if want.Equal(want.Truncate(24 * time.Hour)) {
		at = at.Truncate(24 * time.Hour)
	}
	return sure(in.rel.Holds(float64(at.Compare(want)), 0))
}
