package notify_test

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"sync"
	"time"

	"newswatch/monitor"
	"newswatch/notify"
	"newswatch/notify/notifytest"
)

const (
	simAlerts = 12
	oddShare  = 35            // of 100 sends go wrong somehow
	dyingRate = 4             // of 100 calls end the world
	wildTime  = 6 * time.Hour // after this, all goes well
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

func (w *world) wild() bool { return time.Since(w.start) < wildTime }

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
		if old, ok, _ := l.disk.Notice(n.Destination, n.Key); ok && (old.Delivery.Ambiguous > n.Delivery.Ambiguous || old.Delivery.Cut > n.Delivery.Cut) {
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
func (l *life) Breaker(dest string) (monitor.Breaker, error)     { return l.disk.Breaker(dest) }
func (l *life) Notice(d, k string) (monitor.Notice, bool, error) { return l.disk.Notice(d, k) }

func (l *life) SetBreaker(dest string, g monitor.Breaker) error {
	if !l.point(l.epoch) {
		return errCrash
	}
	return l.disk.SetBreaker(dest, g)
}

// A peer is the far end as one life sees it.
type peer struct {
	*life
}

func (p peer) Capabilities() notify.Capabilities {
	return notify.Capabilities{Parallel: max(1, p.parallel), Bulk: !p.budget}
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
		return p.lose(odd)
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
		return notify.Down(err, 0)
	case odd < oddShare/2+8:
		return notify.Retry(err, time.Minute)
	case odd < oddShare/2+12:
		return notify.Doubtful(err)
	}
	return notify.Retry(err, 0)
}

func (p peer) lose(odd int) (monitor.Receipt, error) {
	err := errors.New("connection reset")
	switch p.mutant {
	case retryUnknown:
		return monitor.Receipt{}, notify.Retry(err, 0)
	case believeUnknown:
		return monitor.Receipt{ID: "surely"}, nil
	}
	if odd%3 == 0 {
		return monitor.Receipt{}, notify.Doubtful(err)
	}
	return monitor.Receipt{}, notify.Unknown(err)
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
