package match

import (
	"math/bits"
	"slices"

	"newswatch/monitor/text"
	"newswatch/monitor/vocab"
)

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
		keys = append(keys, vocab.Word{Hash: vocab.Hash(sc.Key, sc.Tag), Tok: uint32(i)})
		if prefixes != nil && prefixes.May(sc.Key) {
			d.prefixHits = prefixes.AppendHits(d.prefixHits, sc, uint32(i))
		}
		if sc.Varies() {
			keys = appendVariants(keys, uint32(i), sc, &d.stems)
		}
	}
	d.tokens, d.keys = tokens, keys
}

// appendVariants appends the other forms of word i, which sc is at. stems is memory
// for it.
func appendVariants(keys []vocab.Word, i uint32, sc *text.Scanner, stems *[]text.Stem) []vocab.Word {
	if sc.EndsInS() {
		keys = append(keys, vocab.Word{Hash: vocab.Hash(sc.WithoutS()), Tok: i | vocab.Plural})
	}
	*stems = sc.AppendStems((*stems)[:0])
	for _, s := range *stems {
		keys = append(keys, vocab.Word{Hash: vocab.Hash(s.Key, s.Tag), Tok: i})
	}
	return keys
}

// lookup records the words that rules use, in the order in which they stand.
func (d *document) lookup() {
	d.findWords()
	next := 0 // of prefixHits
	for k := range d.known {
		w := &d.known[k]
		for ; next < len(d.prefixHits) && d.prefixHits[next].Tok <= w.Tok&^vocab.Plural; next++ {
			d.record(d.prefixHits[next].Form, d.prefixHits[next])
		}
		d.recordEntry(w)
	}
	for _, h := range d.prefixHits[next:] {
		d.record(h.Form, h)
	}
	d.index()
}

// findWords lists the words that the table knows.
func (d *document) findWords() {
	t := &d.set.vocab
	d.sifted = t.Sift(d.sifted[:0], d.keys)
	d.known = slices.Grow(d.known[:0], len(d.sifted))[:len(d.sifted)]
	known, n := d.known, 0
	for _, k := range d.sifted {
		w := &d.keys[k]
		id, posts := t.Find(w.Hash)
		known[n] = vocab.Occurrence{Form: id, Tok: w.Tok, Posts: posts}
		if id != 0 {
			n++
		}
	}
	d.known = known[:n]
}

// recordEntry records what the entry of a word in the table says of it.
func (d *document) recordEntry(w *vocab.Occurrence) {
	id := w.Form
	f := id&^(vocab.Plural|vocab.Twice) - 1
	if w.Tok&vocab.Plural != 0 {
		if id&vocab.Plural == 0 {
			d.record(f|vocab.Plural, *w)
		}
		return
	}
	if id&vocab.Plural == 0 {
		d.record(f, *w)
	}
	if id&(vocab.Plural|vocab.Twice) != 0 && d.tokens[w.Tok].mask&(0x1111<<text.ClassPlural) == 0 {
		more := *w
		if id&vocab.Twice != 0 {
			f = d.set.vocab.PluralOf[f]
			more.Posts = d.set.postsOf(f)
		}
		d.record(f|vocab.Plural, more)
	}
}

// record records a word as one of form f, or, with vocab.Plural set, as a plural
// of it. The words have to come in their order.
func (d *document) record(f uint32, w vocab.Occurrence) {
	d.links = append(d.links, link{form: f, tok: int32(w.Tok &^ vocab.Plural), next: -1, posts: w.Posts})
	f &^= vocab.Plural
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
		st := d.state(l.form &^ vocab.Plural)
		if st.own|st.plural == 0 {
			st.head, st.posts = int32(at), l.posts
		} else {
			links[st.tail].next = int32(at)
		}
		st.tail = int32(at)
		if l.form&vocab.Plural != 0 {
			st.plural |= t.mask
		} else {
			st.own |= t.mask
		}
	}
}
