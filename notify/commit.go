package notify

import (
	"errors"
	"slices"

	"newswatch/monitor"
)

// A change is rows to be written at once or not at all.
type change struct {
	rows    []monitor.Notice
	attempt bool // the row is claimed: an attempt follows
	outcome *outcome
}

// commit writes the changes in one transaction, or, if somebody else has
// touched one of the rows, each in its own without those that are stale. It
// returns the changes that were written and accounts for them; on an error
// none was, and uncommitted outcomes are kept for the next time.
func (r *run) commit(changes []change) ([]change, error) {
	if len(changes) == 0 {
		return nil, nil
	}
	var all []monitor.Notice
	for _, c := range changes {
		all = append(all, c.rows...)
	}
	err := r.Outbox.Update(all)
	if err == nil {
		for i, at := 0, 0; i < len(changes); i++ {
			end := at + len(changes[i].rows)
			changes[i].rows, at = all[at:end:end], end
		}
		r.uncommitted = nil
		r.logChanges(changes)
		return changes, nil
	}
	if !errors.Is(err, monitor.ErrStale) {
		return nil, err
	}
	return r.commitEach(changes)
}

func (r *run) commitEach(changes []change) ([]change, error) {
	var done []change
	for _, c := range changes {
		err := r.Outbox.Update(c.rows)
		if errors.Is(err, monitor.ErrStale) && c.outcome != nil {
			err = r.reconcile(&c)
		}
		if errors.Is(err, monitor.ErrStale) {
			continue
		}
		if err != nil {
			r.logChanges(done)
			r.uncommitted = slices.DeleteFunc(r.uncommitted, func(s change) bool {
				return slices.ContainsFunc(done, func(d change) bool { return d.outcome == s.outcome })
			})
			return done, err
		}
		done = append(done, c)
	}
	r.uncommitted = nil
	r.logChanges(done)
	return done, nil
}

// reconcile writes an outcome over a row that an operator changed while the
// attempt was under way. That it was delivered is a fact and is kept; anything
// else yields to the order.
func (r *run) reconcile(c *change) error {
	n := c.rows[0]
	if n.Delivery.State != monitor.Sent {
		return monitor.ErrStale
	}
	now, ok, err := r.Outbox.Notice(r.Destination, n.Key)
	if err != nil || !ok {
		return errors.Join(err, monitor.ErrStale)
	}
	n.Delivery.Rev = now.Delivery.Rev
	c.rows = []monitor.Notice{n}
	return r.Outbox.Update(c.rows)
}
