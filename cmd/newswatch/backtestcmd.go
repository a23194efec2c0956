package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"newswatch/cmd/newswatch/backtest"
	"newswatch/cmd/newswatch/config"
	"newswatch/cmd/newswatch/daemon"
	"newswatch/monitor"
	"newswatch/notify/render"
)

func backtestCommand(a *app) *cobra.Command {
	var o backtestOptions
	c := &cobra.Command{
		Use: "backtest", Short: "See what a configuration would have told of the past",
		Long: `Run the archive, or a file of items, through the watches as the daemon would have:
same code, simulated clock, nothing sent. Prints alerts per day and destination
with samples; with --against what another configuration would have told instead.
What feeds and stories mean by a name is learned anew from the first item on.
The file holds JSON Lines with match's fields and "seen" and "guid"; items of
one feed seen at one time are one poll.`,
		Example: "  newswatch backtest --since 14d\n  newswatch backtest --items past.jsonl --json\n  newswatch backtest --since 14d --config new.yaml --against config.yaml",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return a.backtest(c.Context(), o) },
	}
	c.Flags().StringVar(&o.items, "items", "", "replay this `file` instead of the archive; - is standard input")
	c.Flags().StringVar(&o.since, "since", "14d", "replay the archive since: a `duration` or date")
	c.Flags().StringVar(&o.against, "against", "", "compare with this configuration `file`")
	return c
}

type backtestOptions struct{ items, since, against string }

func (a *app) backtest(ctx context.Context, o backtestOptions) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	items, err := a.past(ctx, cfg, o)
	if err != nil {
		return err
	}
	began := time.Now()
	done, notices, err := backtest.Run(ctx, cfg, items)
	if err != nil {
		return err
	}
	var other []backtest.Notice
	if o.against != "" {
		b := *a
		b.file = o.against
		cfg2, err := b.load()
		if err != nil {
			return err
		}
		if _, other, err = backtest.Run(ctx, cfg2, items); err != nil {
			return err
		}
	}
	if a.json {
		return a.printReplay(done, notices, other, o.against != "", time.Since(began))
	}
	return a.showReplay(done, notices, other, o.against)
}

// past reads the items to replay.
func (a *app) past(ctx context.Context, cfg *config.Config, o backtestOptions) ([]backtest.Item, error) {
	if o.items != "" {
		in, err := a.open(o.items)
		if err != nil {
			return nil, err
		}
		defer in.Close()
		items, err := backtest.ReadItems(in)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o.items, err)
		}
		return items, nil
	}
	from, err := since(o.since, time.Now())
	if err != nil {
		return nil, err
	}
	copied := *cfg
	cleanUp, err := daemon.CopyStore(ctx, &copied)
	if err != nil {
		return nil, err
	}
	items, err := backtest.Archived(copied.Store.Path, from)
	return items, errors.Join(err, cleanUp())
}

func (a *app) printReplay(done []backtest.Outcome, notices, other []backtest.Notice, compare bool, took time.Duration) error {
	for _, it := range done {
		if err := a.printJSON(it); err != nil {
			return err
		}
	}
	for _, n := range notices {
		if err := a.printJSON(n); err != nil {
			return err
		}
	}
	sum := backtest.Summarize(done, notices)
	sum.Seconds = took.Seconds()
	if compare {
		sum.Only = backtest.Diff(notices, other)
	}
	return a.printJSON(sum)
}

// samples is how many headlines are shown of a destination.
const samples = 8

func (a *app) showReplay(done []backtest.Outcome, notices, other []backtest.Notice, against string) error {
	s := backtest.Summarize(done, notices)
	fmt.Fprintf(a.out, "%s, %d matched, %s\n", render.Count(s.Items, "item", "items"), s.Matched, render.Count(s.Stories, "story", "stories"))
	t := newTable(a.out, "DAY", "DESTINATION", "MESSAGES")
	for _, day := range slices.Sorted(maps.Keys(s.PerDay)) {
		for _, dest := range slices.Sorted(maps.Keys(s.PerDay[day])) {
			t.row(day, dest, fmt.Sprint(s.PerDay[day][dest]))
		}
	}
	if err := t.end(a.out, "nothing would have been told"); err != nil {
		return err
	}
	shown := map[string]int{}
	for _, n := range notices {
		if shown[n.Destination]++; shown[n.Destination] <= samples {
			watch := ""
			if n.Watch != "" {
				watch = " [" + monitor.Tag(n.Watch, n.Watches) + "]"
			}
			fmt.Fprintf(a.out, "%s  %s  %s%s %s\n", n.At.Format("2006-01-02 15:04"), n.Destination, n.Kind, watch, render.Sanitize(n.Headline))
		}
	}
	if against == "" {
		return nil
	}
	d := backtest.Diff(notices, other)
	fmt.Fprintf(a.out, "\nagainst %s: %d gained, %d lost\n", against, len(d.Gained), len(d.Lost))
	for _, l := range d.Gained {
		fmt.Fprintln(a.out, "+", strings.TrimSpace(render.Sanitize(l)))
	}
	for _, l := range d.Lost {
		fmt.Fprintln(a.out, "-", strings.TrimSpace(render.Sanitize(l)))
	}
	return nil
}
