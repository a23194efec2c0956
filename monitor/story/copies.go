package story

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A match is a report that the one being placed is a copy of.
type match struct {
	entry  *entry
	reason Reason
}

// copied finds the report whose text, or else whose title, the report tells
// again.
func (x *Index) copied() (Placement, bool) {
	if best, ok := x.nearText(); ok {
		o := best.entry
		p := Placement{Story: o.story.id, Role: Reprint, Of: o.root(), Reasons: []Reason{best.reason}}
		if o.title == x.e.title && o.outlet == x.e.outlet && o.outlet != "" {
			p.Role = Repeat // republished under a new date
		}
		for _, m := range x.closest {
			if c := m.entry.story; c != o.story && !slices.Contains(p.Merge, c.id) && x.mayMerge(p, c.id) {
				p.Merge = append(p.Merge, c.id)
				p.Reasons = append(p.Reasons, m.reason)
			}
		}
		eldest(&p)
		return p, true
	}
	if p, ok := x.further(); ok {
		return p, true
	}
	m, ok := x.nearTitle()
	if !ok {
		return Placement{}, false
	}
	o := m.entry
	p := Placement{Story: o.story.id, Role: Original, Reasons: []Reason{m.reason}}
	switch {
	case o.title == x.e.title && o.outlet == x.e.outlet && o.outlet != "":
		p.Role, p.Of = Repeat, o.root()
	case m.reason.Score >= sameTitle && !x.ownWords(o):
		p.Role, p.Of = Reprint, o.root()
	default:
		if o := x.source(o.story); o != nil {
			p.Role, p.Of = Reprint, o.root()
		}
	}
	return p, true
}

const (
	sameText    = 0.20 // of the smaller text's passages
	fewShingles = 5    // of them, at least, or
	halfText    = 0.50 // where the samples are so small that a long name makes a fifth
	sameNames   = 0.80 // of the smaller text's names and numbers
	fewNames    = 3    // of them, at least, or
	wholeText   = 0.90 // where a text has no names to speak of
	kinTitle    = 0.40 // resemblance of titles that may be of one text
	nearTitle   = 0.70 // of titles that tell one event in the same words
	sameTitle   = 0.85 // of titles that are one, edited
	fewWords    = 5    // beyond those of its title make no text
	sameWords   = 0.80 // of the shorter of two leads that are one
)

// nearText finds the reports whose text is the report's, cut, led or edited
// otherwise; the closest is returned, all are in x.closest.
func (x *Index) nearText() (best match, ok bool) {
	x.closest = x.closest[:0]
	for _, o := range x.sharers() {
		over := compare(x.e.sketch, o.sketch)
		share := over.share()
		if share < sameText || over.shared < fewShingles && (over.shared < 2 || share < halfText) {
			continue
		}
		// Passages that end both texts may be what a house puts under all of its.
		if over.tail*10 >= over.shared*9 {
			if cosine, _, _ := x.titles(o); cosine < kinTitle {
				continue
			}
		}
		switch x.barred(o.story) {
		case otherNumber, otherAward:
			continue
		case otherDay:
			if share < wholeText {
				continue
			}
		}
		n, names := nameShare(x.e.names, o.names)
		if names < sameNames || n < fewNames && share < wholeText {
			continue
		}
		m := match{o, Reason{Kind: "text", With: o.id, Score: share,
			Why: fmt.Sprintf("near-equal text: %.0f %% of the passages, %.0f %% of the names and numbers", 100*share, 100*names)}}
		x.closest = append(x.closest, m)
		if !ok || share > best.reason.Score {
			best, ok = m, true
		}
	}
	return best, ok
}

// sharers returns the few reports that share most shingles with the report.
func (x *Index) sharers() []*entry {
	const few = 4
	x.sharing = x.sharing[:0]
	for _, h := range x.e.sketch.hashes {
		if !x.e.sketch.sought(h) {
			continue
		}
		o := x.at(x.byHash[h|inTail])
		for n := 0; o != nil && n < hashRecent; n++ {
			if x.note(&o.scratch).hits == 0 {
				x.sharing = append(x.sharing, o)
			}
			o.hits++
			i, _ := slices.BinarySearchFunc(o.sketch.hashes, h|inTail, func(a, b shingle) int { return cmp.Compare(a|inTail, b) })
			o = x.at(o.sameHash[i])
		}
	}
	return foremost(x.sharing, few, func(a, b *entry) bool { return a.hits > b.hits || a.hits == b.hits && a.id < b.id })
}

// nameShare returns how many names of the smaller of two texts are in the
// other, and what share of its names these are. Where a list was cut off only
// the common range is compared.
func nameShare(a, b []uint32) (n int, share float64) {
	if len(a) == namesKept || len(b) == namesKept {
		last := min(a[len(a)-1], b[len(b)-1])
		a, b = upTo(a, last), upTo(b, last)
	}
	if min(len(a), len(b)) == 0 {
		return 0, 1
	}
	n = shared(a, b)
	return n, float64(n) / float64(min(len(a), len(b)))
}

func upTo(list []uint32, last uint32) []uint32 {
	n, found := slices.BinarySearch(list, last)
	if found {
		n++
	}
	return list[:n]
}

// nearTitle finds the report whose title is the report's but for a few words.
func (x *Index) nearTitle() (best match, ok bool) {
	for _, o := range x.top[:min(candidates, len(x.top))] {
		if x.barred(o.story) != 0 || clash(x.e.digits, o.digits) {
			continue
		}
		if float64(x.common(o.terms[:o.inTitle])) < nearTitle*nearTitle*float64(x.head) {
			continue
		}
		cosine, n, plain := x.titles(o)
		least := int32(shortTitle)
		if len(o.sketch.hashes) > 0 && len(x.e.sketch.hashes) > 0 {
			least = longTitle // their texts differ
		}
		if cosine >= nearTitle && cosine > best.reason.Score && n >= 2 && plain >= least {
			best, ok = match{o, Reason{Kind: "title", With: o.id, Score: cosine,
				Why: fmt.Sprintf("nearly the same title (%.2f)", cosine)}}, true
		}
	}
	return best, ok
}

// ownWords reports whether the report and o, under one headline, each tell the
// news in words of their own. A text that says little beyond its title does
// not; near-equal long texts were found before.
func (x *Index) ownWords(o *entry) bool {
	lead := o.refs[o.inTitle:]
	least := min(len(lead), len(x.e.terms)-x.e.inTitle)
	if least < fewWords {
		return false
	}
	both := 0
	for _, t := range lead {
		if t.mark == x.mark {
			both++
		}
	}
	return float64(both) < sameWords*float64(least)
}

// Titles in common prove something only if they say something: the weight of
// their words by general English must be that of two words of medium rarity,
// or of three rare ones where texts say otherwise.
const (
	shortTitle = 12 * 16
	longTitle  = 24 * 16
)

// titles compares titles by weighted words: the cosine, the number of shared
// words and their weight by general English.
func (x *Index) titles(o *entry) (cosine float64, n int, plain int32) {
	var norm, both uint64
	for _, t := range o.refs[:min(o.inTitle, len(o.refs))] {
		w := x.weight(t)
		norm += w * w
		if t.mark == x.mark && t.title {
			both += w * w
			n++
			plain += t.plain
		}
	}
	return ratio(both, norm, x.head), n, plain
}

// clash reports whether either of two sets of numbers lacks one of the other's.
func clash(a, b []uint64) bool {
	n := shared(a, b)
	return n < len(a) && n < len(b)
}

// source returns the earliest member of c that the report, crediting an
// agency, must be a copy of: the agency's own, or another that credits it.
func (x *Index) source(c *cluster) *entry {
	wire := x.e.wire
	if wire == "" {
		return nil
	}
	for _, o := range c.latest {
		if o.wire == wire || isWire(o.outlet, wire) {
			return o
		}
	}
	return nil
}

// likeness gives the reasons for joining a story the report resembles, with
// the words that did it as the report spells them.
func (x *Index) likeness(c *cluster) []Reason {
	reasons := []Reason{{Kind: "similar", Score: c.cosine, Why: fmt.Sprintf("title and lead resemble the story's (%.2f)", c.cosine)}}
	c.number()
	var names []string
	reduce := reduction(english)
	if !x.e.english {
		reduce = x.analyst.foreign
	}
	for f := range strings.FieldsSeq(clip(x.report.Title, titleBytes)) {
		var ws [1]word
		for _, w := range words(ws[:0], f, 1, reduce) {
			t := x.terms[w.stem]
			if t == nil || t.share >= 1e-3 || c.find(t) < 0 || !w.number && !w.capital {
				continue
			}
			if f = strings.Trim(f, `.,:;!?"'()[]“”‘’`); len(names) < 4 && !slices.Contains(names, f) {
				names = append(names, f)
			}
		}
	}
	if len(names) > 0 {
		reasons = append(reasons, Reason{Kind: "names", Score: min(1, float64(len(names))/4), Why: "shares " + strings.Join(names, ", ")})
	}
	return reasons
}
