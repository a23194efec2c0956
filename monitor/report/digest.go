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
	Feeds() ([]monitor.FeedRecord, error)
	// Trouble returns notices that died or were not confirmed since t.
	FailedDeliveries(t time.Time) ([]monitor.Notice, error)
	Silences(now time.Time) ([]monitor.Silence, error)
}

// What a digest shows at most, and how far its chart and audit look back.
const (
	digestStories  = 50 // of one watch
	digestPossible = 50
	digestBlind    = 50
	chartDays      = 14
	auditDays      = 30
)

// TellDigest has a monitor enqueue the digest of a period.
func TellDigest(m *monitor.Monitor, l Ledger, plan monitor.DigestPlan, p Period) error {
	d, err := BuildDigest(l, m.Rules(), plan, p)
	if err != nil {
		return fmt.Errorf("digest %s: %w", plan.Name, err)
	}
	return m.TellDigest(plan, d)
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
	for _, w := range r.Watches {
		if len(plan.Watches) == 0 || slices.Contains(plan.Watches, w.Name) {
			d.Watches = append(d.Watches, d.watch(w, stories, zone))
		}
	}
	d.Possible = onePerStory(d.Possible)
	d.Possible, d.More.Possible = atMost(d.Possible, digestPossible)
	steps := []func() error{d.readFeeds, d.readGaps, d.readTrouble, d.readDays}
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

// onePerStory joins the cards of a story that several watches doubt, and puts
// the most told first.
func onePerStory(cards []monitor.Card) []monitor.Card {
	var out []monitor.Card
	for _, c := range cards {
		if i := slices.IndexFunc(out, func(o monitor.Card) bool { return o.Story == c.Story }); i >= 0 {
			out[i].Watch += ", " + c.Watch
		} else {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, monitor.StrongestFirst)
	return out
}

// chart lays out the days of the chart, the digest's own last.
func (d *builder) chart(to time.Time) {
	for i := chartDays - 1; i >= 0; i-- {
		d.Days = append(d.Days, to.AddDate(0, 0, -i).Format(time.DateOnly))
	}
}

// watch gathers one watch's part.
func (d *builder) watch(w monitor.Watch, stories []monitor.Story, zone *time.Location) monitor.DigestWatch {
	out := monitor.DigestWatch{Name: w.Name, PerDay: make([]int, len(d.Days))}
	for i := range stories {
		s := &stories[i]
		sw := s.Watch(w.Name)
		if sw == nil || sw.Old || s.Into != 0 {
			continue
		}
		strong := sw.Verdict == match.Strong
		if day := slices.Index(d.Days, sw.At.In(zone).Format(time.DateOnly)); day >= 0 && strong {
			out.PerDay[day]++
		}
		if sw.At.Before(d.From) || !sw.At.Before(d.To) {
			continue
		}
		if strong || sw.Alerted {
			out.Stories = append(out.Stories, monitor.CardOf(s, sw))
		} else if cmp.Or(w.Weak, monitor.WeakDigest) == monitor.WeakDigest {
			d.Possible = append(d.Possible, monitor.CardOf(s, sw))
		}
	}
	slices.SortStableFunc(out.Stories, func(a, b monitor.Card) int {
		return cmp.Or(cmp.Compare(b.Outlets, a.Outlets), cmp.Compare(b.Verdict, a.Verdict), b.Seen.Compare(a.Seen))
	})
	out.Stories, out.More = atMost(out.Stories, digestStories)
	return out
}
