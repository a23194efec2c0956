package api

import (
	"cmp"
	"reflect"
	"slices"
	"sync"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/match"
)

// A brief is what lists and charts need of a story: a tenth of the whole.
type Summary struct {
	ID          monitor.StoryID
	Headline    string
	first, Last time.Time
	reports     int
	Outlets     int
	Independent int
	Watches     []WatchSummary
}

// A WatchSummary is what lists and charts need of a monitor.StoryWatch.
type WatchSummary struct {
	Watch     string
	Verdict   match.Verdict
	At        time.Time
	Told, Old bool
	Held      string
}

func summaryOf(s *monitor.Story) *Summary {
	b := &Summary{ID: s.ID, Headline: s.Headline, first: s.First, Last: s.Last, reports: len(s.Items) + s.More, Outlets: s.Outlets(),
		Independent: s.Independent()}
	for i := range s.Watches {
		sw := &s.Watches[i]
		b.Watches = append(b.Watches, WatchSummary{sw.Watch, sw.Verdict, sw.At, sw.Alerted, sw.Old, sw.Suppressed})
	}
	return b
}

func (b *Summary) watch(name string) *WatchSummary {
	for i := range b.Watches {
		if b.Watches[i].Watch == name {
			return &b.Watches[i]
		}
	}
	return nil
}

// A storyCache keeps the stories of the last month in brief, so that no page decodes
// ten thousand of them. Each look reads those with new reports, and some others
// once more: what was split or merged by hand shows within a minute or so.
type storyCache struct {
	mu      sync.Mutex // held while the store is read: one look at a time
	looked  time.Time
	byID    map[monitor.StoryID]*Summary
	order   []*Summary // latest report first; replaced, never changed
	version uint64     // grows when anything changed
	next    int        // in order: to be read once more at the next look
}

// A snapshot is the stories as one request sees it. Nobody changes it.
type Snapshot struct {
	Stories []*Summary // latest report first
	version uint64
}

// How far back the pages go, how often the store is asked, and what is read
// anew each time.
const (
	snapshotBack    = 30 * 24 * time.Hour
	SnapshotFresh   = 2 * time.Second
	snapshotOverlap = 2 * time.Minute
	snapshotOpen    = 73 * time.Hour // older stories take no reports and are not changed
	SnapshotRevisit = 32
)

// stories returns the last month's stories, at most two seconds old.
func (s *Server) Snapshot() (Snapshot, error) {
	now := s.Time()
	c := &s.storyCache
	c.mu.Lock()
	defer c.mu.Unlock()
	if age := now.Sub(c.looked); c.byID != nil && age >= 0 && age < SnapshotFresh {
		return Snapshot{c.order, c.version}, nil
	}
	if err := c.look(s.Reader, now); err != nil {
		return Snapshot{}, err
	}
	return Snapshot{c.order, c.version}, nil
}

// summariesSince returns the stories with a report since t, and perhaps others,
// latest report first: of the last month without a time.
func (s *Server) summariesSince(t time.Time) ([]*Summary, error) {
	if t.IsZero() {
		snap, err := s.Snapshot()
		return snap.Stories, err
	}
	stories, err := s.Reader.StoriesSince(t)
	if err != nil {
		return nil, err
	}
	var out []*Summary
	for i := range stories {
		if stories[i].Into == 0 {
			out = append(out, summaryOf(&stories[i]))
		}
	}
	slices.SortFunc(out, latestFirst)
	return out, nil
}

func latestFirst(a, b *Summary) int { return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(b.ID, a.ID)) }

// reset has the next look read everything.
func (c *storyCache) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.byID = nil
}

// look reads what may have changed since the last one.
func (c *storyCache) look(r Reader, now time.Time) error {
	since := now.Add(-snapshotBack)
	if c.byID != nil && c.looked.After(since) {
		since = c.looked.Add(-snapshotOverlap)
	}
	recent, err := r.StoriesSince(since)
	if err != nil {
		return err
	}
	changed := c.byID == nil
	if changed {
		c.byID = make(map[monitor.StoryID]*Summary, len(recent))
	}
	for i := range recent {
		changed = c.put(recent[i].ID, &recent[i]) || changed
	}
	again, err := c.revisit(r, now)
	if err != nil {
		return err
	}
	c.looked = now
	if changed = c.forget(now.Add(-snapshotBack)) || changed || again; changed {
		c.version++
		c.order = make([]*Summary, 0, len(c.byID))
		for _, b := range c.byID {
			c.order = append(c.order, b)
		}
		slices.SortFunc(c.order, latestFirst)
	}
	return nil
}

// put notes what is stored under id: nil, or another story it was merged into,
// removes it.
func (c *storyCache) put(id monitor.StoryID, s *monitor.Story) (changed bool) {
	old := c.byID[id]
	if s == nil || s.ID != id || s.Into != 0 {
		delete(c.byID, id)
		return old != nil
	}
	b := summaryOf(s)
	if old != nil && reflect.DeepEqual(old, b) {
		return false
	}
	c.byID[id] = b
	return true
}

// revisit reads a few of the open stories once more.
func (c *storyCache) revisit(r Reader, now time.Time) (changed bool, err error) {
	for range min(SnapshotRevisit, len(c.order)) {
		if c.next >= len(c.order) || now.Sub(c.order[c.next].Last) > snapshotOpen {
			c.next = 0
		}
		id := c.order[c.next].ID
		c.next++
		s, ok, err := r.Story(id)
		if err != nil {
			return changed, err
		}
		if !ok {
			changed = c.put(id, nil) || changed
			continue
		}
		changed = c.put(id, &s) || changed
	}
	return changed, nil
}

// forget drops what the pages no longer show.
func (c *storyCache) forget(before time.Time) (changed bool) {
	for i := len(c.order) - 1; i >= 0 && c.order[i].Last.Before(before); i-- {
		delete(c.byID, c.order[i].ID)
		changed = true
	}
	return changed
}
