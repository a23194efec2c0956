package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"newswatch/cmd/newswatch/config"
	"newswatch/monitor"
	"newswatch/notify/render"
)

// A summary is the last line of once --json.
type summary struct {
	Type      string  `json:"type"` // "summary"
	Feeds     int     `json:"feeds"`
	OK        int     `json:"ok"`
	Unchanged int     `json:"unchanged"`
	Failed    int     `json:"failed"`
	Items     int     `json:"items"`
	New       int     `json:"new"`
	Matched   int     `json:"matched"`
	Notices   int     `json:"notices"`
	Sent      int     `json:"sent"`
	Owed      int     `json:"owed"`
	Seconds   float64 `json:"seconds"`
}

// deliverFor is how long once waits for destinations after the last poll: what
// is then still owed stays in the outbox for the next run.
const deliverFor = 2 * time.Minute

// runOnce polls every feed one time, delivers what is owed, and ends.
func (a *app) runOnce(ctx context.Context, dry bool) (err error) {
	boundMemory()
	cfg, err := a.load()
	if err != nil {
		return err
	}
	if dry {
		// Everything happens as it would, in a copy of the store that is
		// thrown away.
		cleanUp, err := rehearse(ctx, cfg)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, cleanUp()) }()
	}
	log, err := a.log()
	if err != nil {
		return err
	}
	overhear(log)
	r, err := openRooms(cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	sources, err := sourcesOf(cfg)
	if err != nil {
		return err
	}
	before, err := r.notices()
	if err != nil {
		return err
	}
	began := time.Now()
	p := &pass{rooms: r, app: a, sum: summary{Type: "summary", Feeds: len(sources)}}
	if err := p.poll(ctx, newPoller(&poller{monitor: r.monitor, fetcher: r.client, log: log, once: true,
		workers: cfg.Fetch.WithDefaults().Concurrency}, sources, nil, began)); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return errors.New("interrupted before all feeds were read: what was read is kept, the next run reads the rest and tells it")
	}
	if err := p.tell(ctx, cfg, dry, log); err != nil {
		return err
	}
	after, err := r.notices()
	if err != nil {
		return err
	}
	p.count(before, after, time.Since(began))
	if err := p.report(dry); err != nil || ctx.Err() == nil {
		return err
	}
	return errors.New("interrupted while delivering: what is owed is kept, the next run delivers it")
}

// outlets are the streams that console destinations write to: results are the
// notices, unless they are to be JSON.
func (a *app) outlets() streams {
	if a.json {
		return streams{a.in, a.err, a.err}
	}
	return a.streams
}

// pass is one round over all feeds.
type pass struct {
	*rooms
	app *app
	sum summary

	read, unchanged, items, fresh, matched atomic.Int64
}

// poll runs the poller to its end, then commits all of it.
func (p *pass) poll(ctx context.Context, pl *poller) error {
	pl.each = func(_ string, out monitor.Polled) {
		if out.Err == nil {
			p.read.Add(1)
		}
		if out.Result == "unchanged" {
			p.unchanged.Add(1)
		}
		p.items.Add(int64(out.Items))
		p.fresh.Add(int64(out.New))
		p.matched.Add(int64(out.Matched))
	}
	commits, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	done := make(chan error, 1)
	go func() { done <- p.monitor.Run(commits) }()
	err := pl.run(ctx)
	stop()
	if err = errors.Join(err, <-done); err != nil {
		return err
	}
	return p.monitor.CloseRounds()
}

// tell makes the digests that are due and delivers what is owed.
func (p *pass) tell(ctx context.Context, cfg *config.Config, dry bool, log *slog.Logger) error {
	exits, err := exitsOf(cfg, p.app.outlets())
	if err != nil {
		return err
	}
	d := &delivery{store: p.store, log: log, rules: p.monitor.Rules}
	if dry {
		p.app.rehearsals(exits, cfg.Zone)
		d.log = slog.New(slog.DiscardHandler) // nothing is delivered, whatever it would say
	}
	if err := d.prepare(exits); err != nil {
		return err
	}
	(&digests{monitor: p.monitor, store: p.store, log: log, plans: plansOf(cfg)}).tick(time.Now())
	return p.deliver(ctx, d, exits)
}

// deliver empties the outbox: until nothing is due any more, or for as long as
// deliverFor.
func (p *pass) deliver(ctx context.Context, d *delivery, exits []exit) error {
	ctx, stop := context.WithTimeout(ctx, deliverFor)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- d.run(ctx) }()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for idle := false; !idle && ctx.Err() == nil; {
		<-tick.C
		var err error
		if idle, err = p.idle(exits); err != nil {
			return err
		}
	}
	stop()
	return <-done
}

// idle reports whether no destination has anything left that is due.
func (p *pass) idle(exits []exit) (bool, error) {
	now := time.Now()
	for _, e := range exits {
		inflight, err := p.store.Inflight(e.name)
		if err != nil || len(inflight) > 0 {
			return false, err
		}
		next, err := p.store.Next(e.name)
		if err != nil || !next.IsZero() && !next.After(now) {
			return false, err
		}
	}
	return true, nil
}

// notices counts the rows of the outbox by state.
func (r *rooms) notices() (map[monitor.State]int, error) {
	counts, err := r.store.Counts()
	sum := map[monitor.State]int{}
	for _, states := range counts {
		for st, n := range states {
			sum[st] += n
		}
	}
	return sum, err
}

func (p *pass) count(before, after map[monitor.State]int, took time.Duration) {
	s := &p.sum
	s.OK, s.Unchanged = int(p.read.Load()), int(p.unchanged.Load())
	s.Failed = s.Feeds - s.OK // also those of which nothing was heard: their polls panicked or were not committed
	s.Items, s.New, s.Matched = int(p.items.Load()), int(p.fresh.Load()), int(p.matched.Load())
	for st, n := range after {
		s.Notices += n - before[st]
		switch st {
		case monitor.Pending, monitor.Inflight, monitor.Unknown, monitor.Parked:
			s.Owed += n
		case monitor.Sent:
			s.Sent = n - before[st]
		}
	}
	s.Seconds = took.Seconds()
}

func (p *pass) report(dry bool) error {
	if p.app.json {
		return json.NewEncoder(p.app.out).Encode(p.sum)
	}
	s := p.sum
	what := "sent"
	if dry {
		what = "would be sent"
	}
	_, err := fmt.Fprintf(p.app.err, "%s: %d read, %d unchanged, %d failed; %s, %d new, %d matched; %s, %d %s, %d owed; %.1f s\n",
		render.Count(s.Feeds, "feed", "feeds"), s.OK-s.Unchanged, s.Unchanged, s.Failed, render.Count(s.Items, "item", "items"), s.New, s.Matched,
		render.Count(s.Notices, "notice", "notices"), s.Sent, what, s.Owed, s.Seconds)
	return err
}

// fileSize returns the length of a file, 0 if it cannot be told.
func fileSize(path string) int64 {
	st, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return st.Size()
}
