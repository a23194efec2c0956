package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"sync/atomic"
	"time"

	"newswatch/cmd/newswatch/config"
	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/schedule"
	"newswatch/monitor/store"
	"newswatch/notify"
	"newswatch/notify/console"
	"newswatch/notify/slack"
	"newswatch/notify/webhook"
)

// rooms are the rooms an item passes through, in that order.
type rooms struct {
	store   *store.Store
	client  *fetcher
	monitor *monitor.Monitor
}

// openRooms opens the store and furnishes what stands on it.
func openRooms(cfg *config.Config, log *slog.Logger) (*rooms, error) {
	db, err := store.Open(cfg.Store.Path)
	if err != nil {
		return nil, err
	}
	r := &rooms{store: db, client: &fetcher{}}
	if r.client.witness, err = openWitness(cfg.Store.Path + ".reading"); err != nil {
		log.Warn("a feed that ends newswatch will not be found out", "err", err)
	}
	if err := r.client.use(cfg.Fetch); err != nil {
		return nil, fmt.Errorf("fetch: %w", err)
	}
	r.monitor = &monitor.Monitor{Store: db, Fetcher: r.client, Log: log, Now: time.Now}
	r.monitor.SetRules(rulesOf(cfg))
	if err := r.monitor.Open(); err != nil {
		return nil, fmt.Errorf("reading the store: %w", err)
	}
	return r, nil
}

// close is openRooms backwards.
func (r *rooms) close() error {
	r.client.Load().Close()
	return errors.Join(r.client.witness.close(), r.store.Close())
}

// fetcher is a feeds.Client that a reload can replace.
type fetcher struct {
	atomic.Pointer[feeds.Client]
	witness  *witness       // nil if there is no room for notes
	settings feeds.Settings // of the client in force
}

// use puts settings into force. What servers have asked of us stays.
func (f *fetcher) use(s feeds.Settings) error {
	old := f.Load()
	if old != nil && reflect.DeepEqual(s, f.settings) {
		return nil
	}
	c, err := feeds.NewClient(s, version())
	if err != nil {
		return err
	}
	if f.witness != nil {
		c.Witness = f.witness
	}
	if old != nil {
		c.Succeed(old)
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
func (f *fetcher) Fetch(ctx context.Context, feed feeds.Feed, st feeds.State, known func(uint64) bool) (feeds.Result, error) {
	return f.Load().Fetch(ctx, feed, st, known)
}

// rulesOf is the configuration as the monitor sees it.
func rulesOf(cfg *config.Config) *monitor.Rules {
	r := &monitor.Rules{Set: cfg.Set, Entities: cfg.Entities.Named, Watches: cfg.Watches, Feeds: map[string]feeds.Feed{},
		Freshness: cfg.Freshness, Operations: cfg.Operations.Notify, Expand: map[string][]string{}, Zone: cfg.Zone, Keep: cfg.Store.Keep}
	for _, f := range cfg.Feeds {
		r.Feeds[f.Name] = f
	}
	for _, d := range cfg.Destinations {
		r.Expand[d.Name] = outboxNames(d)
	}
	return r
}

// outboxNames returns the names under which a destination's notices lie in the
// outbox: a mail goes to each recipient by itself, so that one bad address
// holds up nobody else.
func outboxNames(d config.Destination) []string {
	if d.Email == nil {
		return []string{d.Name}
	}
	return notify.Names(d.Name, d.Email)
}

// An exit is one way out of the outbox.
type exit struct {
	name     string // in the outbox
	config   config.Destination
	notifier notify.Notifier
}

// exitsOf furnishes the destinations.
func exitsOf(cfg *config.Config, io streams) ([]exit, error) {
	var out []exit
	for _, d := range cfg.Destinations {
		for i, name := range outboxNames(d) {
			n, err := notifierOf(cfg, d, i, io)
			if err != nil {
				return nil, fmt.Errorf("destination %s: %w", d.Name, err)
			}
			out = append(out, exit{name, d, n})
		}
	}
	return out, nil
}

// notifierOf makes the i-th notifier of a destination.
func notifierOf(cfg *config.Config, d config.Destination, i int, io streams) (notify.Notifier, error) {
	switch {
	case d.Slack != nil:
		return slack.New(*d.Slack, cfg.Zone)
	case d.Email != nil:
		return d.Email.Split()[i].Config.Open(notify.Environment{Zone: cfg.Zone, Page: cfg.HTTP.PublicURL})
	case d.Webhook != nil:
		return webhook.New(*d.Webhook, cfg.Zone)
	}
	return console.New(io.out, cfg.Zone), nil
}

// plan is a digest with its slots.
type plan struct {
	monitor.DigestPlan
	slots *config.Slots
}

func plansOf(cfg *config.Config) []plan {
	var out []plan
	for _, d := range cfg.Digests {
		out = append(out, plan{monitor.DigestPlan{Name: d.Name, Notify: d.Notify, Watches: d.Watches, Zone: d.Zone}, d.Slots})
	}
	return out
}

// sourcesOf gives every feed its pace.
func sourcesOf(cfg *config.Config) ([]source, error) {
	var out []source
	for _, f := range cfg.Feeds {
		s, err := config.ParseSchedule(cmp.Or(f.Schedule, cfg.Fetch.Schedule), cfg.Zone)
		if err != nil {
			return nil, fmt.Errorf("feed %s: schedule: %w", f.Name, err)
		}
		out = append(out, source{f, schedule.Pace{Start: s.Start, Exact: s.Exact}})
	}
	return out, nil
}
