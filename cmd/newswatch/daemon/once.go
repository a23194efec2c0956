package daemon

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"newswatch/cmd/newswatch/config"
	"newswatch/monitor"
	"newswatch/notify"
)

// A summary is the last line of once --json.
type Summary struct {
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

// deliverFor is how long once waits for articles after the last poll, and then
// for destinations: what is then still owed stays in the store for the next run.
const deliverFor = 2 * time.Minute

// Once polls every feed one time, delivers what is owed, and ends. With dry
// it works on a copy of the store that is thrown away, and prints there what it
// would have sent. The summary is nil unless the round was finished; an error
// beside it says what was left.
func Once(ctx context.Context, cfg *config.Config, o Options, dry *DryRun) (sum *Summary, err error) {
	limitMemory()
	if dry != nil {
		copied := *cfg
		cleanUp, err := CopyStore(ctx, &copied)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, cleanUp()) }()
		cfg = &copied
	}
	db, err := openStore(ctx, cfg)
	if err != nil {
		return nil, err
	}
	r, err := openComponents(cfg, o, db)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	sources, err := sourcesOf(cfg)
	if err != nil {
		return nil, err
	}
	before, err := r.Notices()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	p := &oneShot{components: r, Options: o, dry: dry, sum: Summary{Type: "summary", Feeds: len(sources)}}
	if err := p.poll(ctx, newPoller(&poller{monitor: r.Monitor, fetcher: r.client, log: o.Log, once: true,
		workers: fixed(cfg.Fetch.WithDefaults().Concurrency)}, sources, nil, began)); err != nil {
		return nil, err
	}
	if err := p.readArticles(ctx); err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, errors.New("interrupted before all feeds were read: what was read is kept, the next run reads the rest and tells it")
	}
	if err := p.deliverDue(ctx, cfg); err != nil {
		return nil, err
	}
	if err := p.askForCopies(ctx); err != nil {
		return nil, err
	}
	after, err := r.Notices()
	if err != nil {
		return nil, err
	}
	p.count(before, after, time.Since(began))
	if ctx.Err() != nil {
		err = errors.New("interrupted while delivering: what is owed is kept, the next run delivers it")
	}
	return &p.sum, err
}

// oneShot is one round over all feeds.
type oneShot struct {
	*components
	Options
	dry *DryRun // nil to send
	sum Summary

	read, unchanged, items, fresh, matched atomic.Int64
}

// poll runs the poller to its end, then commits all of it.
func (p *oneShot) poll(ctx context.Context, pl *poller) error {
	pl.each = func(_ string, out monitor.PollResult) {
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
	go func() { done <- p.Monitor.Run(commits) }()
	err := pl.run(ctx)
	stop()
	if err = errors.Join(err, <-done); err != nil {
		return err
	}
	return p.Monitor.CloseBundles()
}

// readArticles reads the articles that are owed and due.
func (p *oneShot) readArticles(ctx context.Context) error {
	ctx, end := context.WithTimeout(ctx, deliverFor)
	defer end()
	if err := p.articles.run(ctx, true); err != nil {
		return err
	}
	return p.Monitor.CloseBundles()
}

// askForCopies asks the web archive for what is owed and due, unless nothing is to
// leave this machine.
func (p *oneShot) askForCopies(ctx context.Context) error {
	if p.dry != nil {
		return nil
	}
	ctx, end := context.WithTimeout(ctx, deliverFor)
	defer end()
	return p.copies.run(ctx, true)
}

// send makes the digests that are due and delivers what is owed.
func (p *oneShot) deliverDue(ctx context.Context, cfg *config.Config) error {
	channels, err := Channels(cfg, p.Out)
	if err != nil {
		return err
	}
	d := p.dispatcher(p.Log)
	if p.dry != nil {
		p.dry.replaceNotifiers(channels, cfg.Zone)
		d.Log = slog.New(slog.DiscardHandler) // nothing is delivered, whatever it would say
	}
	if err := d.Prepare(channels); err != nil {
		return err
	}
	(&digests{monitor: p.Monitor, store: p.Store, log: p.Log, plans: cfg.Digests}).tick(time.Now())
	return p.deliver(ctx, d, channels)
}

// deliver empties the outbox: until nothing is due any more, or for as long as
// deliverFor.
func (p *oneShot) deliver(ctx context.Context, d *notify.Dispatcher, channels []notify.Channel) error {
	ctx, stop := context.WithTimeout(ctx, deliverFor)
	defer stop()
	done := make(chan struct{})
	go func() { defer close(done); d.Run(ctx) }()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for idle := false; !idle && ctx.Err() == nil; {
		<-tick.C
		var err error
		if idle, err = p.idle(channels); err != nil {
			return err
		}
	}
	stop()
	<-done
	return nil
}

// idle reports whether no destination has anything left that is due.
func (p *oneShot) idle(channels []notify.Channel) (bool, error) {
	now := time.Now()
	for _, e := range channels {
		inflight, err := p.Store.Inflight(e.Name)
		if err != nil || len(inflight) > 0 {
			return false, err
		}
		next, err := p.Store.Next(e.Name)
		if err != nil || !next.IsZero() && !next.After(now) {
			return false, err
		}
	}
	return true, nil
}

// Notices counts the rows of the outbox by state.
func (r *components) Notices() (map[monitor.State]int, error) {
	counts, err := r.Store.Counts()
	sum := map[monitor.State]int{}
	for _, states := range counts {
		for st, n := range states {
			sum[st] += n
		}
	}
	return sum, err
}

func (p *oneShot) count(before, after map[monitor.State]int, took time.Duration) {
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
