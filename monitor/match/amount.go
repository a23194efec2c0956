package match

import (
	"newswatch/monitor/query"
	"newswatch/monitor/text"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// sums returns the amounts of the document with their words, found once.
func (d *document) sums() []located {
	if d.counted {
		return d.amounts
	}
	d.counted, d.amounts = true, d.amounts[:0]
	var found []text.Amount
	for z, src := range d.texts {
		toks := d.tokens[d.zoneAt[z]:d.zoneAt[z+1]]
		found = text.AppendAmounts(found[:0], src)
		for _, a := range found {
			i := sort.Search(len(toks), func(i int) bool { return int(toks[i].end) > a.Start })
			j := sort.Search(len(toks), func(i int) bool { return int(toks[i].start) >= a.End }) - 1
			if i <= j {
				d.amounts = append(d.amounts, located{a.Value, a.Start, src[a.Start:a.End], hit{start: d.zoneAt[z] + int32(i), end: d.zoneAt[z] + int32(j), v: Strong}})
			}
		}
	}
	return d.amounts
}

// amountOp compares the sums of money that a document names. The amount in its
// typed fields goes before those in its text.
type amountOp struct{ about }

func (amountOp) emit(c *compiler, n *query.Node, in *instruction) { in.arg = c.number(n.Number) }

func (amountOp) eval(m *matcher, _ uint32, in *instruction) Verdict {
	if sum := m.field(in); sum != nil {
		return sure(in.rel.Holds(*sum, m.set.numbers[in.arg]))
	}
	return sure(slices.ContainsFunc(m.sums(), func(a located) bool { return m.fits(in, a) }))
}

// field returns the amount in the typed fields, nil if there is none or in asks
// for one in a zone of the text.
func (d *document) field(in *instruction) *float64 {
	if d.doc.Fields == nil || in.zone != text.AnyZone {
		return nil
	}
	return d.doc.Fields.Amount
}

// fits reports whether a sum is in the zone and as large as in asks for.
func (d *document) fits(in *instruction, a located) bool {
	return d.tokens[a.start].mask&spread(0xf, in.zone) != 0 && in.rel.Holds(a.value, d.set.numbers[in.arg])
}

func (amountOp) find(m *matcher, pc uint32, in *instruction) {
	for _, a := range m.sums() {
		if m.fits(in, a) {
			a.pc = pc
			m.hits = append(m.hits, a.hit)
		}
	}
}

// prove adds the first sums that are as asked for, as they are written: with a
// currency's sign, which is no word.
func (o amountOp) prove(m *matcher, pc uint32, in *instruction, _ Verdict) {
	if sum := m.field(in); sum != nil {
		m.addField("amount", strconv.FormatFloat(*sum, 'f', -1, 64), "strong", "the amount in the source's own field")
		return
	}
	base, from := len(m.hits), len(m.evidence)
	o.find(m, pc, in)
	m.addHits(base, "amount", "a sum of money as asked for")
	for i := from; i < len(m.evidence); i++ {
		e := &m.evidence[i]
		for _, a := range m.amounts {
			if a.start == m.firstWord[i] {
				e.Start, e.End, e.Text = a.from, a.from+len(a.written), a.written
			}
		}
	}
}

func (amountOp) note(m *matcher, _ uint32, in *instruction, _ Verdict) string {
	if sum := m.field(in); sum != nil {
		return "the field amount is " + strconv.FormatFloat(*sum, 'f', -1, 64)
	}
	sums := m.sums()
	if len(sums) == 0 {
		return "no sum of money is named"
	}
	var found []string
	for _, a := range sums[:min(len(sums), 5)] {
		found = append(found, a.written)
	}
	return "found " + strings.Join(found, ", ")
}
