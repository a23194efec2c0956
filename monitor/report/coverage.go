package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/schedule"
)

// readFeeds counts the configured feeds that were seen, and lists those that
// cannot be seen at present.
func (d *builder) readFeeds() error {
	polls, err := d.ledger.Polls()
	if err != nil {
		return err
	}
	health := map[string]schedule.Health{} // of all that are not simply well
	if err := d.ledger.Feeds(monitor.TroubledFeeds, func(rec monitor.FeedRecord) bool {
		health[rec.ID] = rec.Health
		return true
	}); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(d.rules.Feeds)) {
		f := d.rules.Feeds[name]
		poll, h := polls[f.ID()], health[f.ID()]
		d.Feeds++
		switch state := h.State(); {
		case poll.Success.IsZero():
			d.CoverageGaps = append(d.CoverageGaps, monitor.CoverageGap{Feed: name, From: cmp.Or(h.FirstFail, d.period.From), Why: cmp.Or(h.Cause, "not polled yet"), Watches: d.touched(name)})
		case state == schedule.OK || state == schedule.Moved || state == schedule.Stalled:
			d.FeedsOK++
		default:
			d.CoverageGaps = append(d.CoverageGaps, monitor.CoverageGap{Feed: name, From: poll.Success, Why: string(state) + ": " + h.Cause, Watches: d.touched(name)})
		}
	}
	return nil
}

// touched names the watches that read a feed; nil if all do.
func (d *builder) touched(feed string) []string {
	var out []string
	for _, w := range d.rules.Watches {
		if w.Reads(d.rules.Feed(feed)) {
			out = append(out, w.Name)
		}
	}
	if len(out) == len(d.rules.Watches) {
		return nil
	}
	return out
}

func (d *builder) readGaps() error {
	gaps, err := d.ledger.GapsSince(d.From)
	if err != nil {
		return err
	}
	gaps = slices.DeleteFunc(gaps, func(g monitor.Gap) bool { return g.To.After(d.To) })
	for _, g := range monitor.JoinGaps(gaps) {
		why := g.Reason()
		if g.Lost && g.Left == 0 {
			why += ": items may have come and gone unseen"
		}
		d.CoverageGaps = append(d.CoverageGaps, monitor.CoverageGap{Feed: g.Feed, From: g.From, To: g.To, Why: why, Watches: d.touched(g.Feed)})
	}
	d.CoverageGaps, d.More.CoverageGaps = atMost(d.CoverageGaps, digestBlind)
	return nil
}

func (d *builder) readTrouble() error {
	troubled, err := d.ledger.FailedDeliveries(d.From)
	if err != nil {
		return err
	}
	for _, n := range troubled {
		d.FailedDeliveries = append(d.FailedDeliveries, monitor.FailedDelivery{Destination: n.Destination, Headline: n.Content.Headline, State: n.Delivery.State, Reason: n.Delivery.Reason})
	}
	silences, err := d.ledger.Silences(d.To)
	for _, q := range silences {
		d.Silences = append(d.Silences, q.String())
	}
	return err
}

func (d *builder) readDays() error {
	totals, err := d.ledger.DaysSince(d.From)
	for _, t := range totals {
		if t.Day <= monitor.DayOf(d.To) {
			d.Items += t.New
		}
	}
	return err
}

// audit remarks on watches and feeds that do no work.
func (d *builder) audit(stories []monitor.Story) error {
	remark := func(format string, args ...any) { d.Audit = append(d.Audit, fmt.Sprintf(format, args...)) }
	hits := map[string]int{}
	for _, s := range stories {
		for _, sw := range s.Watches {
			hits[sw.Watch]++
		}
	}
	for _, w := range d.rules.Watches {
		if hits[w.Name] == 0 {
			remark("watch %s has matched nothing for %d days", w.Name, auditDays)
		}
		if len(w.Notify) == 0 {
			remark("watch %s notifies nobody: its matches appear in digests only", w.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.rules.Feeds)) {
		if !slices.ContainsFunc(d.rules.Watches, func(w monitor.Watch) bool { return w.Reads(d.rules.Feed(name)) }) {
			remark("feed %s is read by no watch", name)
		}
	}
	return d.ledger.Feeds(monitor.AllFeeds, func(f monitor.FeedRecord) bool {
		if _, ok := d.rules.Feeds[f.Name]; ok && !f.LastNew.IsZero() && d.To.Sub(f.LastNew) > auditDays*24*time.Hour {
			remark("feed %s has shown nothing new for %s", f.Name, schedule.InWords(d.To.Sub(f.LastNew)))
		}
		return true
	})
}
