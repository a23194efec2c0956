package daemon

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"newswatch/cmd/newswatch/config"
	"newswatch/monitor/api"
	"newswatch/monitor/store/bolt"
)

// ErrNoStore says that nothing has been stored yet.
var ErrNoStore = errors.New("no store")

// Ask has a client asked: of the daemon if one runs on the configured store,
// else of the same handlers in this process, on the store itself. If ask returns
// api.ErrNoDaemon it is called again with the next client.
func Ask(cfg *config.Config, version string, ask func(*api.Client) error) error {
	if err := AskDaemon(cfg, ask); !errors.Is(err, api.ErrNoDaemon) {
		return err
	}
	o := Options{Version: version, Log: slog.New(slog.DiscardHandler)}
	if cfg.Store.URL != "" {
		return askDatabase(cfg, o, ask)
	}
	if _, err := os.Stat(cfg.Store.Path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w at %s and no daemon running: start newswatch run first, or name the configuration it runs with (--config)", ErrNoStore, cfg.Store.Path)
	}
	db, err := bolt.Open(cfg.Store.Path)
	if err != nil {
		return err
	}
	r, err := openComponents(cfg, o, db)
	if err != nil {
		return err
	}
	err = ask(api.Local(r.server(version, o.Log, func() []config.Digest { return cfg.Digests })))
	return errors.Join(err, r.Close())
}

// AskDaemon is Ask without the store: if no daemon runs, it returns
// api.ErrNoDaemon.
func AskDaemon(cfg *config.Config, ask func(*api.Client) error) (err error) {
	for _, path := range sockets(cfg) {
		if err = ask(api.Dial(path)); !errors.Is(err, api.ErrNoDaemon) {
			return err
		}
	}
	return err
}

// AskLeader is AskDaemon, by way of the database where several machines share the
// store and no daemon runs on this one.
func AskLeader(cfg *config.Config, version string, ask func(*api.Client) error) error {
	err := AskDaemon(cfg, ask)
	if cfg.Store.URL != "" && errors.Is(err, api.ErrNoDaemon) {
		return askDatabase(cfg, Options{Version: version, Log: slog.New(slog.DiscardHandler)}, ask)
	}
	return err
}

// systemSocket is where the packaged service listens.
const systemSocket = "/run/newswatch/control.sock"

// sockets lists where a daemon with this configuration may listen.
func sockets(cfg *config.Config) []string {
	paths := []string{SocketPath(cfg.Store.Path)}
	if strings.HasPrefix(cfg.File, "/etc/newswatch/") {
		paths = append([]string{systemSocket}, paths...)
	}
	return paths
}
