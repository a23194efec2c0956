package monitor

import (
	"cmp"
	"slices"
	"time"

	"newswatch/feeds"
)

// A Telling is what one destination has been told of a story, and when more may
// follow.
type Telling struct {
	Destination string    `json:"destination"`
	Card        string    `json:"card,omitempty"`    // key of the card that replies and edits follow; "" while only a catch-up told the story
	Item        ItemID    `json:"item,omitempty"`    // the report that the card tells it through
	Subject     string    `json:"subject,omitempty"` // of the card
	Watches     []string  `json:"watches"`           // told for so far
	Shown       int       `json:"shown,omitempty"`   // how many of these the card names
	Catchup     time.Time `json:"catchup,omitzero"`  // of the catch-up that told it
	ReplyAt     time.Time `json:"reply_at,omitzero"` // the next reply goes out no earlier
	Replies     int       `json:"replies,omitempty"`
	EditAt      time.Time `json:"edit_at,omitzero"` // the card is not changed again before
}

// telling returns what a destination has been told, nil for nothing.
func (s *Story) telling(dest string) *Telling {
	i := slices.IndexFunc(s.Told, func(t Telling) bool { return t.Destination == dest })
	if i < 0 {
		return nil
	}
	return &s.Told[i]
}

// tell notes that a destination is told of the story by a notice.
func (s *Story) tell(n Notice) *Telling {
	t := s.telling(n.Destination)
	if t == nil {
		s.Told = append(s.Told, Telling{Destination: n.Destination})
		t = &s.Told[len(s.Told)-1]
	}
	t.name(n.Watches)
	if n.Kind == "" {
		t.Shown = len(t.Watches)
	}
	return t
}

// name adds watches to those told for.
func (t *Telling) name(watches []string) {
	for _, w := range watches {
		if !slices.Contains(t.Watches, w) {
			t.Watches = append(t.Watches, w)
		}
	}
}

// unnamed returns the watches that the destination has not been told for.
func (t *Telling) unnamed(watches []string) []string {
	var out []string
	for _, w := range watches {
		if !slices.Contains(t.Watches, w) {
			out = append(out, w)
		}
	}
	return out
}

// join adds what a destination was told of a story that was merged into s. Of
// two cards the one of s goes on.
func (s *Story) join(other Telling) {
	t := s.telling(other.Destination)
	if t == nil {
		s.Told = append(s.Told, other)
		return
	}
	watches := t.Watches
	if t.Card == "" {
		*t = other
	}
	t.name(watches)
	t.name(other.Watches)
	t.Catchup = later(t.Catchup, other.Catchup)
}

// adopt makes tellings of what a story of an earlier version of newswatch says,
// which had a card for every watch.
func (s *Story) adopt(r *Rules) {
	if len(s.Told) > 0 {
		return
	}
	for _, sw := range s.Watches {
		w, ok := r.watch(sw.Watch)
		if !ok || !sw.Alerted {
			continue
		}
		for _, dest := range r.Recipients(w.Notify) {
			t := Telling{Destination: dest, Watches: []string{sw.Watch}, Shown: 1, ReplyAt: sw.ReplyAt, Replies: sw.Replies, EditAt: sw.EditAt}
			if sw.Alert {
				headline := s.card(sw.Item, t.Watches).Headline
				t.Card, t.Item = noticeKey("alert", sw.Watch, cmp.Or(sw.Under, s.ID).String(), dest), sw.Item
				t.Subject = Subject(Notice{Watch: sw.Watch, Content: Content{Headline: headline}})
			} else {
				t.Catchup = sw.At
			}
			s.join(t)
		}
	}
}

// A Change is something of weight that a report's new wording changed.
type Change struct {
	At     time.Time `json:"at"`
	Item   ItemID    `json:"item"`
	Outlet string    `json:"outlet"`
	What   string    `json:"what"` // in one line
	URL    string    `json:"url,omitempty"`
}

// maxChanges bounds the changes kept of a story; the oldest go first.
const maxChanges = 50

// change notes what an item's new wording changed.
func (s *Story) change(it *matchedItem) {
	s.Changes = append(s.Changes, Change{At: it.o.at.UTC(), Item: it.rec.ID, Outlet: it.outletName(), What: "changed: " + joinFacts(it.facts), URL: clickable(it.item)})
	if extra := len(s.Changes) - maxChanges; extra > 0 {
		s.Changes = slices.Delete(s.Changes, 0, extra)
	}
}

// A Decision is what one watch had a destination told of an item, or why not.
type Decision struct {
	Watch       string `json:"watch"`
	Destination string `json:"destination,omitempty"` // "" where no destination was asked for
	As          Kind   `json:"as,omitempty"`          // alert, reply or catch-up; "" for nothing
	Key         string `json:"key,omitempty"`         // of the notice
	Why         string `json:"why,omitempty"`         // it was not told, or not by itself
}

// note records a decision, in the place of what was decided before.
func (r *Record) note(d Decision) {
	same := func(o Decision) bool { return o.Watch == d.Watch && o.Destination == d.Destination }
	i := slices.IndexFunc(r.Decisions, same)
	switch {
	case i < 0:
		r.Decisions = append(r.Decisions, d)
	case d.As != "" || r.Decisions[i].As == "":
		r.Decisions[i] = d
	}
}

// held returns why nobody was told of the item, "" if somebody was.
func (r *Record) held() string {
	why := ""
	for _, d := range r.Decisions {
		if d.As != "" {
			return ""
		}
		why = cmp.Or(why, d.Why)
	}
	return why
}

// outletName is what people know the item's outlet by: the source an aggregator
// names, the feed's label, or what the feed calls itself.
func (it *matchedItem) outletName() string { return outletName(it.outlet, it.o.feed, it.o.rec.Title) }

func outletName(outlet string, f feeds.Feed, title string) string {
	if outlet != f.Name {
		return outlet
	}
	return cmp.Or(f.Label, title, outlet)
}
