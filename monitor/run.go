package monitor

import (
	"context"
	"fmt"
	"time"
)

// Group commit: the fsync is the expensive part of a poll that changed
// something, so several share one. A group that holds notices does not wait.
const (
	groupOutcomes  = 100
	groupWait      = time.Second
	groupItems     = 500     // judged and not yet committed
	queuedOutcomes = 16      // that wait to be judged
	documentBytes  = 4 << 20 // of documents that are parsed, and of which nothing is judged yet
	longDocuments  = 4       // of which parts are judged, more are judged whole
)

// Run commits what Poll hands over, several outcomes in one transaction, until
// ctx ends; then it commits what is left and returns. A commit that fails is
// logged and its outcomes are forgotten: their feeds are asked again with the
// validators of before, so nothing is lost.
func (m *Monitor) Run(ctx context.Context) error {
	timer := time.NewTimer(groupWait)
	defer timer.Stop()
	waiting := 0
	for part := false; ctx.Err() == nil; {
		rest := m.rest
		if part && len(m.in) > 0 {
			rest = nil // it is the turn of others
		}
		var o *outcome
		select {
		case o = <-m.in:
		case o = <-rest:
		case <-timer.C:
		case <-ctx.Done():
		}
		if part = o != nil && o.done.n > 0; o != nil {
			n, now := m.take(o)
			if waiting == 0 {
				timer.Reset(groupWait)
			}
			if waiting += n; waiting < groupOutcomes && !now {
				continue
			}
		}
		if waiting > 0 {
			waiting = 0
			if err := m.commitNow(false); err != nil {
				m.Log.Error("commit failed: its polls will be repeated", "err", err)
			}
		}
	}
	return m.drain()
}

// drain commits what workers handed over before they stopped, and the
// checkpoint. What is left of long documents is left to the next start.
func (m *Monitor) drain() error {
	for {
		select {
		case o := <-m.in:
			m.take(o)
		case o := <-m.rest:
			m.pending.end(o.reading)
			m.judged(o)
		default:
			return m.Checkpoint()
		}
	}
}

// take judges an outcome together with those that are queued behind it, a part of
// those that are long; what is left of one is judged by itself. It returns how
// many, and whether they are to be committed at once: because of a notice, unless
// more have been queued meanwhile, of how much there is, or as the next part waits.
func (m *Monitor) take(o *outcome) (n int, now bool) {
	group := []*outcome{o}
	for range len(m.in) {
		if o.done.n > 0 {
			break // the others have their turn before the next part
		}
		select {
		case o := <-m.in:
			group = append(group, o)
		default: // somebody else took it
		}
	}
	n = len(group)
	_, err := m.judgeGroup(group, func() error {
		now = m.pending.urgent && len(m.in) == 0 || len(m.pending.items) >= groupItems
		return nil
	})
	for _, o := range group {
		if err != nil || !o.done.left {
			m.judged(o)
			continue
		}
		m.room.Release(o.bytes)
		o.bytes = 0
		select {
		case m.rest <- o:
			now = true
		default:
			o.done.whole = true
			_, also := m.take(o)
			now = now || also
		}
	}
	if err != nil {
		// The group is forgotten, and its feeds are asked again as if these
		// polls had not been.
		m.Log.Error("polls not judged, they will be repeated", "feed", o.feed.Name, "polls", n, "err", err)
	}
	return n, now
}

// judgeGroup judges outcomes, and then does what is to be done before anybody
// else judges or commits. What they may ask of the store is looked up before. It
// returns how many were forgotten, as their feeds had moved on meanwhile.
func (m *Monitor) judgeGroup(group []*outcome, then func() error) (forgotten int, err error) {
	emptied := m.pending.emptied.Load()
	found, err := m.pending.lookUpGroup(group)
	m.mu.Lock()
	defer m.mu.Unlock()
	if err == nil && m.pending.emptied.Load() != emptied { // what was pending is in the store since
		found, err = m.pending.lookUpGroup(group)
	}
	if err != nil {
		for i := range group {
			m.pending.end(group[i].reading)
		}
		return 0, err
	}
	m.pending.found = found
	for i := range group {
		o := group[i]
		if m.pending.end(o.reading) {
			forgotten++
			o.done.left = false
			m.Log.Debug("outcome forgotten, its feed has moved on meanwhile", "feed", o.feed.Name)
			continue
		}
		if o.done.n > 0 {
			o.at = later(o.at, m.Now())
		}
		if m.judge.judge(o); o.done.left {
			o.reading = m.pending.open(o.reading.feed)
		}
	}
	return forgotten, then()
}

// judged counts off outcomes that hand had counted in, and gives back their room.
func (m *Monitor) judged(group ...*outcome) {
	for i := range group {
		m.room.Release(group[i].bytes)
	}
	m.untaken.Add(-int64(len(group)))
	m.ring()
}

// ring lets one Absorb look again.
func (m *Monitor) ring() {
	select {
	case m.took <- struct{}{}:
	default: // it will look anyway
	}
}

// commitNow commits what was decided, and at a checkpoint also what waits for
// one.
func (m *Monitor) commitNow(checkpoint bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.commit(checkpoint)
}

// change makes a decision and commits it.
func (m *Monitor) change(decide func(j *judge) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := decide(m.judge); err != nil {
		return err
	}
	return m.commit(false)
}

// commit is commitNow for who holds mu. If it fails, memory goes back to what
// the store holds.
func (m *Monitor) commit(checkpoint bool) error {
	b := m.pending.batch(m.judge.changes(), DayOf(m.Now()), checkpoint)
	b.Senses = m.judge.book.Changed()
	if !b.Empty() {
		if err := m.Store.Commit(b); err != nil {
			if again := m.reload(); again != nil {
				return fmt.Errorf("%w; and then reading the store: %w", err, again)
			}
			return err
		}
	}
	m.pending.committed(b)
	clear(m.judge.changed)
	m.committedReads(b.Reads)
	if len(b.Notices) > 0 && m.Wake != nil {
		m.Wake()
	}
	return nil
}

// Checkpoint commits what was decided together with what changed nothing but
// the time of the last poll. The caller calls it every few minutes, and before
// it closes the store.
func (m *Monitor) Checkpoint() error { return m.commitNow(true) }

// Settle judges and commits all that Poll and Push have handed over so far. It
// needs no Run, but may be called beside it: then it waits for what Run has
// already taken upon itself.
func (m *Monitor) Settle() error {
	m.Absorb()
	return m.commitNow(false)
}

// Absorb judges what Settle would, and leaves it to the next Settle or
// Checkpoint to commit: many polls then share a transaction.
func (m *Monitor) Absorb() {
	for m.untaken.Load() > 0 {
		select {
		case o := <-m.in:
			m.take(o)
		case o := <-m.rest:
			m.take(o)
		case <-m.took:
		}
	}
	m.ring() // another may wait, and the token may have been its
}

// CloseBundles commits what Settle would, and makes the open bundles due now:
// after a pass over all feeds there is nothing to wait for.
func (m *Monitor) CloseBundles() error {
	if err := m.Settle(); err != nil {
		return err
	}
	return m.change(func(j *judge) error {
		j.closeBundles(m.Now())
		return nil
	})
}
