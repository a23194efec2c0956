package notify_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/notify"
	"newswatch/notify/notifytest"
)

// Bubbles begin at midnight UTC, so a night is the first seven hours.

func TestQuietNight(t *testing.T) {
	tests := map[string]struct {
		waiting int
		want    int // messages in the morning
	}{
		"few come one by one": {5, 5},
		"many come as a card": {30, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fake{}
				s := newStage(t, f)
				s.d.Policy, _ = notify.ParsePolicy("22:00-07:00", "", time.UTC)
				morning := time.Now().Add(7 * time.Hour)
				s.owe(alerts(tt.waiting)...)
				s.run()
				time.Sleep(time.Hour)
				urgent := alert("urgent")
				urgent.Priority = monitor.High
				s.owe(urgent)
				time.Sleep(time.Minute)
				if n := s.want("n000", monitor.Pending); n.Delivery.Reason != "quiet hours until 07:00 UTC" || !n.Delivery.Due.Equal(morning) {
					t.Errorf("it waits until %v because of %q", n.Delivery.Due, n.Delivery.Reason)
				}
				if len(f.calls) != 1 || f.calls[0].key != "urgent" {
					t.Errorf("in the night: %+v, want the urgent one alone", f.calls)
				}
				s.stop()
				s.run()
				time.Sleep(7 * time.Hour)
				s.stop()
				if got := len(f.calls) - 1; got != tt.want || f.calls[1].at.Before(morning) {
					t.Errorf("%d messages in the morning, want %d", got, tt.want)
				}
			})
		})
	}
}

// TestQuietHoursRevoked: what waits for a night that is no longer configured
// goes out when the deliverer starts anew.
func TestQuietHoursRevoked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{}
		s := newStage(t, f)
		s.d.Policy, _ = notify.ParsePolicy("22:00-07:00", "", time.UTC)
		s.owe(alerts(2)...)
		s.run()
		time.Sleep(time.Minute)
		s.stop()
		s.d.Policy = notify.Policy{}
		s.run()
		time.Sleep(time.Minute)
		s.stop()
		if len(f.calls) != 2 {
			t.Errorf("%d sent, want 2", len(f.calls))
		}
	})
}

// TestBudgetOfADay: two stories a minute for a day make a bounded number of
// messages, and each story is in exactly one of them.
func TestBudgetOfADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told atomic.Int64
		f := &fake{answer: func(_ context.Context, n monitor.Notice, _ int) error {
			told.Add(int64(len(n.Content.Cards) + n.Content.More))
			return nil
		}}
		s := newStage(t, f)
		s.d.Policy, _ = notify.ParsePolicy("", "20/h", time.UTC)
		s.run()
		const stories = 24 * 120
		ns := alerts(stories)
		for i := 0; i < stories; i++ {
			ns[i].Created = time.Now()
			ns[i].Delivery.Due = ns[i].Created
			s.owe(ns[i])
			time.Sleep(30 * time.Second)
		}
		time.Sleep(2 * time.Hour)
		s.stop()
		if told.Load() != stories {
			t.Errorf("%d stories told, want %d", told.Load(), stories)
		}
		for i, c := range f.calls {
			if i > 20 && c.at.Sub(f.calls[i-21].at) < time.Hour {
				t.Fatalf("22 messages within %v", c.at.Sub(f.calls[i-21].at))
			}
		}
	})
}

// TestFloodAfterAnOutage: a destination for people that was down for hours
// gets one card, not all that waited.
func TestFloodAfterAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		back := time.Now().Add(6 * time.Hour)
		sent := 0
		f := &fake{answer: func(context.Context, monitor.Notice, int) error {
			if time.Now().Before(back) {
				return notify.Retry(errors.New("no route to host"), 0)
			}
			sent++
			return nil
		}}
		s := newStage(t, f)
		s.owe(alerts(300)...)
		s.run()
		time.Sleep(8 * time.Hour)
		s.stop()
		if sent > 5 {
			t.Errorf("%d messages after the outage", sent)
		}
		for _, n := range s.outbox.All("d") {
			if n.Delivery.State != monitor.Sent && n.Delivery.State != monitor.Folded {
				t.Errorf("%s is %s", n.Key, n.Delivery.State)
			}
		}
	})
}

// A disk is an outbox whose writes can be made to fail.
type disk struct {
	*notifytest.Memory
	full atomic.Bool
}

func (d *disk) Update(ns []monitor.Notice) error {
	if d.full.Load() {
		return errors.New("no space left on device")
	}
	return d.Memory.Update(ns)
}

// TestFullDisk: what cannot be claimed is not sent, what was sent is not sent
// again, and all goes on by itself when there is space.
func TestFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{}
		f := &fake{answer: func(_ context.Context, n monitor.Notice, _ int) error {
			d.full.Store(n.Key == "n000") // it fills up while the first is under way
			return nil
		}}
		s := newStage(t, f)
		d.Memory = s.outbox
		s.d.Outbox = d
		s.owe(alerts(3)...)
		s.run()
		time.Sleep(time.Hour)
		if n := len(f.keys()); n != 1 {
			t.Errorf("%d sent with a full disk, want 1", n)
		}
		d.full.Store(false)
		time.Sleep(time.Minute)
		s.stop()
		for _, k := range []string{"n000", "n001", "n002"} {
			s.want(k, monitor.Sent)
		}
		if n := len(f.keys()); n != 3 {
			t.Errorf("%d sent, want 3", n)
		}
	})
}

// TestFullDiskAtTheEnd: an outcome that cannot be stored is an error of Run,
// and the notice is Unknown afterwards.
func TestFullDiskAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{}
		f := &fake{answer: func(context.Context, monitor.Notice, int) error { d.full.Store(true); return nil }}
		s := newStage(t, f)
		d.Memory = s.outbox
		s.d.Outbox = d
		s.owe(alerts(1)...)
		s.run()
		time.Sleep(time.Minute)
		if err := s.end(); err == nil {
			t.Error("Run = nil, want an error about the outcome")
		}
		s.want("n000", monitor.Inflight)
	})
}

// TestOrdersMeetAttempts: an operator drops notices while they are under way.
// What was delivered is Sent all the same; anything else stays dropped.
func TestOrdersMeetAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{can: notify.Capabilities{Parallel: 4}, answer: func(_ context.Context, n monitor.Notice, _ int) error {
			time.Sleep(10 * time.Second)
			if n.Key == "n001" {
				return notify.Retry(errors.New("503"), 0)
			}
			return nil
		}}
		s := newStage(t, f)
		s.owe(alerts(3)...)
		s.run()
		time.Sleep(5 * time.Second)
		for _, k := range []string{"n000", "n001"} {
			n := s.want(k, monitor.Inflight)
			n.Delivery.State, n.Delivery.Reason = monitor.Dead, "dropped by an operator"
			s.owe(n)
		}
		time.Sleep(time.Hour)
		s.stop()
		s.want("n000", monitor.Sent)
		s.want("n001", monitor.Dead)
		s.want("n002", monitor.Sent)
	})
}

// TestOneDelaysNoOther: a destination that hangs has no part in the other's.
func TestOneDelaysNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs, works := &fake{answer: func(ctx context.Context, _ monitor.Notice, _ int) error {
			<-ctx.Done()
			return ctx.Err()
		}}, &fake{}
		a, b := newStage(t, hangs), newStage(t, works)
		b.outbox = a.outbox
		b.d.Outbox, b.d.Destination = a.outbox, "e"
		a.owe(alerts(10)...)
		ns := alerts(10)
		for i := range ns {
			ns[i].Destination = "e"
		}
		b.owe(ns...)
		a.run()
		b.run()
		synctest.Wait()
		if len(works.calls) != 10 || len(hangs.calls) != 1 {
			t.Errorf("%d sent beside %d that hang, want 10 beside 1", len(works.calls), len(hangs.calls))
		}
		a.stop()
		b.stop()
		a.want("n000", monitor.Unknown)
	})
}

// TestClockThatJumps: ten years ahead and back, nothing expires by it, and
// nothing stalls.
func TestClockThatJumps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ahead atomic.Int64
		f := &fake{}
		s := newStage(t, f)
		s.d.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		s.d.Policy, _ = notify.ParsePolicy("00:00-23:59", "", time.UTC)
		s.owe(alerts(3)...)
		s.run()
		time.Sleep(time.Minute)
		ahead.Store(int64(10 * 365 * 24 * time.Hour))
		s.owe(alert("x"))
		time.Sleep(10 * time.Minute)
		s.want("n000", monitor.Pending)
		ahead.Store(0)
		s.stop()
		s.d.Policy = notify.Policy{}
		s.run()
		time.Sleep(2 * time.Minute)
		s.stop()
		for _, k := range []string{"n000", "n001", "n002", "x"} {
			s.want(k, monitor.Sent)
		}
	})
}

// What was committed is tried after any pause, and what a clock that was ahead
// put off is due at the start with the right one.
func TestWhatIsOwedOutlastsPausesAndClocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{}
		s := newStage(t, f)
		s.owe(alerts(3)...)
		time.Sleep(8 * 24 * time.Hour)
		s.run()
		time.Sleep(2 * time.Minute)
		s.stop()
		for _, k := range []string{"n000", "n001", "n002"} {
			s.want(k, monitor.Sent)
		}

		const wrong = 10 * time.Hour
		n := alert("x")
		n.Created = n.Created.Add(wrong)
		n.Delivery.Attempts, n.Delivery.Started, n.Delivery.Due = 1, n.Created, n.Created.Add(time.Hour)
		s.owe(n)
		s.run()
		time.Sleep(2 * time.Minute)
		s.stop()
		s.want("x", monitor.Sent)
	})
}
