package story

import (
	"cmp"
	"slices"
)

// Merge makes one story of two, by hand or on a report's evidence: the reports
// of from join into, and from becomes another name of it. Nothing happens if
// the two are one already or were set apart.
func (x *Index) Merge(into, from uint64) {
	into, from = x.Story(into), x.Story(from)
	if into == from || x.areApart(into, from) {
		return
	}
	x.aliases[from] = into
	old, ok := x.stories[from]
	if !ok {
		return
	}
	delete(x.stories, from)
	c := x.cluster(into)
	c.members = append(c.members, old.members...)
	slices.SortFunc(c.members, func(a, b *entry) int { return cmp.Compare(a.id, b.id) })
	for _, e := range old.members {
		e.story = c
	}
	old.uncount()
	c.recount()
}

// Split moves a report by hand into newStory, which is the report's own ID or
// the story of others split off before, and sets that apart from the story
// the report was in. A report not in the window stays where it is.
func (x *Index) Split(report, newStory uint64) {
	e, ok := x.entries[report]
	if !ok || e.story.id == newStory {
		return
	}
	delete(x.aliases, newStory)
	old := e.story
	if old.remove(e); len(old.members) == 0 {
		delete(x.stories, old.id)
	}
	x.cluster(newStory).add(e)
	x.Apart(old.id, newStory)
}

// Apart forbids that two stories ever become one, under whatever names.
func (x *Index) Apart(a, b uint64) {
	x.apart[[2]uint64{min(a, b), max(a, b)}] = true
}

// Together takes back every Apart of two stories: whoever merges by hand what
// was split by hand has changed their mind.
func (x *Index) Together(a, b uint64) {
	a, b = x.Story(a), x.Story(b)
	for pair := range x.apart {
		if p, q := x.Story(pair[0]), x.Story(pair[1]); p == a && q == b || p == b && q == a {
			delete(x.apart, pair)
		}
	}
}

// areApart reports whether two stories must not be one: a person said so, or they
// are about two awards.
func (x *Index) areApart(a, b uint64) bool {
	if p, q := x.stories[a], x.stories[b]; p != nil && q != nil && differ(p.award, q.award) {
		return true
	}
	for pair := range x.apart {
		p, q := x.Story(pair[0]), x.Story(pair[1])
		if p == a && q == b || p == b && q == a {
			return true
		}
	}
	return false
}

// mayMerge reports whether no story that p joins was set apart from id.
func (x *Index) mayMerge(p Placement, id uint64) bool {
	for _, other := range p.Merge {
		if x.areApart(other, id) {
			return false
		}
	}
	return !x.areApart(p.Story, id)
}
