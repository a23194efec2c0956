package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"newswatch/cmd/newswatch/config"
	"newswatch/cmd/newswatch/setup"
	"newswatch/feeds"
	"newswatch/feeds/discover"
	"newswatch/feeds/fetch"
	"newswatch/feeds/parse"
	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/monitor/trial"
	"newswatch/notify/render"
)

func initCommand(a *app) *cobra.Command {
	var allow []string
	c := &cobra.Command{
		Use: "init", Short: "Make a first configuration of four answers",
		Long: `Ask what to watch for, which sites to read, whom to tell and when to send a digest;
find the feeds of the sites; write a short configuration with remarks; try every
feed and destination; and show what the items of the last day would have told.
A configuration that is there already is left alone.`,
		Example: "  newswatch init\n  newswatch init --config newsroom.yaml",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return (&beginner{app: a, lines: bufio.NewScanner(a.in), answers: setup.Answers{Allow: allow}}).begin(c.Context())
		},
	}
	c.Flags().StringSliceVar(&allow, "allow", nil, "`networks` that are not public and may be read, such as 10.0.0.0/8")
	return c
}

// A beginner is somebody who sets newswatch up for the first time.
type beginner struct {
	*app
	lines   *bufio.Scanner
	answers setup.Answers
	items   []found // of the feeds, as they list them now
}

// found is an item with the feed that lists it.
type found struct {
	feed string
	feeds.Item
}

func (b *beginner) begin(ctx context.Context) error {
	path := cmp.Or(b.file, os.Getenv("NEWSWATCH_CONFIG"), "config.yaml")
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return usageError{fmt.Errorf("%s is there already and is left alone: name another file with --config", path)}
	}
	known, report := config.LoadText(path, string(setup.Answers{Query: "newswatch", Tell: setup.Destination{Kind: "console"}}.Text()), os.LookupEnv)
	if known == nil {
		return report.Err()
	}
	if err := b.askAll(ctx, known); err != nil {
		return err
	}
	text := b.answers.Text()
	cfg, report := config.LoadText(path, string(text), os.LookupEnv)
	if cfg == nil {
		b.printProblems(report.Problems)
		return errQuietUsage
	}
	// A secret may stand in it: nobody else reads it.
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err = f.Write(text); errors.Join(err, f.Close()) != nil {
		return errors.Join(err, os.Remove(path))
	}
	fmt.Fprintf(b.err, "\nWritten: %s. Now every feed and destination is tried.\n\n", path)
	tried := b.probe(ctx, cfg)
	b.showYesterday(cfg, time.Now())
	fmt.Fprintf(b.err, "\nStart it with: newswatch run --config %s\n", path)
	return tried
}

// askAll asks the four questions, each until its answer can be used.
func (b *beginner) askAll(ctx context.Context, known *config.Config) error {
	for _, q := range []struct {
		text string
		take func(answer string) error
	}{
		{`1. What do you watch for? Words that must all occur, or a query such as: "detention center" OR {ice}`, func(answer string) error {
			how := trial.Read(known.Entities.Named, answer)
			if !how.OK {
				return errors.New(how.Problems[0].Drawn)
			}
			b.answers.Query = answer
			fmt.Fprintf(b.err, "   It looks for %s.\n", how.Sentence)
			return nil
		}},
		{"2. Which sites? Addresses of any of their pages, with spaces between", func(answer string) error {
			return b.find(ctx, known, strings.FieldsFunc(answer, func(r rune) bool { return r == ' ' || r == ',' || r == ';' }))
		}},
		{"3. Whom to tell? screen, the https address of a webhook (Slack's too), or a mailbox [screen]", func(answer string) (err error) {
			b.answers.Tell, err = setup.ReadDestination(answer)
			return err
		}},
		{"4. When should the daily digest come? A time of day, or none [07:00]", func(answer string) (err error) {
			b.answers.Digest, err = setup.ReadDigest(answer)
			return err
		}},
	} {
		if err := b.ask(q.text, q.take); err != nil {
			return err
		}
	}
	return nil
}

// ask asks until take accepts the answer.
func (b *beginner) ask(question string, take func(answer string) error) error {
	for {
		fmt.Fprintf(b.err, "%s\n> ", question)
		if !b.lines.Scan() {
			return usageError{cmp.Or(b.lines.Err(), errors.New("no answer came: nothing was written"))}
		}
		err := take(strings.TrimSpace(b.lines.Text()))
		if err == nil || errors.Is(err, context.Canceled) {
			return err
		}
		fmt.Fprintln(b.err, err)
	}
}

// find takes the first feed of each site that can be read.
func (b *beginner) find(ctx context.Context, known *config.Config, sites []string) error {
	settings := known.Fetch
	settings.Allow = b.answers.Allow
	client, err := fetch.NewClient(settings, version())
	if err != nil {
		return usageError{err}
	}
	defer client.Close()
	b.answers.Feeds, b.items = nil, nil
	for _, site := range sites {
		f, items, err := firstFeed(ctx, client, site)
		if err != nil {
			fmt.Fprintf(b.err, "   %s: left out: %v\n", site, err)
			continue
		}
		f.Name = known.FreeName(f.URL)
		if slices.ContainsFunc(b.answers.Feeds, func(o setup.Feed) bool { return o.URL == f.URL }) {
			continue
		}
		fmt.Fprintf(b.err, "   %s: %s, %s\n", site, f.URL, render.Count(len(items), "item", "items"))
		b.answers.Feeds = append(b.answers.Feeds, f)
		for _, it := range items {
			b.items = append(b.items, found{f.Name, it})
		}
	}
	if len(b.answers.Feeds) == 0 {
		return errors.New("nothing to read was found: try other addresses")
	}
	return ctx.Err()
}

// firstFeed returns the first feed of a site that can be read, with its items.
func firstFeed(ctx context.Context, client *fetch.Client, site string) (f setup.Feed, items []feeds.Item, err error) {
	offers, err := discover.Find(ctx, client, site)
	if err != nil {
		return f, nil, err
	}
	err = errors.New("no feed was found there")
	for _, o := range offers {
		if !o.Pollable {
			continue
		}
		page, failed := client.Page(ctx, o.URL)
		if failed != nil {
			err = failed
			continue
		}
		doc, failed := parse.Document(page.Body, parse.Options{URL: page.URL.String(), ContentType: page.ContentType})
		if failed == nil {
			return setup.Feed{URL: o.URL}, doc.Items, nil
		}
		err = failed
	}
	return f, nil, err
}

// showYesterday prints which of the items that the feeds list and that are of the
// last day would have been told.
func (b *beginner) showYesterday(cfg *config.Config, now time.Time) {
	recent, told := 0, 0
	for _, it := range b.items {
		if it.Published.IsZero() || now.Sub(it.Published) > 48*time.Hour {
			continue
		}
		recent++
		for _, m := range cfg.Set.Match(monitor.DocOf(it.Item, cfg.Rules().Feed(it.feed), now)) {
			told++
			doubt := ""
			if m.Verdict != match.Strong {
				doubt = " (possible)"
			}
			fmt.Fprintf(b.out, "would tell  %s, %s%s\n", render.Sanitize(it.Title), it.feed, doubt)
		}
	}
	fmt.Fprintf(b.err, "\n%d of %s of the last two days would have been told.\n", told, render.Count(recent, "item", "items"))
}
