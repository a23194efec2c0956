package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"newswatch/cmd/newswatch/config"
	"newswatch/feeds"
	"newswatch/monitor/match"
	"newswatch/monitor/text"
	"newswatch/monitor/web"
)

func (a *app) matchCommand() *cobra.Command {
	var o matchOptions
	c := &cobra.Command{
		Use: "match", Short: "Match items from standard input against the watches",
		Long: `Read items as JSON Lines ({"title","summary","content","url","feed","tags",
"authors","published"}, all optional) and print one line of matches for each, in
order; a blank line is an item that says nothing. With --text each line is a title.`,
		Example: "  echo 'ICE awards $30M contract to Palantir' | newswatch match --text\n  newswatch match --labels labels.jsonl",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, err := a.load()
			if err != nil {
				return err
			}
			if o.labels != "" {
				return a.scoreLabels(cfg, o.labels)
			}
			return a.match(cfg, o)
		},
	}
	f := c.Flags()
	f.BoolVar(&o.text, "text", false, "each line is a title")
	f.BoolVar(&o.all, "all", false, "add watches whose mentions were rejected, and why")
	f.BoolVar(&o.stats, "stats", false, "print counts and times on standard error at the end")
	f.StringVar(&o.labels, "labels", "", "instead, score the entities on a `file` of labelled lines")
	return c
}

type matchOptions struct {
	text, all, stats bool
	labels           string
}

// An inputItem is an item as match and backtest read it.
type inputItem struct {
	Title     string    `json:"title"`
	Summary   string    `json:"summary"`
	Content   string    `json:"content"`
	URL       string    `json:"url"`
	GUID      string    `json:"guid"`
	Feed      string    `json:"feed"`
	Tags      []string  `json:"tags"`
	Authors   []string  `json:"authors"`
	Lang      string    `json:"lang"`
	Published time.Time `json:"published"`
	Seen      time.Time `json:"seen"`

	n int // which one it is, from 1
}

// decodeItem reads one line; a blank one is an item that says nothing.
func decodeItem(n int, line []byte) (inputItem, error) {
	it := inputItem{n: n}
	if len(line) == 0 {
		return it, nil
	}
	return it, web.PlainJSON(json.Unmarshal(line, &it))
}

// feedsByName returns a function that finds a feed with what the configuration
// knows of it. A name that it does not know is no error.
func feedsByName(cfg *config.Config) func(name string) feeds.Feed {
	known := make(map[string]feeds.Feed, len(cfg.Feeds))
	for _, f := range cfg.Feeds {
		known[f.Name] = f
	}
	return func(name string) feeds.Feed {
		if f, ok := known[name]; ok {
			return f
		}
		return feeds.Feed{Name: name}
	}
}

// doc is the item as the watch language sees it, at its canonical address as
// everywhere.
func (it *inputItem) doc(f feeds.Feed, now time.Time) *match.Doc {
	return &match.Doc{Title: text.Plain(it.Title), Summary: text.Plain(it.Summary), Body: text.Plain(it.Content),
		URL: cmp.Or(feeds.CanonicalURL(it.URL), it.URL), Feed: f.Name,
		FeedTags: f.Tags, Class: f.Class, Tags: it.Tags, Authors: it.Authors, Lang: it.Lang, Published: it.Published, Now: now}
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
	feedOf := feedsByName(cfg)
	err := eachLine(a.in, func(n int, line []byte) error {
		it := inputItem{Title: string(line)}
		if !o.text {
			var err error
			if it, err = decodeItem(n, line); err != nil {
				return fmt.Errorf("line %d: %w (give one JSON object a line, or --text)", n, err)
			}
		}
		doc := it.doc(feedOf(it.Feed), now)
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

// maxLine bounds one line of input.
const maxLine = 32 << 20

// eachLine calls fn for every line, counted from 1, without the white space
// around it.
func eachLine(r io.Reader, fn func(n int, line []byte) error) error {
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 0, 64<<10), maxLine)
	n := 0
	for sc.Scan() {
		n++
		if err := fn(n, bytes.TrimSpace(sc.Bytes())); err != nil {
			return err
		}
	}
	return sc.Err()
}

func (a *app) scoreLabels(cfg *config.Config, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	labels, err := match.ReadLabels(f)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	scores := cfg.Set.Score(labels)
	if a.json {
		for _, s := range scores {
			if err := a.printJSON(s); err != nil {
				return err
			}
		}
		return nil
	}
	return match.WriteScores(a.out, scores)
}
