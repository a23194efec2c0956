package unusual

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestJudge(t *testing.T) {
	for name, c := range map[string]struct {
		today  Day
		before []int
		want   Kind
	}{
		"a usual day":                    {Day{2, 2}, []int{1, 2, 0, 3, 2, 1, 2, 1}, ""},
		"many":                           {Day{9, 6}, []int{1, 2, 0, 3, 2, 1, 2, 1}, Spike},
		"many, of two outlets":           {Day{9, 2}, []int{1, 2, 0, 3, 2, 1, 2, 1}, ""},
		"two where there was never one":  {Day{2, 3}, []int{0, 0, 0, 0, 0, 0, 0, 0}, ""},
		"four where there was never one": {Day{4, 4}, []int{0, 0, 0, 0, 0, 0, 0, 0}, Spike},
		"a burst among bursts":           {Day{14, 8}, []int{0, 12, 1, 0, 13, 0, 2, 11}, ""},
		"a little more than ever":        {Day{4, 4}, []int{1, 2, 0, 3, 2, 1, 2, 1}, ""},
		"twice a busy day":               {Day{60, 20}, []int{28, 31, 30, 27, 33, 29, 30, 28}, Spike},
		"a busy day":                     {Day{38, 20}, []int{28, 31, 30, 27, 33, 29, 30, 28}, ""},
		"nothing":                        {Day{0, 0}, []int{6, 7, 5, 6, 8, 6, 5, 7}, Silence},
		"nothing, as now and then":       {Day{0, 0}, []int{6, 0, 5, 6, 8, 6, 5, 7}, ""},
		"nothing, where one is usual":    {Day{0, 0}, []int{1, 1, 2, 1, 1, 1, 2, 1}, ""},
		"three weeks are too few":        {Day{50, 20}, []int{1, 1, 1}, ""},
		"four are enough":                {Day{50, 20}, []int{1, 1, 1, 1}, Spike},
	} {
		if got := Judge(c.today, c.before); got.Kind != c.want {
			t.Errorf("%s: %q by chance %.4f, want %q", name, got.Kind, got.Chance, c.want)
		}
	}
	if f := Judge(Day{9, 6}, []int{1, 2, 0, 3}); f.Low != 0 || f.High != 3 {
		t.Errorf("usually %d to %d", f.Low, f.High)
	}
}

// The chances of a distribution add up, and where the rate is certain it is
// Poisson's.
func TestBelow(t *testing.T) {
	if got := below(400, 3.5, 4); math.Abs(got-1) > 1e-9 {
		t.Errorf("all chances add up to %v", got)
	}
	if got, want := below(1, 1e7, 2), math.Exp(-2); math.Abs(got-want) > 1e-4 {
		t.Errorf("none of two: %v, want %v", got, want)
	}
}

// Of days that are like each other hardly any is called unusual.
func TestFalseAlarms(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	poisson := func(mean float64) (n int) {
		for p := r.Float64(); p > math.Exp(-mean); p *= r.Float64() {
			n++
		}
		return n
	}
	for _, mean := range []float64{.2, 1, 4, 12} {
		alarms, days := 0, 20_000
		for range days {
			before := make([]int, 8)
			for i := range before {
				before[i] = poisson(mean)
			}
			n := poisson(mean)
			if Judge(Day{n, n}, before).Kind != "" {
				alarms++
			}
		}
		if share := float64(alarms) / float64(days); share > .004 {
			t.Errorf("mean %v: %.4f of all days are called unusual", mean, share)
		}
	}
}
