package report

import (
	"cmp"
	"fmt"
	"slices"
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

// Unusual says of which watches, and of which entities that they look for, the
// day that ends at a time is unlike the same weekday of the weeks before: by far
// more stories, or by none. A silence that dark feeds explain is none. An entity
// is passed over where a watch that looks for it says as much.
func Unusual(l Ledger, r *monitor.Rules, to time.Time) ([]monitor.Unusual, error) {
	stories, err := l.StoriesSince(to.AddDate(0, 0, -7*unusualWeeks-1))
	if err != nil {
		return nil, err
	}
	d := days{stories: stories, to: to, weekday: to.Add(-time.Minute).In(cmp.Or(r.Zone, time.UTC)).Weekday().String()}
	if d.dark, err = darkFeeds(l, r, to); err != nil {
		return nil, err
	}
	var out []monitor.Unusual
	said := map[monitor.Unusual]bool{} // of an entity, by a watch; without the line
	any := func(*monitor.Story) bool { return true }
	for i, w := range r.Watches {
		of := func(sw *monitor.StoryWatch) bool { return sw.Watch == w.Name }
		kind, line := d.judge(w.Name, any, of)
		if kind == "" {
			continue
		}
		out = append(out, monitor.Unusual{Watch: w.Name, Kind: kind, Line: line})
		for _, name := range r.Set.Entities(i) {
			said[monitor.Unusual{Entity: name, Kind: kind}] = true
		}
	}
	knows := func(s *monitor.Story) bool {
		return slices.ContainsFunc(s.Watches, func(sw monitor.StoryWatch) bool { return len(sw.Entities) > 0 })
	}
	for _, name := range entitiesWatched(r) {
		of := func(sw *monitor.StoryWatch) bool { return slices.Contains(sw.Entities, name) }
		kind, line := d.judge(cmp.Or(r.Entities[name].Label, name), knows, of)
		if u := (monitor.Unusual{Entity: name, Kind: kind}); kind != "" && !said[u] {
			u.Line = line
			out = append(out, u)
		}
	}
	return out, nil
}

// entitiesWatched lists the entities that watches name.
func entitiesWatched(r *monitor.Rules) (names []string) {
	for i := range r.Watches {
		names = append(names, r.Set.Entities(i)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// A days is what a day and those before it are compared by.
type days struct {
	stories []monitor.Story
	to      time.Time
	weekday string
	dark    map[string]bool // feeds not seen for some of the day
}

// judge compares the day with those before by the stories of which a watch has
// found something of; known tells those whose past says whether it has.
func (d days) judge(name string, known func(*monitor.Story) bool, of func(*monitor.StoryWatch) bool) (kind, line string) {
	weeks := weeksKnown(d.stories, d.to, known)
	if weeks == 0 {
		return "", ""
	}
	h := historyOf(d.stories, d.to, weeks, of)
	f := unusual.Judge(unusual.Day{Stories: h.days[0], Outlets: len(h.outlets)}, h.days[1:])
	if f.Kind == "" || f.Kind == unusual.Silence && h.dark(d.dark) {
		return "", ""
	}
	return string(f.Kind), h.line(name, f, d.weekday, weeks)
}

// weeksKnown returns for how many whole weeks before the day there is a past to
// compare with.
func weeksKnown(stories []monitor.Story, to time.Time, known func(*monitor.Story) bool) int {
	first := to
	for i := range stories {
		if s := &stories[i]; s.First.Before(first) && known(s) {
			first = s.First
		}
	}
	return min(unusualWeeks, int(to.AddDate(0, 0, -1).Sub(first)/(7*24*time.Hour)))
}

// A history is what was found on a day, and on the same weekdays before.
type history struct {
	days    []int           // the day itself first
	outlets map[string]bool // of the day itself
	feeds   map[string]int  // reports of its stories by feed
	reports int
}

func historyOf(stories []monitor.Story, to time.Time, weeks int, of func(*monitor.StoryWatch) bool) history {
	h := history{days: make([]int, weeks+1), outlets: map[string]bool{}, feeds: map[string]int{}}
	for i := range stories {
		s := &stories[i]
		sw := finds(s, func(sw *monitor.StoryWatch) bool { return sw.Verdict == match.Strong && !sw.Old && of(sw) })
		if s.Into != 0 || sw == nil {
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

// finds returns what the first of the story's watches that fits has found, nil
// if none does.
func finds(s *monitor.Story, fits func(*monitor.StoryWatch) bool) (found *monitor.StoryWatch) {
	for i := range s.Watches {
		if sw := &s.Watches[i]; fits(sw) && (found == nil || sw.At.Before(found.At)) {
			found = sw
		}
	}
	return found
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
func (h history) line(name string, f unusual.Finding, day string, weeks int) string {
	usually := fmt.Sprint(f.Low)
	if f.Low != f.High {
		usually = fmt.Sprintf("%d to %d", f.Low, f.High)
	}
	if f.Kind == unusual.Silence {
		return fmt.Sprintf("%s: no story in a day; on the last %d %ss it had %s", name, weeks, day, usually)
	}
	return fmt.Sprintf("%s: %d stories of %d outlets in a day; on the last %d %ss it had %s", name, h.days[0], len(h.outlets), weeks, day, usually)
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
