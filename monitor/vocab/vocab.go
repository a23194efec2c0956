// Package vocab finds the words that watches use among all the words of a text.
//
// It knows words by their keys (text.KeyOf) and numbers them; what they are wanted
// for is not known to it. Marks and Lists hold what is said of such numbers.
package vocab

import (
	"bytes"
	"cmp"
	"math/bits"
	"slices"

	"newswatch/monitor/text"
)

// A Table finds the forms that watches use among all the words of a text. Most
// words of a text are in no watch: a bitmap of a bit for each hash turns them
// away. What there is to know of the others lies in one line of the processor's
// cache. It is immutable once built.
//
// A form is in it once, as watches write it; that a word is its plural in s
// the matcher sees by looking up the word without it. Other plurals have entries
// of their own.
type Table struct {
	bitmap   []uint64
	buckets  []bucket
	narrow   uint8             // hash bits above it index bits of bitmap
	shift    uint8             // hash bits above it index buckets
	PluralOf map[uint32]uint32 // for a form that is itself the plural of another: that one; not to be changed
}

// A bucket has room for four words, filled from the first on. Words that find
// it full are in the next that is not.
type bucket struct {
	hash  [4]uint64 // of the word, see Hash
	id    [4]uint32 // one more than the number of its form; 0 is none
	posts [4]uint32 // of its form, as NewTable was told
}

// A Word is a word of a text as a Table knows it.
type Word struct {
	Hash uint64
	Tok  uint32 // with Plural set if it is the word without its s
}

// An Occurrence is a word of the document that is of a form of rules.
type Occurrence struct {
	Form  uint32 // or the id of an entry of the table
	Tok   uint32 // as in Word
	Posts uint32 // of the form, as NewTable was told
}

// What the upper bits of the id of an entry say.
const (
	Plural = 1 << 31 // it is a plural of the form
	Twice  = 1 << 30 // it is the form, and the plural of another
)

// Hash is different for any two words of up to eight bytes.
func Hash(key uint64, tag uint32) uint64 {
	h := (key ^ uint64(tag)<<17) * 0x9e3779b97f4a7c15
	return (h ^ h>>32) * 0xd6e8feb86659fd93
}

// NewTable makes a table of forms and of the plurals that do not just add an
// s, given with the form they are a plural of. The number of a form is its
// index; empty ones are left out. posts returns what Find is to return beside a form.
func NewTable(forms []string, plurals map[string]uint32, posts func(form uint32) uint32) Table {
	n := len(forms) + len(plurals)
	size := max(bits.Len(uint(n/3)), 2)
	wide := max(bits.Len(uint(n)), 4) + 3
	t := Table{
		buckets: make([]bucket, 1<<size), shift: uint8(64 - size),
		bitmap: make([]uint64, 1<<wide/64), narrow: uint8(64 - wide),
		PluralOf: map[uint32]uint32{},
	}
	for i, f := range forms {
		if f != "" {
			t.add(f, uint32(i+1), posts(uint32(i)))
		}
	}
	for text, of := range plurals {
		if id := t.add(text, Plural|(of+1), posts(of)); *id&Plural == 0 {
			t.PluralOf[*id-1] = of
			*id |= Twice
		}
	}
	return t
}

// add enters a form unless it is there, and returns its id.
func (t *Table) add(form string, id, posts uint32) *uint32 {
	h := Hash(text.KeyOf([]byte(form)))
	t.bitmap[h>>t.narrow>>6] |= 1 << (h >> t.narrow & 63)
	for j := h >> t.shift; ; j = (j + 1) & uint64(len(t.buckets)-1) {
		b := &t.buckets[j]
		for i := range b.id {
			if b.id[i] == 0 {
				b.hash[i], b.id[i], b.posts[i] = h, id, posts
			}
			if b.hash[i] == h {
				return &b.id[i]
			}
		}
	}
}

// Sift appends the numbers of those words that may be in the table. It branches
// on nothing it reads, and so does not wait for the memory of one word before it
// asks for that of the next.
func (t *Table) Sift(out []uint32, words []Word) []uint32 {
	n := len(out)
	out = slices.Grow(out, len(words))[:n+len(words)]
	bitmap, narrow := t.bitmap, t.narrow&63
	for k := range words {
		h := words[k].Hash >> narrow
		out[n] = uint32(k)
		n += int(bitmap[h>>6] >> (h & 63) & 1)
	}
	return out[:n]
}

// Find returns the id of a word and the posts of its form; 0 if there is none.
// Like Sift it branches on nothing it reads, unless the word's bucket is full.
func (t *Table) Find(h uint64) (id, posts uint32) {
	b := &t.buckets[h>>(t.shift&63)]
	i := b.at(h) & 3
	id, posts = b.id[i], b.posts[i]
	here, full := 0, 0
	if b.hash[i] == h {
		here = 1
	}
	if b.id[3] != 0 {
		full = 1
	}
	if full&^here != 0 {
		return t.findBehind(h)
	}
	return id * uint32(here), posts
}

// at returns the place of a word in a bucket, if it is in it.
func (b *bucket) at(h uint64) int {
	no0, no1, no2 := 0, 0, 0
	if b.hash[0] != h {
		no0 = 1
	}
	if b.hash[1] != h {
		no1 = 1
	}
	if b.hash[2] != h {
		no2 = 1
	}
	return no0 + no0&no1 + no0&no1&no2
}

// findBehind finds a word that is not in its bucket, which is full.
func (t *Table) findBehind(h uint64) (id, posts uint32) {
	for j := h>>t.shift + 1; ; j++ {
		b := &t.buckets[j&uint64(len(t.buckets)-1)]
		if i := b.at(h) & 3; b.hash[i] == h && b.id[i] != 0 {
			return b.id[i], b.posts[i]
		}
		if b.id[3] == 0 {
			return 0, 0
		}
	}
}

// A prefix is that of a prefix term. Most are no longer than the first eight
// bytes of a word, which a matcher has at hand.
type prefix struct {
	key   uint64 // its first eight bytes; 0 is no prefix
	form  uint32 // the number under which its hits are recorded; with isLong set if more bytes follow, see PrefixTable.long
	posts uint32 // of its form, as NewTable was told
}

const isLong = 1 << 31

// PrefixTable finds the prefixes a word begins with, by its first four bytes:
// its head.
type PrefixTable struct {
	bitmap []uint64          // a bit for each hash of a head
	places []prefix          // at the hash of the head or behind, those of one head by form
	narrow uint8             // hash bits above it index bits of bitmap
	shift  uint8             // hash bits above it index places
	long   map[uint32][]byte // those of more than eight bytes, by form
}

func headHash(key uint64) uint32 { return uint32(key) * 0x9e3779b1 }

// A PrefixForm is a prefix of at least four bytes and its form.
type PrefixForm struct {
	Text string
	Form uint32
}

func NewPrefixTable(list []PrefixForm, posts func(form uint32) uint32) *PrefixTable {
	if len(list) == 0 {
		return nil
	}
	size := max(bits.Len(uint(len(list))), 4) + 1
	b := &PrefixTable{
		places: make([]prefix, 1<<size), shift: uint8(32 - size),
		bitmap: make([]uint64, 1<<(size+3)/64), narrow: uint8(32 - size - 3),
		long: map[uint32][]byte{},
	}
	var all []prefix
	for _, p := range list {
		key, _ := text.KeyOf([]byte(p.Text))
		form := p.Form
		if len(p.Text) > 8 {
			b.long[form] = []byte(p.Text)
			form |= isLong
		}
		all = append(all, prefix{key, form, posts(p.Form)})
	}
	slices.SortFunc(all, func(x, y prefix) int {
		return cmp.Or(cmp.Compare(uint32(x.key), uint32(y.key)), cmp.Compare(x.form, y.form))
	})
	b.enter(all)
	return b
}

// enter enters prefixes, sorted by head, each behind the one before it if they
// have one head.
func (b *PrefixTable) enter(all []prefix) {
	var head, j uint32
	for _, p := range all {
		h := headHash(p.key)
		if uint32(p.key) != head {
			head, j = uint32(p.key), h>>b.shift
			b.bitmap[h>>b.narrow>>6] |= 1 << (h >> b.narrow & 63)
		}
		for b.places[j].key != 0 {
			j = (j + 1) & uint32(len(b.places)-1)
		}
		b.places[j] = p
	}
}

// May reports whether a word with this key may begin with a prefix.
func (b *PrefixTable) May(key uint64) bool {
	h := headHash(key) >> (b.narrow & 31)
	return b.bitmap[h>>6]>>(h&63)&1 != 0
}

// AppendHits appends the prefixes that word i begins with.
func (b *PrefixTable) AppendHits(out []Occurrence, sc *text.Scanner, i uint32) []Occurrence {
	for j := headHash(sc.Key) >> b.shift; ; j = (j + 1) & uint32(len(b.places)-1) {
		p := &b.places[j]
		if p.key == 0 {
			return out
		}
		if (sc.Key^p.key)<<(bits.LeadingZeros64(p.key)&^7) != 0 {
			continue
		}
		form := p.form &^ isLong
		if form == p.form || bytes.HasPrefix(sc.Bytes(), b.long[form]) {
			out = append(out, Occurrence{form, i, p.posts})
		}
	}
}

// Each calls f with the hash of every word in the table and the form it is of, or
// is a plural of.
func (t *Table) Each(f func(hash uint64, form uint32)) {
	for i := range t.buckets {
		b := &t.buckets[i]
		for k, id := range b.id {
			if id == 0 {
				continue
			}
			form := id&^(Plural|Twice) - 1
			f(b.hash[k], form)
			if id&Twice != 0 {
				f(b.hash[k], t.PluralOf[form])
			}
		}
	}
}

// Each calls f with the first four bytes of every prefix and its form.
func (b *PrefixTable) Each(f func(head, form uint32)) {
	for _, p := range b.places {
		if p.key != 0 {
			f(uint32(p.key), p.form&^isLong)
		}
	}
}
