package monitor

import (
	"slices"
	"time"

	"newswatch/feeds"
)

// addresses are the keys of the addresses that name the entry and no other.
func (e entry) addresses() []uint64 {
	var keys []uint64
	if e.keys.URL != 0 && !e.shared {
		keys = append(keys, URLKey(e.item.URL))
	}
	if key := URLKey(e.item.Alias()); key != 0 && FeedKey(key) != e.keys.URL && !e.sharedGUID {
		keys = append(keys, key)
	}
	if key := URLKey(e.item.Proxy); key != 0 {
		keys = append(keys, key)
	}
	return keys
}

// maxAddresses bounds the addresses noted of one item: some publishers make up new
// ones with every poll.
const maxAddresses = 16

// note has the item be found under the addresses of an entry that is the same
// item, too.
func (m *Monitor) note(e entry, id ItemID) error {
	rec, err := m.item(id)
	if err != nil || rec == nil {
		return err
	}
	all := rec.Addresses()
	for _, key := range e.addresses() {
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
		if key := URLKey(address); key != 0 && !slices.Contains(all, key) {
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
func (m *Monitor) sameAddress(e entry) (*Record, error) {
	for _, key := range e.addresses() {
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
		if rec != nil && (FeedKey(textKey(rec.Item)) == e.keys.Text || alike(rec.Item, e.item)) {
			return rec, nil
		}
	}
	return nil, nil
}

// alike reports whether two items under one address are the same item: feeds
// word summaries differently, but not titles and days.
func alike(a, b feeds.Item) bool {
	return a.Title == "" || b.Title == "" || normal(a.Title) == normal(b.Title) ||
		a.Published.IsZero() || b.Published.IsZero() || a.Published.Sub(b.Published).Abs() < 48*time.Hour
}

// another reports whether an entry under the address of rec is another item all
// the same: the feed has shown rec, identify did not take the entry for it, and
// they do not read alike. Some publishers number their links by place.
func (p *polled) another(rec *Record, it feeds.Item) bool {
	return rec.Item.Title != "" && it.Title != "" && normal(rec.Item.Title) != normal(it.Title) &&
		slices.ContainsFunc(p.rec.Known, func(k Known) bool { return k.ID == rec.ID })
}
