package identity

// A keyIndex finds entries seen before by key.
type keyIndex struct {
	seen                         []Seen
	guid, url, title, text, hash map[uint64]int
}

func newKeyIndex(seen []Seen) keyIndex {
	n := len(seen)
	b := keyIndex{seen, make(map[uint64]int, n), make(map[uint64]int, n), make(map[uint64]int, n), make(map[uint64]int, n), make(map[uint64]int, n)}
	for i, k := range seen {
		b.guid[k.GUID], b.url[k.URL], b.title[k.Title], b.text[k.Text] = i, i, i, i
		if k.Listed {
			b.hash[k.Hash] = i
		}
	}
	for _, m := range []map[uint64]int{b.guid, b.url, b.title, b.text, b.hash} {
		delete(m, 0)
	}
	return b
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
				if i := at - 1; i >= 0 && (taken[i] == 0 || taken[i] == e.Keys.Text) && (!rule.exact || b.seen[i].Text == e.Keys.Text) {
					e.Seen, taken[i] = i, e.Keys.Text
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
		for m, index := range [...]map[uint64]int{b.guid, b.url} {
			if i, ok := index[key]; ok {
				at[2*n+m] = i + 1
			}
		}
	}
	return at
}

// byTitle is like byID, for the title with its day.
func (b keyIndex) byTitle(k Seen, amb map[uint64]bool) (at [4]int) {
	if i, ok := b.title[k.Title]; ok && !amb[k.Title] {
		at[0] = i + 1
	}
	return at
}

// byText is like byID, for the text of an entry that has no unambiguous guid or
// address.
func (b keyIndex) byText(k Seen, amb map[uint64]bool) (at [4]int) {
	if i, ok := b.text[k.Text]; ok && (k.GUID == 0 || amb[k.GUID]) && (k.URL == 0 || amb[k.URL]) {
		at[0] = i + 1
	}
	return at
}

// matchRekeyed recognises unseen entries by their text alone, and reports true,
// if so many have a known text that the feed must have re-keyed them all. A
// single equal text is no proof: a daily column may have one fixed title.
func (b keyIndex) matchRekeyed(entries []Entry, unseen int) bool {
	alike := 0
	for _, e := range entries {
		if _, ok := b.text[e.Keys.Text]; ok && e.Seen < 0 {
			alike++
		}
	}
	if float64(alike) < rekeyAlike*float64(unseen) {
		return false
	}
	for i := range entries {
		if j, ok := b.text[entries[i].Keys.Text]; ok && entries[i].Seen < 0 {
			entries[i].Seen = j
		}
	}
	return true
}
