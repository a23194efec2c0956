package monitor

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// readFeeds counts the configured feeds that were seen, and lists those that
// cannot be seen at present.
func (d *Digest) readFeeds(l Ledger, r *Rules, p Period) error {
	feeds, err := l.Feeds()
	if err != nil {
		return err
	}
	byID := make(map[string]FeedRecord, len(feeds))
	for _, f := range feeds {
		byID[f.ID] = f
	}
	for _, name := range sortedNames(r.Feeds) {
		f := r.Feeds[name]
		rec, ok := byID[f.URL]
		d.Feeds++
		state := rec.Health.State()
		switch {
		case !ok || rec.Poll.Success.IsZero():
			why := cmp.Or(rec.Health.Cause, "not polled yet")
			d.Blind = append(d.Blind, Blind{Feed: name, From: cmp.Or(rec.Health.FirstFail, p.From), Why: why, Watches: r.touched(name)})
		case state == OK || state == Moved || state == Stalled:
			d.FeedsOK++
		default:
			d.Blind = append(d.Blind, Blind{Feed: name, From: rec.Poll.Success, Why: string(state) + ": " + rec.Health.Cause, Watches: r.touched(name)})
		}
	}
	return nil
}

// touched names the watches that read a feed; nil if all do.
func (r *Rules) touched(feed string) []string {
	var out []string
	for _, w := range r.Watches {
		if w.reads(feed, r.Feeds[feed].Tags) {
			out = append(out, w.Name)
		}
	}
	if len(out) == len(r.Watches) {
		return nil
	}
	return out
}

// reads reports whether the watch reads a feed, given by name and tags.
func (w Watch) reads(feed string, tags []string) bool {
	return len(w.Feeds) == 0 || slices.Contains(w.Feeds, feed) ||
		slices.ContainsFunc(w.Feeds, func(f string) bool { return slices.Contains(tags, f) })
}

func (d *Digest) readGaps(l Ledger, r *Rules, p Period) error {
	gaps, err := l.GapsSince(p.From)
	if err != nil {
		return err
	}
	for _, g := range gaps {
		if g.To.After(p.To) {
			continue
		}
		why := g.Why
		if g.Lost {
			why += ": items may have come and gone unseen"
		}
		d.Blind = append(d.Blind, Blind{Feed: g.Feed, From: g.From, To: g.To, Why: why, Watches: r.touched(g.Feed)})
	}
	d.Blind, d.More.Blind = atMost(d.Blind, digestBlind)
	return nil
}

func (d *Digest) readTrouble(l Ledger, _ *Rules, p Period) error {
	troubled, err := l.Trouble(p.From)
	if err != nil {
		return err
	}
	for _, n := range troubled {
		d.Trouble = append(d.Trouble, Trouble{Destination: n.Destination, Headline: n.Content.Headline, State: n.Delivery.State, Reason: n.Delivery.Reason})
	}
	silences, err := l.Silences(p.To)
	for _, q := range silences {
		d.Silences = append(d.Silences, q.String())
	}
	return err
}

func (d *Digest) readDays(l Ledger, _ *Rules, p Period) error {
	totals, err := l.DaysSince(p.From)
	for _, t := range totals {
		if t.Day <= dayOf(p.To) {
			d.Items += t.New
		}
	}
	return err
}

// audit remarks on watches and feeds that do no work.
func audit(l Ledger, r *Rules, stories []Story, now time.Time) (out []string, err error) {
	hits := map[string]int{}
	for _, s := range stories {
		for _, sw := range s.Watches {
			hits[sw.Watch]++
		}
	}
	for _, w := range r.Watches {
		if hits[w.Name] == 0 {
			out = append(out, fmt.Sprintf("watch %s has matched nothing for %d days", w.Name, auditDays))
		}
		if len(w.Notify) == 0 {
			out = append(out, "watch "+w.Name+" notifies nobody: its matches appear in digests only")
		}
	}
	for _, name := range sortedNames(r.Feeds) {
		if !slices.ContainsFunc(r.Watches, func(w Watch) bool { return w.reads(name, r.Feeds[name].Tags) }) {
			out = append(out, "feed "+name+" is read by no watch")
		}
	}
	feeds, err := l.Feeds()
	for _, f := range feeds {
		if _, ok := r.Feeds[f.Name]; ok && !f.LastNew.IsZero() && now.Sub(f.LastNew) > auditDays*24*time.Hour {
			out = append(out, fmt.Sprintf("feed %s has shown nothing new for %s", f.Name, days(now.Sub(f.LastNew))))
		}
	}
	return out, err
}
