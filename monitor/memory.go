package monitor

import (
	"cmp"
	"slices"
	"time"

	"newswatch/monitor/match"
	"newswatch/monitor/senses"
)

// A Recollection is what the book of senses said of an item's undecided
// mentions when it was judged. It is the match.Memory that replays that.
type Recollection []Recalled

// A Recalled is one answer of the book.
type Recalled struct {
	Entity  string        `json:"entity"`
	Plain   bool          `json:"plain,omitempty"`
	Verdict match.Verdict `json:"verdict"`
	Why     string        `json:"why"`
}

// Recall is match.Memory.Recall.
func (r Recollection) Recall(n match.Name) (match.Verdict, string) {
	for _, a := range r {
		if a.Entity == n.Entity && a.Plain == n.Plain {
			return a.Verdict, a.Why
		}
	}
	return match.Weak, ""
}

// A consultation asks the book about one item and keeps what it said.
type consultation struct {
	book        *senses.Book
	rules       *Rules
	story, feed string
	source      string // what people know the feed by
	at          time.Time
	said        Recollection
}

// Recall is match.Memory.Recall.
func (c *consultation) Recall(n match.Name) (match.Verdict, string) {
	if v, why := c.said.Recall(n); why != "" {
		return v, why
	}
	a := c.book.Ask(senses.Mention{Entity: n.Entity, Story: c.story, Feed: c.feed, Plain: n.Plain}, c.at)
	why := a.String(c.source, c.rules.label(n.Entity), n.Text)
	if why == "" {
		return match.Weak, ""
	}
	v := map[senses.Sense]match.Verdict{senses.Entity: match.Strong, senses.Other: match.None, senses.Open: match.Weak}[a.Sense]
	c.said = append(c.said, Recalled{Entity: n.Entity, Plain: n.Plain, Verdict: v, Why: why})
	return v, why
}

// label returns what people know an entity by.
func (r *Rules) label(entity string) string { return cmp.Or(r.Entities[entity].Label, "{"+entity+"}") }

// recall judges an item that matches again with what the book knows, where
// something in it stands alone: the story it would join is asked first, then
// its feed. It returns the matches that are left, and keeps in rec what was
// said.
func (j *judge) recall(o *outcome, doc *match.Doc, rec *Record, event bool, matches []match.Match, found []match.Sense) []match.Match {
	rec.Recalled = nil
	alone := func(s match.Sense) bool { return s.Alone && s.Means == match.Weak }
	if len(matches) == 0 || !slices.ContainsFunc(found, alone) {
		return matches
	}
	s := j.find(rec.Story)
	if s == nil && !event {
		s = j.find(StoryID(j.index.Place(ReportOf(rec.ID, rec.Item, rec.Outlet, rec.Seen)).Story))
	}
	c := consultation{book: &j.book, rules: o.rules, feed: o.feed.Name, source: cmp.Or(o.feed.Label, o.feed.Name), at: o.at}
	if s != nil {
		c.story = s.ID.String()
	}
	doc.Memory = &c
	matches = o.rules.Set.Match(doc)
	rec.Recalled = c.said
	return matches
}

// learn enters into the book what the words of a new item decided. Nothing that
// the book itself said is among it.
func (j *judge) learn(o *outcome, rec *Record, found []match.Sense) {
	for _, s := range found {
		sense := map[match.Verdict]senses.Sense{match.Strong: senses.Entity, match.None: senses.Other}[s.Means]
		j.book.Learn(senses.Mention{Entity: s.Entity, Story: rec.Story.String(), Feed: o.feed.Name}, sense, senses.ByText, o.at)
	}
}

// forget has the book drop once a day what it need not keep.
func (j *judge) forget(o *outcome) {
	if today := DayOf(o.at); today != j.forgot {
		j.forgot = today
		open := func(id string) bool {
			story, err := ParseStoryID(id)
			return err == nil && j.find(story) != nil
		}
		j.book.Forget(o.at, open, func(entity, feed string) bool {
			_, defined := o.rules.Entities[entity]
			_, read := o.rules.Feeds[feed]
			return defined && (read || feed == "")
		})
	}
}
