package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"newswatch/monitor"
)

// A Dispatcher runs one Deliverer for every channel. Set the fields before
// Prepare and leave them alone afterwards.
type Dispatcher struct {
	Outbox interface {
		Outbox
		Rows
	}
	Log        *slog.Logger
	Operations func() []string      // the channels through which operations is told; nil for nobody
	Observe    func(monitor.Notice) // as Deliverer.Observe

	running atomic.Pointer[[]*running]

	mu         sync.Mutex      // held while channels are replaced
	ctx        context.Context // of Run; nil before it
	deliverers sync.WaitGroup
}

// A running is a channel whose Deliverer works, or is about to.
type running struct {
	Channel
	wake chan struct{}
	stop context.CancelFunc
	done chan struct{}

	failing atomic.Int64 // since when the outbox cannot be used, Unix nanoseconds; 0 while it can
}

// stoppedAfter is how long a Deliverer may be unable to use the outbox before it
// counts as stopped.
const stoppedAfter = time.Minute

// Stopped names the channels that deliver nothing any more and will not by
// themselves, nil for none: their Deliverer has ended, or has not been able to
// use the outbox for a minute.
func (d *Dispatcher) Stopped(now time.Time) error {
	all := d.running.Load()
	if all == nil {
		return nil
	}
	var errs []error
	for _, r := range *all {
		since := r.failing.Load()
		select {
		case <-r.done:
			errs = append(errs, fmt.Errorf("%s: nothing is delivered any more: restart newswatch", r.Name))
		default:
			if since != 0 && now.Sub(time.Unix(0, since)) >= stoppedAfter {
				errs = append(errs, fmt.Errorf("%s: nothing is delivered since %s: the outbox cannot be used, see the log",
					r.Name, time.Unix(0, since).UTC().Format(time.RFC3339)))
			}
		}
	}
	return errors.Join(errs...)
}

// Prepare sets the channels before Run, and parks what is owed to any other.
func (d *Dispatcher) Prepare(channels []Channel) error {
	var all []*running
	for _, c := range channels {
		all = append(all, newRunning(c))
	}
	d.running.Store(&all)
	_, err := d.park(channels)
	return err
}

func newRunning(c Channel) *running {
	return &running{Channel: c, wake: make(chan struct{}, 1), done: make(chan struct{})}
}

// park sets aside what is owed to destinations that left, and reports each.
func (d *Dispatcher) park(channels []Channel) (left []Event, err error) {
	names := map[string]bool{}
	for _, c := range channels {
		names[c.Name] = true
	}
	now := time.Now().UTC()
	parked, err := Park(d.Outbox, names, now)
	for _, dest := range slices.Sorted(maps.Keys(parked)) {
		e := Event{Kind: Left, Destination: dest, At: now, Since: now, Notices: parked[dest]}
		d.Log.Warn("destination left the configuration, what it is owed waits", "channel", dest, "notices", len(e.Notices))
		d.report(e)
		left = append(left, e)
	}
	return left, err
}

// Run delivers until ctx ends and every Deliverer has committed its outcomes.
func (d *Dispatcher) Run(ctx context.Context) {
	d.mu.Lock()
	d.ctx = ctx
	for _, r := range *d.running.Load() {
		d.start(r)
	}
	d.mu.Unlock()
	<-ctx.Done()
	d.deliverers.Wait()
}

func (d *Dispatcher) start(r *running) {
	ctx, stop := context.WithCancel(d.ctx)
	r.stop = stop
	to := &Deliverer{Destination: r.Name, Notifier: r.Notifier, Outbox: d.Outbox, Policy: r.Policy, Log: d.Log,
		Wake: r.wake, Report: d.report, Observe: d.Observe, failing: &r.failing}
	d.deliverers.Go(func() {
		defer close(r.done)
		defer stop()
		if err := to.Run(ctx); err != nil {
			d.Log.Error("deliverer stopped", "channel", r.Name, "err", err)
		}
	})
}

// Wake makes every Deliverer look at the outbox. It never waits, and may be
// called from within one.
func (d *Dispatcher) Wake() {
	all := d.running.Load()
	if all == nil {
		return // they look when they start
	}
	for _, r := range *all {
		select {
		case r.wake <- struct{}{}:
		default: // it has been woken already
		}
	}
}

// Quiet lists the destinations and whether each is in its quiet hours at now.
func (d *Dispatcher) Quiet(now time.Time) map[string]bool {
	quiet := map[string]bool{}
	if all := d.running.Load(); all != nil {
		for _, r := range *all {
			destination, _, _ := strings.Cut(r.Name, "/") // the recipients of a mail together
			quiet[destination] = !r.Policy.Quiet.Until(now).IsZero()
		}
	}
	return quiet
}

// Replace swaps the channels while Run works. One with the settings of before
// goes on as it is; any other commits what it has under way before its
// successor begins. It returns one event for each that left and is owed
// something. After an error the channels are swapped all the same.
func (d *Dispatcher) Replace(channels []Channel) (left []Event, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	old := map[string]*running{}
	for _, r := range *d.running.Load() {
		old[r.Name] = r
	}
	var next, fresh []*running
	for _, c := range channels {
		if r := old[c.Name]; r != nil && reflect.DeepEqual(r.Settings, c.Settings) {
			next = append(next, r)
			delete(old, c.Name)
			continue
		}
		r := newRunning(c)
		next, fresh = append(next, r), append(fresh, r)
	}
	for _, r := range old {
		r.stop()
	}
	for _, r := range old {
		<-r.done
	}
	d.running.Store(&next)
	left, err = d.park(channels)
	for _, r := range fresh {
		d.start(r)
	}
	return left, err
}

// report tells operations of a destination.
func (d *Dispatcher) report(e Event) {
	if err := d.Announce(e.Key(), e.Content(), e.Destination); err != nil {
		d.Log.Error("operations not told", "channel", e.Destination, "err", err)
	}
}

// Announce owes operations a notice, through any destination but the one that
// it is about, "" for none. key names the event for good.
func (d *Dispatcher) Announce(key string, c monitor.Content, about string) error {
	if d.Operations == nil {
		return nil
	}
	now := time.Now().UTC()
	var ns []monitor.Notice
	for _, dest := range d.Operations() {
		if Destination(dest) == Destination(about) {
			continue
		}
		ns = append(ns, monitor.Notice{Key: monitor.OperationsKey(key, dest), Destination: dest, Kind: monitor.OperationsKind,
			Priority: monitor.Normal, Created: now, Content: c, Delivery: monitor.Delivery{State: monitor.Pending, Due: now}})
	}
	if err := d.Outbox.Update(ns); err != nil {
		return err
	}
	d.Wake()
	return nil
}
