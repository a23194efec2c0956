package notify_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/notify"
	"newswatch/notify/notifytest"
)

// A call is one attempt that reached the fake destination.
type call struct {
	key    string
	parent string
	at     time.Time
}

// A fake is a destination in the test's hands.
type fake struct {
	mu     sync.Mutex
	calls  []call
	answer func(ctx context.Context, n monitor.Notice, nth int) error
	can    notify.Capabilities
}

func (f *fake) Notify(ctx context.Context, n monitor.Notice, parent monitor.Receipt) (monitor.Receipt, error) {
	f.mu.Lock()
	nth := 1
	for _, c := range f.calls {
		if c.key == n.Key {
			nth++
		}
	}
	f.calls = append(f.calls, call{n.Key, parent.ID, time.Now()})
	f.mu.Unlock()
	if f.answer != nil {
		if err := f.answer(ctx, n, nth); err != nil {
			return monitor.Receipt{}, err
		}
	}
	return monitor.Receipt{ID: "at-" + n.Key}, nil
}

func (f *fake) Capabilities() notify.Capabilities { return f.can }

func (f *fake) keys() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []string
	for _, c := range f.calls {
		out = append(out, c.key)
	}
	return out
}

// A prober is a fake that can be asked.
type prober struct {
	*fake
	probe func(n monitor.Notice) (bool, error)
}

func (p prober) Probe(_ context.Context, n monitor.Notice) (monitor.Receipt, bool, error) {
	found, err := p.probe(n)
	return monitor.Receipt{ID: "found-" + n.Key}, found, err
}

// A stage is a destination with a deliverer in a bubble of time.
type stage struct {
	t      *testing.T
	outbox *notifytest.Memory
	d      *notify.Deliverer
	wake   chan struct{}
	events []notify.Event
	end    func() error
}

// newStage makes a deliverer that is not running yet.
func newStage(t *testing.T, to notify.Notifier) *stage {
	s := &stage{t: t, outbox: &notifytest.Memory{}, wake: make(chan struct{}, 1)}
	s.d = &notify.Deliverer{
		Destination: "d", Notifier: to, Outbox: s.outbox, Wake: s.wake,
		Report: func(e notify.Event) { s.events = append(s.events, e) },
	}
	return s
}

func (s *stage) owe(ns ...monitor.Notice) {
	s.t.Helper()
	if err := s.outbox.Update(ns); err != nil {
		s.t.Fatal(err)
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *stage) run() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.d.Run(ctx) }()
	s.end = func() error { cancel(); return <-done }
}

func (s *stage) stop() {
	s.t.Helper()
	if err := s.end(); err != nil {
		s.t.Errorf("Run = %v", err)
	}
}

func (s *stage) want(key string, st monitor.State) monitor.Notice {
	s.t.Helper()
	n, ok, err := s.outbox.Notice("d", key)
	if err != nil || !ok {
		s.t.Fatalf("no row %s: %v", key, err)
	}
	if n.Delivery.State != st {
		s.t.Errorf("%s is %s (%s), want %s", key, n.Delivery.State, n.Delivery.Reason, st)
	}
	return n
}

func alert(key string) monitor.Notice {
	now := time.Now()
	return monitor.Notice{
		Key: key, Destination: "d", Kind: monitor.AlertKind, Watch: "w", Created: now, Seen: now,
		Content:  monitor.Content{Headline: key, Cards: []monitor.Card{{Headline: key, Watch: "w"}}},
		Delivery: monitor.Delivery{State: monitor.Pending, Due: now},
	}
}

func alerts(n int) []monitor.Notice {
	var out []monitor.Notice
	for i := range n {
		out = append(out, alert(fmt.Sprintf("n%03d", i)))
	}
	return out
}

func child(kind monitor.Kind, key, parent string) monitor.Notice {
	n := alert(key)
	n.Kind, n.Parent = kind, parent
	return n
}
