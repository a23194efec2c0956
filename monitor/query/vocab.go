package query

import "math/bits"

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

// find returns one more than the number of the form, 0 if there is none.
func (t *table) find(key uint64, tag uint32) uint32 {
	h := hash(key, tag)
	if t.filter[h>>t.sieve>>6]>>(h>>t.sieve&63)&1 == 0 {
		return 0
	}
	j := h >> t.shift
	for t.slots[j].id != 0 {
		if t.slots[j].key == key && t.slots[j].tag == tag {
			return t.slots[j].id
		}
		j = (j + 1) & uint64(len(t.slots)-1)
	}
	return 0
}

// A beginning is the prefix of a prefix term.
type beginning struct {
	text string
	form uint32 // the number under which its hits are recorded
}

// beginnings finds the prefixes a word begins with, by its first four bytes.
type beginnings struct {
	filter [1 << 12]uint64 // a bit for each hash of four bytes
	byHead map[uint32][]beginning
}

func headHash(head uint32) uint32 { return head * 0x9e3779b1 }

func (b *beginnings) add(text string, form uint32) {
	if b.byHead == nil {
		b.byHead = map[uint32][]beginning{}
	}
	key, _ := keyOf([]byte(text))
	h := headHash(uint32(key)) >> 14
	b.filter[h>>6] |= 1 << (h & 63)
	b.byHead[uint32(key)] = append(b.byHead[uint32(key)], beginning{text, form})
}

// may reports whether a word with this key may begin with a prefix.
func (b *beginnings) may(key uint64) bool {
	h := headHash(uint32(key)) >> 14
	return b.filter[h>>6]>>(h&63)&1 != 0
}
