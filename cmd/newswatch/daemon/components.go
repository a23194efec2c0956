package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"sync/atomic"
	"time"

	"newswatch/cmd/newswatch/config"
	"newswatch/feeds"
	"newswatch/feeds/fetch"
	"newswatch/feeds/reading"
	"newswatch/monitor"
	"newswatch/monitor/schedule"
	"newswatch/monitor/store"
	"newswatch/monitor/store/pg"
	"newswatch/monitor/web"
	"newswatch/notify"
)

// Options are what a daemon is given beside its configuration.
type Options struct {
	Version string           // of this build
	Out     io.Writer        // what console destinations write to
	Log     *slog.Logger     // never nil
	Reloads <-chan os.Signal // each asks to read the configuration again; nil for none
}

// A Store is what the components stand on, in a file of its own.
type Store interface {
	store.Store
	store.Maintainer
	Path() string
	Size() int64
	Free() int64                          // bytes of it to be used again
	FillReserve() error                   // sets space aside for a full disk
	MendOutbox() (mended bool, err error) // makes damaged indexes of the outbox anew
}

// components are what an item passes through, in that order.
type components struct {
	Store    Store
	client   *fetcher
	sharing  *sharing // has other machines fetch too; nil for none
	Monitor  *monitor.Monitor
	labelled *store.Labelled
	metrics  *web.Metrics
	articles *articles
	copies   *copies
	delivery *notify.Dispatcher // nil in a run of one shot
}

// openComponents builds what stands on a store, which it closes if it fails.
func openComponents(cfg *config.Config, o Options, db Store) (r *components, err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}()
	if err := os.MkdirAll(store.RuntimeDir(cfg.Store.Path), 0o700); err != nil {
		return nil, err
	}
	r = &components{Store: db, client: &fetcher{version: o.Version}, labelled: &store.Labelled{Notes: db}, metrics: web.NewMetrics(o.Version)}
	if r.client.guard, err = openCrashGuard(filepath.Join(store.RuntimeDir(cfg.Store.Path), "reading")); err != nil {
		o.Log.Warn("a feed that ends newswatch will not be found out", "err", err)
	}
	if err := r.client.use(cfg.Fetch); err != nil {
		return nil, fmt.Errorf("fetch: %w", err)
	}
	articles := reading.New(r.client.Load, time.Now)
	articles.Use(readSettings(cfg))
	r.articles = newArticles(articles, db, o.Log)
	r.copies = newCopies(r.client, db, o.Log)
	r.copies.use(cfg)
	var by feeds.Fetcher = r.client
	if term, ok := db.(*pg.Store); ok {
		r.sharing = newSharing(r.client, term, o.Log)
		by = r.sharing
	}
	r.Monitor = &monitor.Monitor{Store: timed{db, r.metrics}, Fetcher: by, Log: o.Log, Now: time.Now, Watcher: r.metrics, Wake: r.wake, Owe: func() { r.articles.wake(); r.copies.wake() }}
	r.articles.monitor, r.articles.each, r.copies.owed = r.Monitor, r.metrics.ArticleRead, monitor.Copies{Monitor: r.Monitor}
	if err := r.articles.restoreRests(); err != nil {
		o.Log.Warn("it is not known which hosts refuse articles", "err", err)
	}
	r.Monitor.SetRules(cfg.Rules())
	if err := r.Monitor.Open(); err != nil {
		return nil, fmt.Errorf("reading the store: %w", err)
	}
	return r, nil
}

// timed is a store whose commits are measured.
type timed struct {
	Store
	metrics *web.Metrics
}

// Commit is Store.Commit.
func (t timed) Commit(b monitor.Batch) error {
	defer func(began time.Time) { t.metrics.Committed(time.Since(began)) }(time.Now())
	return t.Store.Commit(b)
}

// wake has the deliverers look for new notices.
func (r *components) wake() {
	if r.delivery != nil {
		r.delivery.Wake()
	}
}

// Close is openComponents backwards.
func (r *components) Close() error {
	r.client.Load().Close()
	return errors.Join(r.client.guard.close(), r.Store.Close())
}

// fetcher is a fetch.Client that a reload can replace.
type fetcher struct {
	atomic.Pointer[fetch.Client]
	guard    *crashGuard    // nil if there is its file cannot be opened
	settings feeds.Settings // of the client in force
	version  string
}

// use puts settings into force. The pauses that servers have asked for stay.
func (f *fetcher) use(s feeds.Settings) error {
	old := f.Load()
	if old != nil && reflect.DeepEqual(s, f.settings) {
		return nil
	}
	c, err := fetch.NewClient(s, f.version)
	if err != nil {
		return err
	}
	if f.guard != nil {
		c.CrashGuard = f.guard
	}
	if old != nil {
		c.Inherit(old)
	}
	f.settings = s
	f.Store(c)
	return nil
}

// Begin asks the client in force.
func (f *fetcher) Begin(feed feeds.Feed, st feeds.State, now time.Time) (func(), time.Duration) {
	return f.Load().Begin(feed, st, now)
}

// Fetch asks the client in force.
func (f *fetcher) Fetch(ctx context.Context, feed feeds.Feed, st feeds.State, known feeds.Known) (feeds.Result, error) {
	return f.Load().Fetch(ctx, feed, st, known)
}

// Channels opens the channels of all destinations.
func Channels(cfg *config.Config, out io.Writer) ([]notify.Channel, error) {
	var channels []notify.Channel
	for _, d := range cfg.Destinations {
		opened, err := notify.Open(d.Name, d.Config(), d.Policy, notify.Environment{Zone: cfg.Zone, Page: cfg.HTTP.PublicURL, Out: out})
		if err != nil {
			return nil, err
		}
		channels = append(channels, opened...)
	}
	return channels, nil
}

// dispatcher delivers what the components find.
func (r *components) dispatcher(log *slog.Logger) *notify.Dispatcher {
	return &notify.Dispatcher{Outbox: r.Store, Log: log, Operations: func() []string {
		rules := r.Monitor.Rules()
		return rules.Recipients(rules.Operations)
	}}
}

// sourcesOf gives every feed its pace.
func sourcesOf(cfg *config.Config) ([]schedule.Source, error) {
	var out []schedule.Source
	for i := range cfg.Feeds {
		f := &cfg.Feeds[i]
		if f.Kind == feeds.KindPush {
			if f.How().Expect > 0 {
				out = append(out, schedule.Source{Feed: f, Pace: schedule.PushPace(*f)})
			}
			continue
		}
		s, err := config.ParseSchedule(cmp.Or(f.Schedule, cfg.Fetch.Schedule), cfg.Zone)
		if err != nil {
			return nil, fmt.Errorf("feed %s: schedule: %w", f.Name, err)
		}
		out = append(out, schedule.Source{Feed: f, Pace: schedule.Pace{Start: s.Start, Exact: s.Exact}})
	}
	return out, nil
}
