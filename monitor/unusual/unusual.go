// Package unusual turns counts of a day and of the same weekdays before it into
// whether the day is unlike them: a spike, or a silence.
//
// Counts of stories are small and come in bursts, so means and deviations say
// little. A day is taken to be a draw from a negative binomial, with the mean of
// the days before and at least their spread: the Poisson's of a rate that is
// itself uncertain (a Gamma posterior with the prior of Jeffreys), or a wider
// one where the days before differ by more. It knows no story and no watch.
package unusual

import (
	"math"
	"slices"
)

// A Kind is how a day is unlike others.
type Kind string

// The kinds; "" is a day like others.
const (
	Spike   Kind = "spike"
	Silence Kind = "silence"
)

// A Day is what came on it.
type Day struct {
	Stories int
	Outlets int // that reported any of them
}

// A Finding is what a day is beside those before it.
type Finding struct {
	Kind      Kind
	Low, High int     // of the days before
	Chance    float64 // that such a day comes by itself
}

// What a day must be to be called unusual. At a chance of 1 in 500, a desk with
// twenty watches is told of one that means nothing about once a month.
const (
	leastDays    = 4 // to compare with
	leastOutlets = 3 // of a spike: one outlet may be on a campaign
	leastStories = 3 // of a spike
	rare         = 0.002
	rareSilence  = 0.01 // chance of nothing where each day before had something
)

// Judge compares a day with the same weekday of the weeks before, in any order.
// With fewer than four of them it finds nothing.
func Judge(today Day, before []int) Finding {
	if len(before) < leastDays {
		return Finding{}
	}
	f := Finding{Low: slices.Min(before), High: slices.Max(before)}
	size, mean := fit(before)
	switch {
	case today.Stories == 0 && f.Low > 0:
		if f.Chance = below(1, size, mean); f.Chance < rareSilence {
			f.Kind = Silence
		}
	case today.Stories >= leastStories && today.Outlets >= leastOutlets && today.Stories > f.High:
		if f.Chance = 1 - below(today.Stories, size, mean); f.Chance < rare {
			f.Kind = Spike
		}
	}
	return f
}

// fit returns the size and the mean of the negative binomial that the next day
// is drawn from.
func fit(before []int) (size, mean float64) {
	n, sum, squares := float64(len(before)), 0.0, 0.0
	for _, c := range before {
		sum += float64(c)
		squares += float64(c) * float64(c)
	}
	size, mean = sum+.5, (sum+.5)/n
	average := sum / n
	if variance := (squares - n*average*average) / (n - 1); variance > average && average > 0 {
		size = min(size, average*average/(variance-average))
	}
	return size, mean
}

// below returns the chance of fewer than k.
func below(k int, size, mean float64) (sum float64) {
	p := size / (size + mean)
	at := func(x float64) float64 { v, _ := math.Lgamma(x); return v }
	for i := range k {
		x := float64(i)
		sum += math.Exp(at(x+size) - at(size) - at(x+1) + size*math.Log(p) + x*math.Log1p(-p))
	}
	return min(sum, 1)
}
