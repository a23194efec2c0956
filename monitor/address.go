package monitor

import (
	"slices"

	"newswatch/feeds"
	"newswatch/monitor/identity"
	"newswatch/monitor/text"
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

// shares reports whether an address that leads to the item is that of other
// entries of its feed too.
func (r *Record) shares(key uint64) bool {
	return r.Item.URL == "" && slices.Contains(r.Also, key)
}

// sameAddress returns the record of the item first seen under one of the
// entry's addresses, nil if there is none.
func (j *judge) sameAddress(e identity.Entry, keys []uint64) *Record {
	for _, key := range keys {
		rec := j.item(j.byURL(key))
		// One address for different texts is a live page, a case of a register,
		// or a feed whose entries all link to its front door.
		if rec != nil && (feeds.ShortHash(rec.textKey()) == e.Keys.Text || !rec.shares(key) && identity.Alike(rec.Item, e.Item)) {
			return rec
		}
	}
	return nil
}

// another reports whether an entry under the address of rec is another item all
// the same: the feed has shown rec, identity.Identify did not take the entry for
// it, and they do not read alike. Some publishers number their links by place,
// registers give one to all events of a case.
func (o *outcome) another(rec *Record, it feeds.Item) bool {
	return rec.textKey() != identity.TextKey(it) &&
		slices.ContainsFunc(o.rec.Seen, func(k identity.Seen) bool { return k.ID == uint64(rec.ID) })
}

// usedAgain reports whether an entry has the guid of a known item and is
// another article all the same. What was there is read for it.
func (j *judge) usedAgain(e identity.Entry, id ItemID) bool {
	if !e.Unsure {
		return false
	}
	rec := j.item(id)
	return rec != nil && !identity.Reworded(rec.Item, e.Item)
}

// dropGUID forgets the guid of an entry, which is another item's too. It is kept
// where no address is, as what the publisher said.
func (o *outcome) dropGUID(i int) {
	e := &o.list.Entries[i]
	if e.Item.Alias() != "" && e.Keys.GUID != e.Keys.URL {
		e.Item.GUID = ""
		o.addresses[i] = e.Addresses()
	}
}

// caseOf returns the record that an address shared by many entries leads to, if
// the entry is another event of the same case: one title and one link, another
// guid. It is nil if there is none.
func (j *judge) caseOf(o *outcome, e identity.Entry) *Record {
	if !e.Shared || e.Item.GUID == "" || e.Keys.GUID == e.Keys.URL {
		return nil
	}
	rec := j.item(j.byURL(identity.URLKey(e.Item.URL)))
	if rec == nil || rec.Feed != o.feed.Name || rec.Item.GUID == e.Item.GUID || text.Normalize(rec.Item.Title) != text.Normalize(e.Item.Title) {
		return nil
	}
	return rec
}

// leadTo has an address that many entries share lead to an item.
func (j *judge) leadTo(rec *Record, key uint64) {
	if key == 0 {
		return
	}
	j.urls[key] = rec.ID
	if all := rec.Addresses(); !slices.Contains(all, key) {
		rec.Also = append(all, key)
		j.putItem(rec)
	}
}
