package notify_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/notify"
	"newswatch/notify/notifytest"
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
		"tries again where an answer was lost":      {probe: true, mutant: retryUnclear},
		"takes a lost answer for a yes":             {probe: true, mutant: believeUnclear},
		"sends before the claim is on disk":         {probe: true, mutant: claimNothing},
		"sends replies before their parent":         {probe: true, mutant: ignoreParents},
		"folds into a card that is never written":   {probe: true, budget: true, mutant: loseCards},
		"resends without end":                       {mutant: retryUnclear},
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
	retryUnclear
	believeUnclear
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

const (
	simAlerts = 12
	oddShare  = 35            // of 100 sends go wrong somehow
	dyingRate = 4             // of 100 calls end the world
	calm      = 6 * time.Hour // after this, all goes well
	tooLong   = 9 * 24 * time.Hour
)

var errCrash = errors.New("the world has ended")

// A world is everything on one seed.
type world struct {
	variant
	seed  int
	disk  notifytest.Memory
	start time.Time

	mu      sync.Mutex // guards all below
	epoch   int        // the life of the deliverer that may act
	end     context.CancelFunc
	points  int
	arrived map[string][]int // by key: the order numbers of the copies that arrived
	order   int
	refused map[string]bool
	result
}

// chance is a number below 100 that depends on the seed and what it is for.
func (w *world) chance(what string) int {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %s", w.seed, what)
	return int(h.Sum64() >> 8 % 100)
}

func (w *world) wild() bool { return time.Since(w.start) < calm }

// point may end the world. It returns whether the caller still lives.
func (w *world) point(epoch int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.points++
	if epoch == w.epoch && w.wild() && w.chance(fmt.Sprint("crash", w.points)) < dyingRate {
		w.epoch++
		w.Crashes++
		w.end()
	}
	return epoch == w.epoch
}

func (w *world) breaks(format string, args ...any) {
	w.broken = append(w.broken, fmt.Sprintf(format, args...))
}

// A life is one run of the program: its view of the disk and of the peer.
type life struct {
	*world
	epoch int
}

func (l *life) Due(dest string, now time.Time, most int) ([]monitor.Notice, error) {
	if !l.point(l.epoch) {
		return nil, errCrash
	}
	if l.mutant == ignoreParents {
		return slices.DeleteFunc(l.disk.All(dest), func(n monitor.Notice) bool {
			st := n.Delivery.State
			return st != monitor.Pending && st != monitor.Unknown || n.Delivery.Due.After(now)
		}), nil
	}
	return l.disk.Due(dest, now, most)
}

func (l *life) Inflight(dest string) ([]monitor.Notice, error) {
	if !l.point(l.epoch) {
		return nil, errCrash
	}
	ns, err := l.disk.Inflight(dest)
	if l.mutant == forgetInflight {
		for i := range ns {
			ns[i].Delivery.State = monitor.Pending
		}
		return nil, errors.Join(err, l.disk.Update(ns))
	}
	return ns, err
}

func (l *life) Update(ns []monitor.Notice) error {
	if !l.point(l.epoch) {
		return errCrash
	}
	for _, n := range ns {
		if old, ok, _ := l.disk.Notice(n.Destination, n.Key); ok && old.Delivery.Ambiguous > n.Delivery.Ambiguous {
			l.breaks("%s counts fewer lost answers than before", n.Key)
		}
	}
	write := slices.Clone(ns)
	switch l.mutant {
	case claimNothing:
		for i := range write {
			if write[i].Delivery.State == monitor.Inflight {
				write[i].Delivery.State = monitor.Pending
				write[i].Delivery.Due = time.Now().Add(time.Hour)
			}
		}
	case loseCards:
		write = slices.DeleteFunc(write, func(n monitor.Notice) bool { return n.Delivery.Rev == 0 })
	}
	if err := l.disk.Update(write); err != nil {
		return err
	}
	for i := range ns {
		ns[i].Delivery.Rev++
	}
	if !l.point(l.epoch) {
		return errCrash
	}
	return nil
}

func (l *life) Next(dest string) (time.Time, error)              { return l.disk.Next(dest) }
func (l *life) Gate(dest string) (notify.Gate, error)            { return l.disk.Gate(dest) }
func (l *life) Notice(d, k string) (monitor.Notice, bool, error) { return l.disk.Notice(d, k) }

func (l *life) SetGate(dest string, g notify.Gate) error {
	if !l.point(l.epoch) {
		return errCrash
	}
	return l.disk.SetGate(dest, g)
}

// A peer is the far end as one life sees it.
type peer struct {
	*life
}

func (p peer) Abilities() notify.Abilities {
	return notify.Abilities{Parallel: max(1, p.parallel), Bulk: !p.budget}
}

func (p peer) Notify(ctx context.Context, n monitor.Notice, _ monitor.Receipt) (monitor.Receipt, error) {
	if !p.point(p.epoch) {
		return monitor.Receipt{}, errCrash
	}
	row, _, _ := p.disk.Notice("d", n.Key)
	p.mu.Lock()
	if row.Delivery.State != monitor.Inflight {
		p.breaks("%s was sent while %s on disk", n.Key, row.Delivery.State)
	}
	p.Sends++
	what := fmt.Sprint(n.Key, p.Sends)
	p.mu.Unlock()
	odd := 99
	if p.wild() {
		odd = p.chance("odd" + what)
	}
	if err := p.refuse(n, odd); err != nil {
		return monitor.Receipt{}, err
	}
	if odd >= oddShare/2 || odd < oddShare/4 { // the far end carries it out
		p.mu.Lock()
		if p.life.epoch == p.world.epoch {
			p.order++
			p.arrived[n.Key] = append(p.arrived[n.Key], p.order)
		}
		p.mu.Unlock()
	}
	if !p.point(p.epoch) {
		return monitor.Receipt{}, errCrash
	}
	time.Sleep(time.Duration(p.chance("takes"+what)) * 20 * time.Millisecond)
	if odd < oddShare/2 {
		p.mu.Lock()
		p.Lost++
		p.mu.Unlock()
		return p.lose()
	}
	return monitor.Receipt{ID: n.Key}, nil
}

// refuse answers the share of sends that fail with an answer.
func (p peer) refuse(n monitor.Notice, odd int) error {
	err := errors.New("odd")
	switch {
	case odd < oddShare/2 || odd >= oddShare:
		return nil
	case odd < oddShare/2+2:
		p.mu.Lock()
		p.refused[n.Key] = true
		p.mu.Unlock()
		return err
	case odd < oddShare/2+4:
		return notify.Broken(err, 0)
	case odd < oddShare/2+8:
		return notify.Retry(err, time.Minute)
	}
	return notify.Retry(err, 0)
}

func (p peer) lose() (monitor.Receipt, error) {
	err := errors.New("connection reset")
	switch p.mutant {
	case retryUnclear:
		return monitor.Receipt{}, notify.Retry(err, 0)
	case believeUnclear:
		return monitor.Receipt{ID: "surely"}, nil
	}
	return monitor.Receipt{}, notify.Unclear(err)
}

// An asked is a peer that can be asked.
type asked struct{ peer }

func (p asked) Probe(_ context.Context, n monitor.Notice) (monitor.Receipt, bool, error) {
	if !p.point(p.epoch) {
		return monitor.Receipt{}, false, errCrash
	}
	p.mu.Lock()
	found := len(p.arrived[n.Key]) > 0
	p.points++
	odd := p.wild() && p.chance(fmt.Sprint("probe", p.points)) < 20
	p.mu.Unlock()
	if odd {
		return monitor.Receipt{}, false, notify.Retry(errors.New("cannot ask now"), 0)
	}
	return monitor.Receipt{ID: n.Key}, found, nil
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
		if w.probe || d.Ambiguous < 2 {
			w.breaks("%s is unconfirmed after %d lost answers", n.Key, d.Ambiguous)
		}
	case monitor.Folded:
		w.Folded++
		if _, ok, _ := w.disk.Notice("d", d.Into); !ok || copies > 0 {
			w.breaks("%s is folded into %q, %d copies arrived", n.Key, d.Into, copies)
		}
	default:
		w.breaks("%s is still %s (%s)", n.Key, d.State, d.Reason)
	}
	if copies > 1+d.Ambiguous || w.probe && copies > 1 || copies > 2 {
		w.breaks("%s arrived %d times with %d lost answers", n.Key, copies, d.Ambiguous)
	}
	if p := w.arrived[n.Parent]; n.Parent != "" && len(p) > 0 && copies > 0 && w.arrived[n.Key][0] < p[0] {
		w.breaks("%s arrived before its parent", n.Key)
	}
}
