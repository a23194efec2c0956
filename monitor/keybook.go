package monitor

// A keybook finds known entries by key.
type keybook struct {
	known                        []Known
	guid, url, title, text, span map[uint64]int
}

func newKeybook(known []Known) keybook {
	n := len(known)
	b := keybook{known, make(map[uint64]int, n), make(map[uint64]int, n), make(map[uint64]int, n), make(map[uint64]int, n), make(map[uint64]int, n)}
	for i, k := range known {
		b.guid[k.GUID], b.url[k.URL], b.title[k.Title], b.text[k.Text] = i, i, i, i
		if k.Listed {
			b.span[k.Span] = i
		}
	}
	for _, m := range []map[uint64]int{b.guid, b.url, b.title, b.text, b.span} {
		delete(m, 0)
	}
	return b
}

// recognise sets the known entry that each of entries is, and returns how many
// are none. listed are those that the document lists beside entries.
//
// Keys that agree with the text go before keys alone, and a known entry is
// taken once, save by entries that say the same: some publishers number their
// entries by place, so that with every new one each has the guid of another.
func (b keybook) recognise(entries []entry, listed []bool, amb map[uint64]bool) (unseen int) {
	taken := make([]uint64, len(b.known)) // by which text
	for i, on := range listed {
		if on {
			taken[i] = b.known[i].Text
		}
	}
	for _, rule := range [...]struct {
		find  func(Known, map[uint64]bool) [4]int
		exact bool // the text must agree
	}{{b.named, true}, {b.titled, true}, {b.named, false}, {b.titled, false}, {b.worded, true}} {
		for j := range entries {
			e := &entries[j]
			if e.known >= 0 {
				continue
			}
			for _, at := range rule.find(e.keys, amb) {
				if i := at - 1; i >= 0 && (taken[i] == 0 || taken[i] == e.keys.Text) && (!rule.exact || b.known[i].Text == e.keys.Text) {
					e.known, taken[i] = i, e.keys.Text
					break
				}
			}
		}
	}
	for _, e := range entries {
		if e.known < 0 {
			unseen++
		}
	}
	return unseen
}

// named returns where the known entries are that a usable guid or address of k
// names, counted from 1; 0 is none. A guid that is an address may be another
// entry's link.
func (b keybook) named(k Known, amb map[uint64]bool) (at [4]int) {
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

// titled is like named, for the title with its day.
func (b keybook) titled(k Known, amb map[uint64]bool) (at [4]int) {
	if i, ok := b.title[k.Title]; ok && !amb[k.Title] {
		at[0] = i + 1
	}
	return at
}

// worded is like named, for what an entry says if nothing else tells it from
// others.
func (b keybook) worded(k Known, amb map[uint64]bool) (at [4]int) {
	if i, ok := b.text[k.Text]; ok && (k.GUID == 0 || amb[k.GUID]) && (k.URL == 0 || amb[k.URL]) {
		at[0] = i + 1
	}
	return at
}

// alias recognises unseen entries by their text alone if so many of them read
// like known ones that the feed must have re-keyed them all. Singly that is no
// proof: a daily column may have one fixed title.
func (b keybook) alias(entries []entry, unseen int) bool {
	alike := 0
	for _, e := range entries {
		if _, ok := b.text[e.keys.Text]; ok && e.known < 0 {
			alike++
		}
	}
	if float64(alike) < rekeyAlike*float64(unseen) {
		return false
	}
	for i := range entries {
		if j, ok := b.text[entries[i].keys.Text]; ok && entries[i].known < 0 {
			entries[i].known = j
		}
	}
	return true
}
