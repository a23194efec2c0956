package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"newswatch/cmd/newswatch/backtest"
	"newswatch/cmd/newswatch/config"
	"newswatch/monitor/match"
)

func matchCommand(a *app) *cobra.Command {
	var o matchOptions
	c := &cobra.Command{
		Use: "match", Short: "Match items from standard input against the watches",
		Long: `Read items as JSON Lines ({"title","summary","content","url","feed","tags",
"authors","published"}, all optional) and print one line of matches for each, in
order; a blank line is an item that says nothing. With --text each line is a title.`,
		Example: "  echo 'ICE awards $30M contract to Palantir' | newswatch match --text",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, err := a.load()
			if err != nil {
				return err
			}
			if o.labels != "" {
				return testEntities(a, cfg.Entities, o.labels)
			}
			return a.match(cfg, o)
		},
	}
	f := c.Flags()
	f.BoolVar(&o.text, "text", false, "each line is a title")
	f.BoolVar(&o.all, "all", false, "add watches whose mentions were rejected, and why")
	f.BoolVar(&o.stats, "stats", false, "print counts and times on standard error at the end")
	f.StringVar(&o.labels, "labels", "", "instead, score the entities on a `file` of labelled lines")
	if err := f.MarkDeprecated("labels", "use newswatch entities test FILE"); err != nil {
		panic(err) // there is no such flag
	}
	return c
}

type matchOptions struct {
	text, all, stats bool
	labels           string
}

// matchLine is what match prints for one item.
type matchLine struct {
	N       int           `json:"n"`
	Matches []match.Match `json:"matches"`
}

func (a *app) match(cfg *config.Config, o matchOptions) error {
	set, now := cfg.Set, time.Now()
	out := bufio.NewWriter(a.out)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	var times []time.Duration
	feedOf := cfg.Rules().Feed
	err := backtest.EachLine(a.in, func(n int, line []byte) error {
		it := backtest.Item{Title: string(line)}
		if !o.text {
			var err error
			if it, err = backtest.DecodeItem(n, line); err != nil {
				return fmt.Errorf("line %d: %w (give one JSON object a line, or --text)", n, err)
			}
		}
		doc := it.Doc(feedOf(it.Feed), now)
		t := time.Now()
		found := set.Match(doc)
		times = append(times, time.Since(t))
		if o.all {
			found = set.MatchAll(doc)
		}
		if found == nil {
			found = []match.Match{}
		}
		return enc.Encode(matchLine{n, found})
	})
	if err = errors.Join(err, out.Flush()); err != nil || !o.stats {
		return err
	}
	return a.matchStats(times, set.Len(), cfg.Compiling)
}

// matchStats prints counts and times. The mean and the 99th percentile are of
// matching alone, without reading and printing.
func (a *app) matchStats(times []time.Duration, watches int, compiled time.Duration) error {
	slices.Sort(times)
	sum, p99 := time.Duration(0), time.Duration(0)
	for _, t := range times {
		sum += t
	}
	mean := 0.0
	if n := len(times); n > 0 {
		mean = float64(sum.Nanoseconds()) / 1e3 / float64(n)
		p99 = times[min(n-1, n*99/100)]
	}
	return json.NewEncoder(a.err).Encode(struct {
		Docs    int     `json:"docs"`
		Watches int     `json:"watches"`
		Compile float64 `json:"compile_ms"`
		Mean    float64 `json:"match_us_mean"`
		P99     float64 `json:"match_us_p99"`
	}{len(times), watches, float64(compiled.Microseconds()) / 1e3, mean, float64(p99.Nanoseconds()) / 1e3})
}
