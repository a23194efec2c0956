package story

import (
	"cmp"
	"iter"
	"math"
	"slices"
)

// Place says where r belongs. It only reads: two calls with equal reports give
// equal placements, whatever lies between them but Add, Merge and the like.
//
// Evidence is taken in the order of its force: the same item once more, the same
// award, a copy
// of a text or a title, resemblance to a story.
func (x *Index) Place(r Report) Placement {
	x.analyse(r)
	x.mark++
	if p, ok := x.again(); ok {
		return p
	}
	if p, ok := sameAward(x); ok {
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
// title and day, unless the texts are others.
func (x *Index) again() (Placement, bool) {
	e := x.e
	for _, url := range e.urls {
		if o := x.byURL[url]; o != nil && (!frontPage(url) || e.title != 0 && e.title == o.title) {
			return repeat(o, "url", "the same address"), true
		}
	}
	if e.outlet == "" || e.title == 0 {
		return Placement{}, false
	}
	for o := range titled(x) {
		if lead, facts := apart(e, o); !lead && !facts {
			return repeat(o, "title", "the same title and day in "+e.outlet), true
		}
	}
	return Placement{}, false
}

// titled yields the latest reports of the same outlet, title and day.
func titled(x *Index) iter.Seq[*entry] {
	return func(yield func(*entry) bool) {
		e := x.e
		o := x.at(x.byTitle[e.title])
		for n := 0; o != nil && n < titleRecent; n++ {
			if o.outlet == e.outlet && o.day() == e.day() && !differ(o.award, e.award) && !yield(o) {
				return
			}
			o = x.at(o.sameTitle)
		}
	}
}

// further recognises another report under the title and day of one in the same
// outlet, with a text of its own. A column's is none.
func (x *Index) further() (Placement, bool) {
	if x.e.outlet == "" || x.e.title == 0 {
		return Placement{}, false
	}
	for o := range titled(x) {
		if lead, _ := apart(x.e, o); !lead || x.e.inTitle >= column {
			return Placement{Story: o.story.id, Role: Original, Reasons: []Reason{{Kind: "title", With: o.id, Score: 1,
				Why: "the same title and day in " + x.e.outlet + ", over another text"}}}, true
		}
	}
	return Placement{}, false
}

// column is the number of words from which a title that comes again is news come
// again; a shorter one, or one over a text of its own, is a column.
const column = 7

// apart reports whether two reports under one title have leads of different
// words, or whether each tells a name or number that the other lacks.
func apart(a, b *entry) (lead, facts bool) {
	mine, others := a.terms[a.inTitle:], b.terms[b.inTitle:]
	least := min(len(mine), len(others))
	if least == 0 {
		return false, false
	}
	both := 0
	for _, stem := range mine {
		if slices.Contains(others, stem) {
			both++
		}
	}
	n := shared(a.names, b.names)
	return float64(both) < sameWords*float64(least), n < len(a.names) && n < len(b.names)
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

// bar marks the stories that a report of this title and day cannot belong to,
// however alike.
func (x *Index) bar() {
	e := x.e
	o := x.at(x.byTitle[e.title])
	for n := 0; o != nil && n < titleRecent; n++ {
		if s := x.note(&o.story.scratch); e.outlet != "" && o.outlet == e.outlet && s.vetoed == 0 {
			switch {
			case o.day() == e.day():
				s.vetoed = otherText // or again would know it
			case e.inTitle < column || len(e.sketch.hashes) > 0 && len(o.sketch.hashes) > 0:
				s.vetoed = otherDay
			}
		}
		o = x.at(o.sameTitle)
	}
}

// barred returns what keeps the report out of a story. A title that one of its
// reports has with other numbers is that of the next in a row: week 13, and not
// week 12. However long the row is, each is a story of its own.
func (x *Index) barred(c *cluster) veto {
	e, s := x.e, x.note(&c.scratch)
	if differ(e.award, c.award) {
		s.vetoed = otherAward
	}
	if e.bare != 0 && e.numbers != 0 && slices.ContainsFunc(c.latest, func(o *entry) bool {
		return o.bare == e.bare && o.numbers != 0 && o.numbers != e.numbers
	}) {
		s.vetoed = otherNumber
	}
	return s.vetoed
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
	x.all = logs(math.Sqrt((priorItems + float64(x.items)) * (priorItems + float64(len(x.stories)))))
	x.blended = int32((fewItems << blendBits) / (fewItems + x.items))
	x.known, x.title = x.known[:0], x.title[:0]
	x.norm, x.head = 0, 0
	for i, stem := range e.terms {
		var w uint64
		t := x.terms[stem]
		if i < e.inTitle {
			x.title = append(x.title, t)
		}
		if t != nil {
			w = x.weight(t)
			t.mark, t.own, t.title = x.mark, w, i < e.inTitle
			x.known = append(x.known, t)
			*x.hold(stem) = hold{mark: x.mark, stem: stem, mass: w * w, plain: t.plain, title: t.title}
		} else {
			share := cmp.Or(x.analyst.share[stem], rare)
			w = x.blend(-logs(share), logs(share*priorItems))
		}
		x.norm += w * w
		if i < e.inTitle {
			x.head += w * w
		}
	}
	x.known = foremost(x.known, rarest, func(a, b *term) bool { return a.own > b.own || a.own == b.own && a.stem < b.stem })
}

// weight is how much a term tells: the negative logarithm of the share of
// items that hold it, raised to the power of emphasis.
func (x *Index) weight(t *term) uint64 { return x.blend(t.plain, t.log) }

// blendBits is how fine shares of whole numbers are.
const blendBits = 16

// blend goes from a weight by the general share to one by the share in the
// window as the window fills.
func (x *Index) blend(plain, log int32) uint64 {
	w := (plain*x.blended + (x.all-log)*(1<<blendBits-x.blended)) >> blendBits
	return x.power[min(max(0, int(w)), len(x.power)-1)]
}

// A hold is a term of the report being placed, as others hold it too. The few
// there are stand together in memory, where the terms of a full window are
// strewn: waiting for them was most of the cost.
type hold struct {
	mark  uint64 // of the Place that it is of
	stem  uint64
	mass  uint64 // its weight squared
	plain int32  // its weight by general English
	title bool
}

// hold returns where stem is held, or a free place for it: one whose mark is
// not x.mark.
func (x *Index) hold(stem uint64) *hold {
	for i := stem; ; i++ {
		if h := &x.holds[i%uint64(len(x.holds))]; h.stem == stem || h.mark != x.mark {
			return h
		}
	}
}

// common sums what stems have in common with the report's.
func (x *Index) common(stems []uint64) (mass uint64) {
	for _, stem := range stems {
		if h := x.hold(stem); h.mark == x.mark {
			mass += h.mass
		}
	}
	return mass
}

// A tally sums the weights of what a report has in common with the one being
// placed.
type tally struct {
	serial uint32
	mass   uint64
}

type slot struct {
	mark uint64
	at   int
}

// tally returns the tally of a report, a new one if there is none yet.
func (x *Index) tally(serial uint32) *tally {
	for i := serial * 0x9e3779b1 >> 16; ; i++ {
		s := &x.tallies[i%uint32(len(x.tallies))]
		if s.mark != x.mark {
			*s = slot{x.mark, len(x.found)}
			x.found = append(x.found, tally{serial: serial})
		}
		if t := &x.found[s.at]; t.serial == serial {
			return t
		}
	}
}

// gather collects the reports, and their stories, that share the rarest words.
func (x *Index) gather() {
	x.found, x.top, x.near = x.found[:0], x.top[:0], x.near[:0]
	looks := 0
	for _, t := range x.known {
		recent := t.recent[max(0, len(t.recent)-termRecent):]
		if looks += len(recent); looks > mostLooks {
			break
		}
		mass := t.own * t.own
		for _, serial := range recent {
			x.tally(serial).mass += mass
		}
	}
	for _, t := range foremost(x.found, mostTop, func(a, b tally) bool { return a.mass > b.mass || a.mass == b.mass && a.serial < b.serial }) {
		o := x.at(t.serial)
		x.top = append(x.top, o)
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
