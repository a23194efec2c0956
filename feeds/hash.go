package feeds

import (
	"cmp"
	"slices"

	"github.com/cespare/xxhash/v2"
)

// Hash returns a hash of b that is never 0, which in a State means none.
func Hash(b []byte) uint64 { return cmp.Or(xxhash.Sum64(b), 1) }

// ShortHash shortens a hash to the 40 bits that are kept of what is compared
// within one feed: at a thousand entries the chance that two of them meet is 1 in
// 270 million. 0 stays 0, and nothing else becomes it.
func ShortHash(hash uint64) uint64 {
	const bits = 40
	if short := hash & (1<<bits - 1); short != 0 || hash == 0 {
		return short
	}
	return 1
}

// Hashes is a set of the hashes of entries that need not be read again. The zero
// value is the empty set. It is safe for concurrent use.
type Hashes struct{ sorted []uint64 }

// NewHashes returns the set of hashes, shortened or not; it takes the slice over.
// A hash of 0 is of no entry.
func NewHashes(hashes []uint64) Hashes {
	for i, h := range hashes {
		hashes[i] = ShortHash(h)
	}
	slices.Sort(hashes)
	return Hashes{slices.DeleteFunc(hashes, func(h uint64) bool { return h == 0 })}
}

// Has reports whether hash is in the set, as far as its short form tells.
func (h Hashes) Has(hash uint64) bool {
	_, found := slices.BinarySearch(h.sorted, ShortHash(hash))
	return found
}
