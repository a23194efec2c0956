package daemon

import (
	"log/slog"
	"sync"
	"time"

	"newswatch/cmd/newswatch/config"
	"newswatch/monitor"
	"newswatch/monitor/report"
)

// digests sends digests at their slots. The last slot sent is kept in the store
// and compared with the wall clock every minute: a restart, a suspended
// machine or a clock that jumps neither repeats a digest nor loses one.
type digests struct {
	monitor *monitor.Monitor
	store   Store
	log     *slog.Logger

	mu    sync.Mutex
	plans []config.Digest
}

// longestLook is how far back missed slots are made good.
const longestLook = 7 * 24 * time.Hour

// lateBy is when a digest says that it comes late.
const lateBy = 10 * time.Minute

// replace swaps the plans.
func (d *digests) replace(plans []config.Digest) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.plans = plans
}

// list returns the plans in force.
func (d *digests) list() []config.Digest {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.plans
}

// tick sends every digest whose slot has come.
func (d *digests) tick(now time.Time) {
	for _, p := range d.list() {
		if err := d.send(p, now); err != nil {
			d.log.Error("digest not made", "digest", p.Name, "err", err)
		}
	}
}

func (d *digests) send(p config.Digest, now time.Time) error {
	last, err := d.store.Slot(p.Name)
	if err != nil {
		return err
	}
	slot, at := p.Slots.Last(now)
	mark := slot + " " + p.Zone.String()
	if at.IsZero() || last == mark || last == slot { // without zone: an earlier version's
		return nil
	}
	if last == "" {
		// The digest is new: its first slot is the next one.
		return d.monitor.MarkSlot(p.Name, mark)
	}
	period, ok := periodOf(p, last, slot, at, now)
	if !ok {
		return nil // the clock went back, or that hour was told in another zone
	}
	told, err := report.TellDigest(d.monitor, reader{Store: d.store, monitor: d.monitor}, p.Plan(), period)
	switch {
	case err != nil:
		return err
	case told:
		d.log.Info("digest told", "digest", p.Name, "slot", slot, "late", period.Late)
	default:
		d.log.Info("digest skipped, it has no news", "digest", p.Name, "slot", slot)
	}
	return nil
}

// periodOf is what the digest of a slot accounts for: all since the slot sent
// last, however many were missed between.
func periodOf(p config.Digest, last, slot string, at, now time.Time) (report.Period, bool) {
	from, err := config.ParseSlot(last, p.Zone)
	if err != nil || from.After(now.Add(longestLook)) { // damaged
		from = at.AddDate(0, 0, -1)
	}
	if !from.Before(at) {
		return report.Period{}, false
	}
	from = later(from, at.Add(-longestLook))
	missed := 0
	for _, t := p.Slots.Next(from); t.Before(at); _, t = p.Slots.Next(t) {
		missed++
	}
	return report.Period{Slot: slot, From: from, To: at, Late: now.Sub(at) > lateBy, Missed: missed}, true
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
