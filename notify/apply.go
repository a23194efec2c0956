package notify

import (
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"newswatch/monitor"
	"newswatch/notify/render"
)

// The pauses between attempts.
const (
	backoffMin    = 5 * time.Second
	backoffMax    = 15 * time.Minute
	probePauseMax = time.Minute // at most, after a question that failed
	maxProbes     = 5           // questions without an answer, and one copy is sent unasked
)

// An outcome is what one attempt, or one probe, came to.
type outcome struct {
	n       monitor.Notice // as it was when the attempt began
	probe   bool
	found   bool // by the probe
	receipt monitor.Receipt
	err     error
	at      time.Time
}

// An impact is what an outcome says about the destination.
type impact struct {
	kind  impactKind
	after time.Duration // how long it asked for silence
	err   error
}

type impactKind uint8

const (
	impactUp   impactKind = iota // it answered, if only to refuse this notice
	impactNone                   // it cannot be asked; that says nothing
	impactFailed
	impactDown
)

// apply returns the row as the outcome leaves it, and what the outcome says
// about the destination.
func apply(o outcome) (monitor.Notice, impact) {
	if o.probe {
		return applyProbe(o)
	}
	if o.err == nil {
		return accepted(o), impact{kind: impactUp}
	}
	n := o.n
	d := &n.Delivery
	reason := render.Truncate(render.Sanitize(o.err.Error()), render.LineLimit)
	f, marked := errors.AsType[*failure](o.err)
	switch {
	case errors.Is(o.err, ErrCannotEdit):
		d.State, d.Due, d.Reason = monitor.Folded, time.Time{}, reason
		return n, impact{kind: impactUp}
	case !marked:
		d.State, d.Due, d.Reason = monitor.Dead, time.Time{}, reason
		return n, impact{kind: impactUp}
	case f.kind == unknownKind:
		d.Lost++
		return markUnknown(n, o.at, reason), impact{kind: impactFailed, err: o.err}
	case f.kind == doubtfulKind:
		n = markUnknown(n, o.at, reason)
		n.Delivery.Due = o.at.Add(max(settlePause, jittered(backoff(d.Attempts), n.Key, d.Attempts)))
		return n, impact{kind: impactFailed, err: o.err}
	case f.kind == downKind:
		// The breaker times the next attempt, and this one does not count.
		d.State, d.Due, d.Reason = monitor.Pending, o.at, reason
		d.Attempts--
		return n, impact{impactDown, f.after, o.err}
	}
	d.State, d.Reason = monitor.Pending, reason
	d.Due = o.at.Add(max(f.after, jittered(backoff(d.Attempts), n.Key, d.Attempts)))
	return n, impact{impactFailed, f.after, o.err}
}

func applyProbe(o outcome) (monitor.Notice, impact) {
	n := o.n
	d := &n.Delivery
	switch {
	case o.err == nil && o.found:
		return accepted(o), impact{kind: impactUp}
	case o.err == nil:
		d.State, d.Due, d.Reason = monitor.Pending, o.at, "asked: it had not arrived"
		return n, impact{kind: impactUp}
	case errors.Is(o.err, ErrCannotProbe):
		return resendOrGiveUp(n, o.at), impact{kind: impactNone}
	case IsUnknown(o.err):
		// That questions fail does not say that messages would.
		if d.Asked++; d.Asked >= maxProbes && mayResend(n) {
			return resendOrGiveUp(n, o.at), impact{kind: impactNone}
		}
		d.Due = o.at.Add(min(backoff(d.Asked), probePauseMax))
		return n, impact{kind: impactNone}
	}
	after, bad := IsDown(o.err)
	if !bad {
		after, _ = RetryAfter(o.err)
	}
	d.Due = o.at.Add(max(after, probePauseMax))
	if bad {
		return n, impact{impactDown, after, o.err}
	}
	return n, impact{impactFailed, after, o.err}
}

// resendOrGiveUp is the end of a row, or its way on, when nobody can tell what
// became of it.
func resendOrGiveUp(n monitor.Notice, now time.Time) monitor.Notice {
	d := &n.Delivery
	if mayResend(n) {
		d.State, d.Due = monitor.Pending, now
	} else {
		d.State, d.Due, d.Reason = monitor.Unconfirmed, time.Time{}, unanswered(n)
	}
	return n
}

func accepted(o outcome) monitor.Notice {
	n := o.n
	if o.receipt.At.IsZero() {
		o.receipt.At = o.at
	}
	n.Delivery.State, n.Delivery.Receipt = monitor.Sent, o.receipt
	n.Delivery.Due, n.Delivery.Reason = time.Time{}, ""
	return n
}

// markUnknown marks a row that may have arrived though no receipt came.
func markUnknown(n monitor.Notice, now time.Time, reason string) monitor.Notice {
	n.Delivery.State, n.Delivery.Reason = monitor.Unknown, reason
	n.Delivery.Ambiguous++
	n.Delivery.Due = now.Add(settlePause)
	return n
}

// mayResend reports whether a notice whose fate nobody can tell may be sent
// once more. After a lost answer one copy is. An attempt that the end of
// newswatch cut off may never have left, so a second crash at the same notice
// must not cost it; that the allowance ends at all is for a notice that makes
// newswatch crash.
func mayResend(n monitor.Notice) bool {
	d := n.Delivery
	return d.Lost <= blindResends && d.Cut <= cutResends
}

// unanswered says why a notice is not sent any more.
func unanswered(n monitor.Notice) string {
	times := "twice"
	if n.Delivery.Ambiguous != 2 {
		times = fmt.Sprint(n.Delivery.Ambiguous, " times")
	}
	return "sent " + times + " without an answer" + because(n)
}

// backoff is the pause after the nth failure in a row.
func backoff(n int) time.Duration {
	pause := backoffMin
	for ; n > 1 && pause < backoffMax; n-- {
		pause *= 2
	}
	return min(pause, backoffMax)
}

// jittered adds up to a tenth, by the notice, so that those that failed
// together do not come back together.
func jittered(pause time.Duration, key string, n int) time.Duration {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %d", key, n)
	return pause + pause/10*time.Duration(h.Sum64()%1000)/1000
}
