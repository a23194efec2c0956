package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"newswatch/cmd/newswatch/daemon"
)

// reload asks the daemon to reload. It does without reading the configuration
// first if it can: a broken one is for the daemon to report.
func (a *app) reload(ctx context.Context) error {
	show := daemon.Decoded(func(v struct {
		Changes []string `json:"changes"`
	}) error {
		if a.json {
			return a.printJSON(v)
		}
		if len(v.Changes) == 0 {
			fmt.Fprintln(a.out, "reloaded: nothing changed")
		}
		for _, c := range v.Changes {
			fmt.Fprintln(a.out, c)
		}
		return nil
	})
	// As the unit's ExecReload, the daemon's folder is known, and systemd 252
	// does not let this process read the secrets that the configuration names.
	if os.Getenv("RUNTIME_DIRECTORY") != "" {
		return daemon.CallDaemon(ctx, daemon.SocketPath(""), "reload", nil, show)
	}
	cfg, err := a.load()
	if err != nil {
		return err
	}
	for _, path := range daemon.Sockets(cfg) {
		if err = daemon.CallDaemon(ctx, path, "reload", nil, show); !errors.Is(err, daemon.ErrNoDaemon) {
			return err
		}
	}
	return err
}
