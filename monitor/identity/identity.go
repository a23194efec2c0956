// Package identity turns a document and the entries its feed has shown before
// into what of the document is new, known, changed or withdrawn.
//
// It decides by keys alone, without a store; it does not know which items
// matter, nor what other feeds have shown.
package identity

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"newswatch/feeds"
	"newswatch/monitor/text"
)

// An Entry is one listed item beside the entry seen before that it is.
type Entry struct {
	Item      feeds.Item
	At        int  // its place in the document
	Keys      Seen // computed from Item; ID, Day and Listed unset
	Seen      int  // index into the entries seen before, -1 for a new one
	Duplicate int  // index of an earlier entry that is the same new item, -1 for none
	Changed   bool // seen before, and its text reads differently now
	Unsure    bool // Seen rests on a guid alone: unless Reworded agrees, the guid is used again for another article

	Shared, sharedGUID bool // its address or guid is that of other entries too, and identifies nothing
}

// A Listing is a document compared with what its feed has shown before.
type Listing struct {
	Entries   []Entry // those the document gave in full, in the order of sortEntries
	Listed    []bool  // by index into the entries seen before: the document lists it
	Withdrawn []int   // entries seen before that vanished while older ones stayed; none of a partial document
	Overlap   float64 // share of the listed entries that were seen before; 1 for an empty document
	Rekeyed   bool    // the feed has given its items new identities
	Register  bool    // most entries of the feed share address and title with others: these name a case, of which each entry is an event
}

// A feed has re-keyed its entries if it shows at least rekeyAtLeast of them that
// no key but the text recognises, these are rekeyUnseen of the document, and
// rekeyAlike of these have the text of an entry seen before.
const (
	rekeyAtLeast = 5
	rekeyUnseen  = 0.8
	rekeyAlike   = 0.5
)

// Identify returns which entries of doc were seen before. A key leads to an entry
// seen before, and all four decide whether it is the same; a key that different
// entries of one document share is no key, nor is one that leads to an entry
// which the document lists elsewhere. Its arguments stay as they are, and it may
// be called concurrently.
func Identify(seen []Seen, doc feeds.Document, now time.Time) Listing {
	l := Listing{Listed: make([]bool, len(seen))}
	l.listedAgain(seen, doc.Unchanged)
	l.Entries = make([]Entry, len(doc.Items))
	for i, it := range doc.Items {
		l.Entries[i] = Entry{Item: it, At: i, Keys: keysOf(it, now), Seen: -1, Duplicate: -1}
	}
	sortEntries(l.Entries, now)
	amb := ambiguous(seen, l, doc)
	for i := range l.Entries {
		e := &l.Entries[i]
		e.Shared, e.sharedGUID = amb[e.Keys.URL], amb[e.Keys.GUID]
		if amb[URLKey(e.Item.Proxy)] {
			e.Item.Proxy = ""
		}
	}
	l.Register = l.isRegister(seen)
	index := newKeyIndex(seen, l.Entries)
	index.learnGUIDs(l.Entries, amb)
	unseen := index.match(l.Entries, l.Listed, amb)
	if unseen >= rekeyAtLeast && float64(unseen) >= rekeyUnseen*float64(doc.Listed()) {
		l.Rekeyed = index.matchRekeyed(l.Entries, unseen)
	}
	l.pairDuplicates(amb)
	l.summarize(seen, doc)
	return l
}

// sortEntries sorts entries into the order in which they are judged: that of
// publication. Entries of one time, or of none, follow an order that depends on
// their keys and not on their place in the document, so that the order of a
// document changes nothing of what is decided.
func sortEntries(entries []Entry, now time.Time) {
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(cmp.Or(a.Item.Published, now).Compare(cmp.Or(b.Item.Published, now)),
			cmp.Compare(a.Keys.Text, b.Keys.Text), cmp.Compare(a.Keys.URL, b.Keys.URL), cmp.Compare(a.Keys.GUID, b.Keys.GUID), cmp.Compare(b.At, a.At))
	})
}

// pairDuplicates finds new items that the document lists more than once.
func (l *Listing) pairDuplicates(amb map[uint64]bool) {
	first := map[uint64]int{}
	for i := range l.Entries {
		e := &l.Entries[i]
		if e.Seen >= 0 {
			continue
		}
		keys := [...]uint64{e.Keys.GUID, e.Keys.URL, e.Keys.Title}
		if e.Keys.GUID == 0 && e.Keys.URL == 0 {
			keys[0] = e.Keys.Text
		}
		for _, k := range keys {
			j, ok := first[k]
			if !ok || k == 0 || amb[k] || e.Duplicate >= 0 {
				continue
			}
			if v, _ := ask(e.Keys, l.Entries[j].Keys, amb).verdict(); v == Same {
				e.Duplicate = j
			}
		}
		for _, k := range keys {
			if _, ok := first[k]; !ok && e.Duplicate < 0 {
				first[k] = i
			}
		}
	}
}

// summarize marks what is listed, changed and withdrawn, and computes the overlap.
func (l *Listing) summarize(seen []Seen, doc feeds.Document) {
	fresh := 0
	oldest := uint64(0)
	for i := range l.Entries {
		e := &l.Entries[i]
		if e.Seen < 0 {
			if e.Duplicate < 0 {
				fresh++
			}
			continue
		}
		l.Listed[e.Seen] = true
		e.Changed = seen[e.Seen].Text != e.Keys.Text
	}
	l.Overlap = 1
	if n := doc.Listed(); n > 0 {
		l.Overlap = float64(n-fresh) / float64(n)
	}
	if doc.Partial {
		return
	}
	for i, on := range l.Listed {
		if on && (oldest == 0 || seen[i].ID < oldest) {
			oldest = seen[i].ID
		}
	}
	for i, on := range l.Listed {
		// IDs of one poll differ in their low bits only: compare whole
		// milliseconds, or the order within a document would look like age.
		if !on && seen[i].Listed && oldest>>IDBits != 0 && seen[i].ID>>IDBits > oldest>>IDBits {
			l.Withdrawn = append(l.Withdrawn, i)
		}
	}
}

// ambiguous returns the keys that entries with different texts share within
// one document.
func ambiguous(seen []Seen, l Listing, doc feeds.Document) map[uint64]bool {
	type use struct{ key, text uint64 }
	uses := make([]use, 0, 3*doc.Listed())
	for i, on := range l.Listed {
		if k := &seen[i]; on {
			uses = append(uses, use{k.GUID, k.Text}, use{k.URL, k.Text}, use{k.Title, k.Text})
		}
	}
	for i := range l.Entries {
		e := &l.Entries[i]
		uses = append(uses, use{e.Keys.GUID, e.Keys.Text}, use{e.Keys.URL, e.Keys.Text}, use{e.Keys.Title, e.Keys.Text})
		if e.Item.Proxy != "" {
			uses = append(uses, use{URLKey(e.Item.Proxy), e.Keys.Text})
		}
	}
	slices.SortFunc(uses, func(a, b use) int { return cmp.Compare(a.key, b.key) })
	amb := map[uint64]bool{}
	for i, u := range uses[min(1, len(uses)):] {
		if was := uses[i]; u.key != 0 && u.key == was.key && u.text != was.text {
			amb[u.key] = true
		}
	}
	return amb
}

// A feed is a register if at least registerCases pairs of address and title, on
// one day, are shared by entries of different guids and texts, and these are at
// least registerShare of all.
const (
	registerCases = 2
	registerShare = 0.5
)

// isRegister learns from what the feed has shown and shows now whether its
// addresses and titles name cases.
func (l *Listing) isRegister(seen []Seen) bool {
	if !l.sharesAddresses(seen) {
		return false
	}
	type matter struct{ url, title uint64 }
	type first struct {
		guid, text uint64
		events     int
	}
	matters := make(map[matter]first)
	all, events, cases := 0, 0, 0
	add := func(k Seen) {
		if k.GUID == 0 || k.URL == 0 || k.GUID == k.URL || k.Title == 0 {
			return
		}
		all++
		at := matter{k.URL, k.Title}
		m, ok := matters[at]
		switch {
		case !ok:
			m = first{k.GUID, k.Text, 1}
		case m.guid != k.GUID && m.text != k.Text:
			if m.events++; m.events == 2 {
				cases++
				events++
			}
			events++
		}
		matters[at] = m
	}
	known := make(map[uint64]bool, len(seen))
	for _, k := range seen {
		known[k.GUID] = true
		add(k)
	}
	for _, e := range l.Entries {
		if !known[e.Keys.GUID] {
			add(e.Keys)
		}
	}
	return cases >= registerCases && float64(events) >= registerShare*float64(all)
}

// sharesAddresses reports whether enough entries share their addresses for the
// feed to be a register: most feeds are none, and need no closer look.
func (l *Listing) sharesAddresses(seen []Seen) bool {
	urls := make([]uint64, 0, len(seen)+len(l.Entries))
	for i := range seen {
		urls = append(urls, seen[i].URL)
	}
	for i := range l.Entries {
		urls = append(urls, l.Entries[i].Keys.URL)
	}
	slices.Sort(urls)
	shared := 0
	for i, u := range urls[min(1, len(urls)):] {
		if u != 0 && u == urls[i] {
			shared++
		}
	}
	return shared >= registerCases
}

// Reworded reports whether two items under one guid are one article that was
// edited: it keeps its summary or content, or half the words of its title.
func Reworded(a, b feeds.Item) bool {
	if a.Summary != "" && text.Normalize(a.Summary) == text.Normalize(b.Summary) || a.Content != "" && text.Normalize(a.Content) == text.Normalize(b.Content) {
		return true
	}
	was, is := strings.Fields(text.Normalize(a.Title)), strings.Fields(text.Normalize(b.Title))
	kept := 0
	for _, w := range is {
		if slices.Contains(was, w) {
			kept++
		}
	}
	return 2*kept >= min(len(was), len(is))
}

// Alike reports whether two items under one address are the same item: feeds
// word summaries differently, but not titles and days.
func Alike(a, b feeds.Item) bool {
	return a.Title == "" || b.Title == "" || text.Normalize(a.Title) == text.Normalize(b.Title) ||
		a.Published.IsZero() || b.Published.IsZero() || a.Published.Sub(b.Published).Abs() < 48*time.Hour
}

// Addresses returns the keys of the addresses that identify the entry and no
// other of its document.
func (e Entry) Addresses() []uint64 {
	var keys []uint64
	if e.Keys.URL != 0 && !e.Shared {
		keys = append(keys, URLKey(e.Item.URL))
	}
	if key := URLKey(e.Item.Alias()); key != 0 && feeds.ShortHash(key) != e.Keys.URL && !e.sharedGUID {
		keys = append(keys, key)
	}
	if key := URLKey(e.Item.Proxy); key != 0 {
		keys = append(keys, key)
	}
	return keys
}
