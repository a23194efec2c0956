package match

import "newswatch/monitor/text"

// words cuts one text.
func (d *document) words(text string, z int) {
	sc, prefixes := &d.scan, d.set.prefixes
	sc.Reset(text)
	shift := uint16(4 * z)
	head := len(d.tokens) + headWords
	lead := z == 2 && d.zoneAt[1] == d.zoneAt[2]
	for sc.Next() {
		mask := uint16(1) << (shift + uint16(sc.Class))
		if lead && len(d.tokens) < head {
			mask <<= 4
		}
		if prefixes != nil && sc.Size >= 4 && prefixes.may(sc.Key) {
			d.prefixKeys = append(d.prefixKeys, uint32(len(d.keys)))
		}
		i := uint32(len(d.tokens))
		d.tokens = append(d.tokens, tok{start: uint32(sc.Start), end: uint32(sc.End), mask: mask})
		d.keys = append(d.keys, wordKey{sc.Key, sc.Tag, i})
		if sc.EndsInS() {
			key, tag := sc.WithoutS()
			d.keys = append(d.keys, wordKey{key, tag, i | isPlural})
		}
	}
}

// lookup finds the words that rules use. It asks for all words of the document
// one after the other, so that the processor waits for several parts of the
// table at a time: with many rules, memory is what matching takes its time for.
func (d *document) lookup() {
	d.findPrefixes()
	vocab := &d.set.vocab
	d.possible = vocab.filter(d.keys, d.possible)
	d.prefetched += vocab.prefetch(d.keys, d.possible)
	d.prefetched += d.findSlots()
	next := 0 // of prefixHits
	for _, k := range d.possible {
		w := &d.keys[k]
		id, i := w.tag, int32(w.tok&^isPlural)
		for ; next < len(d.prefixHits) && d.prefixHits[next].tok <= i; next++ {
			d.record(d.prefixHits[next].form, d.prefixHits[next].tok)
		}
		d.recordSlot(id, w, i)
	}
	for _, b := range d.prefixHits[next:] {
		d.record(b.form, b.tok)
	}
}

// findSlots puts the ids of the slots of the sifted words in place of their tags,
// drops those that have none, and reads ahead what is known of the forms.
func (d *document) findSlots() (x uint32) {
	n := 0
	for _, k := range d.possible {
		w := &d.keys[k]
		w.tag = d.set.vocab.find(w.key, w.tag)
		if w.tag != 0 {
			d.possible[n] = k
			n++
			x += uint32(d.forms[w.tag&^(isPlural|isTwice)-1].tail)
		}
	}
	d.possible = d.possible[:n]
	return x
}

// recordSlot records what the slot of a word says of word i.
func (d *document) recordSlot(id uint32, w *wordKey, i int32) {
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

// findPrefixes finds the prefixes that words begin with.
func (d *document) findPrefixes() {
	d.prefixHits = d.prefixHits[:0]
	b := d.set.prefixes
	if b == nil {
		return
	}
	for _, k := range d.prefixKeys { // read ahead
		d.prefetched += uint32(b.slots[headHash(uint32(d.keys[k].key))>>b.shift].size)
	}
	for _, k := range d.prefixKeys {
		key, i := d.keys[k].key, int32(d.keys[k].tok)
		for j := headHash(uint32(key)) >> b.shift; b.slots[j].size != 0; j = (j + 1) & uint32(len(b.slots)-1) {
			p := &b.slots[j]
			if (key^p.key)<<(64-8*p.size) == 0 && (!p.long || d.continues(i, b.rests[p.form])) {
				d.prefixHits = append(d.prefixHits, prefixHit{p.form, i})
			}
		}
	}
}

// continues reports whether rest stands behind the first eight bytes of word i.
func (d *document) continues(i int32, rest string) bool {
	var buf [64]byte
	word := d.foldWord(i, buf[:0])
	return len(word) >= 8+len(rest) && string(word[8:8+len(rest)]) == rest
}
