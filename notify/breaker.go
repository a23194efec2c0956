package notify

import (
	"time"

	"newswatch/monitor"
	"newswatch/notify/render"
)

// The bounds of the gate.
const (
	openAfter    = 5                // failures in a row, and one message at a time goes to see
	reportAfter  = 5 * time.Minute  // a failing destination is reported when it has failed for so long
	downPauseMin = time.Minute      // doubling
	downPauseMax = 30 * time.Minute // to this
	longestHold  = 25 * time.Hour   // no honest gate or hold is longer: beyond, the clock has moved
)

// breaker is what a deliverer makes of what was learned about its destination.
type breaker monitor.Breaker

// open reports whether the destination is only tried, one message at a
// time.
func (g breaker) open() bool { return g.Failures >= openAfter || g.Broken > 0 }

// after returns the gate as a verdict leaves it.
func (g breaker) after(v impact, now time.Time) breaker {
	switch v.kind {
	case impactNone:
		return g
	case impactUp:
		if g.open() {
			g.Until = time.Time{}
		}
		g.Failures, g.Broken, g.Since, g.Told = 0, 0, time.Time{}, false
		if !now.Before(g.Until) {
			g.Until, g.Reason = time.Time{}, ""
		}
		return g
	}
	if g.Failures++; g.Since.IsZero() {
		g.Since = now
	}
	g.Reason = render.Truncate(render.Sanitize(v.err.Error()), render.LineLimit)
	pause := v.after
	if v.kind == impactDown {
		g.Broken++
		pause = max(pause, min(downPauseMin<<min(g.Broken-1, 10), downPauseMax))
	} else if g.Failures >= openAfter {
		pause = max(pause, backoff(g.Failures-openAfter+1))
	}
	if until := now.Add(pause); pause > 0 && until.After(g.Until) {
		g.Until = until
	}
	return g
}

// storyCount reports whether operations ought to hear now that the destination
// fails.
func (g breaker) mustReport(now time.Time) bool {
	return !g.Told && (g.Broken > 0 || g.Failures >= openAfter && now.Sub(g.Since) >= reportAfter)
}

// dropFuture returns a gate read at now without what only a moved clock can have
// written.
func (g breaker) dropFuture(now time.Time) breaker {
	if g.Until.Sub(now) > longestHold {
		g.Until = now
	}
	for i, t := range g.Sent {
		if t.After(now) {
			g.Sent = g.Sent[:i]
			break
		}
	}
	return g
}

// countSent adds a message to those that the budget counts.
func (g breaker) countSent(b Budget, n monitor.Notice, now time.Time) breaker {
	if b.N == 0 || !countsForBudget(n) {
		return g
	}
	sent := b.within(g.Sent, now)
	g.Sent = append(sent[:len(sent):len(sent)], now)
	return g
}
