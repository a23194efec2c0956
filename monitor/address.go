package monitor

import (
	"slices"
	"time"

	"newswatch/feeds"
	"newswatch/monitor/identity"
)

// maxAddresses bounds the addresses noted of one item: some publishers make up new
// ones with every poll.
const maxAddresses = 16

// note has the item be found under the addresses of an entry that is the same
// item, too.
func (m *Monitor) note(e identity.Entry, id ItemID) error {
	rec, err := m.item(id)
	if err != nil || rec == nil {
		return err
	}
	all := rec.Addresses()
	for _, key := range e.Addresses() {
		if slices.Contains(all, key) || len(all) >= maxAddresses {
			continue
		}
		if _, taken, err := m.byURL(key); err != nil {
			return err
		} else if taken {
			continue
		}
		all = append(all, key)
		rec.Also = all
		m.draft.urls[key], m.draft.items[id] = id, rec
	}
	return nil
}

// Addresses returns the keys of all addresses under which the item is found.
func (r *Record) Addresses() []uint64 {
	all := slices.Clone(r.Also)
	for _, address := range [...]string{r.Item.URL, r.Item.Alias(), r.Item.Proxy} {
		if key := identity.URLKey(address); key != 0 && !slices.Contains(all, key) {
			all = append(all, key)
		}
	}
	return all
}

// byURL returns the item that was first seen under an address, committed or
// not.
func (m *Monitor) byURL(key uint64) (ItemID, bool, error) {
	if id, ok := m.draft.urls[key]; ok {
		return id, true, nil
	}
	return m.Store.ByURL(key)
}

// sameAddress returns the record of the item first seen under one of the
// entry's addresses, nil if there is none.
func (m *Monitor) sameAddress(e identity.Entry) (*Record, error) {
	for _, key := range e.Addresses() {
		id, ok, err := m.byURL(key)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		rec, err := m.item(id)
		if err != nil {
			return nil, err
		}
		// One address for different texts is a live page, or a feed whose
		// entries all link to its front door.
		if rec != nil && (identity.FeedKey(identity.TextKey(rec.Item)) == e.Keys.Text || identity.Alike(rec.Item, e.Item)) {
			return rec, nil
		}
	}
	return nil, nil
}

// another reports whether an entry under the address of rec is another item all
// the same: the feed has shown rec, identify did not take the entry for it, and
// they do not read alike. Some publishers number their links by place.
func (p *polled) another(rec *Record, it feeds.Item) bool {
	return rec.Item.Title != "" && it.Title != "" && identity.Normalize(rec.Item.Title) != identity.Normalize(it.Title) &&
		slices.ContainsFunc(p.rec.Seen, func(k identity.Seen) bool { return k.ID == uint64(rec.ID) })
}

// withdraw marks an item that its feed stopped listing before older ones.
func (m *Monitor) withdraw(id ItemID, now time.Time) error {
	rec, err := m.item(id)
	if err != nil || rec == nil || !rec.Withdrawn.IsZero() {
		return err
	}
	rec.Withdrawn = now.UTC()
	m.draft.items[id] = rec
	return nil
}

// returned takes back that an item was withdrawn: its feed lists it again.
func (m *Monitor) returned(id ItemID) error {
	rec, err := m.item(id)
	if err != nil || rec == nil || rec.Withdrawn.IsZero() {
		return err
	}
	rec.Withdrawn = time.Time{}
	m.draft.items[id] = rec
	return nil
}
