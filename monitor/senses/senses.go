// Package senses remembers in which sense the names of an entity were meant,
// story by story and feed by feed, and answers for a mention that nothing near
// it decides: one source, and one story, nearly always mean one thing by a
// word (Gale, Church and Yarowsky, "One Sense Per Discourse", 1992).
//
// Only mentions that were decided otherwise are learnt (by a long name, by
// support or by what speaks against them) and what readers say; never an
// answer of the book itself. An answer is a function of the stored counts and
// the time alone, so it can be explained and replayed.
package senses

import (
	"slices"
	"time"
)

// A Sense is what a mention of an entity's name means.
type Sense int8

// The senses. Open is the zero value.
const (
	Other  Sense = -1 // something else of that name
	Open   Sense = 0  // not decided
	Entity Sense = 1  // the entity
)

// What a lesson counts.
const (
	ByText   = 1 // decided by the words of the item
	ByReader = 5 // a reader said so
)

// halfLife is how long a lesson counts in full; then it counts half.
const halfLife = 60 * 24 * time.Hour

// A Count is how often mentions were decided each way. The zero value is
// never.
type Count struct {
	Entity uint32 `json:"entity,omitempty"`
	Other  uint32 `json:"other,omitempty"`
	Period uint16 `json:"period"` // of the last lesson, in half-lives since 1970
}

// Total returns the number of lessons.
func (c Count) Total() uint32 { return c.Entity + c.Other }

// at returns the count as it stands in a later period; an earlier one, of a
// clock set back, leaves it as it is.
func (c Count) at(period uint16) Count {
	if period > c.Period {
		n := period - c.Period
		c.Entity, c.Other, c.Period = c.Entity>>n, c.Other>>n, period
	}
	return c
}

// learn adds n lessons, or takes them back if n is negative.
func (c Count) learn(s Sense, n int, period uint16) Count {
	c = c.at(period)
	switch s {
	case Entity:
		c.Entity = add(c.Entity, n)
	case Other:
		c.Other = add(c.Other, n)
	}
	return c
}

// most bounds a count, so that no sum overflows.
const most = 1 << 30

func add(count uint32, n int) uint32 { return uint32(min(max(int64(count)+int64(n), 0), most)) }

func periodOf(t time.Time) uint16 {
	return uint16(min(max(t.Unix()/int64(halfLife/time.Second), 0), 1<<16-1))
}

// A Scope is over what a count runs.
type Scope uint8

// The scopes, in the order in which they are asked.
const (
	Nowhere Scope = iota // no scope decided
	Story
	Feed
	Everywhere
)

var scopeNames = [...]string{"", "story", "feed", "all"}

// MarshalText writes a scope as it is stored: story, feed or all.
func (s Scope) MarshalText() ([]byte, error) { return []byte(scopeNames[s]), nil }

// UnmarshalText reads what MarshalText wrote; anything else is Nowhere.
func (s *Scope) UnmarshalText(b []byte) error {
	*s = Scope(max(slices.Index(scopeNames[:], string(b)), 0))
	return nil
}

// A Row is one count as it is stored.
type Row struct {
	EntityName string `json:"name"`
	Scope      Scope  `json:"scope"`
	Of         string `json:"of,omitempty"` // the story's or the feed's ID, "" for everywhere
	Count      Count  `json:"count"`
}

// A Mention is what the book is asked about.
type Mention struct {
	Entity, Story, Feed string // Story may be "", for none yet
	// Plain says that the mention is written as a name is: not behind an
	// article, not in the plural, not in a line in Title Case.
	Plain bool
}

// An Answer says in which sense a mention is meant, and by what.
type Answer struct {
	Sense Sense
	Scope Scope
	Count Count // of that scope; for Open of the scope that showed both senses, if one did
}

// How much must agree before the book decides.
const (
	enoughOfOne = 3  // lessons of one story, or of one feed
	enoughOfAll = 20 // lessons of all feeds together; more than these
	agreement   = 90 // per cent one way
)

// mostOf bounds the stories and the feeds an entity has counts of; what comes
// beyond counts everywhere only.
const mostOf = 10_000

// A page is what is known of one entity.
type page struct {
	all   Count
	scope [2]map[string]Count // stories, feeds
}

// A Book is all that was learnt. The zero value is empty. It is not safe for
// concurrent use.
type Book struct {
	pages   map[string]*page
	changed map[Row]struct{} // without their counts
}

// Ask answers for a mention as things stood at the time. It changes nothing
// and allocates nothing.
func (b *Book) Ask(m Mention, at time.Time) Answer {
	p := b.pages[m.Entity]
	if p == nil {
		return Answer{}
	}
	period := periodOf(at)
	for i, of := range [...]string{m.Story, m.Feed} {
		c := p.scope[i][of].at(period)
		if of == "" || c.Total() < enoughOfOne {
			continue
		}
		s := c.sense()
		if s == Open && i == 0 {
			continue // a story of both senses says nothing; its feed still may
		}
		return Answer{Sense: s, Scope: Story + Scope(i), Count: c}
	}
	c := p.all.at(period)
	if !m.Plain || c.Total() <= enoughOfAll {
		return Answer{}
	}
	c.Entity, c.Other = c.Entity+1, c.Other+1 // Laplace
	s := c.sense()
	c.Entity, c.Other = c.Entity-1, c.Other-1
	if s == Open {
		return Answer{}
	}
	return Answer{Sense: s, Scope: Everywhere, Count: c}
}

// sense returns the way that nearly all lessons went.
func (c Count) sense() Sense {
	need := uint64(c.Total()) * agreement
	switch {
	case uint64(c.Entity)*100 >= need:
		return Entity
	case uint64(c.Other)*100 >= need:
		return Other
	}
	return Open
}

// TakeBack undoes n lessons that were learnt at some time, by what is left of
// them now.
func (b *Book) TakeBack(m Mention, s Sense, n int, learnt, now time.Time) {
	b.Learn(m, s, -(n >> (max(periodOf(now), periodOf(learnt)) - periodOf(learnt))), now)
}

// Learn counts a mention as decided, n times over; a negative n takes lessons
// back.
func (b *Book) Learn(m Mention, s Sense, n int, at time.Time) {
	if m.Entity == "" || s == Open || n == 0 {
		return
	}
	p, period := b.page(m.Entity), periodOf(at)
	p.all = p.all.learn(s, n, period)
	b.mark(Row{EntityName: m.Entity, Scope: Everywhere})
	for i, of := range [...]string{m.Story, m.Feed} {
		if _, known := p.scope[i][of]; of != "" && (known || len(p.scope[i]) < mostOf) {
			p.scope[i][of] = p.scope[i][of].learn(s, n, period)
			b.mark(Row{EntityName: m.Entity, Scope: Story + Scope(i), Of: of})
		}
	}
}

func (b *Book) page(entity string) *page {
	p := b.pages[entity]
	if p == nil {
		if b.pages == nil {
			b.pages = map[string]*page{}
		}
		p = &page{scope: [2]map[string]Count{{}, {}}}
		b.pages[entity] = p
	}
	return p
}

func (b *Book) mark(r Row) {
	if b.changed == nil {
		b.changed = map[Row]struct{}{}
	}
	b.changed[r] = struct{}{}
}
