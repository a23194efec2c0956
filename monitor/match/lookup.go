package match

import "newswatch/monitor/text"

// A wordKey is what the table knows a word by.
type wordKey struct {
	key uint64
	tag uint32
	tok uint32 // with isPlural set if it is the word without its s
}

// A prefixHit is a prefix that a word begins with.
type prefixHit struct {
	form uint32
	tok  int32
}

// words cuts one text.
func (d *document) words(src string, z int) {
	sc, prefixes := &d.scan, d.set.prefixes
	sc.Reset(src)
	shift := uint16(4 * z)
	head := len(d.tokens) + headWords
	lead := z == 2 && d.zoneAt[1] == d.zoneAt[2]
	for sc.Next() {
		mask := uint16(1) << (shift + uint16(sc.Class))
		if lead && len(d.tokens) < head {
			mask <<= 4
		}
		i := uint32(len(d.tokens))
		d.tokens = append(d.tokens, tok{start: uint32(sc.Start), end: uint32(sc.End), mask: mask})
		d.keys = append(d.keys, wordKey{sc.Key, sc.Tag, i})
		if prefixes != nil && sc.Size >= 4 && prefixes.may(sc.Key) {
			d.prefixHits = prefixes.appendHits(d.prefixHits, sc, int32(i))
		}
		if !sc.Varies() {
			continue
		}
		if sc.EndsInS() {
			key, tag := sc.WithoutS()
			d.keys = append(d.keys, wordKey{key, tag, i | isPlural})
		}
		d.stems = sc.AppendStems(d.stems[:0])
		for _, s := range d.stems {
			d.keys = append(d.keys, wordKey{s.Key, s.Tag, i})
		}
	}
}

// lookup records the words that rules use, in the order in which they stand.
func (d *document) lookup() {
	d.known = d.known[:0]
	if len(d.set.vocab.slots) < manySlots {
		d.findSlots()
	} else {
		d.findSlotsFast()
	}
	next := 0 // of prefixHits
	for _, k := range d.known {
		w := &d.keys[k]
		for ; next < len(d.prefixHits) && d.prefixHits[next].tok <= int32(w.tok&^isPlural); next++ {
			d.record(d.prefixHits[next].form, d.prefixHits[next].tok)
		}
		d.recordSlot(w)
	}
	for _, h := range d.prefixHits[next:] {
		d.record(h.form, h.tok)
	}
}

// findSlots lists the keys that the table knows and puts the ids of their slots
// in place of their tags.
func (d *document) findSlots() {
	for k := range d.keys {
		w := &d.keys[k]
		if id := d.set.vocab.find(w.key, w.tag); id != 0 {
			w.tag = id
			d.known = append(d.known, uint32(k))
		}
	}
}

// recordSlot records what the slot of a word says of it.
func (d *document) recordSlot(w *wordKey) {
	id, i := w.tag, int32(w.tok&^isPlural)
	f := id&^(isPlural|isTwice) - 1
	if w.tok&isPlural != 0 {
		if id&isPlural == 0 {
			d.record(f|isPlural, i)
		}
		return
	}
	if id&isPlural == 0 {
		d.record(f, i)
	}
	if id&(isPlural|isTwice) != 0 && d.tokens[i].mask&(0x1111<<text.ClassPlural) == 0 {
		if id&isTwice != 0 {
			f = d.set.vocab.twice[f]
		}
		d.record(f|isPlural, i)
	}
}

// record records word i as one of form f, or, with isPlural set, as a plural
// of it. The words have to come in their order.
func (d *document) record(f uint32, i int32) {
	at := int32(len(d.links))
	d.links = append(d.links, link{f, i, -1})
	t := &d.tokens[i]
	if t.n == 0 {
		t.from = uint32(at)
	}
	t.n++
	plural := f&isPlural != 0
	f &^= isPlural
	st := &d.forms[f]
	if !d.occurred(f) {
		*st = formState{head: at}
		d.occurring.add(f)
	} else {
		d.links[st.tail].next = at
	}
	st.tail = at
	if plural {
		st.plural |= t.mask
	} else {
		st.own |= t.mask
	}
}
