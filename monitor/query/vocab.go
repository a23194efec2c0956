package query

import (
	"cmp"
	"math/bits"
	"slices"
)

// A table finds the forms that watches use among all the words of a text.
// Most words of a text are in no watch: a bitmap of sixteen bits a form turns
// them away before the slots are looked at. It is immutable once built.
type table struct {
	slots  []slot
	filter []uint64
	shift  uint8 // hash bits above it index slots
	sieve  uint8 // hash bits above it index filter bits
}

// A slot holds the first eight bytes of a form, a hash of the rest, and one
// more than its number; zero is an empty slot.
type slot struct {
	key uint64
	tag uint32
	id  uint32
}

func hash(key uint64, tag uint32) uint64 {
	h := (key ^ uint64(tag)<<17) * 0x9e3779b97f4a7c15
	return (h ^ h>>32) * 0xd6e8feb86659fd93
}

// newTable makes a table of forms; the number of a form is its index. Empty
// ones are left out.
func newTable(forms []string) table {
	size := max(bits.Len(uint(len(forms)*2)), 4)
	t := table{
		slots: make([]slot, 1<<size), shift: uint8(64 - size),
		filter: make([]uint64, max(1<<(size+3)/64, 1)), sieve: uint8(64 - size - 3),
	}
	for i, f := range forms {
		if f == "" {
			continue
		}
		key, tag := keyOf([]byte(f))
		h := hash(key, tag)
		t.filter[h>>t.sieve>>6] |= 1 << (h >> t.sieve & 63)
		j := h >> t.shift
		for t.slots[j].id != 0 {
			j = (j + 1) & uint64(len(t.slots)-1)
		}
		t.slots[j] = slot{key, tag, uint32(i + 1)}
	}
	return t
}

// sift puts into out the numbers of the words that may be in the table. Like
// lists.runs it branches on nothing it finds.
func (t *table) sift(words []wordKey, out []uint32) []uint32 {
	out = slices.Grow(out[:0], len(words))[:len(words)]
	n := 0
	for i := range words {
		h := hash(words[i].key, words[i].tag) >> t.sieve
		out[n] = uint32(i)
		n += int(t.filter[h>>6] >> (h & 63) & 1)
	}
	return out[:n]
}

// find returns one more than the number of the form, 0 if there is none.
func (t *table) find(key uint64, tag uint32) uint32 {
	j := hash(key, tag) >> t.shift
	for t.slots[j].id != 0 {
		if t.slots[j].key == key && t.slots[j].tag == tag {
			return t.slots[j].id
		}
		j = (j + 1) & uint64(len(t.slots)-1)
	}
	return 0
}

// A beginning is the prefix of a prefix term. Most are no longer than the
// first eight bytes of a word, which a matcher has at hand.
type beginning struct {
	key, mask uint64 // its first eight bytes, and which bits of a word's they are
	form      uint32 // the number under which its hits are recorded
	rest      string // what stands behind the first eight bytes
}

// beginnings finds the prefixes a word begins with, by its first four bytes.
type beginnings struct {
	filter [1 << 12]uint64 // a bit for each hash of four bytes
	list   []beginning     // by head once frozen
	slots  []headSlot
	shift  uint8 // hash bits above it index slots
}

// A headSlot says which of the list begin with four bytes; an empty one none.
type headSlot struct{ head, from, to uint32 }

func headHash(head uint32) uint32 { return head * 0x9e3779b1 }

// add enters a prefix of at least four bytes, before freeze.
func (b *beginnings) add(text string, form uint32) {
	key, _ := keyOf([]byte(text))
	n := min(len(text), 8)
	h := headHash(uint32(key)) >> 14
	b.filter[h>>6] |= 1 << (h & 63)
	b.list = append(b.list, beginning{key, uint64(1)<<(8*n) - 1, form, text[n:]})
}

// freeze makes the prefixes ready to be looked up.
func (b *beginnings) freeze() {
	slices.SortStableFunc(b.list, func(x, y beginning) int { return cmp.Compare(uint32(x.key), uint32(y.key)) })
	size := max(bits.Len(uint(len(b.list)*2)), 4)
	b.slots, b.shift = make([]headSlot, 1<<size), uint8(32-size)
	for from := 0; from < len(b.list); {
		head, to := uint32(b.list[from].key), from+1
		for to < len(b.list) && uint32(b.list[to].key) == head {
			to++
		}
		j := headHash(head) >> b.shift
		for b.slots[j].to != 0 {
			j = (j + 1) & uint32(len(b.slots)-1)
		}
		b.slots[j] = headSlot{head, uint32(from), uint32(to)}
		from = to
	}
}

// of returns the prefixes that begin with four bytes.
func (b *beginnings) of(head uint32) []beginning {
	j := headHash(head) >> b.shift
	for b.slots[j].to != 0 {
		if sl := &b.slots[j]; sl.head == head {
			return b.list[sl.from:sl.to]
		}
		j = (j + 1) & uint32(len(b.slots)-1)
	}
	return nil
}

// may reports whether a word with this key may begin with a prefix.
func (b *beginnings) may(key uint64) bool {
	h := headHash(uint32(key)) >> 14
	return b.filter[h>>6]>>(h&63)&1 != 0
}
