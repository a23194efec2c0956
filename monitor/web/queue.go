package web

import (
	"maps"
	"slices"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
)

// A queue is what one destination is owed while it takes nothing.
type queue struct {
	Destination string
	Reason      string    // as it was last answered
	Until       time.Time // it is tried again
	Owed        int
}

// queuesAt lists the destinations that are owed something, have failed, and
// are not tried again before now, by name.
func queuesAt(r api.Reader, counts map[string]map[monitor.State]int, now time.Time) ([]queue, error) {
	var out []queue
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
			out = append(out, queue{dest, g.Reason, g.Until, owed})
		}
	}
	return out, nil
}

// owedIn counts what is on its way.
func owedIn(byState map[monitor.State]int) int {
	return byState[monitor.Pending] + byState[monitor.Inflight] + byState[monitor.Unknown]
}
