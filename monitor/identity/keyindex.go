package identity

import (
	"cmp"
	"slices"

	"newswatch/feeds"
)

// A keyIndex finds entries seen before by the keys of the entries of a document:
// a document seldom has many that were not known by their bytes, and what nobody
// will ask for is not in it.
type keyIndex struct {
	seen                   []Seen
	guid, url, title, text keyTable
	remade                 bool // the feed makes up new guids for its entries: they tell nothing apart
}

// A keyTable holds the places of entries by key, sorted.
type keyTable []keyAt

type keyAt struct {
	key uint64
	at  int
}

// newKeyTable returns where the keys that are wanted, which are sorted, come last.
func newKeyTable(seen []Seen, wanted []uint64, key func(*Seen) uint64) keyTable {
	var t keyTable
	for i := range seen {
		k := key(&seen[i])
		if _, ok := slices.BinarySearch(wanted, k); ok && k != 0 {
			t = append(t, keyAt{k, i})
		}
	}
	slices.SortFunc(t, func(a, b keyAt) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(b.at, a.at)) })
	return slices.CompactFunc(t, func(a, b keyAt) bool { return a.key == b.key })
}

// find returns where the key is, and whether it is anywhere.
func (t keyTable) find(key uint64) (at int, ok bool) {
	i, ok := slices.BinarySearchFunc(t, key, func(k keyAt, key uint64) int { return cmp.Compare(k.key, key) })
	if !ok {
		return 0, false
	}
	return t[i].at, true
}

func newKeyIndex(seen []Seen, entries []Entry) keyIndex {
	wanted := make([]uint64, 0, 4*len(entries))
	for i := range entries {
		k := &entries[i].Keys
		wanted = append(wanted, k.GUID, k.URL, k.Title, k.Text)
	}
	slices.Sort(wanted)
	return keyIndex{
		seen:  seen,
		guid:  newKeyTable(seen, wanted, func(k *Seen) uint64 { return k.GUID }),
		url:   newKeyTable(seen, wanted, func(k *Seen) uint64 { return k.URL }),
		title: newKeyTable(seen, wanted, func(k *Seen) uint64 { return k.Title }),
		text:  newKeyTable(seen, wanted, func(k *Seen) uint64 { return k.Text }),
	}
}

// listedAgain marks the entries seen before that a document lists in the same
// bytes, whose hashes are unchanged.
func (l *Listing) listedAgain(seen []Seen, unchanged []uint64) {
	wanted := make([]uint64, len(unchanged))
	for i, hash := range unchanged {
		wanted[i] = feeds.ShortHash(hash)
	}
	slices.Sort(wanted)
	for _, k := range newKeyTable(seen, wanted, func(k *Seen) uint64 {
		if !k.Listed {
			return 0
		}
		return k.Hash
	}) {
		l.Listed[k.at] = true
	}
}

// match sets the Seen of every entry that was seen before, and returns how many
// were not. listed are the entries seen before that the document lists beside
// these.
//
// Keys that agree with the text go before keys alone, and an entry seen before is
// taken once, except by entries with equal texts: some publishers number their
// entries by place, so that with every new one each has the guid of another.
func (b keyIndex) match(entries []Entry, listed []bool, amb map[uint64]bool) (unseen int) {
	taken := make([]uint64, len(b.seen)) // by which text
	for i, on := range listed {
		if on {
			taken[i] = b.seen[i].Text
		}
	}
	for _, rule := range [...]struct {
		find  func(Seen, map[uint64]bool) [4]int
		exact bool // the text must agree
	}{{b.byID, true}, {b.byTitle, true}, {b.byID, false}, {b.byTitle, false}, {b.byText, true}} {
		for j := range entries {
			e := &entries[j]
			if e.Seen >= 0 {
				continue
			}
			for _, at := range rule.find(e.Keys, amb) {
				i := at - 1
				if i < 0 || taken[i] != 0 && taken[i] != e.Keys.Text || rule.exact && b.seen[i].Text != e.Keys.Text {
					continue
				}
				if v, _ := b.compare(e.Keys, i, amb).verdict(); v != Other {
					e.Seen, taken[i], e.Unsure = i, e.Keys.Text, v == Unsure
					break
				}
			}
		}
	}
	for _, e := range entries {
		if e.Seen < 0 {
			unseen++
		}
	}
	return unseen
}

// byID returns the places of the entries that an unambiguous guid or address of
// k identifies, counted from 1; 0 is none. A guid that is an address may be
// another entry's link.
func (b keyIndex) byID(k Seen, amb map[uint64]bool) (at [4]int) {
	for n, key := range [...]uint64{k.GUID, k.URL} {
		if key == 0 || amb[key] {
			continue
		}
		for m, index := range [...]keyTable{b.guid, b.url} {
			if i, ok := index.find(key); ok {
				at[2*n+m] = i + 1
			}
		}
	}
	return at
}

// byTitle is like byID, for the title with its day. Of several under one title
// the one of the same text is found too.
func (b keyIndex) byTitle(k Seen, amb map[uint64]bool) (at [4]int) {
	if amb[k.Title] {
		return at
	}
	if i, ok := b.title.find(k.Title); ok {
		at[0] = i + 1
	}
	if i, ok := b.text.find(k.Text); ok && k.Title != 0 && b.seen[i].Title == k.Title {
		at[1] = i + 1
	}
	return at
}

// byText is like byID, for the text of an entry that has no unambiguous guid or
// address.
func (b keyIndex) byText(k Seen, amb map[uint64]bool) (at [4]int) {
	if i, ok := b.text.find(k.Text); ok && (k.GUID == 0 || amb[k.GUID]) && (k.URL == 0 || amb[k.URL]) {
		at[0] = i + 1
	}
	return at
}

// compare asks each key of an entry what it says of entry i seen before.
func (b keyIndex) compare(k Seen, i int, amb map[uint64]bool) votes {
	v := ask(k, b.seen[i], amb)
	if b.remade && v.guid == otherwise {
		v.guid = silent
	}
	return v
}

// learnGUIDs finds out whether the feed makes up new guids for entries it has
// shown: then more of those at known addresses, under unknown guids, have the
// text they had there than another.
func (b *keyIndex) learnGUIDs(entries []Entry, amb map[uint64]bool) {
	same, other := 0, 0
	for _, e := range entries {
		i, ok := b.url.find(e.Keys.URL)
		if _, known := b.guid.find(e.Keys.GUID); !ok || known || amb[e.Keys.URL] || e.Keys.GUID == 0 {
			continue
		}
		if b.seen[i].Text == e.Keys.Text {
			same++
		} else {
			other++
		}
	}
	b.remade = same > other
}

// matchRekeyed recognises unseen entries by their text alone, and reports true,
// if so many have a known text that the feed must have re-keyed them all. A
// single equal text is no proof: a daily column may have one fixed title.
func (b keyIndex) matchRekeyed(entries []Entry, unseen int) bool {
	alike := 0
	for _, e := range entries {
		if _, ok := b.text.find(e.Keys.Text); ok && e.Seen < 0 {
			alike++
		}
	}
	if float64(alike) < rekeyAlike*float64(unseen) {
		return false
	}
	for i := range entries {
		if j, ok := b.text.find(entries[i].Keys.Text); ok && entries[i].Seen < 0 {
			entries[i].Seen = j
		}
	}
	return true
}
