package notify_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"newswatch/monitor"
	"newswatch/notify"
	"newswatch/notify/notifytest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

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
	can    notify.Abilities
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

func (f *fake) Abilities() notify.Abilities { return f.can }

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
		Tell: func(e notify.Event) { s.events = append(s.events, e) },
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

func TestDeliverSendsInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{}
		s := newStage(t, f)
		s.owe(alerts(5)...)
		s.run()
		synctest.Wait()
		if want := []string{"n000", "n001", "n002", "n003", "n004"}; !slices.Equal(f.keys(), want) {
			t.Errorf("sent %q, want %q", f.keys(), want)
		}
		n := s.want("n004", monitor.Sent)
		if n.Delivery.Receipt.ID != "at-n004" || n.Delivery.Attempts != 1 {
			t.Errorf("delivery = %+v", n.Delivery)
		}
		s.owe(alert("late"))
		synctest.Wait()
		s.want("late", monitor.Sent)
		s.stop()
	})
}

// Two hours without a destination pass in no time, and no notice is lost or
// comes twice.
func TestDeliverOutlastsAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := time.Now().Add(2 * time.Hour)
		got := map[string]int{}
		f := &fake{can: notify.Abilities{Bulk: true}, answer: func(_ context.Context, n monitor.Notice, _ int) error {
			if time.Now().Before(down) {
				return notify.Retry(errors.New("connection refused"), 0)
			}
			got[n.Key]++
			return nil
		}}
		s := newStage(t, f)
		s.owe(alerts(100)...)
		s.run()
		time.Sleep(3 * time.Hour)
		synctest.Wait()
		s.stop()
		for _, n := range s.outbox.All("d") {
			if n.Delivery.State != monitor.Sent || got[n.Key] != 1 {
				t.Errorf("%s is %s, arrived %d times", n.Key, n.Delivery.State, got[n.Key])
			}
		}
		if tries := len(f.keys()); tries > 160 {
			t.Errorf("%d attempts at a destination that was down", tries)
		}
		if len(s.events) != 2 || s.events[0].Kind != notify.Failing || s.events[1].Kind != notify.Recovered {
			t.Errorf("events = %+v, want failing and recovered", s.events)
		}
	})
}

func TestRetriesKeepTheirPauses(t *testing.T) {
	tests := map[string]struct {
		after time.Duration
		want  []time.Duration // least pauses, each met within a tenth
	}{
		"the usual ones":       {0, []time.Duration{5, 10, 20, 40, 80, 160, 320, 640, 900, 900}},
		"a longer one asked":   {70, []time.Duration{70, 70, 70, 70, 80, 160}},
		"a shorter one is not": {2, []time.Duration{5, 10}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fake{answer: func(_ context.Context, _ monitor.Notice, nth int) error {
					if nth <= len(tt.want) {
						return notify.Retry(errors.New("not now"), tt.after*time.Second)
					}
					return nil
				}}
				s := newStage(t, f)
				s.owe(alert("k"))
				s.run()
				time.Sleep(2 * time.Hour)
				s.stop()
				s.want("k", monitor.Sent)
				for i, want := range tt.want {
					want *= time.Second
					got := f.calls[i+1].at.Sub(f.calls[i].at)
					if got < want || got > want+want/10+time.Second {
						t.Errorf("pause %d = %v, want %v and at most a tenth more", i+1, got, want)
					}
				}
			})
		})
	}
}

func TestLostAnswers(t *testing.T) {
	lost := func(times int) func(context.Context, monitor.Notice, int) error {
		return func(_ context.Context, _ monitor.Notice, nth int) error {
			if nth <= times {
				return notify.Unclear(errors.New("connection reset"))
			}
			return nil
		}
	}
	tests := map[string]struct {
		lost  int
		probe func(monitor.Notice) (bool, error) // nil for a destination that cannot be asked
		state monitor.State
		sends int
		id    string
	}{
		"not askable, sent again":           {1, nil, monitor.Sent, 2, "at-k"},
		"not askable, lost twice":           {9, nil, monitor.Unconfirmed, 2, ""},
		"asked, it is there":                {1, func(monitor.Notice) (bool, error) { return true, nil }, monitor.Sent, 1, "found-k"},
		"asked, it is not there":            {3, func(monitor.Notice) (bool, error) { return false, nil }, monitor.Sent, 4, "at-k"},
		"it will not say, sent again":       {1, func(monitor.Notice) (bool, error) { return false, notify.ErrCannotProbe }, monitor.Sent, 2, "at-k"},
		"it will not say, lost twice":       {9, func(monitor.Notice) (bool, error) { return false, notify.ErrCannotProbe }, monitor.Unconfirmed, 2, ""},
		"asking panics, it waits to be old": {1, func(monitor.Notice) (bool, error) { panic("oh") }, monitor.Unconfirmed, 1, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fake{answer: lost(tt.lost)}
				var to notify.Notifier = f
				if tt.probe != nil {
					to = prober{f, tt.probe}
				}
				s := newStage(t, to)
				s.owe(alert("k"))
				s.run()
				time.Sleep(8 * 24 * time.Hour)
				s.stop()
				n := s.want("k", tt.state)
				if n.Delivery.Receipt.ID != tt.id || len(f.calls) != tt.sends {
					t.Errorf("receipt %q after %d sends, want %q after %d", n.Delivery.Receipt.ID, len(f.calls), tt.id, tt.sends)
				}
				if len(f.calls) > 1 && f.calls[1].at.Sub(f.calls[0].at) < 10*time.Second {
					t.Errorf("sent again after %v, want 10s", f.calls[1].at.Sub(f.calls[0].at))
				}
			})
		})
	}
}

func TestBrokenDestination(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fixed := time.Now().Add(6 * time.Hour)
		f := &fake{can: notify.Abilities{Parallel: 4, Bulk: true}, answer: func(context.Context, monitor.Notice, int) error {
			if time.Now().Before(fixed) {
				return notify.Broken(errors.New("token_revoked: put a new one into token"), 0)
			}
			return nil
		}}
		s := newStage(t, f)
		s.owe(alerts(50)...)
		s.run()
		time.Sleep(7 * time.Hour)
		s.stop()
		for _, n := range s.outbox.All("d") {
			if n.Delivery.State != monitor.Sent || n.Delivery.Attempts != 1 {
				t.Errorf("%s is %s after %d counted attempts", n.Key, n.Delivery.State, n.Delivery.Attempts)
			}
		}
		if tries := len(f.keys()) - 50; tries > 25 {
			t.Errorf("%d attempts with a revoked token", tries)
		}
		if len(s.events) != 2 || s.events[0].Kind != notify.Failing || s.events[0].At.Sub(s.events[0].Since) > time.Second {
			t.Errorf("events = %+v, want failing at once and recovered", s.events)
		}
	})
}

func TestPauseAskedForHoldsTheWholeDestination(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{answer: func(_ context.Context, n monitor.Notice, nth int) error {
			if n.Key == "n000" && nth == 1 {
				return notify.Retry(errors.New("429"), 90*time.Second)
			}
			return nil
		}}
		s := newStage(t, f)
		s.owe(alerts(3)...)
		s.run()
		time.Sleep(30 * time.Second)
		s.stop() // the pause survives a restart
		s.run()
		time.Sleep(5 * time.Minute)
		s.stop()
		if len(f.calls) != 4 {
			t.Fatalf("%d attempts, want 4", len(f.calls))
		}
		if pause := f.calls[1].at.Sub(f.calls[0].at); pause < 90*time.Second || pause > 92*time.Second {
			t.Errorf("next attempt after %v, want 90s", pause)
		}
	})
}

func TestPoisonedNotice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{answer: func(_ context.Context, n monitor.Notice, _ int) error {
			switch n.Key {
			case "n001":
				panic("nil map")
			case "n002":
				return errors.New("msg_too_long")
			}
			return nil
		}}
		s := newStage(t, f)
		s.owe(alerts(4)...)
		s.run()
		synctest.Wait()
		s.stop()
		s.want("n000", monitor.Sent)
		s.want("n001", monitor.Dead)
		s.want("n002", monitor.Dead)
		s.want("n003", monitor.Sent)
		if len(s.events) != 2 || s.events[0].Kind != notify.Undone {
			t.Errorf("events = %+v, want one for each dead notice", s.events)
		}
	})
}

func TestShutdownIsHonest(t *testing.T) {
	tests := map[string]struct {
		takes time.Duration
		deaf  bool // to ctx
		state monitor.State
	}{
		"it ends in its grace":     {5 * time.Second, false, monitor.Sent},
		"it is cut off":            {time.Minute, false, monitor.Unknown},
		"it does not hear the end": {time.Minute, true, monitor.Inflight},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fake{answer: func(ctx context.Context, _ monitor.Notice, _ int) error {
					if tt.deaf {
						ctx = context.Background()
					}
					select {
					case <-time.After(tt.takes):
						return nil
					case <-ctx.Done():
						return ctx.Err()
					}
				}}
				s := newStage(t, f)
				s.owe(alerts(2)...)
				s.run()
				synctest.Wait()
				begun := time.Now()
				s.stop()
				if took := time.Since(begun); took > 11*time.Second {
					t.Errorf("Run ended after %v", took)
				}
				s.want("n000", tt.state)
				s.want("n001", monitor.Pending)
				time.Sleep(time.Hour) // let the deaf one end
			})
		})
	}
}

func TestInflightAtStartIsUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		f := &fake{}
		s := newStage(t, prober{f, func(monitor.Notice) (bool, error) { asked++; return true, nil }})
		n := alert("k")
		n.Delivery.State, n.Delivery.Started, n.Delivery.Attempts = monitor.Inflight, time.Now(), 1
		s.owe(n)
		s.run()
		time.Sleep(time.Minute)
		s.stop()
		if n := s.want("k", monitor.Sent); n.Delivery.Ambiguous != 1 || asked != 1 || len(f.calls) != 0 {
			t.Errorf("ambiguous %d, asked %d times, sent %d times; want 1, 1, 0", n.Delivery.Ambiguous, asked, len(f.calls))
		}
	})
}

func TestRepliesFollowTheirParent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{can: notify.Abilities{Parallel: 8}, answer: func(_ context.Context, n monitor.Notice, nth int) error {
			time.Sleep(time.Second)
			switch {
			case n.Key == "flaky" && nth < 3:
				return notify.Retry(errors.New("503"), 0)
			case n.Key == "dead":
				return errors.New("refused")
			}
			return nil
		}}
		s := newStage(t, f)
		s.owe(child(monitor.ReplyKind, "r1", "flaky"), child(monitor.ReplyKind, "r2", "dead"), alert("flaky"), alert("dead"))
		s.run()
		time.Sleep(time.Minute)
		s.stop()
		s.want("r1", monitor.Sent)
		s.want("r2", monitor.Sent)
		last := f.calls[len(f.calls)-1]
		if last.key != "r1" || last.parent != "at-flaky" {
			t.Errorf("last call = %+v, want the reply under its parent", last)
		}
		if i := slices.IndexFunc(f.calls, func(c call) bool { return c.key == "r2" }); f.calls[i].parent != "" {
			t.Errorf("the reply to a dead alert names a parent: %+v", f.calls[i])
		}
	})
}

func TestOneOfAStoryAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		now, most := map[monitor.StoryID]int{}, 0
		f := &fake{can: notify.Abilities{Parallel: 8, Bulk: true}, answer: func(_ context.Context, n monitor.Notice, _ int) error {
			mu.Lock()
			now[n.Story]++
			most = max(most, now[n.Story])
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			now[n.Story]--
			mu.Unlock()
			return nil
		}}
		s := newStage(t, f)
		ns := alerts(40)
		for i := range ns {
			ns[i].Story = monitor.StoryID(1 + i%4)
		}
		s.owe(ns...)
		begun := time.Now()
		s.run()
		time.Sleep(time.Minute)
		s.stop()
		if took := f.calls[39].at.Sub(begun); most != 1 || took != 9*time.Second {
			t.Errorf("%d at once of one story, the last after %v; want 1 and 9s", most, took)
		}
	})
}

func TestPaceIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{can: notify.Abilities{PerSecond: 1}}
		s := newStage(t, f)
		s.owe(alerts(10)...)
		s.run()
		time.Sleep(time.Minute)
		s.stop()
		for i := 1; i < len(f.calls); i++ {
			if d := f.calls[i].at.Sub(f.calls[i-1].at); d != time.Second {
				t.Errorf("pause %d = %v, want 1s", i, d)
			}
		}
		if len(f.calls) != 10 {
			t.Errorf("%d sent, want 10", len(f.calls))
		}
	})
}

func TestEdits(t *testing.T) {
	tests := map[string]struct {
		edits bool
		want  []string
	}{
		"the newest only":           {true, []string{"a", "e3"}},
		"none where it cannot edit": {false, []string{"a"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fake{can: notify.Abilities{Edits: tt.edits}}
				s := newStage(t, f)
				s.owe(alert("a"))
				for _, k := range []string{"e1", "e2", "e3"} {
					time.Sleep(time.Second)
					s.owe(child(monitor.EditKind, k, "a"))
				}
				s.run()
				time.Sleep(time.Minute)
				s.stop()
				if !slices.Equal(f.keys(), tt.want) {
					t.Errorf("sent %q, want %q", f.keys(), tt.want)
				}
				s.want("e1", monitor.Folded)
			})
		})
	}
}
