package schedule

import (
	"hash/fnv"
	"math"
	"time"

	"newswatch/feeds"
)

// maxInterval is the longest wait between two polls: backoff and adaptation
// end in one probe a day, never in none.
const maxInterval = 24 * time.Hour

// A Pace says how often a feed is polled.
type Pace struct {
	Start time.Duration                   // where the interval begins, and returns to; for an adaptive feed
	Exact func(after time.Time) time.Time // set for a cron expression: never moved
	Due   time.Time                       // of the poll that is made; zero for when it begins
}

// PushPace is how often a feed that others push to is looked at: so often that
// its silence is noticed soon after it has lasted too long, and no less often
// once it has. It asks nobody.
func PushPace(f feeds.Feed) Pace {
	every := min(max(f.How().Expect/8, time.Minute), 15*time.Minute)
	return Pace{Exact: func(after time.Time) time.Time { return after.Add(every) }}
}

// Adapt moves the interval so that consecutive documents go on sharing at
// least a third of their items. known is the share of the last document that
// was known already. peak is how many documents' worth of items an hour the
// feed has shown at its fastest, which keeps the interval of a feed that is
// silent at night short enough for the morning. The result lies between half
// and four times the start, and is never over a day.
func (p Pace) Adapt(interval time.Duration, known, peak float64) time.Duration {
	if interval == 0 {
		interval = p.Start
	}
	switch {
	case known < 1.0/3:
		interval /= 2
	case known < 2.0/3:
		interval -= interval / 4
	case known == 1:
		interval += interval / 8
	case known >= 0.9 && interval < p.Start:
		interval = min(interval+interval/8, p.Start)
	}
	if peak > 0 {
		interval = min(interval, time.Duration(2.0/3/peak*float64(time.Hour)))
	}
	return min(max(interval, p.Start/2), 4*p.Start, max(maxInterval, p.Start))
}

// Peak returns the highest turnover of a feed, in documents an hour, after
// share of a document was new within elapsed. The value before, measured since
// ago, halves every week.
func (p Pace) Peak(before, share float64, elapsed, since time.Duration) float64 {
	if share == 1 {
		share = 2 // more was missed, of unknown length
	}
	elapsed = max(elapsed, p.Start/2, time.Second)
	return max(share/elapsed.Hours(), before*math.Exp2(-since.Hours()/(7*24)))
}

// Next returns when the feed named id is due after a poll that began at now.
// failures is how many polls in a row have failed; notBefore is the earliest
// time the publisher asks for, zero for none. A poll that was late by less than a
// Tick counts from when it was due, so that intervals do not grow by what polls wait
// for each other, and polls that were made together go on being so.
func (p Pace) Next(id string, interval time.Duration, failures int, notBefore, now time.Time) time.Time {
	if late := now.Sub(p.Due); late > 0 && late < Tick {
		now = p.Due
	}
	var at time.Time
	if p.Exact != nil {
		at = p.Exact(now)
		if gap, clock := p.clock(now); clock { // which many feeds may share
			at = at.Add(jitter(id, min(gap/10, time.Minute)))
		}
	} else {
		if interval == 0 {
			interval = p.Start
		}
		for range failures {
			interval = min(2*interval, maxInterval)
		}
		at = now.Add(interval + jitter(id, interval/5) - interval/10)
	}
	if notBefore.After(at) {
		at = notBefore
	}
	return at
}

// clock returns the time between two polls after now, and whether these are at
// times on the clock; "@every 5m" counts from the last poll, and spreads by itself.
func (p Pace) clock(now time.Time) (gap time.Duration, clock bool) {
	if p.Exact == nil {
		return p.Start, false
	}
	at := p.Exact(now)
	gap = p.Exact(at).Sub(at)
	return gap, at.Sub(now) != gap
}

// patient reports whether a poll may be begun up to a Tick late.
func (p Pace) patient(now time.Time) bool {
	gap, clock := p.clock(now)
	return !clock && gap >= 4*Tick
}

// jitter spreads feeds over a span by a hash of their identity, so that the
// order is the same after every restart.
func jitter(id string, span time.Duration) time.Duration {
	if span <= 0 {
		return 0
	}
	h := fnv.New64a()
	h.Write([]byte(id))
	// FNV leaves the high bits of short inputs poorly mixed.
	x := h.Sum64()
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return time.Duration(x % uint64(span))
}
