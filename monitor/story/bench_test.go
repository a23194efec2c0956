package story

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A press invents news: sentences of words by Zipf's law and names of its own,
// so that benchmarks and the score of near copies need no corpus.
type press struct {
	*rand.Rand
	words []string
	zipf  *rand.Zipf
}

func newPress(seed uint64) *press {
	r := rand.New(rand.NewPCG(seed, 1))
	var words []string
	for _, line := range tiers() {
		words = append(words, strings.Fields(line)...)
	}
	return &press{r, words, rand.NewZipf(r, 1.05, 8, uint64(len(words)-1))}
}

func (p *press) word() string { return p.words[p.zipf.Uint64()] }

// name makes up a name of an event.
func (p *press) name() string {
	const vowels, consonants = "aeiou", "bdfgklmnprstvz"
	var b strings.Builder
	for range 2 + p.IntN(2) {
		b.WriteByte(consonants[p.IntN(len(consonants))])
		b.WriteByte(vowels[p.IntN(len(vowels))])
	}
	return strings.ToUpper(b.String()[:1]) + b.String()[1:]
}

// sentence strings n words together, about one in six a name of the event.
func (p *press) sentence(n int, names []string) string {
	ws := make([]string, n)
	for i := range ws {
		if ws[i] = p.word(); p.IntN(6) == 0 {
			ws[i] = names[p.IntN(len(names))]
		}
	}
	return strings.Join(ws, " ")
}

// report tells of an event in the given number of words.
func (p *press) report(id uint64, words int) Report {
	names := make([]string, 6)
	for i := range names {
		names[i] = p.name()
	}
	r := Report{ID: id, Title: p.sentence(9, names), Outlet: fmt.Sprint("outlet ", p.IntN(200)), Published: day.Add(time.Duration(id) * time.Second)}
	r.URL = fmt.Sprintf("https://a.example/%d", id)
	var text []string
	for words > 0 {
		n := 8 + p.IntN(20)
		text = append(text, p.sentence(n, names)+".")
		words -= n
	}
	r.Content = strings.Join(text, " ")
	return r
}

// BenchmarkPlace places headlines, and headlines with a lead, among many open
// stories. The cost must not grow with their number.
func BenchmarkPlace(b *testing.B) {
	for _, words := range []int{0, 40} {
		for _, n := range []int{10_000, 100_000} {
			b.Run(fmt.Sprintf("words=%d/reports=%d", words, n), func(b *testing.B) {
				p := newPress(1)
				x := NewIndex(1000 * time.Hour)
				for i := range n {
					r := p.report(uint64(i+1), words)
					x.Add(r, Placement{Role: First}, r.ID)
				}
				next := make([]Report, 1000)
				for i := range next {
					next[i] = p.report(uint64(n+i+1), words)
				}
				runtime.GC()
				b.ReportAllocs()
				byCPU(b, func(i int) { x.Place(next[i%len(next)]) })
			})
		}
	}
}

// BenchmarkNearCopy does all there is to do for one article of 490 words:
// reading, sketching, placing and adding, with one in four a copy.
func BenchmarkNearCopy(b *testing.B) {
	p := newPress(2)
	x := NewIndex(1000 * time.Hour)
	var reports []Report
	for i := range 4000 {
		r := p.report(uint64(i+1), 490)
		if i%4 == 3 {
			id, o := r.ID, reports[p.IntN(len(reports))]
			r = p.variant(o)
			r.ID = id
		}
		reports = append(reports, r)
	}
	for _, r := range reports[:3000] {
		step(x, r)
	}
	b.Run("read", func(b *testing.B) {
		byCPU(b, func(i int) { x.analyst.read(reports[3000+i%1000]) })
	})
	b.Run("compare", func(b *testing.B) {
		var es []*entry
		for _, r := range reports[3000:] {
			x.analyse(r)
			es = append(es, x.e)
		}
		byCPU(b, func(i int) {
			x.e = es[i%1000]
			x.mark++
			x.nearText()
		})
		x.e = nil
	})
	b.Run("place", func(b *testing.B) {
		byCPU(b, func(i int) {
			x.e = nil
			x.Place(reports[3000+i%1000])
		})
	})
}

// byCPU runs do in the benchmark's loop and reports the processor time of the
// process for one of it, which other programs on the machine disturb least.
func byCPU(b *testing.B, do func(i int)) {
	spent := func() int64 {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return u.Utime.Nano() + u.Stime.Nano()
	}
	i := 0
	before := spent()
	for b.Loop() {
		do(i)
		i++
	}
	b.ReportMetric(float64(spent()-before)/float64(i), "cpu-ns/op")
}
