package notify

import (
	"time"

	"newswatch/monitor"
	"newswatch/notify/render"
)

// The bounds of the breaker.
const (
	openAfter    = 5                // failures in a row, and one message at a time goes to see
	reportAfter  = 5 * time.Minute  // a failing destination is reported when it has failed for so long
	downPauseMin = time.Minute      // doubling
	downPauseMax = 30 * time.Minute // to this
	longestHold  = 25 * time.Hour   // no honest pause or hold is longer: beyond, the clock has moved
)

// A breaker is what is known of a destination as a whole. While it is open,
// one message at a time tries whether the destination works again.
type breaker monitor.Breaker

// open reports whether only one message at a time is tried.
func (b breaker) open() bool { return b.Failures >= openAfter || b.Down > 0 }

// after returns the breaker as an impact leaves it.
func (b breaker) after(v impact, now time.Time) breaker {
	switch v.kind {
	case impactNone:
		return b
	case impactUp:
		if b.open() {
			b.Until = time.Time{}
		}
		b.Failures, b.Down, b.Since, b.Announced = 0, 0, time.Time{}, false
		if !now.Before(b.Until) {
			b.Until, b.Reason = time.Time{}, ""
		}
		return b
	}
	if b.Failures++; b.Since.IsZero() {
		b.Since = now
	}
	b.Reason = render.Truncate(render.Sanitize(v.err.Error()), render.LineLimit)
	pause := v.after
	if v.kind == impactDown {
		b.Down++
		pause = max(pause, min(downPauseMin<<min(b.Down-1, 10), downPauseMax))
	} else if b.Failures >= openAfter {
		pause = max(pause, backoff(b.Failures-openAfter+1))
	}
	if until := now.Add(pause); pause > 0 && until.After(b.Until) {
		b.Until = until
	}
	return b
}

// mustReport reports whether operations has to be told now that the
// destination fails.
func (b breaker) mustReport(now time.Time) bool {
	return !b.Announced && (b.Down > 0 || b.Failures >= openAfter && now.Sub(b.Since) >= reportAfter)
}

// dropFuture returns a breaker read at now without what only a moved clock can
// have written.
func (b breaker) dropFuture(now time.Time) breaker {
	if b.Until.Sub(now) > longestHold || b.Since.After(now) {
		b.Until = now
	}
	if b.Since.After(now) {
		b.Since = now
	}
	for i, t := range b.Sent {
		if t.After(now) {
			b.Sent = b.Sent[:i]
			break
		}
	}
	return b
}

// countSent adds a message to those that the budget counts.
func (b breaker) countSent(budget Budget, n monitor.Notice, now time.Time) breaker {
	if budget.N == 0 || !countsForBudget(n) {
		return b
	}
	sent := budget.within(b.Sent, now)
	b.Sent = append(sent[:len(sent):len(sent)], now)
	return b
}
