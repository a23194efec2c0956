package notify_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"newswatch/monitor"
	"newswatch/notify"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

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
	for name, failure := range map[string]error{
		"connections refused":                 notify.Retry(errors.New("connection refused"), 0),
		"requests read, and no answer to any": notify.Unanswered(errors.New("no answer"), io.EOF, false),
	} {
		t.Run(name, func(t *testing.T) { outlastAnOutage(t, failure) })
	}
}

func outlastAnOutage(t *testing.T, failure error) {
	synctest.Test(t, func(t *testing.T) {
		down := time.Now().Add(2 * time.Hour)
		got := map[string]int{}
		f := &fake{can: notify.Capabilities{Bulk: true}, answer: func(_ context.Context, n monitor.Notice, _ int) error {
			if time.Now().Before(down) {
				return failure
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
		if len(s.events) != 2 || s.events[0].Kind != notify.Undelivered {
			t.Errorf("events = %+v, want one for each dead notice", s.events)
		}
	})
}

// TestReportsDoNotBreedReports: a report on operations that dies is only
// logged.
func TestReportsDoNotBreedReports(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, &fake{answer: func(context.Context, monitor.Notice, int) error { return errors.New("refused") }})
		n := alert("k")
		n.Kind = monitor.OperationsKind
		s.owe(n)
		s.run()
		synctest.Wait()
		s.stop()
		s.want("k", monitor.Dead)
		if len(s.events) != 0 {
			t.Errorf("events = %+v, want none", s.events)
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
		f := &fake{can: notify.Capabilities{Parallel: 8}, answer: func(_ context.Context, n monitor.Notice, nth int) error {
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
		f := &fake{can: notify.Capabilities{Parallel: 8, Bulk: true}, answer: func(_ context.Context, n monitor.Notice, _ int) error {
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
		f := &fake{can: notify.Capabilities{PerSecond: 1}}
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
				f := &fake{can: notify.Capabilities{Edits: tt.edits}}
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

// A restart within a moment of an attempt does not make two at once, whatever
// the clock did meanwhile.
func TestPaceIsKeptAcrossARestart(t *testing.T) {
	for name, tt := range map[string]struct{ ago, want time.Duration }{
		"a moment ago": {300 * time.Millisecond, 700 * time.Millisecond}, "long ago": {5 * time.Second, 0}, "the clock went back": {-time.Hour, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fake{can: notify.Capabilities{PerSecond: 1}}
				s := newStage(t, f)
				cut := alert("cut")
				cut.Delivery.State, cut.Delivery.Started, cut.Delivery.Attempts = monitor.Inflight, time.Now().Add(-tt.ago), 1
				s.owe(cut, alert("k"))
				began := time.Now()
				s.run()
				time.Sleep(2 * time.Second)
				s.stop()
				if len(f.calls) == 0 || f.calls[0].key != "k" || f.calls[0].at.Sub(began) != tt.want {
					t.Errorf("calls = %+v, want k after %v", f.calls, tt.want)
				}
			})
		})
	}
}
