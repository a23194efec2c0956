package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	systemd "github.com/coreos/go-systemd/v22/daemon"
	"golang.org/x/sync/errgroup"

	"newswatch/cmd/newswatch/config"
	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/store/bolt"
	"newswatch/notify"
)

// A Daemon is newswatch running: its components, and what moves items between
// them. Make one with Open, call Run once, then Close.
type Daemon struct {
	*components
	Options
	team     *team // the daemons that share the store; nil if this one has it alone
	cfg      *config.Config
	started  time.Time
	poller   *poller
	digests  *digests
	server   *api.Server
	page     *page
	hubs     *hubs
	channels []notify.Channel
	buttons  sync.WaitGroup
	control  net.Listener
	unusual  atomic.Pointer[[]monitor.Unusual] // as seen last; nil before the first look

	reloading sync.Mutex // one reload at a time; guards cfg after Open
}

// Serve opens a daemon, runs it until ctx ends, and closes it.
func Serve(ctx context.Context, cfg *config.Config, o Options) (err error) {
	limitMemory()
	stopping := context.AfterFunc(ctx, func() { _, _ = systemd.SdNotify(false, systemd.SdNotifyStopping) })
	defer stopping()
	if cfg.Store.URL != "" {
		return serveTeam(ctx, cfg, o)
	}
	d, err := Open(cfg, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	o.Log.Info("started", "version", o.Version, "config", cfg.File, "feeds", len(cfg.Feeds), "watches", len(cfg.Watches),
		"destinations", len(cfg.Destinations), "store", cfg.Store.Path, "page", cmp.Or(cfg.HTTP.Page(), cfg.HTTP.Listen))
	err = d.Run(ctx)
	o.Log.Info("stopped", "after", time.Since(d.started).Round(time.Second))
	return err
}

// Open opens the file of the store and everything that listens: a port in use ends
// the start, not the run.
func Open(cfg *config.Config, o Options) (*Daemon, error) {
	db, err := bolt.Open(cfg.Store.Path)
	if err != nil {
		return nil, err
	}
	return openOn(cfg, o, db, nil)
}

// openOn is Open on a store that is open, which it closes if it fails.
func openOn(cfg *config.Config, o Options, db Store, t *team) (*Daemon, error) {
	r, err := openComponents(cfg, o, db)
	if err != nil {
		return nil, err
	}
	d := &Daemon{components: r, Options: o, team: t, cfg: cfg, started: time.Now().UTC()}
	if err := d.build(); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return d, nil
}

// build makes what moves items between the components, and opens what listens.
func (d *Daemon) build() error {
	sources, err := sourcesOf(d.cfg)
	if err != nil {
		return err
	}
	if err := d.Store.FillReserve(); err != nil {
		d.Log.Warn("no space set aside for a full disk", "err", err)
	}
	past, err := d.Store.Polls()
	if err != nil {
		return err
	}
	d.poller = newPoller(&poller{monitor: d.Monitor, fetcher: d.client, log: d.Log, seen: d.closeRounds,
		silence: func(f feeds.Feed) time.Time { return d.client.Load().Silence(f) },
		workers: d.slots()}, sources, past, time.Now())
	if err := d.restorePauses(); err != nil {
		return err
	}
	d.delivery = d.dispatcher(d.Log)
	d.delivery.Observe = d.metrics.Observe
	channels, err := Channels(d.cfg, d.Out)
	if err != nil {
		return err
	}
	d.channels = channels
	if err := d.delivery.Prepare(channels); err != nil {
		return err
	}
	d.digests = &digests{monitor: d.Monitor, store: d.Store, log: d.Log, plans: d.cfg.Digests}
	d.server = d.components.server(d.Version, d.Log, d.digests.list)
	d.server.Started, d.server.Reload, d.server.Poll, d.server.Look = d.started, d.reload, d.pollNow, d.look
	d.server.Edit, d.server.ConfigFile = d.edit, d.configFile
	d.server.Push = d.push
	if d.hubs, err = openHubs(d); err != nil {
		return err
	}
	if d.team != nil {
		d.server.Team = d.team.Team
	}
	if d.page, err = openPage(d.cfg.HTTP.Listen, d.webServer()); err != nil {
		return err
	}
	d.control, err = listenControl(SocketPath(d.cfg.Store.Path))
	return err
}

// slots returns what says how many polls may be under way.
func (d *Daemon) slots() func() int {
	if d.sharing != nil {
		return d.sharing.slots
	}
	return fixed(d.cfg.Fetch.WithDefaults().Concurrency)
}

// restorePauses gives the client the pauses that hosts had asked for before the
// restart.
func (d *Daemon) restorePauses() error {
	return d.Store.Feeds(monitor.PausedFeeds, func(rec monitor.FeedRecord) bool {
		if f, ok := d.Monitor.Rules().Feeds[rec.Name]; ok && !rec.Poll.Ahead(time.Now()) {
			d.client.Load().RestorePause(*f, rec.State)
		}
		return true
	})
}

// Run runs everything until ctx ends or a part fails. Polling stops before
// delivery, and committing last.
func (d *Daemon) Run(ctx context.Context) error {
	commits, stopCommits := context.WithCancel(context.WithoutCancel(ctx))
	defer stopCommits()
	committing := make(chan error, 1)
	go func() { committing <- d.Monitor.Run(commits) }()

	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return d.poller.run(ctx) })
	g.Go(func() error { return d.articles.run(ctx, false) })
	g.Go(func() error { return d.copies.run(ctx, false) })
	g.Go(func() error { d.delivery.Run(ctx); return nil })
	g.Go(func() error { return d.housekeep(ctx) })
	g.Go(func() error { return d.page.serve(ctx, d.Log) })
	g.Go(func() error { return d.hubs.run(ctx) })
	g.Go(func() error { return serveControl(ctx, d.control, d.server.SocketHandler(), d.Log) })
	g.Go(func() error { return reloadOnSignal(ctx, d.Reloads, d.reload) })
	g.Go(func() error { return supervise(ctx, d.Log, d.alive) })
	g.Go(func() error { return d.answerOthers(ctx) })
	if d.sharing != nil {
		g.Go(func() error { return d.sharing.run(ctx) })
	}
	d.listenButtons(ctx, d.channels)
	err := g.Wait()
	d.buttons.Wait()
	stopCommits()
	return errors.Join(err, <-committing)
}

// checkStore reads one value of the store, for health and watchdog.
func (d *Daemon) checkStore() error {
	if _, err := d.Store.LastItem(); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// closeRounds announces what the first polls have found, once all are done.
func (d *Daemon) closeRounds() {
	if err := d.Monitor.CloseBundles(); err != nil {
		d.Log.Error("first polls not announced yet", "err", err)
	}
}
