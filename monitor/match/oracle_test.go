package match

import (
	"regexp"
	"slices"

	"newswatch/monitor/query"
	"newswatch/monitor/text"
)

// An oracle is a query that can also be judged by looking at every word of a
// page, without tables, required sets or candidates.
type oracle struct {
	query string
	op    query.Op
	kids  []*oracle
	n     int
	rel   query.Relation
	words []wantedWord   // of a term
	re    *regexp.Regexp // instead of words
	zone  text.Zone
	feed  string // the only one to be read; "" for all
}

// A row is the first and the last word of a place.
type row [2]int

// holds judges a page.
func (o *oracle) holds(p *page) bool {
	n := 0
	for _, k := range o.kids {
		if k.holds(p) {
			n++
		}
	}
	switch o.op {
	case query.OpAnd:
		return n == len(o.kids)
	case query.OpOr:
		return n > 0
	case query.OpNot:
		return n == 0
	case query.OpOf:
		return n >= o.n
	case query.OpCount:
		starts := map[int]bool{}
		for _, h := range o.kids[0].at(p) {
			starts[h[0]] = true
		}
		return o.rel.Holds(float64(len(starts)), float64(o.n))
	}
	return len(o.at(p)) > 0
}

// at returns where an oracle is found.
func (o *oracle) at(p *page) (out []row) {
	switch o.op {
	case query.OpTerm:
		if o.re != nil {
			return o.touched(p)
		}
		for i := range p.words {
			if o.standsAt(p, i) {
				out = append(out, row{i, i + len(o.words) - 1})
			}
		}
	case query.OpNear, query.OpBefore, query.OpSent:
		a, b := o.kids[0].at(p), o.kids[1].at(p)
		out = o.pairs(p, a, b)
		if o.op != query.OpBefore {
			out = append(out, o.pairs(p, b, a)...)
		}
	default:
		if o.holds(p) {
			for _, k := range o.kids {
				out = append(out, k.at(p)...)
			}
		}
	}
	return out
}

// standsAt reports whether a term stands at word i.
func (o *oracle) standsAt(p *page, i int) bool {
	for k, w := range o.words {
		if i+k >= len(p.words) || p.words[i+k].text != p.words[i].text || p.words[i+k].zone&o.zone == 0 || !w.at(&p.words[i+k]) {
			return false
		}
	}
	return true
}

// touched returns the words that a pattern touches.
func (o *oracle) touched(p *page) (out []row) {
	for text, s := range []string{p.doc.Title, p.doc.Summary, p.doc.Body} {
		for _, loc := range o.re.FindAllStringIndex(s, -1) {
			at := row{-1, -1}
			for i, w := range p.words {
				if w.text == text && w.end > loc[0] && w.start < loc[1] {
					if at[0] < 0 {
						at[0] = i
					}
					at[1] = i
				}
			}
			if p.words[at[0]].zone&o.zone != 0 {
				out = append(out, at)
			}
		}
	}
	return out
}

// pairs returns the places of a with those of b behind and near them.
func (o *oracle) pairs(p *page, a, b []row) (out []row) {
	for _, x := range a {
		for _, y := range b {
			d := y[0] - x[1]
			if d < 1 || p.words[x[0]].text != p.words[y[0]].text {
				continue
			}
			if o.op == query.OpSent && p.words[x[1]].sentence == p.words[y[0]].sentence || o.op != query.OpSent && d <= o.n {
				out = append(out, row{x[0], max(x[1], y[1])})
			}
		}
	}
	return out
}

// leaves calls f with every term.
func (o *oracle) leaves(f func(*oracle)) {
	if o.op == query.OpTerm {
		f(o)
	}
	for _, k := range o.kids {
		k.leaves(f)
	}
}

// near joins two oracles. What is near two things is near both of them.
func near(o query.Op, n int, a, b *oracle) *oracle {
	spread := func(k *oracle, pair func(*oracle) *oracle) *oracle {
		out := &oracle{op: k.op}
		for _, kid := range k.kids {
			out.kids = append(out.kids, pair(kid))
		}
		return out
	}
	switch {
	case a.hasAnd():
		return spread(a, func(k *oracle) *oracle { return near(o, n, k, b) })
	case b.hasAnd():
		return spread(b, func(k *oracle) *oracle { return near(o, n, a, k) })
	}
	return &oracle{op: o, n: n, kids: []*oracle{a, b}}
}

func (o *oracle) hasAnd() bool {
	return o.op == query.OpAnd || o.op == query.OpOr && slices.ContainsFunc(o.kids, (*oracle).hasAnd)
}
