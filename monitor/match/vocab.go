package match

import (
	"bytes"
	"math/bits"

	"newswatch/monitor/text"
)

// A table finds the forms that watches use among all the words of a text.
// Most words of a text are in no watch: a bitmap of sixteen bits a form turns
// them away before the slots are looked at. It is immutable once built.
//
// A form is in it once, as watches write it; that a word is its plural in s
// the matcher sees by looking up the word without it. Other plurals have slots
// of their own.
type table struct {
	slots      []slot
	bloom      []uint64
	shift      uint8             // hash bits above it index slots
	bloomShift uint8             // hash bits above it index bits of bloom
	twice      map[uint32]uint32 // forms that are the plural of another
}

// A slot holds the first eight bytes of a form, a hash of the rest, and one
// more than its number; zero is an empty slot.
type slot struct {
	key uint64
	tag uint32
	id  uint32
}

// What the upper bits of the id of a slot say.
const (
	isPlural = 1 << 31 // it is a plural of the form
	isTwice  = 1 << 30 // it is the form, and the plural of another
)

func hash(key uint64, tag uint32) uint64 {
	h := (key ^ uint64(tag)<<17) * 0x9e3779b97f4a7c15
	return (h ^ h>>32) * 0xd6e8feb86659fd93
}

// newTable makes a table of forms and of the plurals that do not just add an
// s, given with the form they are a plural of. The number of a form is its
// index; empty ones are left out.
func newTable(forms []string, plurals map[string]uint32) table {
	n := len(forms) + len(plurals)
	size := max(bits.Len(uint(n*3/2)), 4)
	bloomShift := max(bits.Len(uint(n*2)), 4) + 3
	t := table{
		slots: make([]slot, 1<<size), shift: uint8(64 - size),
		bloom: make([]uint64, max(1<<bloomShift/64, 1)), bloomShift: uint8(64 - bloomShift),
		twice: map[uint32]uint32{},
	}
	for i, f := range forms {
		if f != "" {
			t.add(f, uint32(i+1))
		}
	}
	for text, of := range plurals {
		if sl := t.add(text, isPlural|(of+1)); sl.id&isPlural == 0 {
			t.twice[sl.id-1] = of
			sl.id |= isTwice
		}
	}
	return t
}

// add enters a form unless it is there, and returns its slot.
func (t *table) add(form string, id uint32) *slot {
	key, tag := text.KeyOf([]byte(form))
	h := hash(key, tag)
	t.bloom[h>>t.bloomShift>>6] |= 1 << (h >> t.bloomShift & 63)
	j := h >> t.shift
	for t.slots[j].id != 0 {
		if t.slots[j].key == key && t.slots[j].tag == tag {
			return &t.slots[j]
		}
		j = (j + 1) & uint64(len(t.slots)-1)
	}
	t.slots[j] = slot{key, tag, id}
	return &t.slots[j]
}

// find returns the id of the word's slot, 0 if there is none.
func (t *table) find(key uint64, tag uint32) uint32 {
	h := hash(key, tag)
	if b := h >> t.bloomShift; t.bloom[b>>6]>>(b&63)&1 == 0 {
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

// A beginning is the prefix of a prefix term. Most are no longer than the
// first eight bytes of a word, which a matcher has at hand.
type prefixSlot struct {
	key  uint64 // its first eight bytes
	form uint32 // the number under which its hits are recorded
	size uint8  // how many those are; 0 is an empty slot
	long bool   // more follow, see prefixTable.rests
}

// prefixTable finds the prefixes a word begins with, by its first four bytes.
type prefixTable struct {
	filter [1 << 12]uint64   // a bit for each hash of four bytes
	slots  []prefixSlot      // at the hash of their first four bytes or behind
	shift  uint8             // hash bits above it index slots
	rests  map[uint32][]byte // what stands behind the first eight bytes, by form
}

func headHash(head uint32) uint32 { return head * 0x9e3779b1 }

// A prefixForm is a prefix of at least four bytes and its form.
type prefixForm struct {
	text string
	form uint32
}

func newPrefixTable(list []prefixForm) *prefixTable {
	if len(list) == 0 {
		return nil
	}
	size := max(bits.Len(uint(len(list)*2)), 4)
	b := &prefixTable{slots: make([]prefixSlot, 1<<size), shift: uint8(32 - size), rests: map[uint32][]byte{}}
	for _, p := range list {
		key, _ := text.KeyOf([]byte(p.text))
		h := headHash(uint32(key))
		b.filter[h>>14>>6] |= 1 << (h >> 14 & 63)
		j := h >> b.shift
		for b.slots[j].size != 0 {
			j = (j + 1) & uint32(len(b.slots)-1)
		}
		n := min(len(p.text), 8)
		b.slots[j] = prefixSlot{key, p.form, uint8(n), len(p.text) > n}
		if len(p.text) > n {
			b.rests[p.form] = []byte(p.text[n:])
		}
	}
	return b
}

// may reports whether a word with this key may begin with a prefix.
func (b *prefixTable) may(key uint64) bool {
	h := headHash(uint32(key)) >> 14
	return b.filter[h>>6]>>(h&63)&1 != 0
}

// appendHits appends the prefixes that word i, of four bytes or more, begins
// with.
func (b *prefixTable) appendHits(out []prefixHit, sc *text.Scanner, i int32) []prefixHit {
	for j := headHash(uint32(sc.Key)) >> b.shift; b.slots[j].size != 0; j = (j + 1) & uint32(len(b.slots)-1) {
		p := &b.slots[j]
		if (sc.Key^p.key)<<(64-8*p.size) == 0 && (!p.long || bytes.HasPrefix(sc.Bytes()[8:], b.rests[p.form])) {
			out = append(out, prefixHit{p.form, i})
		}
	}
	return out
}
