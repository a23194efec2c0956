// Package schedule turns the outcomes of polls into the time at which a feed is
// polled next, and into its health.
//
// It only decides: it neither polls nor waits, and knows no item, no store and
// no clock.
package schedule

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"newswatch/feeds"
)

// A Condition is the state of a feed as an operator sees it.
type Condition string

// The conditions. None but Gone stops the polling.
const (
	OK          Condition = "ok"
	Degraded    Condition = "degraded"    // no answer, errors, or throttled
	Blocked     Condition = "blocked"     // refused to us: 401, 403, a challenge page
	Gone        Condition = "gone"        // 410
	Moved       Condition = "moved"       // permanently redirected for days; polled at its new address
	Unparseable Condition = "unparseable" // answers with something that is no feed
	Stalled     Condition = "stalled"     // answers, but nothing new for longer than ever
	Flooding    Condition = "flooding"    // shows so much new that some is left out
)

// Health is a feed's condition and the failures that led to it or may lead out
// of it. The zero value is a feed of which nothing bad is known.
type Health struct {
	Condition  Condition  `json:"condition,omitempty"` // "" is OK
	Since      time.Time  `json:"since,omitzero"`
	Cause      string     `json:"cause,omitempty"`
	Failures   float64    `json:"failures,omitempty"` // in a row, weighted
	FirstFail  time.Time  `json:"first_fail,omitzero"`
	Gone       int        `json:"gone,omitempty"` // failures in a row that said the feed is gone
	Transition Transition `json:"turn,omitzero"`
}

// A Transition is a condition that a feed in trouble may be about to enter,
// another than the one that was announced. The zero value is none.
type Transition struct {
	To       Condition `json:"to,omitempty"`
	Failures float64   `json:"failures,omitempty"` // in a row, weighted
	Since    time.Time `json:"since,omitzero"`
}

// State returns the condition, OK for the zero value.
func (h Health) State() Condition {
	if h.Condition == "" {
		return OK
	}
	return h.Condition
}

// A condition changes only after failures that have both repeated and lasted:
// a single 502 at night is nobody's business. A feed that has never answered is
// in trouble at once: perhaps its address is wrong; so is one to which nothing was
// pushed for as long as its owner has patience.
const (
	lastingFailures = 3.0
	lastingAfter    = time.Hour
)

// faultWeight is how much one failure of a kind counts: a server that says no
// counts in full, a network that hiccups for a half, one that asks to wait for
// a quarter.
var faultWeight = map[feeds.Fault]float64{
	feeds.Network: 0.5, feeds.Throttled: 0.25, feeds.Status: 1, feeds.Blocked: 1,
	feeds.NotAFeed: 1, feeds.Unparseable: 1, feeds.TooLarge: 1, feeds.Refused: 1, feeds.Gone: 1,
	feeds.Quarantined: lastingFailures, feeds.Silent: lastingFailures,
}

// faultCondition is the condition a lasting fault leads to.
var faultCondition = map[feeds.Fault]Condition{
	feeds.Blocked: Blocked, feeds.Gone: Gone, feeds.NotAFeed: Unparseable, feeds.Unparseable: Unparseable,
	feeds.Quarantined: Unparseable,
}

// A Failure is a poll that yielded nothing.
type Failure struct {
	fault feeds.Fault
	cause string
	blame Blame
	never bool // the feed has never answered
	at    time.Time
}

// NewFailure describes a poll that ended with err at a time. blame is for a host
// that did not answer; never says that the feed has not answered before either.
func NewFailure(err error, blame Blame, never bool, at time.Time) Failure {
	f := Failure{fault: feeds.Network, cause: err.Error(), blame: blame, never: never, at: at}
	if fe, ok := errors.AsType[*feeds.FetchError](err); ok {
		f.fault = fe.Fault
	}
	return f
}

// How long a feed is left alone that is gone or refuses us, and how soon all
// are tried again while our own network is down.
const (
	gonePause    = 30 * 24 * time.Hour
	doubtPause   = 24 * time.Hour
	blockedPause = 4 * time.Hour
	downPause    = time.Minute
)

// Postpone returns when the feed named id is polled next after the failure,
// which has left it in health h: at due, which Pace.Next has computed, unless
// its kind asks for another time. A feed that is said to be gone is asked three
// times more over two days, the first time at due, before that is believed: a
// server between two versions says so too.
func (f Failure) Postpone(id string, due time.Time, h Health) time.Time {
	pause := func(d time.Duration) time.Time { return f.at.Add(d) }
	switch {
	case f.fault == feeds.Gone && h.Gone > 3:
		return pause(gonePause)
	case f.fault == feeds.Gone && h.Gone > 1:
		return slices.MaxFunc([]time.Time{due, pause(doubtPause)}, time.Time.Compare)
	case h.State() == Blocked && h.Failures >= lastingFailures:
		return slices.MaxFunc([]time.Time{due, pause(blockedPause)}, time.Time.Compare)
	case f.blame == Ours:
		return slices.MinFunc([]time.Time{due, pause(downPause + jitter(id, downPause))}, time.Time.Compare)
	}
	return due
}

// Failed returns the health after one more failure; one of our own network
// changes nothing.
func (h Health) Failed(f Failure) Health {
	if f.blame == Ours {
		return h
	}
	if h.FirstFail.IsZero() || h.FirstFail.After(f.at) { // the latter was written by a clock gone wrong
		h.FirstFail = f.at
	}
	weight := faultWeight[f.fault]
	h.Failures += weight
	if h.Gone++; f.fault != feeds.Gone {
		h.Gone = 0
	}
	next := cmp.Or(faultCondition[f.fault], Degraded)
	lasting := h.Failures >= lastingFailures && f.at.Sub(h.FirstFail) >= lastingAfter
	if h.troubled() && h.State() != next {
		h.Transition = h.Transition.failed(next, weight, f.at)
		lasting = h.Transition.Failures >= lastingFailures && f.at.Sub(h.Transition.Since) >= lastingAfter
	} else {
		h.Transition = Transition{}
	}
	lasting = lasting || f.fault == feeds.Gone || f.fault == feeds.Quarantined || f.fault == feeds.Silent || f.never && f.certain() && !h.troubled()
	if lasting && h.State() != next {
		h.Condition, h.Since, h.Transition = next, f.at, Transition{}
	}
	if !h.troubled() || h.State() == next {
		h.Cause = f.cause // else it belongs to another condition than the one that stands
	}
	return h
}

// certain reports whether the failure is the feed's own: its server answered,
// or others did meanwhile.
func (f Failure) certain() bool { return f.fault != feeds.Network || f.blame == Theirs }

// troubled reports whether the condition is one that failures lead to.
func (h Health) troubled() bool {
	return slices.Contains([]Condition{Degraded, Blocked, Gone, Unparseable}, h.State())
}

// failed returns the transition after one more failure that leads to a
// condition. Failures of alternating kinds start it anew each time, so a server
// that now refuses and now breaks has one condition and not a new one with
// every poll.
func (t Transition) failed(to Condition, weight float64, now time.Time) Transition {
	if t.To != to {
		t = Transition{To: to, Since: now}
	}
	t.Failures += weight
	return t
}

// Succeeded returns the health after a poll that reached the feed: moved says
// that it did so at a new address which has held, quiet that it has long shown
// nothing new, flood that and why not all was taken.
func (h Health) Succeeded(moved string, quiet time.Duration, flood string, now time.Time) Health {
	next, cause := OK, ""
	switch {
	case flood != "":
		next, cause = Flooding, flood
	case quiet > 0:
		next, cause = Stalled, "nothing new for "+InWords(quiet)
	case moved != "":
		next, cause = Moved, "moved for good to "+moved
	}
	if h.State() != next {
		h.Since = now
	}
	return Health{Condition: next, Since: h.Since, Cause: cause}
}

// InWords writes a long duration for people, in whole hours or days.
func InWords(d time.Duration) string {
	hours := int(d.Hours())
	switch {
	case hours == 1:
		return "1 hour"
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours", hours)
	}
	return fmt.Sprintf("%d days", hours/24)
}
