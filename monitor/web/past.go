package web

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
type brief struct {
	id          monitor.StoryID
	headline    string
	first, last time.Time
	reports     int
	outlets     int
	independent int
	watches     []briefWatch
}

// A briefWatch is what lists and charts need of a monitor.StoryWatch.
type briefWatch struct {
	watch     string
	verdict   match.Verdict
	at        time.Time
	told, old bool
	held      string
}

func briefOf(s *monitor.Story) *brief {
	b := &brief{id: s.ID, headline: s.Headline, first: s.First, last: s.Last, reports: len(s.Items) + s.More, outlets: s.Outlets(),
		independent: s.Independent()}
	for i := range s.Watches {
		sw := &s.Watches[i]
		b.watches = append(b.watches, briefWatch{sw.Watch, sw.Verdict, sw.At, sw.Told, sw.Old, sw.Held})
	}
	return b
}

func (b *brief) watch(name string) *briefWatch {
	for i := range b.watches {
		if b.watches[i].watch == name {
			return &b.watches[i]
		}
	}
	return nil
}

// past keeps the stories of the last month in brief, so that no page decodes
// ten thousand of them. Each look reads those with new reports, and some others
// once more: what was split or merged by hand shows within a minute or so.
type past struct {
	mu      sync.Mutex // held while the store is read: one look at a time
	looked  time.Time
	byID    map[monitor.StoryID]*brief
	order   []*brief // latest report first; replaced, never changed
	version uint64   // grows when anything changed
	next    int      // in order: to be read once more at the next look
}

// A shelf is the past as one request sees it. Nobody changes it.
type shelf struct {
	stories []*brief // latest report first
	version uint64
}

// How far back the pages go, how often the store is asked, and what is read
// anew each time.
const (
	pastBack    = 30 * 24 * time.Hour
	pastFresh   = 2 * time.Second
	pastOverlap = 2 * time.Minute
	pastOpen    = 73 * time.Hour // older stories take no reports and are not changed
	pastRevisit = 32
)

// stories returns the last month's stories, at most two seconds old.
func (s *Server) stories() (shelf, error) {
	now := s.now()
	p := &s.past
	p.mu.Lock()
	defer p.mu.Unlock()
	if age := now.Sub(p.looked); p.byID != nil && age >= 0 && age < pastFresh {
		return shelf{p.order, p.version}, nil
	}
	if err := p.look(s.Reader, now); err != nil {
		return shelf{}, err
	}
	return shelf{p.order, p.version}, nil
}

// look reads what may have changed since the last one.
func (p *past) look(r Reader, now time.Time) error {
	since := now.Add(-pastBack)
	if p.byID != nil && p.looked.After(since) {
		since = p.looked.Add(-pastOverlap)
	}
	recent, err := r.StoriesSince(since)
	if err != nil {
		return err
	}
	changed := p.byID == nil
	if changed {
		p.byID = make(map[monitor.StoryID]*brief, len(recent))
	}
	for i := range recent {
		changed = p.put(recent[i].ID, &recent[i]) || changed
	}
	again, err := p.revisit(r, now)
	if err != nil {
		return err
	}
	p.looked = now
	if changed = p.forget(now.Add(-pastBack)) || changed || again; changed {
		p.version++
		p.order = make([]*brief, 0, len(p.byID))
		for _, b := range p.byID {
			p.order = append(p.order, b)
		}
		slices.SortFunc(p.order, func(a, b *brief) int { return cmp.Or(b.last.Compare(a.last), cmp.Compare(b.id, a.id)) })
	}
	return nil
}

// put notes what is stored under id: nil, or another story it was merged into,
// takes it off the shelf.
func (p *past) put(id monitor.StoryID, s *monitor.Story) (changed bool) {
	old := p.byID[id]
	if s == nil || s.ID != id || s.Into != 0 {
		delete(p.byID, id)
		return old != nil
	}
	b := briefOf(s)
	if old != nil && reflect.DeepEqual(old, b) {
		return false
	}
	p.byID[id] = b
	return true
}

// revisit reads a few of the open stories once more.
func (p *past) revisit(r Reader, now time.Time) (changed bool, err error) {
	for range min(pastRevisit, len(p.order)) {
		if p.next >= len(p.order) || now.Sub(p.order[p.next].last) > pastOpen {
			p.next = 0
		}
		id := p.order[p.next].id
		p.next++
		s, ok, err := r.Story(id)
		if err != nil {
			return changed, err
		}
		if !ok {
			changed = p.put(id, nil) || changed
			continue
		}
		changed = p.put(id, &s) || changed
	}
	return changed, nil
}

// forget drops what the pages no longer show.
func (p *past) forget(before time.Time) (changed bool) {
	for i := len(p.order) - 1; i >= 0 && p.order[i].last.Before(before); i-- {
		delete(p.byID, p.order[i].id)
		changed = true
	}
	return changed
}

// feedCache keeps the feeds as listed for a few seconds: with thousands of
// them, reading all for each request would be most of its time.
type feedCache struct {
	mu    sync.Mutex // held while the store is read
	read  time.Time
	rules *monitor.Rules
	list  []Feed // replaced, never changed
}

// feedsFresh is how old a list of feeds may be.
const feedsFresh = 5 * time.Second

// feeds returns the configured feeds as listed. Nobody may change the list.
func (s *Server) feeds() ([]Feed, error) {
	now, rules := s.now(), s.Rules()
	c := &s.health
	c.mu.Lock()
	defer c.mu.Unlock()
	if age := now.Sub(c.read); c.rules == rules && age >= 0 && age < feedsFresh {
		return c.list, nil
	}
	list, err := Feeds(s.Reader, rules, now)
	if err != nil {
		return nil, err
	}
	c.list, c.rules, c.read = list, rules, now
	return list, nil
}
