package story

import (
	"math/bits"
	"slices"
)

// A shingle is the hash of four words in a row. Its lowest bit says whether
// it stands behind the first third of its text, where boilerplate does.
type shingle uint64

const inTail shingle = 1

// level is how many of s's highest bits are zero.
func (s shingle) level() int { return bits.LeadingZeros64(uint64(s | 1)) }

func shingled(dst []shingle, ws []word) []shingle {
	const run = 4
	for i := range max(0, len(ws)-run+1) {
		var h uint64
		for _, w := range ws[i : i+run] {
			h = h*0x9e3779b97f4a7c15 + w.stem
		}
		s := shingle(mix(h)) &^ inTail
		if i > len(ws)/3 {
			s |= inTail
		}
		dst = append(dst, s)
	}
	return dst
}

// A sketch is a sample of a text's shingles, in ascending order: all of those
// whose level is at least the sketch's. Two sketches are compared at the
// higher of their levels, where either is a fair sample; as the highest levels
// stand first, that is the front of both.
type sketch struct {
	level  int
	hashes []shingle
}

const (
	sketchSize  = 64 // shingles kept at least, where the text has as many
	sketchLeast = 10 // a text of fewer shingles is not compared by them
)

// newSketch chooses the highest level that leaves sketchSize shingles.
func newSketch(all []shingle) sketch {
	if len(all) < sketchLeast {
		return sketch{}
	}
	var count [65]int
	for _, s := range all {
		count[s.level()]++
	}
	level, kept := 64, 0
	for level > 0 && kept < sketchSize {
		level--
		kept += count[level]
	}
	k := sketch{level: level, hashes: make([]shingle, 0, kept)}
	for _, s := range all {
		if s.level() >= level {
			k.hashes = append(k.hashes, s)
		}
	}
	slices.Sort(k.hashes)
	k.hashes = slices.CompactFunc(k.hashes, func(a, b shingle) bool { return a|inTail == b|inTail })
	return k
}

// sought reports whether texts are found by h, one of k's hashes: by every
// other where there are many, for copies share several.
func (k sketch) sought(h shingle) bool {
	const many = 24
	return h&2 == 0 || len(k.hashes) <= many
}

// An overlap tells how much of one text is in another.
type overlap struct {
	of     int // shingles of the smaller sample
	shared int // of these, found in the other
	tail   int // of these, in the tail of both
}

func (o overlap) share() float64 { return float64(o.shared) / float64(max(1, o.of)) }

func compare(a, b sketch) overlap {
	var o overlap
	level := max(a.level, b.level)
	inA, inB := a.front(level), b.front(level)
	o.of = min(len(inA), len(inB))
	for i, j := 0, 0; i < len(inA) && j < len(inB); {
		switch p, q := inA[i]|inTail, inB[j]|inTail; {
		case p < q:
			i++
		case p > q:
			j++
		default:
			o.shared++
			o.tail += int(inA[i] & inB[j] & inTail)
			i, j = i+1, j+1
		}
	}
	return o
}

// front returns the shingles of at least the level.
func (k sketch) front(level int) []shingle {
	if level <= k.level {
		return k.hashes
	}
	n, _ := slices.BinarySearch(k.hashes, shingle(1)<<(64-level))
	return k.hashes[:n]
}

// shared counts what two ascending lists have in common.
func shared[T uint32 | uint64](a, b []T) int {
	n, i, j := 0, 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			n, i, j = n+1, i+1, j+1
		}
	}
	return n
}
