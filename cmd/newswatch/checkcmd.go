package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"newswatch/cmd/newswatch/config"
	"newswatch/cmd/newswatch/daemon"
	"newswatch/feeds"
	"newswatch/feeds/fetch"
	"newswatch/feeds/urls"
	"newswatch/monitor"
	"newswatch/notify"
	"newswatch/notify/render"
)

func checkCommand(a *app) *cobra.Command {
	var probe bool
	c := &cobra.Command{
		Use: "check", Short: "Find every mistake in the configuration; with --probe try feeds and destinations",
		Long: `Read the configuration and print every mistake with its place and a proposal, one a
line: FILE:LINE:COL: what (proposal). Exit status 2 if there is one. With --probe
also fetch every feed and send a test to every destination, and print a table;
exit status 1 if any fails.`,
		Example: "  newswatch check\n  newswatch check --probe --config /etc/newswatch/config.yaml",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return a.check(c.Context(), probe) },
	}
	c.Flags().BoolVar(&probe, "probe", false, "fetch every feed and send a test to every destination")
	return c
}

func (a *app) check(ctx context.Context, probe bool) error {
	cfg, report := config.Load(config.Find(a.file), os.LookupEnv)
	for _, p := range report.Problems {
		if a.json {
			if err := a.printJSON(mistake{p.File, p.Line, p.Col, p.Message, p.Hint, p.Warning}); err != nil {
				return err
			}
		} else if p.Warning {
			// Warnings are no mistakes: they leave the result as it is.
			fmt.Fprintln(a.err, p)
		} else {
			fmt.Fprintln(a.out, p)
			if x := p.Excerpt(); x != "" {
				fmt.Fprintln(a.err, strings.TrimRight(x, "\n"))
			}
		}
	}
	if !report.OK() {
		return errQuietUsage
	}
	if probe {
		return a.probe(ctx, cfg)
	}
	if !a.json {
		fmt.Fprintf(a.err, "%s: sound: %s, %s, %s\n", cfg.File, render.Count(len(cfg.Feeds), "feed", "feeds"),
			render.Count(len(cfg.Watches), "watch", "watches"), render.Count(len(cfg.Destinations), "destination", "destinations"))
	}
	return nil
}

// mistake is a problem as check --json prints it.
type mistake struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Col     int    `json:"col"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	Warning bool   `json:"warning"`
}

// probed is the outcome of trying one feed or destination.
type probed struct {
	What   string `json:"what"` // feed, destination or heartbeat
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

// probe tries everything outside and prints a table.
func (a *app) probe(ctx context.Context, cfg *config.Config) error {
	results, err := probeFeeds(ctx, cfg)
	if err != nil {
		return err
	}
	channels, err := daemon.Channels(cfg, a.outlet())
	if err != nil {
		return err
	}
	for _, e := range channels {
		results = append(results, probeChannel(ctx, e))
	}
	if hb := cfg.Heartbeat; hb.URL != "" {
		p := probed{What: "heartbeat", Name: "heartbeat", OK: true, Detail: "accepted"}
		if err := daemon.Beat(ctx, hb.URL); err != nil {
			p.OK, p.Detail = false, err.Error()
		}
		results = append(results, p)
	}
	t := newTable(a.out, "WHAT", "NAME", "RESULT", "DETAIL")
	failed := 0
	for _, r := range results {
		if !r.OK {
			failed++
		}
		if a.json {
			if err := a.printJSON(r); err != nil {
				return err
			}
		}
		t.row(r.What, r.Name, outcomeOf(r.OK), render.Sanitize(r.Detail))
	}
	if !a.json {
		err = t.end(a.err, "nothing is configured")
	}
	if err == nil && failed > 0 {
		err = fmt.Errorf("%d of %d failed", failed, len(results))
	}
	return err
}

// probeFeeds fetches every feed as the daemon would: within its limits, hosts
// in turn.
func probeFeeds(ctx context.Context, cfg *config.Config) ([]probed, error) {
	client, err := fetch.NewClient(cfg.Fetch, version())
	if err != nil {
		return nil, fmt.Errorf("fetch: %w", err)
	}
	defer client.Close()
	out := make([]probed, len(cfg.Feeds))
	slots := make(chan struct{}, cfg.Fetch.WithDefaults().Concurrency)
	var group sync.WaitGroup
	for i, f := range cfg.Feeds {
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			out[i] = probeFeed(ctx, client, f)
		})
	}
	group.Wait()
	return out, ctx.Err()
}

func probeFeed(ctx context.Context, client *fetch.Client, f feeds.Feed) probed {
	p := probed{What: "feed", Name: f.Name}
	release, wait := client.Begin(f, feeds.State{}, time.Now())
	for release == nil {
		select {
		case <-ctx.Done():
			p.Detail = ctx.Err().Error()
			return p
		case <-time.After(wait):
		}
		release, wait = client.Begin(f, feeds.State{}, time.Now())
	}
	defer release()
	res, err := client.Fetch(ctx, f, feeds.State{}, nil)
	if err != nil {
		p.Detail = err.Error()
		return p
	}
	p.OK = true
	p.Detail = fmt.Sprintf("%s, %q", render.Count(len(res.Document.Items), "item", "items"), cmp.Or(res.Document.Title, res.Document.Format))
	if flaws := res.Document.Flaws(); flaws != "" {
		p.Detail += ", but " + flaws
	}
	if res.State.Moved != "" {
		p.Detail += ", moved for good to " + urls.Shown(res.State.Moved)
	}
	return p
}

// testTimeout bounds a test message.
const testTimeout = 30 * time.Second

// probeChannel sends a test message, past the outbox: whoever tests wants to see
// it fail.
func probeChannel(ctx context.Context, e notify.Channel) probed {
	ctx, cancel := context.WithTimeout(ctx, testTimeout)
	defer cancel()
	p := probed{What: "destination", Name: e.Name}
	now := time.Now().UTC()
	r, err := e.Notifier.Notify(ctx, monitor.Notice{Key: monitor.OperationsKey("test "+now.Format(time.RFC3339Nano), e.Name), Destination: e.Name,
		Kind: monitor.OperationsKind, Created: now,
		Content: monitor.Content{Headline: "newswatch test message", Lines: []string{"If you can read this, " + notify.Destination(e.Name) + " works."}}}, monitor.Receipt{})
	if err != nil {
		p.Detail = err.Error()
		return p
	}
	p.OK = true
	if p.Detail = "accepted"; r.ID != "" {
		p.Detail += ": " + r.ID
	}
	return p
}

func notifyCommand(a *app) *cobra.Command {
	c := &cobra.Command{Use: "notify", Short: "Try destinations", Args: cobra.NoArgs, RunE: helpOnly}
	c.AddCommand(&cobra.Command{
		Use: "test NAME", Short: "Send a test message to one destination",
		Long: `Send a test message to a destination of the configuration, past the outbox, and
say what the far end answered. Exit status 1 if it was not accepted.`,
		Example: "  newswatch notify test newsroom", Args: cobra.ExactArgs(1), ValidArgsFunction: a.completing(destinationNames),
		RunE: func(c *cobra.Command, args []string) error { return a.notifyTest(c.Context(), args[0]) },
	})
	return c
}

// thereAre lists the destinations for whoever has named none of them.
func thereAre(cfg *config.Config) string {
	var names []string
	for _, d := range cfg.Destinations {
		names = append(names, d.Name)
	}
	if len(names) == 0 {
		return ", nor is any configured"
	}
	return ": there are " + strings.Join(names, ", ")
}

func (a *app) notifyTest(ctx context.Context, name string) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	channels, err := daemon.Channels(cfg, a.outlet())
	if err != nil {
		return err
	}
	tried := 0
	var failed error
	for _, e := range channels {
		if e.Name != name && notify.Destination(e.Name) != name {
			continue
		}
		tried++
		p := probeChannel(ctx, e)
		switch {
		case !p.OK:
			failed = errors.Join(failed, fmt.Errorf("%s: %s", p.Name, p.Detail))
		case a.json:
			failed = errors.Join(failed, a.printJSON(p))
		default:
			fmt.Fprintln(a.out, p.Name+":", p.Detail)
		}
	}
	if tried == 0 {
		return usageError{fmt.Errorf("no destination is named %q in %s%s", name, cfg.File, thereAre(cfg))}
	}
	return failed
}
