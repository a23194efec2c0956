package match

import "newswatch/monitor/text"

// Words cuts one text.
func (m *matcher) words(text string, z int) {
	sc, begin := &m.scan, m.set.prefixes
	sc.Reset(text)
	shift := uint16(4 * z)
	head := len(m.tokens) + headWords
	lead := z == 2 && m.zoneAt[1] == m.zoneAt[2]
	for sc.Next() {
		mask := uint16(1) << (shift + uint16(sc.Class))
		if lead && len(m.tokens) < head {
			mask <<= 4
		}
		if begin != nil && sc.Size >= 4 && begin.may(sc.Key) {
			m.headed = append(m.headed, uint32(len(m.keys)))
		}
		i := uint32(len(m.tokens))
		m.tokens = append(m.tokens, tok{start: uint32(sc.Start), end: uint32(sc.End), mask: mask})
		m.keys = append(m.keys, wordKey{sc.Key, sc.Tag, i})
		if sc.EndsInS() {
			key, tag := sc.WithoutS()
			m.keys = append(m.keys, wordKey{key, tag, i | isPlural})
		}
	}
}

// look finds the words that rules use. It asks for all words of the document
// one after the other, so that the processor waits for several parts of the
// table at a time: with many rules, memory is what matching takes its time for.
func (m *matcher) look() {
	m.begins()
	vocab := &m.set.vocab
	m.sifted = vocab.sift(m.keys, m.sifted)
	m.fetched += vocab.fetch(m.keys, m.sifted)
	m.fetched += m.identify()
	next := 0 // of begun
	for _, k := range m.sifted {
		w := &m.keys[k]
		id, i := w.tag, int32(w.tok&^isPlural)
		for ; next < len(m.begun) && m.begun[next].tok <= i; next++ {
			m.occurs(m.begun[next].form, m.begun[next].tok)
		}
		m.occursBy(id, w, i)
	}
	for _, b := range m.begun[next:] {
		m.occurs(b.form, b.tok)
	}
}

// identify puts the ids of the slots of the sifted words in place of their tags,
// drops those that have none, and reads ahead what is known of the forms.
func (m *matcher) identify() (x uint32) {
	n := 0
	for _, k := range m.sifted {
		w := &m.keys[k]
		w.tag = m.set.vocab.find(w.key, w.tag)
		if w.tag != 0 {
			m.sifted[n] = k
			n++
			x += uint32(m.forms[w.tag&^(isPlural|isTwice)-1].tail)
		}
	}
	m.sifted = m.sifted[:n]
	return x
}

// occursBy records what the slot of a word says of word i.
func (m *matcher) occursBy(id uint32, w *wordKey, i int32) {
	f := id&^(isPlural|isTwice) - 1
	if w.tok&isPlural != 0 {
		if id&isPlural == 0 {
			m.occurs(f|isPlural, i)
		}
		return
	}
	if id&isPlural == 0 {
		m.occurs(f, i)
	}
	if id&(isPlural|isTwice) != 0 && m.tokens[i].mask&(0x1111<<text.ClassPlural) == 0 {
		if id&isTwice != 0 {
			f = m.set.vocab.twice[f]
		}
		m.occurs(f|isPlural, i)
	}
}

// occurs records word i as one of form f, or, with isPlural set, as a plural
// of it. The words have to come in their order.
func (m *matcher) occurs(f uint32, i int32) {
	at := int32(len(m.links))
	m.links = append(m.links, link{f, i, -1})
	t := &m.tokens[i]
	if t.n == 0 {
		t.from = uint32(at)
	}
	t.n++
	plural := f&isPlural != 0
	f &^= isPlural
	st := &m.forms[f]
	if !m.occurred(f) {
		*st = formState{head: at}
		m.used = append(m.used, f)
		m.here.add(f)
	} else {
		m.links[st.tail].next = at
	}
	st.tail = at
	if plural {
		st.plural |= t.mask
	} else {
		st.own |= t.mask
	}
}

// begins finds the prefixes that words begin with.
func (m *matcher) begins() {
	m.begun = m.begun[:0]
	b := m.set.prefixes
	if b == nil {
		return
	}
	for _, k := range m.headed { // read ahead
		m.fetched += uint32(b.slots[headHash(uint32(m.keys[k].key))>>b.shift].size)
	}
	for _, k := range m.headed {
		key, i := m.keys[k].key, int32(m.keys[k].tok)
		for j := headHash(uint32(key)) >> b.shift; b.slots[j].size != 0; j = (j + 1) & uint32(len(b.slots)-1) {
			p := &b.slots[j]
			if (key^p.key)<<(64-8*p.size) == 0 && (!p.long || m.goesOn(i, b.rests[p.form])) {
				m.begun = append(m.begun, begun{p.form, i})
			}
		}
	}
}

// goesOn reports whether rest stands behind the first eight bytes of word i.
func (m *matcher) goesOn(i int32, rest string) bool {
	var buf [64]byte
	word := m.foldWord(i, buf[:0])
	return len(word) >= 8+len(rest) && string(word[8:8+len(rest)]) == rest
}
