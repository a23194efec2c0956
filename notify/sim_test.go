package notify_test

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/notify"
)

// The model: a deliverer, a disk that outlives it, and a peer that knows what
// really arrived. Both the disk and the peer can end the world around every
// call: from then on nothing the deliverer does has any effect, which is what
// a crash is. The next world starts from the disk.

var simSeeds = flag.Int("sim", 25, "seeds per variant of the crash model")

// TestCrashes runs the model as it is and finds nothing; see TestMutants.
func TestCrashes(t *testing.T) {
	for name, v := range map[string]variant{
		"can be asked":          {probe: true},
		"cannot be asked":       {},
		"many at a time":        {parallel: 8},
		"many at a time, asked": {parallel: 8, probe: true},
		"under a budget":        {probe: true, budget: true},
	} {
		t.Run(name, func(t *testing.T) {
			var sum tally
			for seed := range *simSeeds {
				r := simulate(t, v, seed)
				if len(r.broken) > 0 {
					t.Errorf("seed %d: %s", seed, strings.Join(r.broken, "\n\t"))
				}
				sum.add(r.tally)
			}
			t.Logf("%+v", sum)
			if sum.Crashes == 0 || sum.Lost == 0 {
				t.Error("the model did not crash, or lost no answer: it proves nothing")
			}
		})
	}
}

// TestMutants breaks the deliverer's promises one by one and checks that the
// model notices. A model that lets a mutant pass proves nothing.
func TestMutants(t *testing.T) {
	for name, v := range map[string]variant{
		"sends what was under way at a crash again": {probe: true, mutant: forgetInflight},
		"tries again where an answer was lost":      {probe: true, mutant: retryUnknown},
		"takes a lost answer for a yes":             {probe: true, mutant: believeUnknown},
		"sends before the claim is on disk":         {probe: true, mutant: claimNothing},
		"sends replies before their parent":         {probe: true, mutant: ignoreParents},
		"folds into a card that is never written":   {probe: true, budget: true, mutant: loseCards},
		"resends without end":                       {mutant: retryUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range max(*simSeeds, 40) {
				if r := simulate(t, v, seed); len(r.broken) > 0 {
					t.Logf("seed %d: %s", seed, r.broken[0])
					return
				}
			}
			t.Error("no seed noticed")
		})
	}
}

type variant struct {
	probe    bool
	budget   bool
	parallel int
	mutant   mutant
}

type mutant int

const (
	forgetInflight mutant = iota + 1
	retryUnknown
	believeUnknown
	claimNothing
	ignoreParents
	loseCards
)

type tally struct{ Crashes, Sends, Lost, Extra, Unconfirmed, Dead, Folded int }

func (t *tally) add(o tally) {
	t.Crashes += o.Crashes
	t.Sends += o.Sends
	t.Lost += o.Lost
	t.Extra += o.Extra
	t.Unconfirmed += o.Unconfirmed
	t.Dead += o.Dead
	t.Folded += o.Folded
}

type result struct {
	tally
	broken []string
}

// simulate lives through one seed, in a bubble of time.
func simulate(t *testing.T, v variant, seed int) (r result) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{variant: v, seed: seed, start: time.Now(), arrived: map[string][]int{}, refused: map[string]bool{}}
		owed := w.owe(t)
		for w.unfinished() && time.Since(w.start) < tooLong {
			w.live()
		}
		time.Sleep(time.Hour) // let what is left of dead lives end
		w.check(owed)
		r = w.result
	})
	return r
}

// owe puts alerts with a reply each on the disk.
func (w *world) owe(t *testing.T) (owed []string) {
	var ns []monitor.Notice
	for i := range simAlerts {
		n := alert(fmt.Sprintf("alert%02d", i))
		n.Story = monitor.StoryID(i + 1)
		n.Content.Cards[0].Story = n.Story
		n.Delivery.Due = n.Delivery.Due.Add(time.Duration(i) * time.Minute)
		r := child(monitor.ReplyKind, fmt.Sprintf("reply%02d", i), n.Key)
		r.Story = n.Story
		if i%3 > 0 {
			r.Kind, r.Parent = monitor.AlertKind, ""
		}
		ns = append(ns, r, n)
		owed = append(owed, r.Key, n.Key)
	}
	if err := w.disk.Update(ns); err != nil {
		t.Fatal(err)
	}
	return owed
}

func (w *world) unfinished() bool {
	return slices.ContainsFunc(w.disk.All("d"), func(n monitor.Notice) bool {
		switch n.Delivery.State {
		case monitor.Pending, monitor.Inflight, monitor.Unknown:
			return true
		}
		return false
	})
}

// live runs the program until it crashes, or until nothing is left to do.
func (w *world) live() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	w.mu.Lock()
	w.end = cancel
	l := &life{w, w.epoch}
	w.mu.Unlock()
	var to notify.Notifier = peer{l}
	if w.probe {
		to = asked{peer{l}}
	}
	d := &notify.Deliverer{Destination: "d", Notifier: to, Outbox: l}
	if w.budget {
		d.Policy.Budget = notify.Budget{N: 3, Per: time.Hour}
	}
	stop := time.AfterFunc(24*time.Hour, cancel)
	defer stop.Stop()
	done := make(chan struct{})
	go func() { defer close(done); d.Run(ctx) }()
	for ended := false; !ended && w.unfinished(); {
		select {
		case <-done:
			ended = true
		case <-time.After(time.Minute):
		}
	}
	cancel()
	<-done
	time.Sleep(time.Duration(w.chance(fmt.Sprint("down", l.epoch))) * time.Second)
}

// check compares what the disk says with what arrived.
func (w *world) check(owed []string) {
	for _, key := range owed {
		if _, ok, _ := w.disk.Notice("d", key); !ok {
			w.breaks("%s is lost from the disk", key)
		}
	}
	for _, n := range w.disk.All("d") {
		w.checkRow(n, len(w.arrived[n.Key]))
	}
}

func (w *world) checkRow(n monitor.Notice, copies int) {
	d := n.Delivery
	w.Extra += max(0, copies-1)
	switch d.State {
	case monitor.Sent:
		if copies == 0 {
			w.breaks("%s is sent but never arrived", n.Key)
		}
	case monitor.Dead:
		w.Dead++
		if !w.refused[n.Key] {
			w.breaks("%s is dead (%s) though nobody refused it", n.Key, d.Reason)
		}
	case monitor.Unconfirmed:
		w.Unconfirmed++
		if w.probe || d.Lost < 2 && d.Cut < 11 {
			w.breaks("%s is unconfirmed after %d lost answers and %d crashes", n.Key, d.Lost, d.Cut)
		}
	case monitor.Folded:
		w.Folded++
		if _, ok, _ := w.disk.Notice("d", d.Into); !ok || copies > 0 {
			w.breaks("%s is folded into %q, %d copies arrived", n.Key, d.Into, copies)
		}
	default:
		w.breaks("%s is still %s (%s)", n.Key, d.State, d.Reason)
	}
	if copies > 1+d.Ambiguous || w.probe && copies > 1 || copies > 2+d.Ambiguous-d.Lost {
		w.breaks("%s arrived %d times, %d attempts ambiguous, %d of them lost and %d cut off", n.Key, copies, d.Ambiguous, d.Lost, d.Cut)
	}
	if p := w.arrived[n.Parent]; n.Parent != "" && len(p) > 0 && copies > 0 && w.arrived[n.Key][0] < p[0] {
		w.breaks("%s arrived before its parent", n.Key)
	}
}
