package story

import (
	_ "embed"
	"iter"
	"math"
	"strconv"
	"strings"
	"sync"
)

// english.txt says of the words of English, and of the commonest of some other
// languages, in which share of news items they are. Names are left out, for
// what is rare in general is what tells stories apart.
//
//go:embed english.txt
var wordShares string

// rare is the share of news items assumed for words that english.txt does not
// have: names and numbers for the most part.
const rare = 8e-5

// general gives the share of news items that hold a word, by its stem.
var general = sync.OnceValue(func() map[uint64]float64 {
	share := make(map[uint64]float64, 7000)
	var ws [1]word
	for p, list := range tiers() {
		for s := range strings.FieldsSeq(list) {
			for _, w := range words(ws[:0], s, 1, english) {
				if _, ok := share[w.stem]; !ok {
					share[w.stem] = p
				}
			}
		}
	}
	return share
})

// tiers yields the lines of english.txt that hold words, each with the share
// that the line of its tier gives.
func tiers() iter.Seq2[float64, string] {
	return func(yield func(float64, string) bool) {
		var share float64
		for line := range strings.Lines(wordShares) {
			p, tier := strings.CutPrefix(line, "= ")
			switch {
			case strings.HasPrefix(line, "#"):
			case tier:
				var err error
				if share, err = strconv.ParseFloat(strings.TrimSpace(p), 64); err != nil {
					panic(err) // a mistake in the embedded file: every test would fail
				}
			case !yield(share, line):
				return
			}
		}
	}
}

// dated are the words that number the issues of a column as figures do.
var dated = sync.OnceValue(func() map[uint64]bool {
	set := make(map[uint64]bool)
	for _, w := range words(nil, `monday tuesday wednesday thursday friday saturday sunday january february march april
		june july august september october november december`, 20, english) {
		set[w.stem] = true
	}
	return set
})

// logs is the scale of weights: a word weighs -log of the share of items that
// hold it, in 1/16. Weights are whole numbers so that sums of them do not
// depend on the order of adding.
func logs(x float64) int32 { return int32(math.Round(16 * math.Log(x))) }
