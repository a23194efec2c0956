package report

import (
	"cmp"
	"fmt"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/monitor/unusual"
)

// How far back a day is compared, and how much of what told of a watch may have
// been dark before its silence means nothing.
const (
	unusualWeeks = 8
	darkShare    = .2
)

// Unusual says of which watches the day that ends at a time is unlike the same
// weekday of the weeks before: by far more stories, or by none. A silence that
// dark feeds explain is none.
func Unusual(l Ledger, r *monitor.Rules, to time.Time) ([]monitor.Unusual, error) {
	stories, err := l.StoriesSince(to.AddDate(0, 0, -7*unusualWeeks-1))
	if err != nil {
		return nil, err
	}
	weeks := weeksKnown(stories, to)
	if weeks == 0 {
		return nil, nil
	}
	dark, err := darkFeeds(l, r, to)
	if err != nil {
		return nil, err
	}
	var out []monitor.Unusual
	for _, w := range r.Watches {
		h := historyOf(w.Name, stories, to, weeks)
		f := unusual.Judge(unusual.Day{Stories: h.days[0], Outlets: len(h.outlets)}, h.days[1:])
		if f.Kind == "" || f.Kind == unusual.Silence && h.dark(dark) {
			continue
		}
		day := to.Add(-time.Minute).In(cmp.Or(r.Zone, time.UTC)).Weekday().String()
		out = append(out, monitor.Unusual{Watch: w.Name, Kind: string(f.Kind), Line: h.line(w.Name, f, day, weeks)})
	}
	return out, nil
}

// weeksKnown returns for how many whole weeks before the day there is a past to
// compare with.
func weeksKnown(stories []monitor.Story, to time.Time) int {
	first := to
	for i := range stories {
		if stories[i].First.Before(first) {
			first = stories[i].First
		}
	}
	return min(unusualWeeks, int(to.AddDate(0, 0, -1).Sub(first)/(7*24*time.Hour)))
}

// A history is what a watch found on a day, and on the same weekdays before.
type history struct {
	days    []int           // the day itself first
	outlets map[string]bool // of the day itself
	feeds   map[string]int  // reports of its stories by feed
	reports int
}

func historyOf(watch string, stories []monitor.Story, to time.Time, weeks int) history {
	h := history{days: make([]int, weeks+1), outlets: map[string]bool{}, feeds: map[string]int{}}
	for i := range stories {
		s := &stories[i]
		sw := s.Watch(watch)
		if s.Into != 0 || sw == nil || sw.Verdict != match.Strong || sw.Old {
			continue
		}
		for _, it := range s.Items {
			h.feeds[it.Feed]++
			h.reports++
		}
		ago := to.Sub(sw.At)
		if week := int(ago / (7 * 24 * time.Hour)); ago > 0 && week <= weeks && ago%(7*24*time.Hour) <= 24*time.Hour {
			h.days[week]++
			if week == 0 {
				for _, it := range s.Items {
					h.outlets[it.OutletName()] = true
				}
			}
		}
	}
	return h
}

// dark reports whether the feeds that could not be seen brought so much of what
// the watch found before that its silence says nothing.
func (h history) dark(feeds map[string]bool) bool {
	n := 0
	for name, reports := range h.feeds {
		if feeds[name] {
			n += reports
		}
	}
	return float64(n) > darkShare*float64(h.reports)
}

// line says in one line what is unusual.
func (h history) line(watch string, f unusual.Finding, day string, weeks int) string {
	usually := fmt.Sprint(f.Low)
	if f.Low != f.High {
		usually = fmt.Sprintf("%d to %d", f.Low, f.High)
	}
	if f.Kind == unusual.Silence {
		return fmt.Sprintf("%s: no story in a day; on the last %d %ss it had %s", watch, weeks, day, usually)
	}
	return fmt.Sprintf("%s: %d stories of %d outlets in a day; on the last %d %ss it had %s", watch, h.days[0], len(h.outlets), weeks, day, usually)
}

// darkFeeds returns the feeds that were not seen for some of the day that ends at
// a time.
func darkFeeds(l Ledger, r *monitor.Rules, to time.Time) (map[string]bool, error) {
	from := to.AddDate(0, 0, -1)
	dark := map[string]bool{}
	gaps, err := l.GapsSince(from)
	if err != nil {
		return nil, err
	}
	for _, g := range gaps {
		if g.Lost {
			dark[g.Feed] = true
		}
	}
	polls, err := l.Polls()
	if err != nil {
		return nil, err
	}
	for name, f := range r.Feeds {
		if polls[f.ID()].Success.Before(from) {
			dark[name] = true
		}
	}
	return dark, nil
}
