package notify

import (
	"time"

	"newswatch/monitor"
	"newswatch/notify/render"
)

// The bounds of the gate.
const (
	failingAfter = 5                // failures in a row, and one message at a time goes to see
	tellAfter    = 5 * time.Minute  // a failing destination is reported when it has failed for so long
	brokenFirst  = time.Minute      // doubling
	brokenLast   = 30 * time.Minute // to this
	gateLongest  = 25 * time.Hour   // no honest gate or hold is longer: beyond, the clock has moved
)

// gate is what a deliverer makes of what was learned about its destination.
type gate monitor.Gate

// failing reports whether the destination is only tried, one message at a
// time.
func (g gate) failing() bool { return g.Failures >= failingAfter || g.Broken > 0 }

// after returns the gate as a verdict leaves it.
func (g gate) after(v verdict, now time.Time) gate {
	switch v.kind {
	case mute:
		return g
	case works:
		if g.failing() {
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
	if v.kind == isBroken {
		g.Broken++
		pause = max(pause, min(brokenFirst<<min(g.Broken-1, 10), brokenLast))
	} else if g.Failures >= failingAfter {
		pause = max(pause, ladder(g.Failures-failingAfter+1))
	}
	if until := now.Add(pause); pause > 0 && until.After(g.Until) {
		g.Until = until
	}
	return g
}

// tells reports whether operations ought to hear now that the destination
// fails.
func (g gate) tells(now time.Time) bool {
	return !g.Told && (g.Broken > 0 || g.Failures >= failingAfter && now.Sub(g.Since) >= tellAfter)
}

// sane returns a gate read at now without what only a moved clock can have
// written.
func (g gate) sane(now time.Time) gate {
	if g.Until.Sub(now) > gateLongest {
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

// spent adds a message to those that the budget counts.
func (g gate) spent(b Budget, n monitor.Notice, now time.Time) gate {
	if b.N == 0 || !counts(n) {
		return g
	}
	sent := b.within(g.Sent, now)
	g.Sent = append(sent[:len(sent):len(sent)], now)
	return g
}
