package senses

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Changed returns the counts that differ from what was last taken by it or
// restored, in a fixed order, and takes them as stored.
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

// Feeds returns what each feed has meant by an entity's names, as of a time;
// feeds without a lesson that still counts are left out.
func (b *Book) Feeds(entity string, at time.Time) map[string]Count {
	out := map[string]Count{}
	if p := b.pages[entity]; p != nil {
		for feed, c := range p.scope[Feed-Story] {
			if c = c.at(periodOf(at)); c.Total() > 0 {
				out[feed] = c
			}
		}
	}
	return out
}

// Spent reports whether a row counts nothing any more at a time, so that the
// store may forget it.
func (r Row) Spent(at time.Time) bool { return r.Count.at(periodOf(at)).Total() == 0 }

// String says in one line why a mention that stands alone was decided, or left
// open; "" where the book had nothing to say. source names the feed or story
// to people.
func (a Answer) String(source string) string {
	for_, all := a.Count.Entity, a.Count.Total()
	switch {
	case a.Scope == Nowhere:
		return ""
	case a.Sense == Open:
		return fmt.Sprintf("alone; %s means both: %d of %d decided mentions mean the entity", source, for_, all)
	case a.Sense == Other:
		return fmt.Sprintf("alone; %d of %d decided mentions in %s mean another", all-for_, all, source)
	}
	return fmt.Sprintf("alone; %d of %d decided mentions in %s mean the entity", for_, all, source)
}
