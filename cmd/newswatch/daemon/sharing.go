package daemon

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/wire"
	"newswatch/monitor/store/pg"
)

// How often jobs go out and results come in, and how much longer than a fetch
// may take one is waited for.
const (
	jobsEvery = 20 * time.Millisecond
	jobGrace  = 15 * time.Second
)

// A sharing is the fetcher of a leader. It makes exchanges itself while it has
// slots free, and hands out what goes beyond to other daemons. One whose result
// does not come is made here: nothing depends on them. Spacing holds over all
// machines, for who asks to begin asks this one.
type sharing struct {
	*fetcher
	term   *pg.Store
	log    *slog.Logger
	own    chan struct{} // a token for each exchange under way here
	others atomic.Int64  // how many exchanges the other daemons make at a time
	wait   time.Duration // for a result

	mu      sync.Mutex // guards what follows
	last    int64      // number of the last job of this term
	waiting map[int64]chan pg.Job
	queue   []pg.Job // to be handed out

	lost, late atomic.Int64
}

func newSharing(f *fetcher, term *pg.Store, log *slog.Logger) *sharing {
	s := f.settings.WithDefaults()
	return &sharing{fetcher: f, term: term, log: log, own: make(chan struct{}, s.Concurrency), wait: s.Timeout + jobGrace, waiting: map[int64]chan pg.Job{}}
}

// slots returns how many exchanges may be under way.
func (s *sharing) slots() int { return cap(s.own) + int(s.others.Load()) }

// Fetch makes an exchange, here or elsewhere.
func (s *sharing) Fetch(ctx context.Context, f feeds.Feed, st feeds.State, known feeds.Known) (feeds.Result, error) {
	select {
	case s.own <- struct{}{}:
		return s.here(ctx, f, st, known)
	default:
	}
	if s.others.Load() > 0 && wire.Travels(f) {
		if res, err, ok := s.elsewhere(ctx, f, st); ok {
			return res, err
		}
	}
	select {
	case s.own <- struct{}{}:
		return s.here(ctx, f, st, known)
	case <-ctx.Done():
		return feeds.Result{State: st}, ctx.Err()
	}
}

// here makes an exchange under a token.
func (s *sharing) here(ctx context.Context, f feeds.Feed, st feeds.State, known feeds.Known) (feeds.Result, error) {
	defer func() { <-s.own }()
	return s.fetcher.Fetch(ctx, f, st, known)
}

// elsewhere has another daemon make an exchange. ok is false if nothing came of
// that.
func (s *sharing) elsewhere(ctx context.Context, f feeds.Feed, st feeds.State) (res feeds.Result, err error, ok bool) {
	body, err := wire.EncodeJob(f, st)
	if err != nil {
		return res, nil, false
	}
	id, done := s.hand(body)
	defer s.forget(id)
	timer := time.NewTimer(s.wait)
	defer timer.Stop()
	select {
	case r := <-done:
		res, failed, garbled := wire.DecodeOutcome(r.Body)
		if garbled != nil {
			s.log.Error("the result of another daemon cannot be read, the feed is fetched here", "feed", f.Name, "err", garbled)
			s.lost.Add(1)
			return res, nil, false
		}
		s.Load().RestorePause(f, res.State) // silences and moves bind every daemon
		return res, failed, true
	case <-timer.C:
		s.lost.Add(1)
		return res, nil, false
	case <-ctx.Done():
		return feeds.Result{State: st}, ctx.Err(), true
	}
}

// hand queues a job.
func (s *sharing) hand(body []byte) (id int64, done chan pg.Job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	id, done = s.term.Fence()<<32|s.last, make(chan pg.Job, 1)
	s.waiting[id] = done
	s.queue = append(s.queue, pg.Job{ID: id, Body: body})
	return id, done
}

func (s *sharing) forget(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.waiting, id)
}

// open returns how many results are waited for.
func (s *sharing) open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.waiting)
}

// counts returns how many jobs are open, and how many were lost or came late.
func (s *sharing) counts() (open, lost, late int) {
	return s.open(), int(s.lost.Load()), int(s.late.Load())
}

// run hands out jobs and takes in results until ctx ends.
func (s *sharing) run(ctx context.Context) error {
	tick := time.NewTicker(jobsEvery)
	defer tick.Stop()
	failed := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if s.open() == 0 {
			continue
		}
		err := s.exchange()
		if err != nil && !failed && !errors.Is(err, pg.ErrTermOver) {
			s.log.Error("exchanges not handed out: they are made here", "err", err)
		}
		failed = err != nil
	}
}

// exchange hands out what is queued and takes in what has come.
func (s *sharing) exchange() error {
	s.mu.Lock()
	queue := s.queue
	s.queue = nil
	s.mu.Unlock()
	if len(queue) > 0 {
		if err := s.term.Offer(wire.Version, queue); err != nil {
			return err
		}
	}
	results, err := s.term.Collect()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range results {
		done, ok := s.waiting[r.ID]
		if !ok {
			s.late.Add(1)
			continue
		}
		delete(s.waiting, r.ID)
		done <- r
	}
	return err
}
