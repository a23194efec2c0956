// Package monitortest holds what every monitor.Store must do as a test suite,
// and the simplest store that does it.
package monitortest

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/identity"
	"newswatch/monitor/schedule"
	"newswatch/monitor/senses"
)

// A Memory is a monitor.Store that lives as long as the process: the model the
// others are held against. The zero value is empty and ready.
type Memory struct {
	mu       sync.Mutex // guards all below
	feeds    map[string]monitor.FeedRecord
	known    map[string][]identity.Seen
	polls    map[string]schedule.PollTimes
	items    map[monitor.ItemID]monitor.Record
	urls     map[uint64]monitor.ItemID
	stories  map[monitor.StoryID]monitor.Story
	notices  map[row]monitor.Notice
	silences map[string]monitor.Silence
	reads    map[monitor.ItemID]monitor.Read
	senses   map[senses.Row]senses.Count // without their counts
}

// A row names a notice.
type row struct{ dest, key string }

var _ monitor.Store = (*Memory)(nil)

// Feed is monitor.Store.Feed.
func (m *Memory) Feed(id string) (monitor.FeedRecord, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	rec := m.feeds[id]
	rec.ID, rec.Poll, rec.Seen = id, m.polls[id], nil
	return rec, nil
}

// Seen is monitor.Store.Known.
func (m *Memory) Seen(id string) ([]identity.Seen, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	known := slices.Clone(m.known[id])
	slices.SortStableFunc(known, func(a, b identity.Seen) int {
		switch {
		case a.Listed == b.Listed:
			return 0
		case a.Listed:
			return -1
		}
		return 1
	})
	return known, nil
}

// Lookup is monitor.Store.Lookup.
func (m *Memory) Lookup(keys []uint64, ids []monitor.ItemID) (map[uint64]monitor.ItemID, map[monitor.ItemID]monitor.Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	byURL, items := map[uint64]monitor.ItemID{}, map[monitor.ItemID]monitor.Record{}
	ids = slices.Clone(ids)
	for _, key := range keys {
		if id, ok := m.urls[key]; ok {
			byURL[key] = id
			ids = append(ids, id)
		}
	}
	for _, id := range ids {
		if rec, ok := m.items[id]; ok {
			items[id] = rec
		}
	}
	return byURL, items, nil
}

// StoriesSince is monitor.Store.StoriesSince.
func (m *Memory) StoriesSince(t time.Time) ([]monitor.Story, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []monitor.Story
	for _, s := range m.stories {
		if !s.Last.Before(t) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b monitor.Story) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}

// LastItem is monitor.Store.LastItem.
func (m *Memory) LastItem() (last monitor.ItemID, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id := range m.items {
		last = max(last, id)
	}
	return last, nil
}

// Silences is monitor.Store.Silences.
func (m *Memory) Silences(now time.Time) ([]monitor.Silence, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []monitor.Silence
	for _, id := range slices.Sorted(maps.Keys(m.silences)) {
		if q := m.silences[id]; q.Until.After(now) {
			out = append(out, q)
		}
	}
	return out, nil
}

// Senses is monitor.Store.Senses.
func (m *Memory) Senses() (out []senses.Row, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for r, n := range m.senses {
		r.Count = n
		out = append(out, r)
	}
	return out, nil
}

// Reads is monitor.Store.Reads.
func (m *Memory) Reads() ([]monitor.Read, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []monitor.Read
	for _, id := range slices.Sorted(maps.Keys(m.reads)) {
		out = append(out, m.reads[id])
	}
	return out, nil
}

// Notice returns one row of the outbox.
func (m *Memory) Notice(dest, key string) (monitor.Notice, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, ok := m.notices[row{dest, key}]
	return n, ok, nil
}

// Commit is monitor.Store.Commit.
func (m *Memory) Commit(b monitor.Batch) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.feeds == nil {
		m.feeds, m.known, m.polls = map[string]monitor.FeedRecord{}, map[string][]identity.Seen{}, map[string]schedule.PollTimes{}
		m.items, m.urls = map[monitor.ItemID]monitor.Record{}, map[uint64]monitor.ItemID{}
		m.stories, m.silences = map[monitor.StoryID]monitor.Story{}, map[string]monitor.Silence{}
		m.reads = map[monitor.ItemID]monitor.Read{}
		m.notices, m.senses = map[row]monitor.Notice{}, map[senses.Row]senses.Count{}
	}
	for _, f := range b.Feeds {
		m.feeds[f.ID], m.polls[f.ID] = f, f.Poll
		if f.Seen != nil {
			m.known[f.ID] = f.Seen
		}
	}
	for _, f := range b.Polls {
		m.polls[f.ID] = f.Poll
	}
	for _, it := range b.Items {
		m.items[it.ID] = it
	}
	maps.Copy(m.urls, b.URLs)
	for _, s := range b.Stories {
		m.stories[s.ID] = s
	}
	for _, n := range b.Notices {
		m.post(n)
	}
	for _, q := range b.Silences {
		if q.Until.IsZero() {
			delete(m.silences, q.ID)
		} else {
			m.silences[q.ID] = q
		}
	}
	for _, r := range b.Reads {
		if m.reads[r.Key()] = r; r.Due.IsZero() {
			delete(m.reads, r.Key())
		}
	}
	for _, r := range b.Senses {
		n := r.Count
		r.Count = senses.Count{}
		if m.senses[r] = n; n.Total() == 0 {
			delete(m.senses, r)
		}
	}
	return nil
}

// post adds a notice, or replaces one that nobody has tried to send yet.
func (m *Memory) post(n monitor.Notice) {
	k := row{n.Destination, n.Key}
	old, ok := m.notices[k]
	if ok && (old.Delivery.State != monitor.Pending || old.Delivery.Attempts > 0) {
		return
	}
	n.Delivery.Rev = old.Delivery.Rev + 1
	m.notices[k] = n
}
