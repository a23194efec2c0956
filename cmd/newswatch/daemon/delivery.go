package daemon

import (
	"context"
	"log/slog"
	"reflect"
	"strings"
	"sync"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/store/bolt"
	"newswatch/notify"
)

// delivery runs one deliverer for every channel.
type delivery struct {
	store   *bolt.Store
	log     *slog.Logger
	rules   func() *monitor.Rules
	observe func(monitor.Notice) // called with what was sent; may be nil

	poke chan struct{} // wakes the deliverers from within one

	mu       sync.Mutex // guards what follows
	channels []*running
	ctx      context.Context // of run; nil before it
	waiting  sync.WaitGroup  // deliverers
}

// running is a deliverer at work.
type running struct {
	Channel
	wake chan struct{}
	stop context.CancelFunc
	done chan struct{}
}

// prepare sets the channels and parks what is owed to destinations that are no
// longer configured.
func (d *delivery) prepare(channels []Channel) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.poke = make(chan struct{}, 1)
	names := map[string]bool{}
	for _, e := range channels {
		names[e.Name] = true
		d.channels = append(d.channels, &running{Channel: e, wake: make(chan struct{}, 1), done: make(chan struct{})})
	}
	return notify.Park(d.store, names, time.Now().UTC())
}

// run delivers until ctx ends and every deliverer has settled.
func (d *delivery) run(ctx context.Context) error {
	d.mu.Lock()
	d.ctx = ctx
	for _, e := range d.channels {
		d.start(e)
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

// start starts the deliverer of one channel.
func (d *delivery) start(e *running) {
	ctx, stop := context.WithCancel(d.ctx)
	e.stop = stop
	dl := &notify.Deliverer{Destination: e.Name, Notifier: e.Notifier, Outbox: d.store, Policy: e.config.Policy, Log: d.log,
		Wake: e.wake, Report: d.report, Observe: d.observe}
	d.waiting.Go(func() {
		defer close(e.done)
		defer stop()
		if err := dl.Run(ctx); err != nil {
			d.log.Error("deliverer stopped", "channel", e.Name, "err", err)
		}
	})
}

// quiet lists the configured destinations and whether each is in its quiet
// hours at now.
func (d *delivery) quiet(now time.Time) map[string]bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	quiet := map[string]bool{}
	for _, e := range d.channels {
		quiet[e.config.Name] = !e.config.Policy.Quiet.Until(now).IsZero()
	}
	return quiet
}

// wake makes every deliverer look at the outbox.
func (d *delivery) wake() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range d.channels {
		select {
		case e.wake <- struct{}{}:
		default: // it has been woken already
		}
	}
}

// replace swaps the channels. A destination that did not change goes on as it is;
// one that did settles what it has under way before its successor begins.
func (d *delivery) replace(channels []Channel) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	old := map[string]*running{}
	for _, e := range d.channels {
		old[e.Name] = e
	}
	names := map[string]bool{}
	var next, fresh []*running
	for _, e := range channels {
		names[e.Name] = true
		if was := old[e.Name]; was != nil && reflect.DeepEqual(was.config, e.config) {
			next = append(next, was)
			delete(old, e.Name)
			continue
		}
		r := &running{Channel: e, wake: make(chan struct{}, 1), done: make(chan struct{})}
		next, fresh = append(next, r), append(fresh, r)
	}
	for _, e := range old {
		e.stop()
	}
	for _, e := range old {
		<-e.done
	}
	d.channels = next
	err := notify.Park(d.store, names, time.Now().UTC())
	for _, e := range fresh {
		d.start(e)
	}
	return err
}

// send passes news of a destination to operations, through any destination but
// the one it is about.
func (d *delivery) report(e notify.Event) {
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
		if ConfiguredName(dest) == ConfiguredName(spare) {
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

// ConfiguredName is the configured name behind an outbox name.
func ConfiguredName(dest string) string {
	name, _, _ := strings.Cut(dest, "/")
	return name
}
