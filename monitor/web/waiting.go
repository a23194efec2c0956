package web

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"newswatch/monitor"
)

// Notices shows rows of the outbox. One that has no reason of its own to wait
// has that of its destination, if it takes nothing at present.
func Notices(r Reader, rows []monitor.Notice, now time.Time) ([]Notice, error) {
	out := make([]Notice, 0, len(rows))
	known := map[string]string{}
	for _, n := range rows {
		v := NoticeOf(n)
		if v.Reason == "" && n.Delivery.State == monitor.Pending {
			why, ok := known[n.Destination]
			if !ok {
				g, err := r.Breaker(n.Destination)
				if err != nil {
					return nil, err
				}
				if g.Until.After(now) {
					why = fmt.Sprintf("the destination waits until %s: %s", g.Until.Local().Format(time.TimeOnly), g.Reason)
				}
				known[n.Destination] = why
			}
			v.Reason = why
		}
		out = append(out, v)
	}
	return out, nil
}

// waiting is a destination that is owed something and takes nothing.
type waiting struct {
	Destination string
	Reason      string    // as it was last answered
	Until       time.Time // it is tried again
	Owed        int
}

// waitingAt lists the destinations that are owed something, have failed, and
// are not tried again before now, by name.
func waitingAt(r Reader, counts map[string]map[monitor.State]int, now time.Time) ([]waiting, error) {
	var out []waiting
	for _, dest := range slices.Sorted(maps.Keys(counts)) {
		owed := owedIn(counts[dest])
		if owed == 0 {
			continue
		}
		g, err := r.Breaker(dest)
		if err != nil {
			return nil, err
		}
		if g.Failures > 0 && g.Until.After(now) {
			out = append(out, waiting{dest, g.Reason, g.Until, owed})
		}
	}
	return out, nil
}

// owedIn counts what is on its way.
func owedIn(byState map[monitor.State]int) int {
	return byState[monitor.Pending] + byState[monitor.Inflight] + byState[monitor.Unknown]
}
