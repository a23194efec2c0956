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

	"newswatch/cmd/newswatch/config"
	"newswatch/monitor"
	"newswatch/monitor/store"
	"newswatch/notify/render"
)

func (a *app) backtestCommand() *cobra.Command {
	var o backtestOptions
	c := &cobra.Command{
		Use: "backtest", Short: "See what a configuration would have told of the past",
		Long: `Run the archive, or a file of items, through the watches as the daemon would have:
same code, simulated clock, nothing sent. Prints alerts per day and destination
with samples; with --against what another configuration would have told instead.
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
	done, notices, err := replayAll(ctx, cfg, items)
	if err != nil {
		return err
	}
	var other []replayedNotice
	if o.against != "" {
		b := *a
		b.file = o.against
		cfg2, err := b.load()
		if err != nil {
			return err
		}
		if _, other, err = replayAll(ctx, cfg2, items); err != nil {
			return err
		}
	}
	if a.json {
		return a.printReplay(done, notices, other, o.against != "", time.Since(began))
	}
	return a.showReplay(done, notices, other, o.against)
}

func replayAll(ctx context.Context, cfg *config.Config, items []inputItem) (done []replayed, notices []replayedNotice, err error) {
	r, cleanUp, err := newReplay(cfg)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, cleanUp()) }()
	if err := r.run(ctx, items); err != nil {
		return nil, nil, err
	}
	return r.finish()
}

// past reads the items to replay.
func (a *app) past(ctx context.Context, cfg *config.Config, o backtestOptions) ([]inputItem, error) {
	if o.items != "" {
		in, err := a.open(o.items)
		if err != nil {
			return nil, err
		}
		defer in.Close()
		items, err := readItems(in)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o.items, err)
		}
		return items, nil
	}
	from, err := since(o.since, time.Now())
	if err != nil {
		return nil, err
	}
	return archived(ctx, cfg, from)
}

// archived reads the archive, of a running daemon from a copy.
func archived(ctx context.Context, cfg *config.Config, from time.Time) (items []inputItem, err error) {
	copied := *cfg
	cleanUp, err := rehearse(ctx, &copied)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, cleanUp()) }()
	db, err := store.Open(copied.Store.Path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	err = db.ItemsFrom(monitor.FirstID(from), func(rec monitor.Record) bool {
		it := rec.Item
		items = append(items, inputItem{Title: it.Title, Summary: it.Summary, Content: it.Content, URL: it.Link, GUID: it.GUID,
			Feed: rec.Feed, Tags: it.Tags, Authors: it.Authors, Lang: it.Lang, Published: it.Published, Seen: rec.Seen})
		return true
	})
	slices.SortStableFunc(items, bySeen)
	for i := range items {
		items[i].n = i + 1
	}
	return items, err
}

// replaySummary is the last line of backtest --json.
type replaySummary struct {
	Type    string                    `json:"type"` // "summary"
	Items   int                       `json:"items"`
	Matched int                       `json:"matched"`
	Stories int                       `json:"stories"`
	Notices map[string]int            `json:"notices"` // by kind
	PerDay  map[string]map[string]int `json:"per_day"` // day, destination
	Only    *replayDiff               `json:"against,omitempty"`
	Seconds float64                   `json:"seconds"`
}

type replayDiff struct {
	Gained []string `json:"gained"`
	Lost   []string `json:"lost"`
}

func (a *app) printReplay(done []replayed, notices, other []replayedNotice, compare bool, took time.Duration) error {
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
	sum := sumReplay(done, notices)
	sum.Seconds = took.Seconds()
	if compare {
		sum.Only = diffReplay(notices, other)
	}
	return a.printJSON(sum)
}

func sumReplay(done []replayed, notices []replayedNotice) replaySummary {
	s := replaySummary{Type: "summary", Items: len(done), Notices: map[string]int{}, PerDay: map[string]map[string]int{}}
	stories := map[string]bool{}
	for _, it := range done {
		if len(it.Matches) > 0 {
			s.Matched++
			stories[it.Story] = true
		}
	}
	s.Stories = len(stories)
	for _, n := range notices {
		s.Notices[n.Kind]++
		day := n.At.Format(time.DateOnly)
		if s.PerDay[day] == nil {
			s.PerDay[day] = map[string]int{}
		}
		s.PerDay[day][n.Destination]++
	}
	return s
}

// diffReplay says what one configuration would have told and the other not, by
// headline, watch and destination.
func diffReplay(mine, other []replayedNotice) *replayDiff {
	name := func(n replayedNotice) string {
		return fmt.Sprintf("%s %s to %s: %s", n.Kind, n.Watch, n.Destination, n.headline)
	}
	have := func(list []replayedNotice) map[string]bool {
		m := map[string]bool{}
		for _, n := range list {
			if n.Kind == string(monitor.AlertKind) || n.Kind == string(monitor.ReplyKind) {
				m[name(n)] = true
			}
		}
		return m
	}
	a, b := have(mine), have(other)
	d := &replayDiff{Gained: []string{}, Lost: []string{}}
	for _, k := range slices.Sorted(maps.Keys(a)) {
		if !b[k] {
			d.Gained = append(d.Gained, k)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(b)) {
		if !a[k] {
			d.Lost = append(d.Lost, k)
		}
	}
	return d
}

// samples is how many headlines are shown of a destination.
const samples = 8

func (a *app) showReplay(done []replayed, notices, other []replayedNotice, against string) error {
	s := sumReplay(done, notices)
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
				watch = " [" + n.Watch + "]"
			}
			fmt.Fprintf(a.out, "%s  %s  %s%s %s\n", n.At.Format("2006-01-02 15:04"), n.Destination, n.Kind, watch, render.Sanitize(n.headline))
		}
	}
	if against == "" {
		return nil
	}
	d := diffReplay(notices, other)
	fmt.Fprintf(a.out, "\nagainst %s: %d gained, %d lost\n", against, len(d.Gained), len(d.Lost))
	for _, l := range d.Gained {
		fmt.Fprintln(a.out, "+", strings.TrimSpace(render.Sanitize(l)))
	}
	for _, l := range d.Lost {
		fmt.Fprintln(a.out, "-", strings.TrimSpace(render.Sanitize(l)))
	}
	return nil
}
