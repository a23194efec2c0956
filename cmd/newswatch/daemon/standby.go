package daemon

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"newswatch/cmd/newswatch/config"
	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/store"
	"newswatch/monitor/store/pg"
	"newswatch/monitor/web"
)

// A standby is a daemon that waits to lead: it answers what can be read.
type standby struct {
	*team
	rules  atomic.Pointer[monitor.Rules]
	server *api.Server
	page   *page
	client *fetcher
}

// standby opens what listens.
func (t *team) standby() (*standby, error) {
	cfg := t.config()
	s := &standby{team: t, client: &fetcher{version: t.Version}}
	var err error
	if s.client.guard, err = openCrashGuard(filepath.Join(store.RuntimeDir(cfg.Store.Path), "reading")); err != nil {
		t.Log.Warn("a feed that ends newswatch will not be found out", "err", err)
	}
	if err := s.client.use(cfg.Fetch); err != nil {
		return nil, errors.Join(err, s.client.guard.close())
	}
	s.rules.Store(cfg.Rules())
	s.server = readingServer(t.db, t.Options, s.rules.Load)
	s.server.Started, s.server.Reload, s.server.Team, s.server.Forward = time.Now().UTC(), s.reload, t.Team, t.Forward
	s.page, err = openPage(cfg.HTTP.Listen, &web.Server{Server: s.server, Metrics: web.NewMetrics(t.Version), Ready: func() error { return errStandby },
		Listen: cfg.HTTP.Listen, PublicURL: cfg.HTTP.PublicURL, WebSub: http.HandlerFunc(refusePush)})
	return s, err
}

// close ends what standby opened, but for the page.
func (s *standby) close() error {
	s.client.Load().Close()
	return s.client.guard.close()
}

// errStandby is why a daemon that does not lead is not ready.
var errStandby = errors.New("another daemon leads")

// refusePush has a hub push again, to the leader.
func refusePush(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, errStandby.Error(), http.StatusServiceUnavailable)
}

// readingServer answers from a database under a configuration, and changes
// nothing.
func readingServer(db *pg.DB, o Options, rules func() *monitor.Rules) *api.Server {
	s := db.Reader()
	return &api.Server{Reader: reader{Store: s}, Rules: rules, Version: o.Version, Log: o.Log, Maintainer: s}
}

// wait answers from the store until this daemon leads. It returns nil once ctx
// has ended.
func (t *team) wait(ctx context.Context) (term *pg.Store, err error) {
	// Who can lead at once needs no standby.
	if term, err := t.db.Lead(ctx); term != nil || err != nil && !t.passing(err) {
		return term, err
	}
	s, err := t.standby()
	if err != nil {
		return nil, err
	}
	defer func() {
		if err := s.close(); err != nil {
			t.Log.Warn("not closed in order", "err", err)
		}
	}()
	control, err := listenControl(SocketPath(t.config().Store.Path))
	if err != nil {
		return nil, errors.Join(err, s.page.close())
	}
	h := &helper{client: s.client, db: t.db, store: t.db.Reader(), log: t.Log, slots: t.config().Fetch.WithDefaults().Concurrency}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.page.serve(ctx, t.Log) })
	g.Go(func() error { return serveControl(ctx, control, s.server.SocketHandler(), t.Log) })
	g.Go(func() error { return reloadOnSignal(ctx, t.Reloads, s.reload) })
	g.Go(func() error { return supervise(ctx, t.Log, func(time.Time) error { return nil }) })
	g.Go(func() error { return h.run(ctx) })
	g.Go(func() (err error) {
		if term, err = t.elect(ctx); err == nil && term != nil {
			err = errElected
		}
		return err
	})
	if err := g.Wait(); !errors.Is(err, errElected) {
		return nil, err
	}
	return term, nil
}

// errElected ends the wait.
var errElected = errors.New("elected")

// passing reports whether a daemon that cannot lead for this reason waits for
// better times rather than end. A database that is not to be used is no such
// reason.
func (t *team) passing(err error) bool {
	_, moved := errors.AsType[*store.MovedError](err)
	return !moved && !errors.Is(err, pg.ErrNewer)
}

// elect tries to lead until it does or ctx ends.
func (t *team) elect(ctx context.Context) (*pg.Store, error) {
	tick := time.NewTicker(min(time.Second, t.config().Store.Lease/5))
	defer tick.Stop()
	said := ""
	for {
		select {
		case <-ctx.Done():
			return nil, nil
		case <-tick.C:
		}
		term, err := t.db.Lead(ctx)
		switch {
		case term != nil:
			return term, nil
		case err == nil:
			said = ""
		case ctx.Err() != nil:
			return nil, nil
		case err.Error() != said:
			said = err.Error()
			t.Log.Error("this daemon cannot lead", "err", err)
		}
	}
}

// Forward has the leader answer a request.
func (t *team) Forward(ctx context.Context, request []byte) ([]byte, error) {
	return t.db.Ask(ctx, request)
}

// reload reads the configuration again.
func (s *standby) reload(ctx context.Context) ([]string, error) {
	before := s.config()
	cfg, report := config.Load(before.File, os.LookupEnv)
	if !report.OK() {
		s.Log.Error("configuration refused, the old one goes on", "config", before.File, "err", report.Err())
		return nil, report.Err()
	}
	if err := s.client.use(cfg.Fetch); err != nil {
		s.Log.Error("configuration refused, the old one goes on", "config", before.File, "err", err)
		return nil, err
	}
	s.use(cfg)
	s.rules.Store(cfg.Rules())
	changes := config.Diff(before, cfg)
	s.Log.Info("configuration reloaded", "config", cfg.File, "changes", len(changes))
	return changes, nil
}
