package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"newswatch/cmd/newswatch/daemon"
	"newswatch/notify/render"
)

// outlet is what console destinations write to: results are the notices, unless
// they are to be JSON.
func (a *app) outlet() io.Writer {
	if a.json {
		return a.err
	}
	return a.out
}

// once runs one round and sums it up.
func (a *app) once(ctx context.Context, dry bool) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	log, err := a.log()
	if err != nil {
		return err
	}
	captureLog(log)
	var show *daemon.DryRun
	if dry {
		show = &daemon.DryRun{Out: a.out, JSON: a.json}
	}
	sum, err := daemon.Once(ctx, cfg, daemon.Options{Version: version(), Out: a.outlet(), Log: log}, show)
	if sum == nil {
		return err
	}
	return errors.Join(a.printSummary(sum, dry), err)
}

func (a *app) printSummary(s *daemon.Summary, dry bool) error {
	if a.json {
		return a.printJSON(s)
	}
	what := "sent"
	if dry {
		what = "would be sent"
	}
	_, err := fmt.Fprintf(a.err, "%s: %d read, %d unchanged, %d failed; %s, %d new, %d matched; %s, %d %s, %d owed; %.1f s\n",
		render.Count(s.Feeds, "feed", "feeds"), s.OK-s.Unchanged, s.Unchanged, s.Failed, render.Count(s.Items, "item", "items"), s.New, s.Matched,
		render.Count(s.Notices, "notice", "notices"), s.Sent, what, s.Owed, s.Seconds)
	return err
}
