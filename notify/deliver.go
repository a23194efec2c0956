package notify

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"newswatch/monitor"
)

// A Deliverer carries the notices of one destination from the outbox to its
// Notifier. Set the fields before Run and leave them alone afterwards. There
// must be no two of one destination at a time.
type Deliverer struct {
	Destination string
	Notifier    Notifier
	Outbox      Outbox
	Policy      Policy
	Log         *slog.Logger           // nil for none
	Wake        <-chan struct{}        // there may be something new; never closed; nil to look once a minute
	Report      func(Event)            // called from Run; must not wait for it; nil for nobody
	Observe     func(n monitor.Notice) // called for each notice that is Sent, see Latency; nil for nobody
	Now         func() time.Time       // nil is time.Now
	Grace       time.Duration          // what attempts under way still get when Run is to end; 0 is 8s

	failing *atomic.Int64 // kept: since when the outbox cannot be used; nil for nobody
}

// Latency is how long a delivered notice took from first seen to receipt, 0
// if nothing was seen.
func Latency(n monitor.Notice) time.Duration {
	if n.Seen.IsZero() {
		return 0
	}
	return max(0, n.Delivery.Receipt.At.Sub(n.Seen))
}

// The pace of looking at the outbox.
const (
	longestWait  = time.Minute     // so that a clock that was set, or a suspended machine, does no harm for longer
	shortestWait = time.Second     // when something is due that nothing can be done about yet
	diskPause    = 5 * time.Second // after the outbox could not be read or written
	lastWait     = 2 * time.Second // for attempts to notice that they were cut off
)

// Run delivers until ctx ends. Then it begins nothing more, gives what is
// under way its grace, commits the outcomes and returns; an attempt without
// an outcome stays Inflight and is Unknown when Run is next called. The error
// is about outcomes that could not be stored.
func (d *Deliverer) Run(ctx context.Context) error {
	r := newRun(d)
	work, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	if !r.resume(ctx) {
		return nil
	}
	for ctx.Err() == nil {
		pause, err := r.step(work)
		if err != nil {
			pause = diskPause
		}
		r.logOutbox(err)
		r.wait(ctx, pause)
	}
	return r.finish(cut)
}

// A run is the state of one call of Run. It lives in Run's goroutine; attempts
// have their own and answer through results.
type run struct {
	*Deliverer
	log          *slog.Logger
	capabilities Capabilities
	probes       bool
	began        time.Time // by Now
	started      time.Time // the same moment, for its monotonic reading
	breaker      breaker
	stored       breaker // as stored
	queue        []monitor.Notice
	reread       bool // the outbox may hold more than the queue
	read         time.Time
	parents      map[string]monitor.Notice
	edited       map[string]time.Time
	active       map[string]monitor.Notice // attempts and probes under way, by key
	results      chan outcome              // never blocks an attempt
	uncommitted  []change                  // outcomes not yet committed
	failed       time.Time                 // when the last failure that counted was counted
	next         time.Time                 // no attempt before, for Capabilities.PerSecond
	outboxDown   bool                      // the outbox could not be written, and that was logged
}

func newRun(d *Deliverer) *run {
	r := &run{
		Deliverer: d, log: d.Log, reread: true,
		parents: map[string]monitor.Notice{}, edited: map[string]time.Time{}, active: map[string]monitor.Notice{},
	}
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	r.log = r.log.With("channel", d.Destination)
	if a, ok := d.Notifier.(Capable); ok {
		r.capabilities = a.Capabilities()
	}
	r.capabilities.Parallel = max(1, r.capabilities.Parallel)
	_, r.probes = d.Notifier.(Prober)
	r.results = make(chan outcome, r.capabilities.Parallel)
	r.began, r.started = r.now(), time.Now()
	return r
}

func (r *run) now() time.Time {
	if r.Now != nil {
		return r.Now()
	}
	return time.Now()
}

// wait returns when there may be something to do, at the latest after pause.
func (r *run) wait(ctx context.Context, pause time.Duration) {
	if pause <= 0 {
		r.drain()
		return
	}
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-r.Wake:
		r.reread = true
	case o := <-r.results:
		r.collect(o)
	case <-t.C:
		r.reread = true
	}
	r.drain()
}

// drain takes the outcomes that are there.
func (r *run) drain() {
	for {
		select {
		case o := <-r.results:
			r.collect(o)
		default:
			return
		}
	}
}

// finish waits for the attempts under way, within bounds, and commits what
// they came to.
func (r *run) finish(cut func()) error {
	r.await(cmp.Or(r.Grace, 8*time.Second))
	cut()
	r.await(lastWait)
	if _, err := r.commit(r.uncommitted); err != nil {
		return fmt.Errorf("deliver to %s: %d outcomes not stored, their notices are asked about or sent again: %w",
			r.Destination, len(r.uncommitted), err)
	}
	r.storeBreaker(r.now())
	return nil
}

// await takes outcomes until no attempt is under way, or for d.
func (r *run) await(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	for len(r.active) > 0 {
		select {
		case o := <-r.results:
			r.collect(o)
		case <-t.C:
			return
		}
	}
}
