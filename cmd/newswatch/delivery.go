package main

import (
	"context"
	"log/slog"
	"reflect"
	"strings"
	"sync"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/store"
	"newswatch/notify"
)

// delivery runs one deliverer for every exit.
type delivery struct {
	store   *store.Store
	log     *slog.Logger
	rules   func() *monitor.Rules
	observe func(monitor.Notice) // told of what was sent; may be nil

	poke chan struct{} // wakes the deliverers from within one

	mu      sync.Mutex // guards what follows
	exits   []*running
	ctx     context.Context // of run; nil before it
	waiting sync.WaitGroup  // deliverers
}

// running is a deliverer at work.
type running struct {
	exit
	wake chan struct{}
	stop context.CancelFunc
	done chan struct{}
}

// prepare sets the exits and parks what is owed to destinations that are no
// longer configured.
func (d *delivery) prepare(exits []exit) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.poke = make(chan struct{}, 1)
	names := map[string]bool{}
	for _, e := range exits {
		names[e.name] = true
		d.exits = append(d.exits, &running{exit: e, wake: make(chan struct{}, 1), done: make(chan struct{})})
	}
	return notify.Park(d.store, names, time.Now().UTC())
}

// run delivers until ctx ends and every deliverer has settled.
func (d *delivery) run(ctx context.Context) error {
	d.mu.Lock()
	d.ctx = ctx
	for _, e := range d.exits {
		d.begin(e)
	}
	d.mu.Unlock()
	for {
		select {
		case <-d.poke:
			d.wake()
		case <-ctx.Done():
			d.waiting.Wait()
			return nil
		}
	}
}

// begin starts the deliverer of one exit.
func (d *delivery) begin(e *running) {
	ctx, stop := context.WithCancel(d.ctx)
	e.stop = stop
	dl := &notify.Deliverer{Destination: e.name, Notifier: e.notifier, Outbox: d.store, Policy: e.config.Policy, Log: d.log,
		Wake: e.wake, Report: d.tell, Observe: d.observe}
	d.waiting.Go(func() {
		defer close(e.done)
		defer stop()
		if err := dl.Run(ctx); err != nil {
			d.log.Error("deliverer stopped", "channel", e.name, "err", err)
		}
	})
}

// wake makes every deliverer look at the outbox.
func (d *delivery) wake() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range d.exits {
		select {
		case e.wake <- struct{}{}:
		default: // it has been woken already
		}
	}
}

// replace swaps the exits. A destination that did not change goes on as it is;
// one that did settles what it has under way before its successor begins.
func (d *delivery) replace(exits []exit) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	old := map[string]*running{}
	for _, e := range d.exits {
		old[e.name] = e
	}
	names := map[string]bool{}
	var next, fresh []*running
	for _, e := range exits {
		names[e.name] = true
		if was := old[e.name]; was != nil && reflect.DeepEqual(was.config, e.config) {
			next = append(next, was)
			delete(old, e.name)
			continue
		}
		r := &running{exit: e, wake: make(chan struct{}, 1), done: make(chan struct{})}
		next, fresh = append(next, r), append(fresh, r)
	}
	for _, e := range old {
		e.stop()
	}
	for _, e := range old {
		<-e.done
	}
	d.exits = next
	err := notify.Park(d.store, names, time.Now().UTC())
	for _, e := range fresh {
		d.begin(e)
	}
	return err
}

// tell passes news of a destination to operations, through any destination but
// the one it is about.
func (d *delivery) tell(e notify.Event) {
	if err := d.announce(e.Key(), e.Content(), e.Destination); err != nil {
		d.log.Error("operations not told", "channel", e.Destination, "err", err)
	}
}

// announce owes operations a notice, through any destination but one; "" spares
// none.
func (d *delivery) announce(event string, c monitor.Content, spare string) error {
	rules := d.rules()
	now := time.Now().UTC()
	var ns []monitor.Notice
	for _, dest := range rules.Recipients(rules.Operations) {
		if base(dest) == base(spare) {
			continue
		}
		ns = append(ns, monitor.Notice{Key: monitor.OperationsKey(event, dest), Destination: dest, Kind: monitor.OperationsKind,
			Priority: monitor.Normal, Created: now, Content: c, Delivery: monitor.Delivery{State: monitor.Pending, Due: now}})
	}
	if err := d.store.Update(ns); err != nil {
		return err
	}
	// Tell is called by a deliverer, which replace may be waiting for while it
	// holds the lock that wake wants: run wakes them.
	select {
	case d.poke <- struct{}{}:
	default:
	}
	return nil
}

// base is the configured name behind an outbox name.
func base(dest string) string {
	name, _, _ := strings.Cut(dest, "/")
	return name
}
