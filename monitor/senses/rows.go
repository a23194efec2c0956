package senses

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Changed returns the counts that differ from what was last taken by it or
// restored, in a fixed order, and takes them as stored. One of zero is to be
// dropped.
func (b *Book) Changed() []Row {
	rows := slices.SortedFunc(maps.Keys(b.changed), func(x, y Row) int {
		return cmp.Or(cmp.Compare(x.EntityName, y.EntityName), cmp.Compare(x.Scope, y.Scope), cmp.Compare(x.Of, y.Of))
	})
	clear(b.changed)
	for i := range rows {
		rows[i].Count = b.Count(rows[i].EntityName, rows[i].Scope, rows[i].Of)
	}
	return rows
}

// Restore puts a stored count into the book, in place of what it had.
func (b *Book) Restore(r Row) {
	p := b.page(r.EntityName)
	switch r.Scope {
	case Everywhere:
		p.all = r.Count
	case Story, Feed:
		p.scope[r.Scope-Story][r.Of] = r.Count
	}
}

// Count returns one count as it was last changed.
func (b *Book) Count(entity string, scope Scope, of string) Count {
	p := b.pages[entity]
	switch {
	case p == nil:
		return Count{}
	case scope == Everywhere:
		return p.all
	case scope == Story || scope == Feed:
		return p.scope[scope-Story][of]
	}
	return Count{}
}

// Forget drops what can no longer be asked for: counts that have decayed to
// nothing, stories that are not open, and what is a half-life old of entities
// and feeds that are not named any more. Changed then has them with a Count of
// zero, by which the store knows to drop them.
func (b *Book) Forget(at time.Time, open func(story string) bool, named func(entity, feed string) bool) {
	now := periodOf(at)
	for name, p := range b.pages {
		gone := func(c Count, feed string) bool {
			return c.at(now).Total() == 0 || c.Period < now && !named(name, feed)
		}
		if gone(p.all, "") {
			b.mark(Row{EntityName: name, Scope: Everywhere})
			p.all = Count{}
		}
		for i, counts := range p.scope {
			for of, c := range counts {
				if i == 0 && !open(of) || i == 1 && gone(c, of) {
					delete(counts, of)
					b.mark(Row{EntityName: name, Scope: Story + Scope(i), Of: of})
				}
			}
		}
		if p.all == (Count{}) && len(p.scope[0])+len(p.scope[1]) == 0 {
			delete(b.pages, name)
		}
	}
}

// source says in words what an answer rests on: "of Mining Weekly" for a feed
// known by that name.
func (a Answer) source(feed string) string {
	switch a.Scope {
	case Story:
		return " of this story"
	case Feed:
		return " of " + feed
	}
	return ""
}

// String says in one line why a mention that stands alone was decided, or left
// open; "" where the book had nothing to say. feed and entity are what people
// know them by, text is the mention itself.
func (a Answer) String(feed, entity, text string) string {
	ours, all := a.Count.Entity, a.Count.Total()
	switch {
	case a.Scope == Nowhere:
		return ""
	case a.Sense == Open:
		return fmt.Sprintf("alone; of %d decided items%s %d mean %s and %d another", all, a.source(feed), ours, entity, all-ours)
	case a.Sense == Other:
		return fmt.Sprintf("alone; %d of %d decided items%s mean another %s", all-ours, all, a.source(feed), text)
	}
	return fmt.Sprintf("alone; %d of %d decided items%s mean %s", ours, all, a.source(feed), entity)
}

// A Tally is what the book knows of one entity, as of a time: everywhere, and
// by feed, those with most lessons first.
type Tally struct {
	All   Count
	Feeds []FeedTally
}

// A FeedTally is the count of one feed.
type FeedTally struct {
	Feed  string
	Count Count
}

// Tally sums up what is known of an entity; feeds without a lesson that still
// counts are left out.
func (b *Book) Tally(entity string, at time.Time) Tally {
	p, now := b.pages[entity], periodOf(at)
	if p == nil {
		return Tally{}
	}
	t := Tally{All: p.all.at(now)}
	for feed, c := range p.scope[Feed-Story] {
		if c = c.at(now); c.Total() > 0 {
			t.Feeds = append(t.Feeds, FeedTally{feed, c})
		}
	}
	slices.SortFunc(t.Feeds, func(x, y FeedTally) int {
		return cmp.Or(cmp.Compare(y.Count.Total(), x.Count.Total()), cmp.Compare(x.Feed, y.Feed))
	})
	return t
}
