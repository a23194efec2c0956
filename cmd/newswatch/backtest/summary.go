package backtest

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"newswatch/monitor"
)

// Summary is the last line of backtest --json.
type Summary struct {
	Type    string                    `json:"type"` // "summary"
	Items   int                       `json:"items"`
	Matched int                       `json:"matched"`
	Stories int                       `json:"stories"`
	Notices map[string]int            `json:"notices"` // by kind
	PerDay  map[string]map[string]int `json:"per_day"` // day, destination
	Only    *Difference               `json:"against,omitempty"`
	Seconds float64                   `json:"seconds"`
}

type Difference struct {
	Gained []string `json:"gained"`
	Lost   []string `json:"lost"`
}

func Summarize(done []Outcome, notices []Notice) Summary {
	s := Summary{Type: "summary", Items: len(done), Notices: map[string]int{}, PerDay: map[string]map[string]int{}}
	stories := map[string]bool{}
	for _, it := range done {
		if len(it.Matches) > 0 {
			s.Matched++
			stories[it.Story] = true
		}
	}
	s.Stories = len(stories)
	for _, n := range notices {
		s.Notices[n.Kind]++
		day := n.At.Format(time.DateOnly)
		if s.PerDay[day] == nil {
			s.PerDay[day] = map[string]int{}
		}
		s.PerDay[day][n.Destination]++
	}
	return s
}

// Diff says what one configuration would have told and the other not, by
// headline, watch and destination.
func Diff(mine, other []Notice) *Difference {
	name := func(n Notice) string {
		return fmt.Sprintf("%s %s to %s: %s", n.Kind, n.Watch, n.Destination, n.Headline)
	}
	have := func(list []Notice) map[string]bool {
		m := map[string]bool{}
		for _, n := range list {
			if n.Kind == string(monitor.AlertKind) || n.Kind == string(monitor.ReplyKind) {
				m[name(n)] = true
			}
		}
		return m
	}
	a, b := have(mine), have(other)
	d := &Difference{Gained: []string{}, Lost: []string{}}
	for _, k := range slices.Sorted(maps.Keys(a)) {
		if !b[k] {
			d.Gained = append(d.Gained, k)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(b)) {
		if !a[k] {
			d.Lost = append(d.Lost, k)
		}
	}
	return d
}
