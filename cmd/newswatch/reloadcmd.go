package main

import (
	"context"
	"fmt"
	"os"

	"newswatch/cmd/newswatch/daemon"
	"newswatch/monitor/api"
)

// reload asks the daemon to reload. It does without reading the configuration
// first if it can: a broken one is for the daemon to report.
func (a *app) reload(ctx context.Context) error {
	show := decoded(func(v api.Changes) error {
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
	order := func(c *api.Client) error { return c.Each(ctx, "POST", "reload", nil, show) }
	// As the unit's ExecReload, the daemon's folder is known, and systemd 252
	// does not let this process read the secrets that the configuration names.
	if os.Getenv("RUNTIME_DIRECTORY") != "" {
		return order(api.Dial(daemon.SocketPath("")))
	}
	cfg, err := a.load()
	if err != nil {
		return err
	}
	return daemon.AskDaemon(cfg, order)
}
