package daemon

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"os"
	"sync"
	"time"

	"newswatch/cmd/newswatch/config"
	"newswatch/monitor/api"
	"newswatch/monitor/store"
	"newswatch/monitor/store/pg"
)

// A team is the daemons of several machines that share a database, as one of
// them sees them. One leads, which is to run as a daemon on a file does; the
// others answer and wait.
type team struct {
	Options
	db *pg.DB

	mu     sync.Mutex
	cfg    *config.Config // in force
	helped *sharing       // while this daemon leads
}

// teamName names a process among all that use a database.
func teamName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "newswatch"
	}
	b := make([]byte, 4)
	_, _ = rand.Read(b) // never fails
	return host + "-" + hex.EncodeToString(b)
}

// openDatabase connects to the database that a configuration names.
func openDatabase(ctx context.Context, cfg *config.Config) (*pg.DB, error) {
	return pg.Open(ctx, cfg.Store.URL.Reveal(), pg.Options{Name: teamName(), TTL: cfg.Store.Lease})
}

// serveTeam is Serve on a store that several machines share: it waits until it
// leads, leads for a term, and waits again, until ctx ends.
func serveTeam(ctx context.Context, cfg *config.Config, o Options) (err error) {
	db, err := openDatabase(ctx, cfg)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := errors.Join(db.Prepare(ctx), os.MkdirAll(store.RuntimeDir(cfg.Store.Path), 0o700)); err != nil {
		return err
	}
	t := &team{Options: o, db: db, cfg: cfg}
	o.Log.Info("started", "version", o.Version, "config", cfg.File, "feeds", len(cfg.Feeds), "watches", len(cfg.Watches),
		"destinations", len(cfg.Destinations), "store", db.Where(), "name", db.Name(), "page", cfg.HTTP.Listen)
	defer func(began time.Time) { o.Log.Info("stopped", "after", time.Since(began).Round(time.Second)) }(time.Now())
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var presence sync.WaitGroup
	defer presence.Wait()
	defer stop()
	presence.Go(func() { t.announce(ctx) })
	for {
		term, err := t.wait(ctx)
		if term == nil || err != nil {
			return err
		}
		if err := t.lead(ctx, term); !errors.Is(err, pg.ErrTermOver) {
			return err
		} else if ctx.Err() == nil {
			o.Log.Error("no longer the leader", "fence", term.Fence(), "err", term.Ended())
		}
	}
}

// lead runs a daemon for a term. It returns pg.ErrTermOver if that ends before
// ctx does.
func (t *team) lead(ctx context.Context, term *pg.Store) (err error) {
	began := time.Now()
	d, err := openOn(t.config(), t.Options, term, t)
	if err != nil {
		if over := term.Ended(); over != nil {
			return over
		}
		return err
	}
	t.help(d.sharing)
	defer t.help(nil)
	t.Log.Info("leading", "fence", term.Fence(), "after", time.Since(began).Round(time.Millisecond))
	err = d.Run(ctx)
	over := term.Ended()
	err = errors.Join(err, d.Close())
	if over != nil {
		return over
	}
	return err
}

// config returns the configuration in force, use puts one into force.
func (t *team) config() *config.Config {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cfg
}

func (t *team) use(cfg *config.Config) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cfg = cfg
}

// help tells who hands out exchanges, nil for nobody.
func (t *team) help(s *sharing) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.helped = s
}

// count tells the leader how many exchanges the others make.
func (t *team) count(list []pg.Daemon) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.helped == nil {
		return
	}
	slots := 0
	for _, d := range list {
		if d.Name != t.db.Name() && d.Now.Sub(d.Seen) < goneAfter {
			slots += d.Slots
		}
	}
	t.helped.others.Store(int64(slots))
}

// How often a daemon says that it is there, after what time of silence it is
// taken to be gone, and for how long configurations may differ.
const (
	announceEvery = 5 * time.Second
	goneAfter     = 15 * time.Second
	differFor     = 5 * time.Minute
)

// announce says that this daemon is there until ctx ends, and that it goes.
func (t *team) announce(ctx context.Context) {
	tick := time.NewTicker(announceEvery)
	defer tick.Stop()
	var differ differing
	failed := false
	var cfg *config.Config
	var print string
	for {
		if now := t.config(); now != cfg {
			cfg, print = now, now.Fingerprint()
		}
		err := t.db.Announce(ctx, pg.Daemon{Slots: cfg.Fetch.WithDefaults().Concurrency, Version: t.Version, Config: print})
		if err == nil {
			var now api.Team
			if now, err = t.Team(); err == nil {
				differ.look(t.Log, now, time.Now())
			}
		}
		if err != nil && !failed && ctx.Err() == nil {
			t.Log.Error("the other daemons do not hear of this one", "err", err)
		}
		failed = err != nil
		select {
		case <-ctx.Done():
			late, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer stop()
			_ = t.db.Depart(late) // who is gone is noticed anyway
			return
		case <-tick.C:
		}
	}
}

// differing is since when daemons have had different configurations.
type differing struct {
	since  time.Time
	warned bool
}

func (d *differing) look(log *slog.Logger, now api.Team, at time.Time) {
	switch {
	case now.Configs() < 2:
		*d = differing{}
	case d.since.IsZero():
		d.since = at
	case at.Sub(d.since) >= differFor && !d.warned:
		d.warned = true
		log.Warn("the daemons have different configurations: that of the leader decides", "leader", now.Leader, "daemons", len(now.Daemons))
	}
}

// Team lists the daemons that are there, and has the leader count on their help.
func (t *team) Team() (api.Team, error) {
	list, err := t.db.Daemons(context.Background())
	t.count(list)
	var out api.Team
	for _, d := range list {
		if d.Leads {
			out.Leader = d.Name
		}
		if d.Leads || d.Now.Sub(d.Seen) < goneAfter {
			out.Daemons = append(out.Daemons, api.Daemon{Name: d.Name, Leads: d.Leads, Seen: api.Stamp{Time: d.Seen.UTC()}, Version: d.Version, Config: d.Config})
		}
	}
	return out, err
}

// requestsEvery is how often the leader looks what others ask of it.
const requestsEvery = time.Second

// answerOthers does what other processes ask, until ctx ends.
func (d *Daemon) answerOthers(ctx context.Context) error {
	term, ok := d.Store.(*pg.Store)
	if !ok {
		return nil
	}
	tick := time.NewTicker(requestsEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-term.Over():
			return term.Ended()
		case <-tick.C:
		}
		if err := term.Answer(api.Remote{Server: d.server}.Answer); err != nil && !errors.Is(err, pg.ErrTermOver) {
			d.Log.Error("what others ask was not looked at", "err", err)
		}
	}
}
