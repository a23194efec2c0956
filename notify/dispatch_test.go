package notify_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/notify"
	"newswatch/notify/notifytest"
)

// rows is an outbox in memory that can be listed by destination and state.
type rows struct {
	notifytest.Memory
	destinations []string
}

func (r *rows) Counts() (map[string]map[monitor.State]int, error) {
	out := map[string]map[monitor.State]int{}
	for _, d := range r.destinations {
		out[d] = map[monitor.State]int{}
		for _, n := range r.All(d) {
			out[d][n.Delivery.State]++
		}
	}
	return out, nil
}

func (r *rows) List(q monitor.NoticeFilter) (out []monitor.Notice, err error) {
	for _, n := range r.All(q.Destination) {
		for _, st := range q.States {
			if n.Delivery.State == st {
				out = append(out, n)
			}
		}
	}
	return out, nil
}

func owed(dest, key string) monitor.Notice {
	n := alert(key)
	n.Destination = dest
	return n
}

// TestDispatcher replaces channels while they deliver: one with the settings of
// before goes on, one with others commits what it has under way before its
// successor begins, what is owed to one that is gone is parked until it is
// back, and operations hears of a destination through another.
func TestDispatcher(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := &fake{answer: func(ctx context.Context, _ monitor.Notice, _ int) error { time.Sleep(3 * time.Second); return nil }}
		quick, after, ops := &fake{}, &fake{}, &fake{}
		r := &rows{destinations: []string{"quick", "slow/a@example.org", "gone", "ops"}}
		d := &notify.Dispatcher{Outbox: r, Log: slog.New(slog.DiscardHandler)}
		owe := func(ns ...monitor.Notice) {
			if err := r.Update(ns); err != nil {
				t.Fatal(err)
			}
			d.Wake()
		}
		channel := func(name string, to notify.Notifier, settings string) notify.Channel {
			return notify.Channel{Name: name, Notifier: to, Settings: settings}
		}
		owe(owed("gone", "g"))
		before := []notify.Channel{channel("quick", quick, "1"), channel("slow/a@example.org", slow, "1"), channel("ops", ops, "1")}
		if err := d.Prepare(before); err != nil {
			t.Fatal(err)
		}
		d.Operations = func() []string { return []string{"slow/a@example.org", "ops"} }
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); d.Run(ctx) }()
		owe(owed("slow/a@example.org", "s1"), owed("quick", "q1"))
		time.Sleep(time.Second)
		if n, _, _ := r.Notice("gone", "g"); n.Delivery.State != monitor.Parked {
			t.Errorf("what is owed to nobody is %s", n.Delivery.State)
		}
		began := time.Now()
		if _, err := d.Replace([]notify.Channel{channel("quick", after, "1"), channel("slow/a@example.org", after, "2"), channel("ops", ops, "1"), channel("gone", after, "1")}); err != nil {
			t.Fatal(err)
		}
		if n, _, _ := r.Notice("slow/a@example.org", "s1"); n.Delivery.State != monitor.Sent || time.Since(began) != 2*time.Second {
			t.Errorf("what was under way is %s after %v", n.Delivery.State, time.Since(began))
		}
		owe(owed("quick", "q2"), owed("slow/a@example.org", "s2"))
		if err := d.Announce("news", monitor.Content{Headline: "h"}, "slow"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		stop()
		<-done
		if len(quick.keys()) != 2 || len(slow.keys()) != 1 || len(after.keys()) != 2 || len(ops.keys()) != 1 {
			t.Errorf("sent: quick %q, slow %q, after %q, operations %q", quick.keys(), slow.keys(), after.keys(), ops.keys())
		}
	})
}

// A destination that leaves the configuration while it is owed something is named
// to who asked for the change and to operations, once, with what waits and what
// would help.
func TestDestinationLeavesOwed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ops := &fake{}
		r := &rows{destinations: []string{"newsroom", "ops"}}
		d := &notify.Dispatcher{Outbox: r, Log: slog.New(slog.DiscardHandler), Operations: func() []string { return []string{"ops"} }}
		down := &fake{answer: func(context.Context, monitor.Notice, int) error { return notify.Retry(errors.New("down"), time.Hour) }}
		channels := []notify.Channel{{Name: "newsroom", Notifier: down, Settings: "1"}, {Name: "ops", Notifier: ops, Settings: "1"}}
		if err := d.Prepare(channels); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); d.Run(ctx) }()
		if err := r.Update([]monitor.Notice{owed("newsroom", "n1"), owed("newsroom", "n2")}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		for i, want := range []int{1, 0} {
			left, err := d.Replace(channels[1:])
			if err != nil || len(left) != want {
				t.Fatalf("replaced %d times: %+v, %v; want %d that left", i+1, left, err, want)
			}
			if want == 1 && (left[0].Destination != "newsroom" || len(left[0].Notices) != 2) {
				t.Errorf("left: %+v", left)
			}
			time.Sleep(time.Second)
		}
		stop()
		<-done
		told := r.All("ops")
		if len(told) != 1 || told[0].Content.Headline != "2 notices wait for newsroom, which is configured no more" || !strings.Contains(strings.Join(told[0].Content.Lines, " "), "named newsroom again") {
			t.Errorf("operations: %+v", told)
		}
	})
}
