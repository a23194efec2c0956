package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"newswatch/cmd/newswatch/config"
	"newswatch/monitor/web"
)

// A daemon is newswatch running: rooms, and what moves between them.
type daemon struct {
	*rooms
	app      *app
	log      *slog.Logger
	cfg      *config.Config
	started  time.Time
	poller   *poller
	delivery *delivery
	digests  *digests
	page     *page
	hubs     *hubs
	metrics  *web.Metrics
	exits    []exit
	buttons  sync.WaitGroup
	control  net.Listener

	reloading sync.Mutex // one reload at a time; guards cfg after furnish
}

// runDaemon builds the rooms in the order an item passes through them, runs
// them until ctx ends, and closes them in reverse.
func (a *app) runDaemon(ctx context.Context) (err error) {
	boundMemory()
	cfg, report := config.Load(config.Find(a.file), os.LookupEnv)
	a.printProblems(report.Problems)
	if !report.OK() {
		return errQuietUsage
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
	d := &daemon{rooms: r, app: a, log: log, cfg: cfg, started: time.Now().UTC()}
	if err := d.furnish(); err != nil {
		return err
	}
	log.Info("started", "version", version(), "config", cfg.File, "feeds", len(cfg.Feeds), "watches", len(cfg.Watches),
		"destinations", len(cfg.Destinations), "store", cfg.Store.Path, "page", cfg.HTTP.Listen)
	err = d.work(ctx)
	log.Info("stopped", "after", time.Since(d.started).Round(time.Second))
	return err
}

// furnish makes what moves between the rooms, and opens what listens: a port
// in use must end the start, not the run.
func (d *daemon) furnish() error {
	sources, err := sourcesOf(d.cfg)
	if err != nil {
		return err
	}
	if err := d.store.LoadBallast(); err != nil {
		d.log.Warn("no space set aside for a full disk", "err", err)
	}
	past, err := d.store.Polls()
	if err != nil {
		return err
	}
	d.poller = newPoller(&poller{monitor: d.monitor, fetcher: d.client, log: d.log, seen: d.closeRounds,
		workers: d.cfg.Fetch.WithDefaults().Concurrency}, sources, past, time.Now())
	if err := d.remind(); err != nil {
		return err
	}
	d.metrics = web.NewMetrics(version())
	d.monitor.Watcher = d.metrics
	d.delivery = &delivery{store: d.store, log: d.log, rules: d.monitor.Rules, observe: d.metrics.Observe}
	d.monitor.Wake = d.delivery.wake
	exits, err := exitsOf(d.cfg, d.app.streams)
	if err != nil {
		return err
	}
	d.exits = exits
	if err := d.delivery.prepare(exits); err != nil {
		return err
	}
	d.digests = &digests{monitor: d.monitor, store: d.store, log: d.log, plans: plansOf(d.cfg)}
	if d.hubs, err = openHubs(d); err != nil {
		return err
	}
	if d.page, err = openPage(d); err != nil {
		return err
	}
	d.control, err = listenControl(socketPath(d.cfg.Store.Path))
	return err
}

// remind lets the client know which hosts had asked for silence before the
// restart.
func (d *daemon) remind() error {
	recs, err := d.store.Feeds()
	if err != nil {
		return err
	}
	for _, rec := range recs {
		if f, ok := d.monitor.Rules().Feeds[rec.Name]; ok {
			d.client.Load().Learn(f, rec.State)
		}
	}
	return nil
}

// work runs everything until ctx ends or something that must not end does.
// What feeds the outbox stops before what empties it, and the store is the
// last to hear.
func (d *daemon) work(ctx context.Context) error {
	commits, stopCommits := context.WithCancel(context.WithoutCancel(ctx))
	defer stopCommits()
	committing := make(chan error, 1)
	go func() { committing <- d.monitor.Run(commits) }()

	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return d.poller.run(ctx) })
	g.Go(func() error { return d.delivery.run(ctx) })
	g.Go(func() error { return d.housekeep(ctx) })
	g.Go(func() error { return d.page.serve(ctx, d) })
	g.Go(func() error { return d.hubs.run(ctx) })
	g.Go(func() error { return serveControl(ctx, d.control, d.desk(), d.log) })
	g.Go(func() error { return d.hangups(ctx) })
	g.Go(func() error { return d.supervise(ctx) })
	d.listenButtons(ctx, d.exits)
	err := g.Wait()
	d.buttons.Wait()
	stopCommits()
	return errors.Join(err, <-committing)
}

// desk is the daemon as commands see it.
func (d *daemon) desk() *desk {
	return &desk{store: reader{d.store, d.monitor}, monitor: d.monitor, started: d.started, reload: d.reload, wake: d.delivery.wake,
		plans: d.digests.list}
}

// checkStore is the pulse of the store for health and watchdog: a read that
// must come back.
func (d *daemon) checkStore() error {
	if _, err := d.store.LastItem(); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// closeRounds tells what the first polls have found, once all are done.
func (d *daemon) closeRounds() {
	if err := d.monitor.CloseRounds(); err != nil {
		d.log.Error("first polls not told yet", "err", err)
	}
}
