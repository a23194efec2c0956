package api

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/match"
)

// A Watch is a watch as the Server gives it.
type Watch struct {
	Name     string    `json:"name"`
	Match    string    `json:"match"`
	Feeds    []string  `json:"feeds"`  // none means all
	Notify   []string  `json:"notify"` // destinations
	Priority string    `json:"priority"`
	Weak     string    `json:"weak"`
	Stories  int       `json:"stories"`  // strong, of the last month
	Possible int       `json:"possible"` // weak only, of the last month
	Last     time.Time `json:"last_match,omitzero"`
	Daily    []int     `json:"daily"` // strong stories a day for two weeks, today last
}

// ChartDays is how many days a watch's chart shows.
const ChartDays = 14

// Watches lists the configured watches in their order, with what they found.
// Days begin where now's zone says.
func Watches(rules *monitor.Rules, stories []*Summary, now time.Time, days int) []Watch {
	out := make([]Watch, len(rules.Watches))
	byName := make(map[string]*Watch, len(out))
	for i, w := range rules.Watches {
		out[i] = Watch{Name: w.Name, Match: w.Match, Feeds: append([]string{}, w.Feeds...), Notify: append([]string{}, w.Notify...),
			Priority: string(cmp.Or(w.Priority, monitor.Normal)), Weak: string(cmp.Or(w.Weak, monitor.WeakDigest)), Daily: make([]int, days)}
		byName[w.Name] = &out[i]
	}
	edges := DayEdges(now, days)
	for _, b := range stories {
		for _, bw := range b.Watches {
			if w := byName[bw.Watch]; w != nil && !bw.Old {
				w.count(bw, edges)
			}
		}
	}
	return out
}

func (w *Watch) count(bw WatchSummary, edges []time.Time) {
	if bw.At.After(w.Last) {
		w.Last = bw.At
	}
	if bw.Verdict != match.Strong {
		w.Possible++
		return
	}
	w.Stories++
	if i := dayAt(edges, bw.At); i >= 0 {
		w.Daily[i]++
	}
}

// DayEdges returns when each of the last days began, today's last.
func DayEdges(now time.Time, days int) []time.Time {
	out := make([]time.Time, days)
	for i := range out {
		y, m, d := now.Date()
		out[i] = time.Date(y, m, d-(days-1-i), 0, 0, 0, 0, now.Location())
	}
	return out
}

// dayAt returns the index of the day t falls on, -1 if before the first.
func dayAt(edges []time.Time, t time.Time) int {
	for i, e := range slices.Backward(edges) {
		if !t.Before(e) {
			return i
		}
	}
	return -1
}

// serveWatches lists the watches.
func (s *Server) serveWatches(r *Request) error {
	snap, err := s.Snapshot()
	if err != nil {
		return err
	}
	list, err := page(r, Watches(s.Rules(), snap.Stories, s.Time().In(s.Zone()), ChartDays), maxList)
	if err != nil {
		return err
	}
	return r.JSON(http.StatusOK, list)
}

// named reports whether a watch of the name is configured.
func named(rules *monitor.Rules, watch string) bool {
	return slices.ContainsFunc(rules.Watches, func(w monitor.Watch) bool { return w.Name == watch })
}
