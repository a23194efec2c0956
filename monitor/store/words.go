package store

import (
	"slices"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/match"
)

// A WordFilter says which words a run of archived items may have: a Bloom filter
// (Burton Bloom, 1970) of the keys of match.AppendWordKeys. It is wrong about two
// in a hundred of the words that they have not, and never about one that they have.
type WordFilter []byte

const (
	filterBits   = 8 // a key
	filterProbes = 6
)

// NewWordFilter returns the filter of keys, which may come more than once; it takes
// the slice over.
func NewWordFilter(keys []uint64) WordFilter {
	slices.Sort(keys)
	keys = slices.Compact(keys)
	f := make(WordFilter, max(1, len(keys)*filterBits/8))
	f.Add(keys)
	return f
}

// WordsOf appends the keys of an item's words, as its feed has it and as its article:
// searches look at either.
func WordsOf(out []uint64, rec *monitor.Record) []uint64 {
	doc := rec.Doc(feeds.Feed{}, rec.Seen)
	if doc.Body != rec.Item.Content {
		out = match.AppendWordKeys(out, &match.Doc{Body: rec.Item.Content})
	}
	return match.AppendWordKeys(out, doc)
}

// Add adds keys: more than the filter was made for make it wrong more often.
func (f WordFilter) Add(keys []uint64) {
	for _, key := range keys {
		for i := range uint32(filterProbes) {
			at := f.probe(key, i)
			f[at>>3] |= 1 << (at & 7)
		}
	}
}

// Has reports whether the items may have the word of a key.
func (f WordFilter) Has(key uint64) bool {
	for i := range uint32(filterProbes) {
		if at := f.probe(key, i); f[at>>3]>>(at&7)&1 == 0 {
			return false
		}
	}
	return true
}

// probe returns the i-th bit of a key, by two hashes in one (Kirsch and
// Mitzenmacher, 2006).
func (f WordFilter) probe(key uint64, i uint32) uint64 {
	h := uint32(key>>32) + i*(uint32(key^key>>29)|1)
	return uint64(h) * uint64(8*len(f)) >> 32
}
