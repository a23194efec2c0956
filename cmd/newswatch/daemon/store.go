package daemon

import (
	"context"
	"errors"
	"strings"

	"newswatch/cmd/newswatch/config"
	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/store"
	"newswatch/monitor/store/bolt"
	"newswatch/monitor/store/pg"
)

// openStore opens the store that a configuration names for this process alone.
func openStore(ctx context.Context, cfg *config.Config) (Store, error) {
	if cfg.Store.URL == "" {
		return bolt.Open(cfg.Store.Path)
	}
	db, err := openDatabase(ctx, cfg)
	if err != nil {
		return nil, err
	}
	s, err := leadAlone(ctx, db)
	if err != nil {
		db.Close()
		return nil, err
	}
	return ownDatabase{s}, nil
}

// leadAlone leads for as long as a command takes, where no daemon does.
func leadAlone(ctx context.Context, db *pg.DB) (*pg.Store, error) {
	if err := db.Prepare(ctx); err != nil {
		return nil, err
	}
	s, err := db.Lead(ctx)
	if err == nil && s == nil {
		err = errLed
	}
	return s, err
}

// errLed is why a command cannot have the database alone.
var errLed = errors.New("a daemon leads on the database of store.url: stop the daemons first")

// ownDatabase is a store that closes its database.
type ownDatabase struct{ *pg.Store }

// Close ends the term and the sessions.
func (s ownDatabase) Close() error {
	err := s.Store.Close()
	s.DB.Close()
	return err
}

// askDatabase is Ask where several machines share the store: questions are
// answered from it in this process, whatever changes something is done by the
// leader, or here if no daemon leads.
func askDatabase(cfg *config.Config, o Options, ask func(*api.Client) error) error {
	ctx := context.Background()
	db, err := openDatabase(ctx, cfg)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Usable(ctx); err != nil {
		return err
	}
	t := &team{Options: o, db: db, cfg: cfg}
	rules := cfg.Rules()
	s := readingServer(db, o, func() *monitor.Rules { return rules })
	s.Team = t.Team
	s.Forward = func(ctx context.Context, request []byte) ([]byte, error) {
		term, err := leadAlone(ctx, db)
		if errors.Is(err, errLed) {
			return t.Forward(ctx, request)
		}
		if err != nil {
			return nil, err
		}
		return answerAlone(cfg, o, term, request)
	}
	return ask(api.Local(s))
}

// answerAlone does what is asked under a term of this process.
func answerAlone(cfg *config.Config, o Options, term *pg.Store, request []byte) (answer []byte, err error) {
	r, err := openComponents(cfg, o, term)
	if err != nil {
		return nil, err
	}
	s := r.server(o.Version, o.Log, func() []config.Digest { return cfg.Digests })
	answer = api.Remote{Server: s}.Answer(request)
	return answer, r.Close()
}

// copyDatabase writes what the database holds into a new file.
func copyDatabase(ctx context.Context, cfg *config.Config, to string) (err error) {
	db, err := openDatabase(ctx, cfg)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Usable(ctx); err != nil {
		return err
	}
	file, err := bolt.OpenScratch(to)
	if err != nil {
		return err
	}
	_, err = store.Copy(db.Reader(), file, nil)
	return errors.Join(err, file.Close())
}

// A Mover is an open store that can be copied from or into.
type Mover interface {
	store.Mover
	Close() error
}

// OpenMover opens a store to be copied, which nobody else may use meanwhile: a
// file, or the database at a postgres:// address.
func OpenMover(ctx context.Context, place string) (Mover, error) {
	if !strings.HasPrefix(place, "postgres://") && !strings.HasPrefix(place, "postgresql://") {
		return bolt.Open(place)
	}
	db, err := pg.Open(ctx, place, pg.Options{Name: teamName()})
	if err != nil {
		return nil, err
	}
	s, err := leadAlone(ctx, db)
	if err != nil {
		db.Close()
		return nil, err
	}
	return ownDatabase{s}, nil
}
