package notify

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"newswatch/monitor"
)

// Requeue returns a row that an operator wants tried again as due at now, with
// a fresh count of attempts and a fresh age. The error names a row in a state
// that cannot be tried again.
func Requeue(n monitor.Notice, now time.Time) (monitor.Notice, error) {
	switch n.Delivery.State {
	case monitor.Dead, monitor.Unconfirmed, monitor.Pending, monitor.Parked:
		n.Delivery = monitor.Delivery{State: monitor.Pending, Due: now, Renewed: now, Rev: n.Delivery.Rev,
			Reason: "tried again by hand; before: " + cmp.Or(n.Delivery.Reason, string(n.Delivery.State))}
		return n, nil
	}
	return n, fmt.Errorf("notice %s is %s: only dead, unconfirmed, pending and parked ones can be tried again", n.Key, n.Delivery.State)
}

// Drop returns a row that an operator does not want sent any more as dead, for
// a reason of theirs or "". The error names a row that is not owed.
func Drop(n monitor.Notice, reason string) (monitor.Notice, error) {
	switch n.Delivery.State {
	case monitor.Pending, monitor.Unknown, monitor.Parked:
		n.Delivery.State, n.Delivery.Reason = monitor.Dead, "dropped by hand"
		if reason != "" {
			n.Delivery.Reason += ": " + reason
		}
		return n, nil
	}
	return n, fmt.Errorf("notice %s is %s: only what is still owed can be dropped", n.Key, n.Delivery.State)
}

// The reasons of parked rows. The second marks one whose last attempt may have
// arrived.
const (
	parkedReason  = "its destination is not configured"
	parkedUnknown = parkedReason + "; the last attempt had no answer"
)

// Rows are the rows of all destinations. Its methods are those of the store.
type Rows interface {
	Counts() (map[string]map[monitor.State]int, error)
	List(q monitor.NoticeFilter) ([]monitor.Notice, error)
	Update(ns []monitor.Notice) error
}

// allRows is more than an outbox holds.
const allRows = 1_000_000

// Park sets aside what is owed to destinations that are not among the
// configured ones, and takes up again, at now, what is owed to those that are
// back. A row whose last attempt may have arrived comes back as Unknown, so that
// nobody is told twice without the destination being asked first. It returns the
// rows that it has set aside, by destination.
func Park(rows Rows, configured map[string]bool, now time.Time) (parked map[string][]monitor.Notice, err error) {
	counts, err := rows.Counts()
	if err != nil {
		return nil, err
	}
	parked = map[string][]monitor.Notice{}
	for dest, states := range counts {
		from, move := []monitor.State{monitor.Pending, monitor.Unknown, monitor.Inflight}, park
		if configured[dest] {
			from, move = []monitor.State{monitor.Parked}, func(d monitor.Delivery) monitor.Delivery { return unpark(d, now) }
		}
		if !slices.ContainsFunc(from, func(st monitor.State) bool { return states[st] > 0 }) {
			continue
		}
		ns, err := rows.List(monitor.NoticeFilter{Destination: dest, States: from, Limit: allRows})
		if err != nil {
			return parked, err
		}
		for i := range ns {
			ns[i].Delivery = move(ns[i].Delivery)
		}
		if err := rows.Update(ns); err != nil {
			return parked, err
		}
		if !configured[dest] {
			parked[dest] = ns
		}
	}
	return parked, nil
}

// park is a row's delivery after its destination left the configuration.
func park(d monitor.Delivery) monitor.Delivery {
	reason := parkedReason
	switch d.State {
	case monitor.Inflight:
		reason = parkedUnknown
		d.Ambiguous++
		d.Cut++
	case monitor.Unknown:
		reason = parkedUnknown
	}
	d.State, d.Reason = monitor.Parked, reason
	return d
}

// unpark is a row's delivery after its destination came back.
func unpark(d monitor.Delivery, now time.Time) monitor.Delivery {
	state := monitor.Pending
	if d.Reason == parkedUnknown {
		state = monitor.Unknown
	}
	d.State, d.Reason, d.Due, d.Renewed = state, "", now, now
	return d
}
