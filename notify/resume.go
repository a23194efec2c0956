package notify

import (
	"context"
	"strings"

	"newswatch/monitor"
)

// resume makes Unknown what the last run left Inflight, frees rows that wait
// for reasons that may no longer hold, and loads the breaker, ready for an attempt if
// the destination was down. It tries until it succeeds, and returns
// false if ctx ends first.
func (r *run) resume(ctx context.Context) bool {
	for ctx.Err() == nil {
		err := r.resumeOnce()
		r.logOutbox(err)
		if err == nil {
			return true
		}
		r.wait(ctx, diskPause)
	}
	return false
}

// markCut marks a row whose attempt was under way when newswatch ended.
func markCut(n monitor.Notice) monitor.Notice {
	n.Delivery.Cut++
	return markUnknown(n, n.Delivery.Started, "newswatch ended before the answer came")
}

func (r *run) resumeOnce() error {
	now := r.now()
	g, err := r.Outbox.Breaker(r.Destination)
	if err != nil {
		return err
	}
	r.stored, r.breaker = breaker(g), breaker(g).dropFuture(now)
	if r.breaker.Down > 0 {
		r.breaker.Until = now // a start often follows a repair: one message goes to see
	}
	cut, err := r.Outbox.Inflight(r.Destination)
	if err != nil {
		return err
	}
	var changes []change
	for _, n := range cut {
		if ago := now.Sub(n.Delivery.Started); ago >= 0 && ago < r.pace() {
			r.next = later(r.next, now.Add(r.pace()-ago))
		}
		changes = append(changes, change{rows: []monitor.Notice{markCut(n)}})
	}
	waiting, err := r.Outbox.Due(r.Destination, now.AddDate(100, 0, 0), 5*readForPeople)
	if err != nil {
		return err
	}
	for _, n := range waiting {
		why, due := n.Delivery.Reason, n.Delivery.Due
		held := strings.HasPrefix(why, quietReason) || strings.HasPrefix(why, budgetReason)
		ahead := n.Created.After(now) || n.Delivery.Started.After(now) // of a clock gone wrong
		if due.After(now) && (held || ahead || due.Sub(now) > longestHold) {
			n.Delivery.Due = now
			changes = append(changes, change{rows: []monitor.Notice{n}})
		}
	}
	_, err = r.commit(changes)
	return err
}
