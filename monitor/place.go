package monitor

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"newswatch/feeds"
	"newswatch/monitor/story"
)

// maxStoryItems bounds the reports listed in a story; the rest are counted.
// Every item keeps its story's ID all the same.
const maxStoryItems = 300

// place finds or opens the story an arrival belongs to, and lists it there.
func (m *Monitor) place(a *arrival) *Story {
	if s := m.open[m.alias(a.rec.Story)]; s != nil && (a.role == story.Repeat || a.facts != nil) {
		m.relist(s, a)
		return s
	}
	r := ReportOf(a.rec.ID, a.item, a.outlet, a.rec.Seen)
	pl := m.index.Place(r)
	id := StoryID(pl.Story)
	s := m.open[m.alias(id)]
	if s == nil {
		id, pl = StoryID(r.ID), story.Placement{Role: story.First}
		s = &Story{ID: id, Headline: cmp.Or(a.item.Title, a.item.Summary, a.item.Link), URL: clickable(a.item), First: a.p.at.UTC()}
		m.open[id] = s
	}
	m.index.Add(r, pl, uint64(s.ID))
	a.rec.Role, a.rec.Of, a.rec.Reasons = pl.Role, ItemID(pl.Of), pl.Reasons
	a.role = pl.Role
	m.relist(s, a)
	for _, other := range pl.Merge {
		m.merge(s, m.open[m.alias(StoryID(other))])
	}
	return s
}

// alias follows merges to the story that took the given one in.
func (m *Monitor) alias(id StoryID) StoryID {
	for s := m.open[id]; s != nil && s.Into != 0; s = m.open[id] {
		id = s.Into
	}
	return id
}

// relist writes an arrival into its story's list of reports.
func (m *Monitor) relist(s *Story, a *arrival) {
	a.outlets, a.independent = s.Outlets(), s.Independent()
	s.Last = a.p.at.UTC()
	if a.role == story.Repeat && a.outlet != a.rec.Outlet {
		// The same address on another feed: a sighting, not an outlet.
		return
	}
	it := StoryItem{ID: a.rec.ID, Feed: a.p.feed.Name, Outlet: a.outlet, Title: a.item.Title, URL: clickable(a.item),
		Published: a.item.Published, Role: cmp.Or(a.rec.Role, a.role), Of: a.rec.Of, Reasons: a.rec.Reasons}
	if i := slices.IndexFunc(s.Items, func(o StoryItem) bool { return o.ID == it.ID }); i >= 0 {
		s.Items[i].Title = it.Title
	} else if len(s.Items) < maxStoryItems {
		s.Items = append(s.Items, it)
	} else {
		s.More++
	}
}

// merge takes another story into s; its ID stays valid as an alias.
func (m *Monitor) merge(s, other *Story) {
	if other == nil || other.ID == s.ID {
		return
	}
	for _, it := range other.Items {
		if len(s.Items) < maxStoryItems {
			s.Items = append(s.Items, it)
		} else {
			s.More++
		}
	}
	slices.SortStableFunc(s.Items, func(x, y StoryItem) int { return cmp.Compare(x.ID, y.ID) })
	for _, sw := range other.Watches {
		if mine := s.Watch(sw.Watch); mine != nil {
			mine.Matches += sw.Matches
			mine.Told = mine.Told || sw.Told
		} else {
			sw.Under = cmp.Or(sw.Under, other.ID)
			s.Watches = append(s.Watches, sw)
		}
	}
	s.First = earlier(s.First, other.First)
	s.Last = later(s.Last, other.Last)
	s.More += other.More
	s.Apart = append(s.Apart, other.Apart...)
	s.Aliases = append(append(s.Aliases, other.ID), other.Aliases...)
	*other = Story{ID: other.ID, Headline: other.Headline, First: other.First, Last: other.Last, Into: s.ID}
	m.draft.stories[other.ID] = true
	m.draft.stories[s.ID] = true
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// ReportOf is an item as package story sees it.
func ReportOf(id ItemID, it feeds.Item, outlet string, seen time.Time) story.Report {
	published := it.Published
	if published.IsZero() || published.After(seen) {
		published = seen
	}
	return story.Report{ID: uint64(id), Title: it.Title, Summary: it.Summary, Content: it.Content, URL: it.URL, Alias: it.Alias(),
		Outlet: outlet, Published: published, Seen: seen}
}

// clickable returns the address a reader should follow.
func clickable(it feeds.Item) string { return cmp.Or(it.Link, it.URL) }

// restore puts the stories of the window back into memory, report by report
// in the order in which they came.
func (m *Monitor) restore(stories []Story) (err error) {
	if m.last, err = m.Store.LastItem(); err != nil {
		return err
	}
	type listed struct {
		it StoryItem
		in StoryID
	}
	var all []listed
	for i := range stories {
		m.open[stories[i].ID] = &stories[i]
	}
	for i := range stories {
		s := &stories[i]
		if s.Into != 0 {
			m.index.Merge(uint64(m.alias(s.ID)), uint64(s.ID))
		}
		for _, it := range s.Items {
			all = append(all, listed{it, s.ID})
		}
	}
	slices.SortFunc(all, func(a, b listed) int { return cmp.Compare(a.it.ID, b.it.ID) })
	for _, l := range all {
		rec, ok, err := m.Store.Item(l.it.ID)
		if err != nil {
			return err
		}
		if ok {
			m.index.Restore(ReportOf(rec.ID, rec.Item, rec.Outlet, rec.Seen), uint64(l.in), l.it.Role, uint64(l.it.Of))
		}
	}
	for i := range stories {
		for _, apart := range stories[i].Apart {
			m.index.Apart(uint64(stories[i].ID), uint64(apart))
		}
	}
	return nil
}

// forgetEvery is how often what is over is looked for.
const forgetEvery = time.Minute

// forget drops from memory the reports and stories that take no more, and
// replies that are no longer added to. It goes by the time of the poll being
// judged, so that equal polls are judged equally whenever that is.
func (m *Monitor) forget(now time.Time) {
	if now.Sub(m.forgot).Abs() < forgetEvery {
		return
	}
	m.forgot = now
	m.index.Expire(now)
	for key, n := range m.replies {
		if n.Delivery.Due.Before(now) {
			delete(m.replies, key)
		}
	}
	old := now.Add(-storyWindow)
	for id, s := range m.open {
		if s.Last.Before(old) && !m.draft.stories[id] {
			delete(m.open, id)
		}
	}
}

// noticeKey is the deterministic name of a notice: equal causes make equal
// keys, so that a decision taken twice is told once.
func noticeKey(kind, a, b, c string) string {
	h := sha256.New()
	for _, s := range [...]string{kind, a, b, c} {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// alertKey names the one card a watch has for a story at a destination.
func alertKey(watch string, id StoryID, dest string) string {
	return noticeKey("alert", watch, id.String(), dest)
}

// card names the alert that replies and edits of this story follow.
func (sw *StoryWatch) card(s *Story, dest string) string {
	return alertKey(sw.Watch, cmp.Or(sw.Under, s.ID), dest)
}

// OperationsKey names the notice that tells an operations destination of an
// event.
func OperationsKey(event, dest string) string { return noticeKey("operations", event, dest, "") }
