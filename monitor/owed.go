package monitor

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"
)

// An owed is what is owed to items, as committed. It is safe for concurrent use.
type owed struct {
	mu   sync.Mutex
	rows map[ItemID]Read // by Read.Key
}

// restore replaces what is owed.
func (o *owed) restore(all []Read) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.rows = map[ItemID]Read{}
	for _, r := range all {
		o.rows[r.Key()] = r
	}
}

// committed brings what is owed up to date after a commit.
func (o *owed) committed(reads []Read) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, r := range reads {
		if r.Due.IsZero() {
			delete(o.rows, r.Key())
		} else {
			o.rows[r.Key()] = r
		}
	}
}

// of returns what is owed under a key.
func (o *owed) of(key ItemID) (r Read, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	r, ok = o.rows[key]
	return r, ok
}

// due returns the copies that are owed, or the articles, by when they are due.
func (o *owed) due(copies bool) []Read {
	o.mu.Lock()
	all := slices.Collect(maps.Values(o.rows))
	o.mu.Unlock()
	all = slices.DeleteFunc(all, func(r Read) bool { return r.Copy != copies })
	slices.SortFunc(all, func(a, b Read) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Item, b.Item)) })
	return all
}

// tried returns the row after a try that ended at a time: owed again, and after a
// pause at least, or no more.
func (r Read) tried(again bool, at time.Time, pause time.Duration) Read {
	if again {
		r.Due = later(r.Due, at.Add(pause)).UTC()
	} else {
		r.Due = time.Time{}
	}
	return r
}

// begin counts a try at what is owed under a key, before anything is asked, so
// that it counts whatever ends it. The pauses are those between tries.
func (o *owed) begin(m *Monitor, key ItemID, pauses []time.Duration) (r Read, ok bool, err error) {
	if r, ok = o.of(key); !ok {
		return r, false, nil
	}
	err = m.change(func(j *judge) error {
		r.Due = m.Now().Add(pauses[min(r.Tries, len(pauses)-1)]).UTC()
		r.Tries++
		j.putRead(r)
		return nil
	})
	return r, err == nil, err
}
