package notify

import (
	"context"
	"slices"
	"time"

	"newswatch/monitor"
)

// How many due notices are looked at together: many where people read them,
// so that what has piled up makes one card; fewer where they only pass.
const (
	readForPeople   = 2000
	readForPrograms = 256
	readPause       = 5 * time.Second // between two looks while there is enough to do
)

// step takes one step: it decides, commits the decision together with the
// outcomes that came in, and begins the attempts that the commit covers. It
// returns how long there is nothing to do unless something happens.
func (r *run) step(ctx context.Context) (time.Duration, error) {
	now := r.now()
	if err := r.refill(now); err != nil {
		return 0, err
	}
	p := decide(r.situation(now))
	changes := slices.Clone(r.uncommitted)
	for _, rows := range p.write {
		changes = append(changes, change{rows: rows})
	}
	for _, n := range p.send {
		changes = append(changes, change{rows: []monitor.Notice{claim(n, now)}, attempt: true})
	}
	done, err := r.commit(changes)
	for _, c := range done {
		if c.attempt {
			r.begin(ctx, c.rows[0], false)
		}
	}
	r.queue = p.left
	if err != nil || len(p.write) > 0 || len(done) < len(changes) {
		r.queue, r.reread = nil, true
		return 0, err
	}
	r.reread = r.reread || len(changes) > len(p.send) // a reply may have waited for an outcome
	r.storeBreaker(now)
	r.ask(ctx, p.probe)
	return r.pause(now)
}

// claim marks a row as one whose attempt may leave the process.
func claim(n monitor.Notice, now time.Time) monitor.Notice {
	n.Delivery.State, n.Delivery.Started, n.Delivery.Due = monitor.Inflight, now, time.Time{}
	n.Delivery.Attempts++
	n.Delivery.Asked = 0
	return n
}

// refill reads the outbox if it may hold more than the queue does. With slots
// enough to do that can wait: what is new is due later than what is there.
func (r *run) refill(now time.Time) error {
	most := readForPeople
	if r.capabilities.Bulk {
		most = readForPrograms
	}
	if !r.reread || !r.underfilled() && (r.capabilities.Bulk || now.Sub(r.read) < readPause) {
		return nil
	}
	due, err := r.Outbox.Due(r.Destination, now, most)
	if err != nil {
		return err
	}
	r.queue = slices.DeleteFunc(due, func(n monitor.Notice) bool { return r.handled(n.Key) })
	clear(r.parents)
	for _, n := range r.queue {
		if n.Parent == "" {
			continue
		}
		if err := r.loadParent(n.Parent); err != nil {
			return err
		}
		if err := r.loadParent(r.parents[n.Parent].Delivery.Into); err != nil {
			return err
		}
	}
	r.reread, r.read = len(due) == most, now
	return nil
}

// handled reports whether a row that the outbox lists as due is being asked
// about, or has been and waits for the commit.
func (r *run) handled(key string) bool {
	_, active := r.active[key]
	return active || slices.ContainsFunc(r.uncommitted, func(c change) bool { return c.rows[0].Key == key })
}

// underfilled reports whether the queue cannot fill the slots.
func (r *run) underfilled() bool { return len(r.queue) < r.capabilities.Parallel }

// loadParent reads a row into parent, once.
func (r *run) loadParent(key string) error {
	if _, ok := r.parents[key]; ok || key == "" {
		return nil
	}
	n, ok, err := r.Outbox.Notice(r.Destination, key)
	if ok {
		r.parents[key] = n
	}
	return err
}

func (r *run) situation(now time.Time) situation {
	s := situation{
		now: now, breaker: r.breaker, policy: r.Policy, capabilities: r.capabilities, probes: r.probes,
		expire: r.clockHolds(now), began: r.began, slots: r.capabilities.Parallel - len(r.active), inflight: len(r.active),
		busy: map[monitor.StoryID]bool{}, due: r.queue, parents: r.parents, edited: r.edited,
	}
	for _, n := range r.active {
		s.busy[n.Story] = n.Story != 0
		if countsForBudget(n) {
			s.budgeted++
		}
	}
	if r.capabilities.PerSecond > 0 {
		s.slots = min(s.slots, 1)
		if now.Before(r.next) {
			s.slots = 0
		}
	}
	return s
}

// clockHolds reports whether the wall clock has gone as the monotonic one did.
// If it has not, nothing expires by it.
func (r *run) clockHolds(now time.Time) bool {
	wall := now.Round(0).Sub(r.began.Round(0))
	return (wall - time.Since(r.started)).Abs() < 24*time.Hour
}

// pause is how long there is nothing to do.
func (r *run) pause(now time.Time) (time.Duration, error) {
	if len(r.active) >= r.capabilities.Parallel {
		return longestWait, nil
	}
	until := now.Add(longestWait)
	soonest := func(t time.Time) {
		if t.Before(until) {
			until = t
		}
	}
	if len(r.queue) > 0 && now.Before(r.next) {
		soonest(r.next)
		return until.Sub(now), nil
	}
	if r.reread && r.underfilled() {
		return 0, nil
	}
	next, err := r.Outbox.Next(r.Destination)
	if err != nil {
		return 0, err
	}
	if !next.IsZero() {
		soonest(later(next, r.breaker.Until, now.Add(shortestWait)))
	}
	return until.Sub(now), nil
}

func later(t time.Time, others ...time.Time) time.Time {
	for _, o := range others {
		if o.After(t) {
			t = o
		}
	}
	return t
}
