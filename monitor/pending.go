package monitor

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"newswatch/monitor/schedule"
)

// pending is what was decided but is not in the store yet. The records of feeds
// may be used concurrently; everything else belongs to who holds Monitor.mu.
type pending struct {
	store Store

	mu       sync.Mutex // guards what follows, up to the blank line
	feeds    map[string]pendingFeed
	readings map[string][]*reading // not ended, by feed
	polls    int                   // exchanges that changed nothing, counted by the next batch
	batches  uint64                // made so far

	emptied atomic.Uint64 // how often what is pending went to the store, or was forgotten; may be read without mu

	judged   map[string]bool // feeds whose records the next commit writes; the others wait for a checkpoint
	found    lookup          // what the store holds of what is being judged
	items    map[ItemID]*Record
	urls     map[uint64]ItemID
	notices  map[string]Notice
	gaps     []Gap
	days     DayTotal
	slots    map[string]string
	silences []Silence
	reads    map[ItemID]Read
	urgent   bool // holds a notice that is due
}

// A pendingFeed is what is newer of a feed than in the store, or as there and at
// hand: most polls change nothing but its times.
type pendingFeed struct {
	times schedule.PollTimes
	rec   *FeedRecord // but for its times; nil if not at hand
	newer newer
	batch uint64 // batches made before it was put here
}

// newer is what of a feed is newer than in the store.
type newer uint8

const (
	nothingNewer newer = iota
	timesNewer
	recordNewer
)

// atHand is of how many feeds, about, the records are kept in memory, a little over
// one KB each.
const atHand = 10_000

// record returns the record with its times.
func (f pendingFeed) record() FeedRecord {
	rec := *f.rec
	rec.Poll = f.times
	return rec
}

func newPending(s Store) *pending {
	p := &pending{store: s, feeds: map[string]pendingFeed{}, readings: map[string][]*reading{}}
	p.clear()
	return p
}

// clear forgets all but the records of feeds.
func (p *pending) clear() {
	p.emptied.Add(1)
	p.found, p.judged = lookup{}, map[string]bool{}
	p.items, p.urls = map[ItemID]*Record{}, map[uint64]ItemID{}
	p.reads = map[ItemID]Read{}
	p.notices, p.slots = map[string]Notice{}, map[string]string{}
	p.gaps, p.days, p.silences, p.urgent = nil, DayTotal{}, nil, false
}

// A reading is the record of a feed while an outcome is made of it. It is stale
// once another outcome of the feed was judged, as a push beside a poll is, or once
// what it may rest on was not committed: then its outcome is forgotten, and what it
// held is seen by the next poll, which knows of neither.
type reading struct {
	feed  string
	stale bool
}

// begin reads the newest record of a feed for an outcome.
func (p *pending) begin(feed string) (FeedRecord, *reading, error) {
	r := p.open(feed)
	rec, err := p.Feed(feed)
	if err != nil {
		p.end(r)
	}
	return rec, r, err
}

// open begins a reading of what is known of a feed already.
func (p *pending) open(feed string) *reading {
	r := &reading{feed: feed}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.readings[feed] = append(p.readings[feed], r)
	return r
}

// end ends a reading, and reports whether it is stale.
func (p *pending) end(r *reading) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ended(r)
}

// ended is end for who holds mu.
func (p *pending) ended(r *reading) bool {
	rest := slices.DeleteFunc(p.readings[r.feed], func(o *reading) bool { return o == r })
	if p.readings[r.feed] = rest; len(rest) == 0 {
		delete(p.readings, r.feed)
	}
	return r.stale
}

// Feed returns the newest record of a feed; what was seen of it is nil unless a
// document is pending.
func (p *pending) Feed(id string) (FeedRecord, error) {
	p.mu.Lock()
	f, emptied := p.feeds[id], p.emptied.Load()
	if f.rec != nil {
		defer p.mu.Unlock() // a commit changes what f points to
		return f.record(), nil
	}
	p.mu.Unlock()
	rec, err := p.store.Feed(id)
	if err != nil {
		return rec, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if f = p.feeds[id]; f.newer == recordNewer {
		return f.record(), nil
	}
	if f.newer == timesNewer {
		rec.Poll = f.times
	}
	if len(p.feeds) < atHand && p.emptied.Load() == emptied { // else a commit may have written a newer one since
		kept := rec
		p.feeds[id] = pendingFeed{times: rec.Poll, rec: &kept, newer: f.newer, batch: f.batch}
	}
	return rec, nil
}

// putFeed has the next commit write the record of a judged feed.
func (p *pending) putFeed(rec FeedRecord) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keep(&rec)
	p.judged[rec.ID] = true
	for _, r := range p.readings[rec.ID] {
		r.stale = true
	}
}

// putUnchanged ends the reading of an outcome that is not significant, and has the
// next checkpoint write its times, and its feed's record if that differs in State.
func (p *pending) putUnchanged(o *outcome) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.polls++
	if p.ended(o.reading) {
		return
	}
	if !o.rec.State.Equal(&o.before.State) {
		rec := o.rec
		p.keep(&rec)
		return
	}
	f := p.feeds[o.rec.ID]
	p.feeds[o.rec.ID] = pendingFeed{times: o.rec.Poll, rec: f.rec, newer: max(f.newer, timesNewer), batch: p.batches}
}

// keep makes rec the newest record of its feed. The caller holds mu.
func (p *pending) keep(rec *FeedRecord) {
	if old := p.feeds[rec.ID].rec; rec.Seen == nil && old != nil {
		rec.Seen = old.Seen // the store's may be older
	}
	p.feeds[rec.ID] = pendingFeed{times: rec.Poll, rec: rec, newer: recordNewer, batch: p.batches}
}

// freshen brings a record read from the store up to date.
func (p *pending) freshen(rec *FeedRecord) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch f := p.feeds[rec.ID]; f.newer {
	case recordNewer:
		*rec = f.record()
		rec.Seen = nil
	case timesNewer:
		rec.Poll = f.times
	}
}

// item returns an archived item as it will be after the next commit, to be
// changed in place and given to putItem; nil if it is no longer kept.
func (p *pending) item(id ItemID) *Record {
	if rec, ok := p.items[id]; ok {
		return rec
	}
	if rec, ok := p.found.items[id]; ok {
		return &rec
	}
	return nil
}

// putItem has the next commit write an item.
func (p *pending) putItem(rec *Record) { p.items[rec.ID] = rec }

// putRead has the next commit write what is owed to an item.
func (p *pending) putRead(r Read) { p.reads[r.Key()] = r }

// byURL returns the item first seen under an address, 0 for none.
func (p *pending) byURL(key uint64) ItemID {
	if id, ok := p.urls[key]; ok {
		return id
	}
	return p.found.urls[key]
}

// batch returns what the store is to commit, in a fixed order, with everything
// that waits for a checkpoint if there is one.
func (p *pending) batch(stories []Story, today uint16, checkpoint bool) Batch {
	b := Batch{URLs: p.urls, Stories: stories, Gaps: p.gaps, Slots: p.slots, Silences: p.silences}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.batches++
	for id := range p.judged {
		b.Feeds = append(b.Feeds, p.feeds[id].record())
	}
	if checkpoint {
		for id, f := range p.feeds {
			switch {
			case f.newer == timesNewer:
				b.Polls = append(b.Polls, FeedPoll{ID: id, Poll: f.times})
			case f.newer == recordNewer && !p.judged[id]:
				b.Feeds = append(b.Feeds, f.record())
			}
		}
	}
	slices.SortFunc(b.Feeds, func(x, y FeedRecord) int { return cmp.Compare(x.ID, y.ID) })
	slices.SortFunc(b.Polls, func(x, y FeedPoll) int { return cmp.Compare(x.ID, y.ID) })
	b.Items = make([]Record, 0, len(p.items))
	for _, id := range slices.Sorted(maps.Keys(p.items)) {
		b.Items = append(b.Items, *p.items[id])
	}
	for _, id := range slices.Sorted(maps.Keys(p.reads)) {
		b.Reads = append(b.Reads, p.reads[id])
	}
	b.Notices = slices.SortedFunc(maps.Values(p.notices), func(x, y Notice) int {
		return cmp.Or(x.Created.Compare(y.Created), cmp.Compare(x.Key, y.Key))
	})
	p.days.Polls += p.polls
	p.polls = 0
	if p.days != (DayTotal{}) {
		p.days.Day, p.days.Notices = today, len(b.Notices)
		b.Days = []DayTotal{p.days}
	}
	return b
}

// committed forgets what a batch has written, but for records of feeds, as far as
// there is room. Those put since it was made are still newer.
func (p *pending) committed(b Batch) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range b.Feeds {
		p.written(b.Feeds[i].ID)
	}
	for i := range b.Polls {
		p.written(b.Polls[i].ID)
	}
	p.clear()
}

// written forgets what is pending of a feed. The caller holds mu.
func (p *pending) written(id string) {
	f := p.feeds[id]
	switch {
	case f.batch >= p.batches:
	case f.rec == nil || len(p.feeds) > atHand:
		delete(p.feeds, id)
	default:
		f.rec.Seen, f.newer = nil, nothingNewer
		p.feeds[id] = f
	}
}

// reset forgets everything but the times of polls that changed nothing.
func (p *pending) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for id, f := range p.feeds {
		if p.judged[id] || f.newer == nothingNewer {
			delete(p.feeds, id)
		} else {
			p.feeds[id] = pendingFeed{times: f.times, newer: timesNewer, batch: f.batch}
		}
	}
	for _, rs := range p.readings {
		for _, r := range rs {
			r.stale = true
		}
	}
	p.clear()
}
