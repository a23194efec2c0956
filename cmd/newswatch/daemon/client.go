package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"newswatch/cmd/newswatch/config"
)

// Call makes a request: to the daemon if one runs on the configured store, else
// to the same handler in this process. Each line of the answer goes to take.
func Call(ctx context.Context, cfg *config.Config, version, name string, args any, take func(line []byte) error) error {
	for _, path := range Sockets(cfg) {
		if err := CallDaemon(ctx, path, name, args, take); !errors.Is(err, ErrNoDaemon) {
			return err
		}
	}
	return callLocal(ctx, cfg, version, name, args, take)
}

// systemSocket is where the packaged service listens.
const systemSocket = "/run/newswatch/control.sock"

// Sockets lists where a daemon with this configuration may listen.
func Sockets(cfg *config.Config) []string {
	paths := []string{SocketPath(cfg.Store.Path)}
	if strings.HasPrefix(cfg.File, "/etc/newswatch/") {
		paths = append([]string{systemSocket}, paths...)
	}
	return paths
}

// callLocal runs a handler in this process, on the store itself.
func callLocal(ctx context.Context, cfg *config.Config, version, name string, args any, take func([]byte) error) error {
	if _, err := os.Stat(cfg.Store.Path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("no store at %s and no daemon running: start newswatch run first, or name the configuration it runs with (--config)", cfg.Store.Path)
	}
	r, err := openComponents(cfg, Options{Version: version, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	d := &server{version: version, store: reader{r.Store, r.Monitor}, monitor: r.Monitor, wake: func() {}, plans: func() []config.Digest { return cfg.Digests }}
	err = handlers()[name](ctx, d, mustJSON(args), func(v any) error {
		line, err := json.Marshal(v)
		if err != nil {
			return err
		}
		return take(line)
	})
	return errors.Join(err, r.Close())
}

// mustJSON encodes arguments, which are structs of plain fields.
func mustJSON(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// Decoded returns a function that decodes each line and passes it on.
func Decoded[T any](take func(T) error) func([]byte) error {
	return func(line []byte) error {
		var v T
		if err := json.Unmarshal(line, &v); err != nil {
			return err
		}
		return take(v)
	}
}
