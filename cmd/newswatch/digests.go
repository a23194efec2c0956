package main

import (
	"fmt"
	"log/slog"
	"sync"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/report"
	"newswatch/monitor/store"
)

// digests sends digests at their slots. The slots told are kept in the store
// and compared with the wall clock every minute: a restart, a suspended
// machine or a clock that jumps neither repeats a digest nor loses one.
type digests struct {
	monitor *monitor.Monitor
	store   *store.Store
	log     *slog.Logger

	mu    sync.Mutex
	plans []plan
}

// slotForm is how config names slots.
const slotForm = "2006-01-02T15:04"

// longestLook is how far back missed slots are made good.
const longestLook = 7 * 24 * time.Hour

// lateBy is when a digest says that it comes late.
const lateBy = 10 * time.Minute

// replace swaps the plans.
func (d *digests) replace(plans []plan) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.plans = plans
}

// list returns the plans in force.
func (d *digests) list() []plan {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.plans
}

// tick tells every digest whose slot has come.
func (d *digests) tick(now time.Time) {
	for _, p := range d.list() {
		if err := d.tell(p, now); err != nil {
			d.log.Error("digest not made", "digest", p.Name, "err", err)
		}
	}
}

func (d *digests) tell(p plan, now time.Time) error {
	told, err := d.store.Slot(p.Name)
	if err != nil {
		return err
	}
	slot, at := p.slots.Last(now)
	if at.IsZero() || slot == told {
		return nil
	}
	if told == "" {
		// The digest is new: its first slot is the next one.
		return d.monitor.MarkSlot(p.Name, slot)
	}
	period, ok := p.period(told, slot, at, now)
	if !ok {
		return nil // the clock went back
	}
	if err := report.TellDigest(d.monitor, reader{d.store, d.monitor}, p.DigestPlan, period); err != nil {
		return err
	}
	d.log.Info("digest told", "digest", p.Name, "slot", slot, "late", period.Late)
	return nil
}

// period is what the digest of a slot accounts for: all since the slot told
// last, however many were missed between.
func (p plan) period(told, slot string, at, now time.Time) (report.Period, bool) {
	from, err := time.ParseInLocation(slotForm, told, p.Zone)
	if err != nil {
		from = at.AddDate(0, 0, -1)
	}
	if !from.Before(at) {
		return report.Period{}, false
	}
	from = later(from, at.Add(-longestLook))
	missed := 0
	for _, t := p.slots.Next(from); t.Before(at); _, t = p.slots.Next(t) {
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

// recent is the period of a preview: since the last slot told, up to now.
func (d *desk) recent(p plan, since, now time.Time) (report.Period, error) {
	slot, at := p.slots.Last(now)
	if at.IsZero() {
		at, slot = now.AddDate(0, 0, -1), now.Format(slotForm)
	}
	if !since.IsZero() {
		at = since
	}
	if at.After(now) {
		return report.Period{}, fmt.Errorf("--since lies in the future")
	}
	return report.Period{Slot: slot, From: at, To: now}, nil
}
