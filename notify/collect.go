package notify

import (
	"log/slog"
	"reflect"
	"time"

	"newswatch/monitor"
)

// collect takes an outcome in: the row is free again, and what became of it
// waits for the next commit.
func (r *run) collect(o outcome) {
	delete(r.active, o.n.Key)
	row, v := apply(o)
	r.uncommitted = append(r.uncommitted, change{rows: []monitor.Notice{row}, outcome: &o})
	r.updateBreaker(o, v)
	if row.Kind == monitor.EditKind && row.Delivery.State == monitor.Sent {
		if len(r.edited) >= mostEdited {
			clear(r.edited) // an older edit that still waits by now is not worth the memory
		}
		r.edited[row.Parent] = row.Created
	}
}

// mostEdited bounds how many messages are remembered for their last edit.
const mostEdited = 10_000

// updateBreaker lets the breaker follow an outcome. Attempts that were under way together fail
// together, so of those that began before the last failure none counts again.
func (r *run) updateBreaker(o outcome, v impact) {
	now := o.at
	if !o.probe && o.err == nil || IsUnknown(o.err) {
		r.breaker = r.breaker.countSent(r.Policy.Budget, o.n, now)
	}
	told := r.breaker.Announced
	if v.kind == impactFailed || v.kind == impactDown {
		if o.n.Delivery.Started.Before(r.failed) && !o.probe {
			if until := now.Add(v.after); v.after > 0 && until.After(r.breaker.Until) {
				r.breaker.Until = until
			}
			return
		}
		r.failed = now
	}
	since := r.breaker.Since
	r.breaker = r.breaker.after(v, now)
	switch {
	case told && !r.breaker.Announced:
		r.log.Info("destination recovered", "since", since)
		r.report(Event{Kind: Recovered, Destination: r.Destination, At: now, Since: since})
	case r.breaker.mustReport(now):
		r.breaker.Announced = true
		r.log.Error("destination failing", "pause", r.breaker.Until.Sub(now), "err", v.err)
		r.report(Event{Kind: Failing, Destination: r.Destination, At: now, Since: r.breaker.Since, Reason: r.breaker.Reason})
	}
}

func (r *run) report(e Event) {
	if r.Report != nil {
		r.Report(e)
	}
}

// storeBreaker stores the breaker if it has changed. It is advice, so a failure to
// store it is only logged.
func (r *run) storeBreaker(now time.Time) {
	if reflect.DeepEqual(r.breaker, r.stored) {
		return
	}
	if err := r.Outbox.SetBreaker(r.Destination, monitor.Breaker(r.breaker)); err != nil {
		r.logOutbox(err)
		return
	}
	r.stored = r.breaker
}

// logOutbox logs that the outbox cannot be used, once until it can.
func (r *run) logOutbox(err error) {
	switch {
	case err != nil && !r.outboxDown:
		r.log.Error("outbox failed, nothing is sent until it works", "pause", diskPause, "err", err)
		if r.failing != nil {
			r.failing.Store(r.now().UnixNano())
		}
	case err == nil && r.outboxDown:
		r.log.Info("outbox works again")
		if r.failing != nil {
			r.failing.Store(0)
		}
	}
	r.outboxDown = err != nil
}

// logChanges logs what was committed and tells those who want to know. It is the
// one place that logs deliveries. A report that does not arrive is no reason
// for a report: two failing destinations would keep each other busy for ever.
func (r *run) logChanges(changes []change) {
	var undone []monitor.Notice
	folded, held := 0, 0
	for _, c := range changes {
		n := c.rows[len(c.rows)-1]
		switch st := n.Delivery.State; {
		case c.attempt:
		case len(c.rows) > 1:
			folded += len(c.rows) - 1
			r.log.Info("notices folded", "notice", c.rows[0].Key, "count", len(c.rows)-1, "reason", c.rows[0].Content.Headline)
		case st == monitor.Pending && c.outcome == nil:
			if n.Delivery.Due.After(r.now()) {
				held++
			}
		default:
			r.logRow(n, c.outcome)
			if (st == monitor.Dead || st == monitor.Unconfirmed) && n.Kind != monitor.OperationsKind {
				undone = append(undone, n)
			}
		}
	}
	if held > 0 {
		r.log.Info("notices held", "count", held)
	}
	if len(undone) > 0 {
		r.report(Event{Kind: Undelivered, Destination: r.Destination, At: r.now(), Notices: undone})
	}
}

// logRow logs one row that an outcome or its age has moved.
func (r *run) logRow(n monitor.Notice, o *outcome) {
	log := r.log.With("notice", n.Key, "attempt", n.Delivery.Attempts)
	if n.Watch != "" {
		log = log.With("watch", n.Watch)
	}
	reason := slog.String("err", n.Delivery.Reason)
	switch n.Delivery.State {
	case monitor.Sent:
		log.Info("notice delivered", "latency", Latency(n))
		if r.Observe != nil {
			r.Observe(n)
		}
	case monitor.Pending:
		log.Warn("notice postponed", "pause", n.Delivery.Due.Sub(o.at), reason)
	case monitor.Unknown:
		log.Warn("answer lost", reason)
	case monitor.Unconfirmed:
		log.Error("notice unconfirmed", reason)
	case monitor.Dead:
		log.Error("notice refused", reason)
	case monitor.Folded:
		log.Info("notice folded", "reason", n.Delivery.Reason)
	}
}
