package match

import (
	"bytes"
	"math/bits"
	"slices"

	"newswatch/monitor/text"
)

// A table finds the forms that watches use among all the words of a text. Most
// words of a text are in no watch: a bitmap of a bit for each hash turns them
// away. What there is to know of the others lies in one line of the processor's
// cache. It is immutable once built.
//
// A form is in it once, as watches write it; that a word is its plural in s
// the matcher sees by looking up the word without it. Other plurals have entries
// of their own.
type table struct {
	bitmap  []uint64
	buckets []bucket
	narrow  uint8             // hash bits above it index bits of bitmap
	shift   uint8             // hash bits above it index buckets
	twice   map[uint32]uint32 // forms that are the plural of another
}

// A bucket has room for four words, filled from the first on. Words that find
// it full are in the next that is not.
type bucket struct {
	hash  [4]uint64 // of the word, see hash
	id    [4]uint32 // one more than the number of its form; 0 is none
	posts [4]uint32 // of its form, see Set.firstPost
}

// What the upper bits of the id of an entry say.
const (
	isPlural = 1 << 31 // it is a plural of the form
	isTwice  = 1 << 30 // it is the form, and the plural of another
)

// hash is different for any two words of up to eight bytes.
func hash(key uint64, tag uint32) uint64 {
	h := (key ^ uint64(tag)<<17) * 0x9e3779b97f4a7c15
	return (h ^ h>>32) * 0xd6e8feb86659fd93
}

// newTable makes a table of forms and of the plurals that do not just add an
// s, given with the form they are a plural of. The number of a form is its
// index; empty ones are left out.
func newTable(forms []string, plurals map[string]uint32, posts func(form uint32) uint32) table {
	n := len(forms) + len(plurals)
	size := max(bits.Len(uint(n/3)), 2)
	wide := max(bits.Len(uint(n)), 4) + 3
	t := table{
		buckets: make([]bucket, 1<<size), shift: uint8(64 - size),
		bitmap: make([]uint64, 1<<wide/64), narrow: uint8(64 - wide),
		twice: map[uint32]uint32{},
	}
	for i, f := range forms {
		if f != "" {
			t.add(f, uint32(i+1), posts(uint32(i)))
		}
	}
	for text, of := range plurals {
		if id := t.add(text, isPlural|(of+1), posts(of)); *id&isPlural == 0 {
			t.twice[*id-1] = of
			*id |= isTwice
		}
	}
	return t
}

// add enters a form unless it is there, and returns its id.
func (t *table) add(form string, id, posts uint32) *uint32 {
	h := hash(text.KeyOf([]byte(form)))
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

// sift appends the numbers of those words that may be in the table. It branches
// on nothing it reads, and so does not wait for the memory of one word before it
// asks for that of the next.
func (t *table) sift(out []uint32, words []wordKey) []uint32 {
	n := len(out)
	out = slices.Grow(out, len(words))[:n+len(words)]
	bitmap, narrow := t.bitmap, t.narrow&63
	for k := range words {
		h := words[k].hash >> narrow
		out[n] = uint32(k)
		n += int(bitmap[h>>6] >> (h & 63) & 1)
	}
	return out[:n]
}

// find returns the id of a word and the posts of its form; 0 if there is none.
func (t *table) find(h uint64) (id, posts uint32) {
	for j := h >> t.shift; ; j = (j + 1) & uint64(len(t.buckets)-1) {
		b := &t.buckets[j]
		for i := range b.hash {
			if b.hash[i] == h {
				return b.id[i], b.posts[i]
			}
		}
		if b.id[3] == 0 {
			return 0, 0
		}
	}
}

// A prefixSlot is the prefix of a prefix term. Most are no longer than the
// first eight bytes of a word, which a matcher has at hand. A key of 0 is an
// empty slot.
type prefixSlot struct {
	key   uint64 // its first eight bytes
	form  uint32 // the number under which its hits are recorded; with isLong set if more bytes follow, see prefixTable.rests
	posts uint32 // of its form, see Set.firstPost
}

const isLong = 1 << 31

// prefixTable finds the prefixes a word begins with, by its first four bytes.
type prefixTable struct {
	filter []uint64          // a bit for each hash of four bytes
	slots  []prefixSlot      // at the hash of their first four bytes or behind
	narrow uint8             // hash bits above it index bits of filter
	shift  uint8             // hash bits above it index slots
	rests  map[uint32][]byte // what stands behind the first eight bytes, by form
}

func headHash(head uint32) uint32 { return head * 0x9e3779b1 }

// A prefixForm is a prefix of at least four bytes and its form.
type prefixForm struct {
	text string
	form uint32
}

func newPrefixTable(list []prefixForm, posts func(form uint32) uint32) *prefixTable {
	if len(list) == 0 {
		return nil
	}
	size := max(bits.Len(uint(len(list)*2)), 4)
	b := &prefixTable{
		slots: make([]prefixSlot, 1<<size), shift: uint8(32 - size),
		filter: make([]uint64, 1<<(size+3)/64), narrow: uint8(32 - size - 3),
		rests: map[uint32][]byte{},
	}
	for _, p := range list {
		key, _ := text.KeyOf([]byte(p.text))
		h := headHash(uint32(key))
		b.filter[h>>b.narrow>>6] |= 1 << (h >> b.narrow & 63)
		j := h >> b.shift
		for b.slots[j].key != 0 {
			j = (j + 1) & uint32(len(b.slots)-1)
		}
		b.slots[j] = prefixSlot{key, p.form, posts(p.form)}
		if len(p.text) > 8 {
			b.slots[j].form |= isLong
			b.rests[p.form] = []byte(p.text[8:])
		}
	}
	return b
}

// may reports whether a word with this key may begin with a prefix.
func (b *prefixTable) may(key uint64) bool {
	h := headHash(uint32(key)) >> b.narrow
	return b.filter[h>>6]>>(h&63)&1 != 0
}

// appendHits appends the prefixes that word i, of four bytes or more, begins
// with.
func (b *prefixTable) appendHits(out []occurrence, sc *text.Scanner, i uint32) []occurrence {
	for j := headHash(uint32(sc.Key)) >> b.shift; b.slots[j].key != 0; j = (j + 1) & uint32(len(b.slots)-1) {
		p := &b.slots[j]
		if (sc.Key^p.key)<<(bits.LeadingZeros64(p.key)&^7) != 0 {
			continue
		}
		form := p.form &^ isLong
		if form == p.form || bytes.HasPrefix(sc.Bytes()[8:], b.rests[form]) {
			out = append(out, occurrence{form, i, p.posts})
		}
	}
	return out
}
