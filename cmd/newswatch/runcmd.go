package main

import (
	"context"
	"os"

	"newswatch/cmd/newswatch/config"
	"newswatch/cmd/newswatch/daemon"
	"newswatch/cmd/newswatch/hangup"
)

// runDaemon runs the daemon until ctx ends. Warnings about the configuration
// are printed, and do not keep it from starting. A SIGHUP means a reload: one that
// comes during the start is made good once newswatch runs.
func (a *app) runDaemon(ctx context.Context) error {
	cfg, report := config.Load(config.Find(a.file), os.LookupEnv)
	a.printProblems(report.Problems)
	if !report.OK() {
		return errQuietUsage
	}
	log, err := a.log()
	if err != nil {
		return err
	}
	captureLog(log)
	return daemon.Serve(ctx, cfg, daemon.Options{Version: version(), Out: a.out, Log: log, Reloads: hangup.Signals()})
}
