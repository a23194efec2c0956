package match

import (
	"math/bits"
	"slices"

	"newswatch/monitor/text"
)

// A wordKey is what the table knows a word by.
type wordKey struct {
	hash uint64
	tok  uint32 // with isPlural set if it is the word without its s
}

// An occurrence is a word of the document that is of a form of rules.
type occurrence struct {
	form  uint32 // or the id of an entry of the table
	tok   uint32 // as in wordKey
	posts uint32 // of the form, see Set.postsOf
}

// words cuts one text.
func (d *document) words(src string, z int) {
	sc, prefixes := &d.scan, d.set.prefixes
	sc.Reset(src)
	tokens, keys := d.tokens, d.keys
	first := uint16(1) << (4 * z & 15)
	head := len(tokens)
	if z == 2 && d.zoneAt[1] == d.zoneAt[2] {
		head += headWords
	}
	for sc.Next() {
		i := len(tokens)
		if i == cap(tokens) {
			tokens = slices.Grow(tokens, 1)
		}
		tokens = tokens[:i+1]
		t := &tokens[i]
		t.start, t.end, t.from, t.n = uint32(sc.Start), uint32(sc.End), 0, 0
		t.mask = first << (sc.Class & 3)
		if i < head {
			t.mask <<= 4
		}
		keys = append(keys, wordKey{hash(sc.Key, sc.Tag), uint32(i)})
		if prefixes != nil && sc.Size >= 4 && prefixes.may(sc.Key) {
			d.prefixHits = prefixes.appendHits(d.prefixHits, sc, uint32(i))
		}
		if sc.Varies() {
			keys = d.appendVariants(keys, uint32(i))
		}
	}
	d.tokens, d.keys = tokens, keys
}

// appendVariants appends the other forms of word i, which the scanner is at.
func (d *document) appendVariants(keys []wordKey, i uint32) []wordKey {
	if d.scan.EndsInS() {
		keys = append(keys, wordKey{hash(d.scan.WithoutS()), i | isPlural})
	}
	d.stems = d.scan.AppendStems(d.stems[:0])
	for _, s := range d.stems {
		keys = append(keys, wordKey{hash(s.Key, s.Tag), i})
	}
	return keys
}

// lookup records the words that rules use, in the order in which they stand.
func (d *document) lookup() {
	d.findWords()
	next := 0 // of prefixHits
	for k := range d.known {
		w := &d.known[k]
		for ; next < len(d.prefixHits) && d.prefixHits[next].tok <= w.tok&^isPlural; next++ {
			d.record(d.prefixHits[next].form, d.prefixHits[next])
		}
		d.recordEntry(w)
	}
	for _, h := range d.prefixHits[next:] {
		d.record(h.form, h)
	}
	d.index()
}

// findWords lists the words that the table knows.
func (d *document) findWords() {
	t := &d.set.vocab
	d.sifted = t.sift(d.sifted[:0], d.keys)
	d.known = slices.Grow(d.known[:0], len(d.sifted))[:len(d.sifted)]
	known, n := d.known, 0
	for _, k := range d.sifted {
		w := &d.keys[k]
		id, posts := t.find(w.hash)
		known[n] = occurrence{id, w.tok, posts}
		if id != 0 {
			n++
		}
	}
	d.known = known[:n]
}

// recordEntry records what the entry of a word in the table says of it.
func (d *document) recordEntry(w *occurrence) {
	id := w.form
	f := id&^(isPlural|isTwice) - 1
	if w.tok&isPlural != 0 {
		if id&isPlural == 0 {
			d.record(f|isPlural, *w)
		}
		return
	}
	if id&isPlural == 0 {
		d.record(f, *w)
	}
	if id&(isPlural|isTwice) != 0 && d.tokens[w.tok].mask&(0x1111<<text.ClassPlural) == 0 {
		more := *w
		if id&isTwice != 0 {
			f = d.set.vocab.twice[f]
			more.posts = d.set.postsOf(f)
		}
		d.record(f|isPlural, more)
	}
}

// record records a word as one of form f, or, with isPlural set, as a plural
// of it. The words have to come in their order.
func (d *document) record(f uint32, w occurrence) {
	d.links = append(d.links, link{form: f, tok: int32(w.tok &^ isPlural), next: -1, posts: w.posts})
	f &^= isPlural
	if d.bits[f>>6] == 0 {
		d.used = append(d.used, f>>6)
	}
	d.bits[f>>6] |= 1 << (f & 63)
}

// index makes the states of the forms that occur.
func (d *document) index() {
	n := 0
	for _, k := range d.used {
		d.base[k] = uint32(n)
		n += bits.OnesCount64(d.bits[k])
	}
	d.states = slices.Grow(d.states[:0], n)[:n]
	clear(d.states)
	links, tokens := d.links, d.tokens
	for at := range links {
		l := &links[at]
		t := &tokens[l.tok]
		if t.n == 0 {
			t.from = uint32(at)
		}
		t.n++
		st := d.state(l.form &^ isPlural)
		if st.own|st.plural == 0 {
			st.head, st.posts = int32(at), l.posts
		} else {
			links[st.tail].next = int32(at)
		}
		st.tail = int32(at)
		if l.form&isPlural != 0 {
			st.plural |= t.mask
		} else {
			st.own |= t.mask
		}
	}
}
