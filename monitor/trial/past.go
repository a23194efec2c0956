package trial

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/monitor/story"
)

// A Question is a watch to be tried on the past.
type Question struct {
	Query   string
	Feeds   []string       // names or tags of the feeds it reads; none means all
	Present *monitor.Watch // what it is to replace; nil for nothing
	Since   time.Time
	Now     time.Time
	Zone    *time.Location // where days begin; nil is UTC
	Time    time.Duration  // after which the answer is partial; 0 is longest
}

// longest is how long a trial reads the past: longer than anybody waits for a
// page while typing.
const longest = 3 * time.Second

// most is how many stories an answer lists one by one.
const most = 200

// mostFound is how many items an answer is made of: more are no use to whoever
// asks, and take long to make stories of.
const mostFound = 2000

// A Past is what was seen: the items from an ID on, newest first, less those that
// have not the words looked for, and how many there were on each day.
type Past interface {
	ItemsWith(from, before monitor.ItemID, may func(has func(key uint64) bool) bool, fn func(monitor.Record) bool) error
	DaysSince(t time.Time) ([]monitor.DayTotal, error)
}

// An Answer is what the watch would have found.
type Answer struct {
	Items   int       `json:"items"`   // seen in the time; where it is partial, those looked at
	Stories []Story   `json:"stories"` // it would have told, newest first
	Lost    []Story   `json:"lost,omitempty"`
	PerDay  []Day     `json:"per_day"`        // oldest first
	More    int       `json:"more,omitempty"` // stories beyond those listed
	Partial bool      `json:"partial"`        // time was up, or enough found: nothing before From was looked at
	From    time.Time `json:"from"`
}

// A Story is one event that the watch finds.
type Story struct {
	Story    string    `json:"story,omitempty"` // its ID, if it is known as a story
	Headline string    `json:"headline"`
	URL      string    `json:"url"`
	Outlet   string    `json:"outlet"`
	Outlets  int       `json:"outlets"`
	At       time.Time `json:"at"` // first seen
	Verdict  string    `json:"verdict"`
	Sentence string    `json:"sentence"`
	Hits     [][2]int  `json:"hits"`          // byte offsets of the hits in Sentence
	New      bool      `json:"new,omitempty"` // the present version does not tell it

	id    uint64
	was   match.Verdict // of the present version
	now   match.Verdict
	names map[string]bool
}

// A Day is how many stories began on it.
type Day struct {
	Day      string `json:"day"`
	Strong   int    `json:"strong"`
	Possible int    `json:"possible"`
}

// ErrQuery is returned for a query with mistakes: Read says which.
var ErrQuery = errors.New("the query has mistakes")

// Ask reads the past since a time, newest first, for as long as there is time,
// and groups what the watch finds into stories. An end of ctx is an error.
func Ask(ctx context.Context, past Past, rules *monitor.Rules, q Question) (Answer, error) {
	watches := []match.Rule{{Name: "query", Match: q.Query, Feeds: q.Feeds}}
	if q.Present != nil {
		watches = append(watches, match.Rule{Name: "present", Match: q.Present.Match, Feeds: q.Present.Feeds})
	}
	set, problems := match.Compile(rules.Entities, watches)
	if slices.ContainsFunc(problems, func(p match.Problem) bool { return !p.Warning && p.Path == "watches[0].match" }) {
		return Answer{}, ErrQuery
	}
	a, found, err := read(ctx, past, rules, set, q)
	if err != nil {
		return Answer{}, err
	}
	a.sort(group(found), q)
	return a, nil
}

// A finding is an item that one of the two versions finds.
type finding struct {
	monitor.Record
	now, was match.Match
}

// read collects what is found, oldest first.
func read(ctx context.Context, past Past, rules *monitor.Rules, set *match.Set, q Question) (a Answer, found []finding, err error) {
	began, budget := time.Now(), cmp.Or(q.Time, longest)
	a.From = q.Since
	err = past.ItemsWith(monitor.FirstID(q.Since), 0, match.NewSieve(set).May, func(rec monitor.Record) bool {
		switch {
		case ctx.Err() != nil:
			return false
		case rec.Seen.Before(q.Since): // an ID may be later
			return true
		case time.Since(began) > budget || len(found) == mostFound:
			a.Partial, a.From = true, rec.Seen
			return false
		}
		a.Items++
		if p := rec.Item.Published; !p.IsZero() && p.Before(q.Since) {
			return true // old when it was first seen: nobody is told at once
		}
		f := finding{Record: rec}
		for _, m := range set.Match(rec.Doc(rules.Feed(rec.Feed), rec.Seen)) {
			if m.Rule == 0 {
				f.now = m
			} else {
				f.was = m
			}
		}
		if f.now.Verdict != match.None || f.was.Verdict != match.None {
			found = append(found, f)
		}
		return true
	})
	slices.Reverse(found)
	if err = cmp.Or(err, ctx.Err()); err == nil && !a.Partial {
		err = a.count(past, q.Since)
	}
	return a, found, err
}

// count counts the items seen since a time, of which only some were looked at.
func (a *Answer) count(past Past, since time.Time) error {
	days, err := past.DaysSince(since)
	seen := 0
	for _, d := range days {
		seen += d.New
	}
	a.Items = max(a.Items, seen)
	return err
}

// group makes stories of findings as the daemon would, by an index of their
// own; those that are in a story stay there.
func group(found []finding) []*Story {
	index, known, ids := story.NewIndex(0), map[uint64]uint64{}, make([]uint64, len(found))
	for i, f := range found {
		rep := monitor.ReportOf(f.ID, f.Item, f.Outlet, f.Seen)
		index.Expire(f.Seen)
		pl := index.Place(rep)
		ids[i] = cmp.Or(pl.Story, rep.ID)
		index.Add(rep, pl, ids[i])
		if f.Story != 0 && known[ids[i]] == 0 {
			known[ids[i]] = uint64(f.Story)
		}
	}
	byID, out := map[uint64]*Story{}, []*Story{}
	for i, f := range found {
		id := cmp.Or(uint64(f.Story), known[ids[i]], ids[i])
		s := byID[id]
		if s == nil {
			s = &Story{id: id, At: f.Seen, names: map[string]bool{}}
			if f.Story != 0 || known[ids[i]] != 0 {
				s.Story = monitor.StoryID(id).String()
			}
			byID[id], out = s, append(out, s)
		}
		s.take(f)
	}
	return out
}

// take adds a report to a story, which is told by the first of the strictest.
func (s *Story) take(f finding) {
	s.names[f.Outlet] = true
	s.Outlets = len(s.names)
	m := f.now
	if m.Verdict == match.None {
		m = f.was
	}
	if s.Headline == "" || f.now.Verdict > s.now {
		s.Headline, s.URL, s.Outlet, s.Sentence = f.Item.Title, cmp.Or(f.Item.Link, f.Item.URL), f.Outlet, m.Sentence
		s.Hits, s.Verdict = [][2]int{}, m.Verdict.String()
		for _, h := range m.Hits {
			s.Hits = append(s.Hits, [2]int{h.Start, h.End})
		}
	}
	s.now, s.was = max(s.now, f.now.Verdict), max(s.was, f.was.Verdict)
}

// sort fills the answer in.
func (a *Answer) sort(stories []*Story, q Question) {
	zone := cmp.Or(q.Zone, time.UTC)
	a.Stories, a.PerDay = []Story{}, []Day{}
	at := map[string]int{}
	for day := q.Since.In(zone); ; day = day.AddDate(0, 0, 1) {
		name := day.Format(time.DateOnly)
		if name > q.Now.In(zone).Format(time.DateOnly) || len(a.PerDay) >= 400 {
			break
		}
		at[name] = len(a.PerDay)
		a.PerDay = append(a.PerDay, Day{Day: name})
	}
	for _, s := range slices.Backward(stories) {
		s.New = q.Present != nil && s.was == match.None
		switch {
		case s.now == match.None:
			a.Lost = append(a.Lost, *s)
			continue
		case len(a.Stories) < most:
			a.Stories = append(a.Stories, *s)
		default:
			a.More++
		}
		i, ok := at[s.At.In(zone).Format(time.DateOnly)]
		switch {
		case ok && s.now == match.Strong:
			a.PerDay[i].Strong++
		case ok:
			a.PerDay[i].Possible++
		}
	}
}
