package story

import (
	_ "embed"
	"math"
	"strings"
	"sync"
)

// english.txt lists words of English news, the most common first. Only their
// order is used. Names are left out, for what is rare in general is what tells
// stories apart.
//
//go:embed english.txt
var english string

// rare is the share of news items assumed for words that english.txt does not
// have: names and numbers for the most part.
const rare = 8e-5

// general gives the share of news items that hold a word, by its stem: Zipf's
// law over the ranks of english.txt.
var general = sync.OnceValue(func() map[uint64]float64 {
	share := make(map[uint64]float64, 6000)
	var ws [1]word
	rank := 0
	for s := range strings.FieldsSeq(english) {
		for _, w := range words(ws[:0], s, 1) {
			if _, ok := share[w.stem]; !ok {
				share[w.stem] = min(0.5, 2.5/float64(rank+4))
			}
		}
		rank++
	}
	return share
})

// dated are the words that number the issues of a column as figures do.
var dated = sync.OnceValue(func() map[uint64]bool {
	set := make(map[uint64]bool)
	for _, w := range words(nil, `monday tuesday wednesday thursday friday saturday sunday january february march april
		june july august september october november december`, 20) {
		set[w.stem] = true
	}
	return set
})

// logs is the scale of weights: a word weighs -log of the share of items that
// hold it, in 1/16. Weights are whole numbers so that sums of them do not
// depend on the order of adding.
func logs(x float64) int32 { return int32(math.Round(16 * math.Log(x))) }
