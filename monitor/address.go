package monitor

import (
	"slices"

	"newswatch/feeds"
	"newswatch/monitor/identity"
)

// maxAddresses bounds the addresses kept of one item: some publishers make up
// new ones with every poll.
const maxAddresses = 16

// addAddresses has an item be found under further addresses, unless they are
// another's.
func (j *judge) addAddresses(id ItemID, keys []uint64) {
	rec := j.item(id)
	if rec == nil {
		return
	}
	all := rec.Addresses()
	for _, key := range keys {
		if slices.Contains(all, key) || len(all) >= maxAddresses || j.byURL(key) != 0 {
			continue
		}
		all = append(all, key)
		rec.Also = all
		j.urls[key] = id
		j.putItem(rec)
	}
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

// sameAddress returns the record of the item first seen under one of the
// entry's addresses, nil if there is none.
func (j *judge) sameAddress(e identity.Entry, keys []uint64) *Record {
	for _, key := range keys {
		rec := j.item(j.byURL(key))
		// One address for different texts is a live page, or a feed whose
		// entries all link to its front door.
		if rec != nil && (identity.FeedKey(identity.TextKey(rec.Item)) == e.Keys.Text || identity.Alike(rec.Item, e.Item)) {
			return rec
		}
	}
	return nil
}

// another reports whether an entry under the address of rec is another item all
// the same: the feed has shown rec, identity.Identify did not take the entry for
// it, and they do not read alike. Some publishers number their links by place.
func (o *outcome) another(rec *Record, it feeds.Item) bool {
	return rec.Item.Title != "" && it.Title != "" && identity.Normalize(rec.Item.Title) != identity.Normalize(it.Title) &&
		slices.ContainsFunc(o.rec.Seen, func(k identity.Seen) bool { return k.ID == uint64(rec.ID) })
}
