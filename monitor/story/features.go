package story

import (
	"slices"
	"strings"
)

// Bounds on what is read of a report, so that none costs more than any other.
const (
	titleBytes = 4 << 10
	titleWords = 48
	leadWords  = 40
	bodyWords  = 1500
	termsKept  = 40
	namesKept  = 160
)

// Features are all that is compared of a report.
type features struct {
	english bool     // the title is
	title   uint64   // hash of the core title, 0 if it is empty
	bare    uint64   // the same without numbers, weekdays and months, 0 if nothing is left
	numbers uint64   // hash of those, 0 if there are none
	digits  []uint64 // those, sorted
	terms   []uint64 // stems of title and lead, each once, the title's first
	inTitle int      // how many of terms are the title's
	sketch  sketch   // of the body, empty for a short one
	names   []uint32 // names and numbers of title and body, sorted
}

// An analyst reduces reports to features. Its buffers make it fit for one
// goroutine.
type analyst struct {
	title, lead, body []word
	shingles          []shingle
	names             []uint32
	share             map[uint64]float64
	dated             map[uint64]bool
	small             map[uint64]int
}

// read returns r's features, which share no memory with later ones.
func (a *analyst) read(r Report) features {
	var f features
	title, reduce := coreTitle(clip(r.Title, titleBytes), r.Outlet), reduction(english)
	a.title = words(a.title[:0], title, titleWords, english)
	if f.english = a.inEnglish(a.title); !f.english {
		reduce = a.foreign
		a.title = words(a.title[:0], title, titleWords, reduce)
	}
	a.titleKeys(&f)

	body := r.Content
	if len(r.Summary) > len(body) {
		body = r.Summary
	}
	a.body = words(a.body[:0], clip(body, 16*bodyWords), bodyWords, reduce)
	lead := a.body[:min(leadWords, len(a.body))]
	if r.Summary != "" && len(r.Summary) < len(body) {
		a.lead = words(a.lead[:0], clip(r.Summary, 16*leadWords), leadWords, reduce)
		if len(a.lead) >= fewWords { // fewer say no more than where to read on
			lead = a.lead
		}
	}
	f.terms = make([]uint64, 0, min(termsKept, len(a.title)+len(lead)))
	f.addTerms(a.title)
	f.inTitle = len(f.terms)
	f.addTerms(lead)
	f.names = a.properNames()
	a.shingles = shingled(a.shingles[:0], a.body)
	f.sketch = newSketch(a.shingles)
	return f
}

// titleKeys fills in what is compared of the title as a whole.
func (a *analyst) titleKeys(f *features) {
	for _, w := range a.title {
		f.title = chain(f.title, w.stem)
		if w.number || a.dated[w.stem] {
			f.numbers = chain(f.numbers, w.stem)
			f.digits = append(f.digits, w.stem)
		} else {
			f.bare = chain(f.bare, w.stem)
		}
	}
	slices.Sort(f.digits)
	f.digits = slices.Compact(f.digits)
}

func (f *features) addTerms(ws []word) {
	for _, w := range ws {
		if len(f.terms) == termsKept {
			return
		}
		if !slices.Contains(f.terms, w.stem) {
			f.terms = append(f.terms, w.stem)
		}
	}
}

// properNames collects capitalised words and numbers. A common word is no name
// however it is written: it may begin a sentence or stand in a Title.
func (a *analyst) properNames() []uint32 {
	const common = 1e-3
	a.names = a.names[:0]
	for _, ws := range [2][]word{a.title, a.body} {
		for _, w := range ws {
			if len(a.names) < 2*namesKept && (w.number || w.capital && a.share[w.stem] < common) {
				a.names = append(a.names, uint32(w.stem>>32))
			}
		}
	}
	slices.Sort(a.names)
	a.names = slices.Compact(a.names)
	return slices.Clone(a.names[:min(namesKept, len(a.names))])
}

// clip cuts s after limit bytes, and off what that leaves of a character.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "")
}
