// Package notifytest holds what every notify.Outbox must do as a test suite,
// and the simplest one that does it.
package notifytest

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"newswatch/monitor"
	"newswatch/notify"
)

// A Memory is an Outbox that lives as long as the process. The zero value is
// empty and ready.
type Memory struct {
	mu       sync.Mutex // guards all below
	rows     map[string]map[string]monitor.Notice
	breakers map[string]monitor.Breaker
}

var _ notify.Outbox = (*Memory)(nil)

// Due is notify.Outbox.Due.
func (m *Memory) Due(dest string, now time.Time, most int) ([]monitor.Notice, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var due []monitor.Notice
	for _, n := range m.rows[dest] {
		if waits(n) && !n.Delivery.Due.After(now) && !m.blocked(n) {
			due = append(due, n)
		}
	}
	slices.SortFunc(due, func(a, b monitor.Notice) int {
		return cmp.Or(a.Delivery.Due.Compare(b.Delivery.Due), a.Created.Compare(b.Created), cmp.Compare(a.Key, b.Key))
	})
	return due[:min(most, len(due))], nil
}

func waits(n monitor.Notice) bool {
	return n.Delivery.State == monitor.Pending || n.Delivery.State == monitor.Unknown
}

func (m *Memory) blocked(n monitor.Notice) bool {
	p, ok := m.rows[n.Destination][n.Parent]
	return ok && (waits(p) || p.Delivery.State == monitor.Inflight)
}

// Inflight is notify.Outbox.Inflight.
func (m *Memory) Inflight(dest string) ([]monitor.Notice, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []monitor.Notice
	for _, n := range m.rows[dest] {
		if n.Delivery.State == monitor.Inflight {
			out = append(out, n)
		}
	}
	return out, nil
}

// Next is notify.Outbox.Next.
func (m *Memory) Next(dest string) (time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var next time.Time
	for _, n := range m.rows[dest] {
		if waits(n) && (next.IsZero() || n.Delivery.Due.Before(next)) {
			next = n.Delivery.Due
		}
	}
	return next, nil
}

// Notice is notify.Outbox.Notice.
func (m *Memory) Notice(dest, key string) (monitor.Notice, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, ok := m.rows[dest][key]
	return n, ok, nil
}

// Update is notify.Outbox.Update.
func (m *Memory) Update(ns []monitor.Notice) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, n := range ns {
		if old, ok := m.rows[n.Destination][n.Key]; n.Delivery.Rev != 0 && (!ok || old.Delivery.Rev != n.Delivery.Rev) {
			return monitor.ErrStale
		}
	}
	for i := range ns {
		n := &ns[i]
		if m.rows == nil {
			m.rows = map[string]map[string]monitor.Notice{}
		}
		if m.rows[n.Destination] == nil {
			m.rows[n.Destination] = map[string]monitor.Notice{}
		}
		if _, ok := m.rows[n.Destination][n.Key]; ok && n.Delivery.Rev == 0 {
			continue
		}
		n.Delivery.Rev++
		m.rows[n.Destination][n.Key] = *n
	}
	return nil
}

// Breaker is notify.Outbox.Breaker.
func (m *Memory) Breaker(dest string) (monitor.Breaker, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.breakers[dest], nil
}

// SetBreaker is notify.Outbox.SetBreaker.
func (m *Memory) SetBreaker(dest string, g monitor.Breaker) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.breakers == nil {
		m.breakers = map[string]monitor.Breaker{}
	}
	m.breakers[dest] = g
	return nil
}

// All returns every row of dest, by key.
func (m *Memory) All(dest string) []monitor.Notice {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []monitor.Notice
	for _, n := range m.rows[dest] {
		out = append(out, n)
	}
	slices.SortFunc(out, func(a, b monitor.Notice) int { return cmp.Compare(a.Key, b.Key) })
	return out
}
