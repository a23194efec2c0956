package notify_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/notify"
)

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
				return notify.Unknown(errors.New("connection reset"))
			}
			if nth <= -times {
				return notify.Doubtful(errors.New("500"))
			}
			return nil
		}
	}
	vain := func(monitor.Notice) (bool, error) { return false, notify.Unknown(errors.New("502")) }
	tests := map[string]struct {
		lost  int                                // answers; below 0 for answers that say no
		probe func(monitor.Notice) (bool, error) // nil for a destination that cannot be asked
		state monitor.State
		sends int
		id    string
	}{
		"not askable, sent again":         {1, nil, monitor.Sent, 2, "at-k"},
		"not askable, lost twice":         {9, nil, monitor.Unconfirmed, 2, ""},
		"asked, it is there":              {1, func(monitor.Notice) (bool, error) { return true, nil }, monitor.Sent, 1, "found-k"},
		"asked, it is not there":          {3, func(monitor.Notice) (bool, error) { return false, nil }, monitor.Sent, 4, "at-k"},
		"it will not say, sent again":     {1, func(monitor.Notice) (bool, error) { return false, notify.ErrCannotProbe }, monitor.Sent, 2, "at-k"},
		"it will not say, lost twice":     {9, func(monitor.Notice) (bool, error) { return false, notify.ErrCannotProbe }, monitor.Unconfirmed, 2, ""},
		"answers 500 for a while":         {-9, nil, monitor.Sent, 10, "at-k"},
		"answers 500, will not say":       {-9, func(monitor.Notice) (bool, error) { return false, notify.ErrCannotProbe }, monitor.Sent, 10, "at-k"},
		"answers 500, it is there":        {-1, func(monitor.Notice) (bool, error) { return true, nil }, monitor.Sent, 1, "found-k"},
		"asking panics, sent again":       {1, func(monitor.Notice) (bool, error) { panic("oh") }, monitor.Sent, 2, "at-k"},
		"asked in vain, sent again":       {1, vain, monitor.Sent, 2, "at-k"},
		"asked in vain, lost twice":       {9, vain, monitor.Unconfirmed, 2, ""},
		"not reached, it waits to be old": {1, func(monitor.Notice) (bool, error) { return false, notify.Retry(errors.New("no route"), 0) }, monitor.Unconfirmed, 1, ""},
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

func TestDownDestination(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fixed := time.Now().Add(6 * time.Hour)
		f := &fake{can: notify.Capabilities{Parallel: 4, Bulk: true}, answer: func(context.Context, monitor.Notice, int) error {
			if time.Now().Before(fixed) {
				return notify.Down(errors.New("token_revoked: put a new one into token"), 0)
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

func TestStartTriesADownDestination(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mended := false
		f := &fake{can: notify.Capabilities{Parallel: 4}, answer: func(context.Context, monitor.Notice, int) error {
			if !mended {
				return notify.Down(errors.New("the certificate does not hold"), 0)
			}
			return nil
		}}
		s := newStage(t, f)
		s.owe(alert("k"), alert("l"))
		s.run()
		time.Sleep(3 * time.Hour)
		s.stop()
		mended = true
		s.run()
		time.Sleep(10 * time.Second)
		s.stop()
		s.want("k", monitor.Sent)
		s.want("l", monitor.Sent)
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

// What a crash cut off may never have left, so it takes many crashes to give a
// notice up. A notice that ends newswatch each time is given
// up all the same.
func TestCrashesInARow(t *testing.T) {
	for name, crashes := range map[string]int{"ten": 10, "for ever": 99} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				crash := make(chan struct{}, 99)
				f := &fake{answer: func(ctx context.Context, _ monitor.Notice, nth int) error {
					if nth > crashes {
						return nil
					}
					crash <- struct{}{}
					<-ctx.Done() // and nothing that follows is written
					time.Sleep(24 * time.Hour)
					return nil
				}}
				s := newStage(t, f)
				s.d.Grace = time.Nanosecond
				s.owe(alert("k"))
				for range 13 {
					s.run()
					select {
					case <-crash:
					case <-time.After(time.Hour):
					}
					_ = s.end() // an attempt that never ends stays Inflight
				}
				time.Sleep(48 * time.Hour) // let the dead lives end
				want := map[bool]monitor.State{true: monitor.Sent, false: monitor.Unconfirmed}[crashes == 10]
				if n := s.want("k", want); len(f.calls) != 11 || n.Delivery.Cut != min(crashes, 11) {
					t.Errorf("%d attempts, %d cut off", len(f.calls), n.Delivery.Cut)
				}
			})
		})
	}
}

// Where no question is ever answered, many notices with lost answers go out
// within minutes all the same, and new ones at once.
func TestQuestionsInVainDelayNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{can: notify.Capabilities{PerSecond: 1}, answer: func(_ context.Context, n monitor.Notice, nth int) error {
			if nth == 1 && n.Key < "n020" && n.Key[3]%2 == 0 {
				return notify.Unknown(errors.New("connection reset"))
			}
			return nil
		}}
		s := newStage(t, prober{f, func(monitor.Notice) (bool, error) { return false, notify.Unknown(errors.New("EOF")) }})
		s.owe(alerts(20)...)
		s.run()
		time.Sleep(time.Minute)
		s.owe(alert("new"))
		time.Sleep(10 * time.Second)
		s.want("new", monitor.Sent)
		time.Sleep(3 * time.Minute)
		s.stop()
		for _, n := range s.outbox.All("d") {
			s.want(n.Key, monitor.Sent)
		}
	})
}

// A far end that turns out not to know edits gets all else, and nobody is
// alarmed.
func TestCannotEditAfterAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{can: notify.Capabilities{Edits: true}, answer: func(_ context.Context, n monitor.Notice, _ int) error {
			if n.Kind == monitor.EditKind {
				return fmt.Errorf("%w: unknown method", notify.ErrCannotEdit)
			}
			return nil
		}}
		s := newStage(t, f)
		s.owe(alert("a"), child(monitor.EditKind, "e", "a"), alert("b"))
		s.run()
		time.Sleep(time.Minute)
		s.stop()
		s.want("a", monitor.Sent)
		s.want("b", monitor.Sent)
		s.want("e", monitor.Folded)
		if len(s.events) > 0 {
			t.Errorf("operations is told %+v", s.events)
		}
	})
}
