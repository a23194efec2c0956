package monitor

import (
	"cmp"
	"slices"
	"time"

	"newswatch/feeds"
)

// An entry is one listed item beside what is known of it.
type entry struct {
	item    feeds.Item
	at      int   // its place in the document
	keys    Known // keys computed from item; ID, Day and Listed unset
	known   int   // index into the known entries, -1 for a new one
	twin    int   // index of an earlier entry that is the same new item, -1 for none
	changed bool  // known, and its title or summary reads differently now

	shared, sharedGUID bool // its address or guid is that of other entries too, and says nothing
}

// A listing is a document held against what its feed has shown before.
type listing struct {
	entries   []entry // those the document gave in full, see inOrder
	listed    []bool  // which known entries it lists
	withdrawn []int   // known entries that vanished while older ones stayed
	shared    float64 // share of the listed entries that were known; 1 for an empty document
	rekeyed   bool    // the feed has given its items new identities
}

// A feed that shows this many entries, nearly none of them known by guid,
// address or day, is suspected of having re-keyed them.
const (
	rekeyAtLeast = 5
	rekeyUnseen  = 0.8
	rekeyAlike   = 0.5
)

// identify tells which entries of doc are known. Any one key suffices, but a
// key that different entries of one document share is no key, nor is one that
// leads to an entry which the document lists elsewhere. It touches nothing.
func identify(known []Known, doc feeds.Document, now time.Time) listing {
	l := listing{listed: make([]bool, len(known))}
	book := newKeybook(known)
	for _, span := range doc.Same {
		if i, ok := book.span[FeedKey(span)]; ok {
			l.listed[i] = true
		}
	}
	l.entries = make([]entry, len(doc.Items))
	for i, it := range doc.Items {
		l.entries[i] = entry{item: it, at: i, keys: keysOf(it, now), known: -1, twin: -1}
	}
	inOrder(l.entries, now)
	amb := ambiguous(known, l)
	for i := range l.entries {
		e := &l.entries[i]
		e.shared, e.sharedGUID = amb[e.keys.URL], amb[e.keys.GUID]
		if amb[URLKey(e.item.Proxy)] {
			e.item.Proxy = ""
		}
	}
	unseen := book.recognise(l.entries, l.listed, amb)
	if unseen >= rekeyAtLeast && float64(unseen) >= rekeyUnseen*float64(len(l.entries)+len(doc.Same)) {
		l.rekeyed = book.alias(l.entries, unseen)
	}
	l.pair(amb)
	l.settle(known, len(doc.Same))
	return l
}

// inOrder sorts entries into the order in which they are judged: that of
// publication. Those of one time, or of none, come in an order that depends on
// what they say and not on where the document has them, so that a feed which
// shuffles its items changes nothing of what is told.
func inOrder(entries []entry, now time.Time) {
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Or(a.item.Published, now).Compare(cmp.Or(b.item.Published, now)),
			cmp.Compare(a.keys.Text, b.keys.Text), cmp.Compare(a.keys.URL, b.keys.URL), cmp.Compare(a.keys.GUID, b.keys.GUID), cmp.Compare(b.at, a.at))
	})
}

// pair finds new items that the document lists more than once.
func (l *listing) pair(amb map[uint64]bool) {
	first := map[uint64]int{}
	for i := range l.entries {
		e := &l.entries[i]
		if e.known >= 0 {
			continue
		}
		keys := [...]uint64{e.keys.GUID, e.keys.URL, e.keys.Title}
		if e.keys.GUID == 0 && e.keys.URL == 0 {
			keys[0] = e.keys.Text
		}
		for _, k := range keys {
			if j, ok := first[k]; ok && k != 0 && !amb[k] && e.twin < 0 {
				e.twin = j
			}
		}
		for _, k := range keys {
			if _, ok := first[k]; !ok && e.twin < 0 {
				first[k] = i
			}
		}
	}
}

// settle marks what is listed, changed and withdrawn, and counts what is shared.
func (l *listing) settle(known []Known, same int) {
	fresh := 0
	oldest := uint64(0)
	for i := range l.entries {
		e := &l.entries[i]
		if e.known < 0 {
			if e.twin < 0 {
				fresh++
			}
			continue
		}
		l.listed[e.known] = true
		e.changed = known[e.known].Text != e.keys.Text
	}
	l.shared = 1
	if n := same + len(l.entries); n > 0 {
		l.shared = float64(n-fresh) / float64(n)
	}
	for i, on := range l.listed {
		if on && (oldest == 0 || known[i].ID < oldest) {
			oldest = known[i].ID
		}
	}
	for i, on := range l.listed {
		// IDs of one poll differ in their low bits only: compare whole
		// milliseconds, or the order within a document would look like age.
		if !on && known[i].Listed && oldest>>IDBits != 0 && known[i].ID>>IDBits > oldest>>IDBits {
			l.withdrawn = append(l.withdrawn, i)
		}
	}
}

// ambiguous returns the keys that entries with different texts share within
// one document.
func ambiguous(known []Known, l listing) map[uint64]bool {
	texts := make(map[uint64]uint64, 3*len(l.entries))
	amb := map[uint64]bool{}
	add := func(text uint64, keys ...uint64) {
		for _, key := range keys {
			if key == 0 {
				continue
			}
			if other, ok := texts[key]; ok && other != text {
				amb[key] = true
			}
			texts[key] = text
		}
	}
	for i, on := range l.listed {
		if on {
			add(known[i].Text, known[i].GUID, known[i].URL, known[i].Title)
		}
	}
	for _, e := range l.entries {
		add(e.keys.Text, e.keys.GUID, e.keys.URL, e.keys.Title)
		if e.item.Proxy != "" {
			add(e.keys.Text, URLKey(e.item.Proxy))
		}
	}
	return amb
}

// alike reports whether two items under one address are the same item: feeds
// word summaries differently, but not titles and days.
func alike(a, b feeds.Item) bool {
	return a.Title == "" || b.Title == "" || normal(a.Title) == normal(b.Title) ||
		a.Published.IsZero() || b.Published.IsZero() || a.Published.Sub(b.Published).Abs() < 48*time.Hour
}

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
