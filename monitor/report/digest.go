// Package report turns the past into digests, and into explanations of single
// items.
//
// It reads a store through narrow interfaces and writes nothing. It does not
// know how either is shown.
package report

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/monitor/schedule"
	"newswatch/monitor/story"
)

// A Period is what one digest accounts for: one slot, or several if newswatch
// was down when they came.
type Period struct {
	Slot     string // names the digest: the local date and time it stands for
	From, To time.Time
	Late     bool
	Missed   int // earlier slots merged into it
}

// A Ledger is the past as digests and reports read it.
type Ledger interface {
	StoriesSince(t time.Time) ([]monitor.Story, error)
	GapsSince(t time.Time) ([]monitor.Gap, error)
	DaysSince(t time.Time) ([]monitor.DayTotal, error)
	Feeds(which monitor.FeedSet, fn func(monitor.FeedRecord) bool) error
	Polls() (map[string]schedule.PollTimes, error)
	// Trouble returns notices that died or were not confirmed since t.
	FailedDeliveries(t time.Time) ([]monitor.Notice, error)
	Silences(now time.Time) ([]monitor.Silence, error)
}

// What a digest shows at most, and how far its chart and audit look back.
const (
	digestStories  = 500 // of one watch
	digestPossible = 200
	digestReports  = 6 // of one story
	digestBlind    = 50
	chartDays      = 14
	auditDays      = 30
)

// TellDigest has a monitor enqueue the digest of a period, or only mark its slot
// if it is empty and the plan skips such. It reports whether it was enqueued.
func TellDigest(m *monitor.Monitor, l Ledger, plan monitor.DigestPlan, p Period) (told bool, err error) {
	d, err := BuildDigest(l, m.Rules(), plan, p)
	if err != nil {
		return false, fmt.Errorf("digest %s: %w", plan.Name, err)
	}
	if plan.SkipEmpty && d.Empty() {
		plan.Notify = nil
	}
	return len(plan.Notify) > 0, m.TellDigest(plan, d)
}

// BuildDigest returns the digest of a period. It only reads.
func BuildDigest(l Ledger, r *monitor.Rules, plan monitor.DigestPlan, p Period) (*monitor.Digest, error) {
	zone := cmp.Or(plan.Zone, r.Zone, time.UTC)
	d := &builder{ledger: l, rules: r, period: p}
	d.Digest = monitor.Digest{Name: plan.Name, Slot: p.Slot, Zone: zone.String(), From: p.From.UTC(), To: p.To.UTC(), Late: p.Late, Missed: p.Missed}
	stories, err := l.StoriesSince(p.To.AddDate(0, 0, -auditDays))
	if err != nil {
		return nil, err
	}
	d.chart(p.To.In(zone))
	d.watches(plan, stories, zone)
	d.Possible, d.More.Possible = atMost(d.Possible, digestPossible)
	steps := []func() error{d.readUnusual, d.readFeeds, d.readGaps, d.readTrouble, d.readDays}
	if p.To.In(zone).Weekday() == time.Monday {
		steps = append(steps, func() error { return d.audit(stories) })
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return &d.Digest, nil
}

// readUnusual lists what is unusual of the digest's watches.
func (d *builder) readUnusual() error {
	found, err := Unusual(d.ledger, d.rules, d.period.To)
	for _, u := range found {
		if slices.ContainsFunc(u.About(d.rules), func(w monitor.Watch) bool { return d.has(w.Name) }) {
			d.Unusual = append(d.Unusual, u.Line)
		}
	}
	return err
}

// has reports whether the digest is about the watch.
func (d *builder) has(watch string) bool {
	return slices.ContainsFunc(d.Watches, func(w monitor.DigestWatch) bool { return w.Name == watch })
}

// A builder is a digest while it is being made.
type builder struct {
	monitor.Digest
	ledger Ledger
	rules  *monitor.Rules
	period Period
}

// atMost cuts a list and says how much of it is not there any more.
func atMost[T any](list []T, n int) ([]T, int) {
	if len(list) <= n {
		return list, 0
	}
	return list[:n], len(list) - n
}

// chart lays out the days of the chart, the digest's own last.
func (d *builder) chart(to time.Time) {
	for i := chartDays - 1; i >= 0; i-- {
		d.Days = append(d.Days, to.AddDate(0, 0, -i).Format(time.DateOnly))
	}
}

// watches gathers the stories: each once, under the first of the digest's
// watches that it concerns, with what the period brought.
func (d *builder) watches(plan monitor.DigestPlan, stories []monitor.Story, zone *time.Location) {
	var asked []monitor.Watch
	for _, w := range d.rules.Watches {
		if len(plan.Watches) == 0 || slices.Contains(plan.Watches, w.Name) {
			asked = append(asked, w)
			d.Watches = append(d.Watches, monitor.DigestWatch{Name: w.Name, PerDay: make([]int, len(d.Days))})
		}
	}
	for i := range stories {
		if s := &stories[i]; s.Into == 0 {
			d.countDays(s, asked, zone)
			d.story(s, asked)
		}
	}
	for i := range d.Watches {
		w := &d.Watches[i]
		slices.SortStableFunc(w.Stories, func(a, b monitor.Card) int {
			return cmp.Or(cmp.Compare(b.Outlets, a.Outlets), cmp.Compare(b.Verdict, a.Verdict), b.Seen.Compare(a.Seen))
		})
		w.Stories, w.More = atMost(w.Stories, digestStories)
	}
	slices.SortStableFunc(d.Possible, monitor.StrongestFirst)
}

// countDays counts a story in the charts of the watches that are sure of it.
func (d *builder) countDays(s *monitor.Story, asked []monitor.Watch, zone *time.Location) {
	for i, w := range asked {
		sw := s.Watch(w.Name)
		if sw == nil || sw.Old || sw.Verdict != match.Strong {
			continue
		}
		if day := slices.Index(d.Days, sw.At.In(zone).Format(time.DateOnly)); day >= 0 {
			d.Watches[i].PerDay[day]++
		}
	}
}

// story lists one story if the period brought anything of it.
func (d *builder) story(s *monitor.Story, asked []monitor.Watch) {
	var sure, doubtful []monitor.Watch
	matched := false // for the first time, in the period
	for _, w := range asked {
		sw := s.Watch(w.Name)
		if sw == nil || sw.Old {
			continue
		}
		switch {
		case sw.Verdict == match.Strong || sw.Alerted:
			sure = append(sure, w)
		case cmp.Or(w.Weak, monitor.WeakDigest) == monitor.WeakDigest:
			doubtful = append(doubtful, w)
		default:
			continue
		}
		matched = matched || d.within(sw.At)
	}
	reports := d.reports(s)
	switch {
	case !matched && len(reports) == 0:
	case len(sure) > 0:
		monitor.InOrder(sure)
		card := s.Card(names(sure))
		card.Reports = slices.DeleteFunc(reports, func(r monitor.Report) bool { return r.Title == card.Headline && r.URL == card.URL })
		card.Reports, card.MoreReports = atMost(card.Reports, digestReports)
		at := slices.IndexFunc(d.Watches, func(w monitor.DigestWatch) bool { return w.Name == sure[0].Name })
		d.Watches[at].Stories = append(d.Watches[at].Stories, card)
		for i := range d.Watches {
			if slices.Contains(card.Watches[1:], d.Watches[i].Name) {
				d.Watches[i].Beside++
			}
		}
	case len(doubtful) > 0 && matched:
		d.Possible = append(d.Possible, s.Card(names(doubtful)))
	}
}

// reports returns what the period brought of a story: reports that are no
// reprints and changes of weight, oldest first.
func (d *builder) reports(s *monitor.Story) []monitor.Report {
	var out []monitor.Report
	for _, it := range s.Items {
		if (it.Role == story.First || it.Role == story.Original) && d.within(it.ID.Time()) {
			out = append(out, monitor.Report{Outlet: it.OutletName(), Title: it.Title, URL: it.URL, At: it.Time()})
		}
	}
	for _, c := range s.Changes {
		if d.within(c.At) {
			out = append(out, monitor.Report{Outlet: c.Outlet, Title: c.What, URL: c.URL, At: c.At})
		}
	}
	slices.SortStableFunc(out, func(a, b monitor.Report) int { return a.At.Compare(b.At) })
	return out
}

// within reports whether a moment lies in the digest's period.
func (d *builder) within(t time.Time) bool { return !t.Before(d.From) && t.Before(d.To) }

func names(ws []monitor.Watch) []string {
	out := make([]string, len(ws))
	for i, w := range ws {
		out[i] = w.Name
	}
	return out
}
