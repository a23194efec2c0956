package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"newswatch/monitor"
)

// defaultTimeout bounds an attempt of a channel that names no bound.
const defaultTimeout = 2 * time.Minute

// begin starts one attempt, or one probe, in its own goroutine. The row is
// Inflight on disk, or Unknown for a probe. The goroutine ends with an outcome
// in results, which drain and finish wait for.
func (r *run) begin(ctx context.Context, n monitor.Notice, probe bool) {
	r.active[n.Key] = n
	r.next = later(r.next, r.now()).Add(r.pace())
	parent := r.receipt(n)
	timeout := cmp.Or(r.capabilities.Timeout, defaultTimeout)
	go func() {
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		o := outcome{n: n, probe: probe}
		if probe {
			o.receipt, o.found, o.err = ask(ctx, r.Notifier.(Prober), n)
		} else {
			o.receipt, o.err = attempt(ctx, r.Notifier, n, parent)
		}
		o.at = r.now()
		r.results <- o
	}()
}

// pace is the least time between the beginnings of two attempts.
func (r *run) pace() time.Duration {
	if r.capabilities.PerSecond == 0 {
		return 0
	}
	return time.Duration(float64(time.Second) / r.capabilities.PerSecond)
}

// ask starts probes for rows whose answer was lost.
func (r *run) ask(ctx context.Context, ns []monitor.Notice) {
	for _, n := range ns {
		if len(r.active) >= r.capabilities.Parallel || r.breaker.open() && len(r.active) > 0 || r.now().Before(r.next) {
			r.queue = append(r.queue, n)
			continue
		}
		r.begin(ctx, n, true)
	}
}

// receipt returns what the destination answered to the parent of n, zero if
// that stands in no message of its own.
func (r *run) receipt(n monitor.Notice) monitor.Receipt {
	if p := r.parents[n.Parent]; n.Parent != "" && p.Delivery.State == monitor.Sent {
		return p.Delivery.Receipt
	}
	return monitor.Receipt{}
}

// attempt calls the notifier once. A panic is the notice's fault and final for
// it. An error that only says that time was up says nothing about the far end.
func attempt(ctx context.Context, to Notifier, n monitor.Notice, parent monitor.Receipt) (receipt monitor.Receipt, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("cannot be put into a message: %v", p)
		}
	}()
	receipt, err = to.Notify(ctx, n, parent)
	return receipt, orUnknown(ctx, err)
}

func ask(ctx context.Context, to Prober, n monitor.Notice) (receipt monitor.Receipt, found bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			found, err = false, fmt.Errorf("%w: asking failed: %v", ErrCannotProbe, p)
		}
	}()
	return to.Probe(ctx, n)
}

// orUnknown marks an error without a mark that came with the end of ctx.
func orUnknown(ctx context.Context, err error) error {
	if _, marked := errors.AsType[*failure](err); err != nil && !marked && ctx.Err() != nil {
		return Unknown(err)
	}
	return err
}
