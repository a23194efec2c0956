package story

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"
)

// Place says where r belongs. It only reads: two calls with equal reports give
// equal placements, whatever lies between them but Add, Merge and the like.
//
// Evidence is taken in the order of its force: the same item once more, a copy
// of a text or a title, resemblance to a story.
func (x *Index) Place(r Report) Placement {
	x.analyse(r)
	x.mark++
	if p, ok := x.again(); ok {
		return p
	}
	x.bar()
	x.weigh()
	x.gather()
	if p, ok := x.copied(); ok {
		return p
	}
	return x.resembling()
}

// again recognises the same item once more: by address, or in one outlet by
// title and day.
func (x *Index) again() (Placement, bool) {
	e := x.e
	if o := x.byURL[e.url]; e.url != "" && o != nil && (o.title == e.title || !frontPage(e.url)) {
		return repeat(o, "url", "the same address"), true
	}
	if e.outlet == "" || e.title == 0 {
		return Placement{}, false
	}
	o := x.at(x.byTitle[e.title])
	for n := 0; o != nil && n < titleRecent; n++ {
		if o.outlet == e.outlet && o.day() == e.day() {
			return repeat(o, "title", "the same title and day in "+e.outlet), true
		}
		o = x.at(o.sameTitle)
	}
	return Placement{}, false
}

func repeat(o *entry, kind, why string) Placement {
	of := o.id
	if o.role == Repeat {
		of = o.root()
	}
	return Placement{Story: o.story.id, Role: Repeat, Of: of, Reasons: []Reason{{Kind: kind, With: of, Score: 1, Why: why}}}
}

// frontPage reports whether a canonical address is that of a whole site, which
// some feeds give to all their items.
func frontPage(url string) bool {
	slashes := 0
	for i := range len(url) {
		switch url[i] {
		case '/':
			slashes++
		case '?', '#':
			return false
		}
	}
	return slashes == 3 && url[len(url)-1] == '/'
}

// bar marks the stories that the report cannot belong to, however alike.
func (x *Index) bar() {
	e := x.e
	o := x.at(x.byBare[e.bare])
	for n := 0; o != nil && n < titleRecent; n++ {
		if e.numbers != 0 && o.numbers != 0 && o.numbers != e.numbers {
			x.note(&o.story.scratch).vetoed = otherNumber
		}
		o = x.at(o.sameBare)
	}
	// A long title that comes again is news come again; a short one, or one
	// over a text of its own, is a column.
	const column = 7
	o = x.at(x.byTitle[e.title])
	for n := 0; o != nil && n < titleRecent; n++ {
		if s := x.note(&o.story.scratch); e.outlet != "" && o.outlet == e.outlet && o.day() != e.day() && s.vetoed == 0 &&
			(e.inTitle < column || len(e.sketch.hashes) > 0 && len(o.sketch.hashes) > 0) {
			s.vetoed = otherDay
		}
		o = x.at(o.sameTitle)
	}
}

// note clears what an earlier Place noted.
func (x *Index) note(s *scratch) *scratch {
	if s.mark != x.mark {
		*s = scratch{mark: x.mark}
	}
	return s
}

// weigh finds the report's terms in the window.
func (x *Index) weigh() {
	e := x.e
	x.all = logs(priorItems + float64(x.items))
	x.known = x.known[:0]
	x.norm, x.head = 0, 0
	for i, stem := range e.terms {
		var w uint64
		if t := x.terms[stem]; t != nil {
			w = x.weight(t)
			t.mark, t.own, t.title = x.mark, w, i < e.inTitle
			x.known = append(x.known, t)
		} else {
			share := cmp.Or(x.analyst.share[stem], rare)
			w = x.blend(-logs(share), logs(share*priorItems))
		}
		x.norm += w * w
		if i < e.inTitle {
			x.head += w * w
		}
	}
	slices.SortFunc(x.known, func(a, b *term) int {
		return cmp.Or(cmp.Compare(b.own, a.own), cmp.Compare(a.stem, b.stem))
	})
}

// weight is how much a term tells: the negative logarithm of the share of
// items that hold it, raised to the power of emphasis.
func (x *Index) weight(t *term) uint64 { return x.blend(t.plain, t.log) }

// blend goes from a weight by the general share to one by the share in the
// window as the window fills.
func (x *Index) blend(plain, log int32) uint64 {
	w := (fewItems*plain + int32(x.items)*(x.all-log)) / (fewItems + int32(x.items))
	return x.power[min(max(0, int(w)), len(x.power)-1)]
}

// gather collects the reports, and their stories, that share the rarest words.
func (x *Index) gather() {
	x.found, x.near = x.found[:0], x.near[:0]
	looks := 0
	for _, t := range x.known[:min(rarest, len(x.known))] {
		recent := t.recent[max(0, len(t.recent)-termRecent):]
		if looks += len(recent); looks > mostLooks {
			break
		}
		mass := t.own * t.own
		for _, o := range recent {
			s := x.note(&o.scratch)
			if s.mass == 0 {
				x.found = append(x.found, o)
			}
			s.mass += mass
		}
	}
	x.top = foremost(x.found, mostTop, func(a, b *entry) bool { return a.mass > b.mass || a.mass == b.mass && a.id < b.id })
	for _, o := range x.top {
		if c := x.note(&o.story.scratch); c.best == nil {
			c.best = o
			x.near = append(x.near, o.story)
		}
	}
}

// foremost brings the n best of list to its front, in order, and returns them.
func foremost[T any](list []T, n int, better func(a, b T) bool) []T {
	n = min(n, len(list))
	for i, v := range list {
		j := min(i, n)
		if i >= n && (n == 0 || !better(v, list[n-1])) {
			continue
		}
		if i >= n {
			list[i], j = list[n-1], n-1
		}
		for ; j > 0 && better(v, list[j-1]); j-- {
			list[j] = list[j-1]
		}
		list[j] = v
	}
	return list[:n]
}

// resembling finds the story whose latest reports the report is closest to,
// and the stories that it shows to be one with that.
func (x *Index) resembling() Placement {
	near := x.near[:min(candidates, len(x.near))]
	kept := near[:0]
	join := x.threshold()
	for _, c := range near {
		if c.vetoed != 0 {
			continue
		}
		if c.cosine = x.resemblance(c); c.cosine >= alsoJoin*join {
			kept = append(kept, c)
		}
	}
	kept = foremost(kept, len(kept), func(a, b *cluster) bool {
		return a.cosine > b.cosine || a.cosine == b.cosine && a.id < b.id
	})
	if len(kept) == 0 || kept[0].cosine < join {
		return Placement{Role: First}
	}
	best := kept[0]
	p := Placement{Story: best.id, Role: Original, Reasons: x.likeness(best)}
	if o := x.source(best); o != nil {
		p.Role, p.Of = Reprint, o.root()
	}
	for _, c := range kept[1:min(len(kept), mostMerged+1)] {
		if between := x.between(best, c); between >= unites(best, c) && !x.areApart(best.id, c.id) {
			p.Merge = append(p.Merge, c.id)
			p.Reasons = append(p.Reasons, Reason{Kind: "similar", Score: between,
				Why: fmt.Sprintf("fits two stories that resemble each other (%.2f)", between)})
		}
	}
	eldest(&p)
	return p
}

// eldest lets the story that was first take in the others: its card is the
// one that readers know.
func eldest(p *Placement) {
	for i, id := range p.Merge {
		if id < p.Story {
			p.Story, p.Merge[i] = id, p.Story
		}
	}
}

// resemblance compares the report with a story: with the centroid of its
// latest members, or at a discount with the member that shares most. Time
// apart lessens it.
func (x *Index) resemblance(c *cluster) float64 {
	var dot, head, norm uint64
	var plain int32
	for _, n := range c.counts {
		w, n, t := x.weight(n.term), uint64(n.n), n.term
		norm += w * w * n * n
		if t.mark == x.mark {
			plain += t.plain
			dot += w * w * n
			if t.title {
				head += w * w * n
			}
		}
	}
	// What only the leads share may be what an outlet begins all its texts with.
	if x.e.inTitle > 0 && head*10 < dot || plain < telling {
		return 0
	}
	cosine := max(ratio(dot, norm, x.norm), oneMember*x.likest(c))
	apart := x.e.published.Sub(c.last().published).Abs()
	return cosine * math.Exp(-float64(apart)/float64(decay))
}

// likest compares the report with the member of c that shares its rarest words.
func (x *Index) likest(c *cluster) float64 {
	if c.best == nil {
		return 0
	}
	var dot, norm uint64
	for _, t := range c.best.refs {
		w := x.weight(t)
		norm += w * w
		if t.mark == x.mark {
			dot += w * w
		}
	}
	return ratio(dot, norm, x.norm)
}

// between compares two stories by their centroids.
func (x *Index) between(a, b *cluster) float64 {
	var dot, normA, normB uint64
	for _, n := range a.counts {
		w := x.weight(n.term)
		normA += w * w * uint64(n.n*n.n)
	}
	a.number()
	for _, n := range b.counts {
		w := x.weight(n.term)
		normB += w * w * uint64(n.n*n.n)
		if i := a.find(n.term); i >= 0 {
			dot += w * w * uint64(n.n*a.counts[i].n)
		}
	}
	return ratio(dot, normA, normB)
}

// ratio is the cosine of two vectors by their product and squared norms.
func ratio(dot, a, b uint64) float64 {
	if dot == 0 {
		return 0
	}
	return float64(dot) / math.Sqrt(float64(a)*float64(b))
}

// threshold is the resemblance that joins. Headlines alone share few words, so
// little must do; with leads, events of one topic share many. While the window
// holds few reports nobody knows which words are common at present.
func (x *Index) threshold() float64 {
	const fullLead = 20
	lead := min(1, float64(len(x.e.terms)-x.e.inTitle)/fullLead)
	join := joinHeadlines + (joinLeads-joinHeadlines)*lead
	return join + (joinUnknown-join)*fewItems/(fewItems+float64(x.items))
}

// unites is the resemblance at which two stories are one, if a report fits
// both: fragments of few reports unite easily, large stories hardly.
func unites(a, b *cluster) float64 {
	return mergeFragments + mergeDoubled*math.Log2(float64(min(len(a.latest), len(b.latest))))
}

// The numbers of resemblance, chosen on half the stories of the corpora that
// Score reads and checked on the other half.
const (
	emphasis = 0.75 // power of weights: at 1 a single name decides too much

	rarest     = 12  // of a report's words bring up candidates
	mostLooks  = 160 // at reports, for the rarest words first
	mostTop    = 32  // of these, by shared words, bring up their stories
	candidates = 6   // stories, and reports, are compared in full
	mostMerged = 3   // stories join another on one report's word

	joinHeadlines = 0.15
	joinLeads     = 0.36
	joinUnknown   = 0.66
	fewItems      = 60     // at which half of what is known is the window's
	alsoJoin      = 0.6    // of the threshold, for a second story
	telling       = 8 * 16 // weight by general English that shared words have at least: about a name's
	oneMember     = 0.5    // what resemblance to one member counts for

	mergeFragments = 0.08
	mergeDoubled   = 0.05 // more for every doubling of the smaller story

	decay = 24 * time.Hour // in which resemblance falls to 1/e
)
