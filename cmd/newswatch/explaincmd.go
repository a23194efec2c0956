package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"newswatch/cmd/newswatch/backtest"
	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/match"
	"newswatch/notify/render"
)

func explainCommand(a *app) *cobra.Command {
	var watch, feed string
	c := &cobra.Command{
		Use: "explain URL|ITEM|FILE|-", Short: "Say why an item was told, or why not",
		Long: `For an address or the ID of an item: whether it was seen, by which feed, when and
how late; what each watch makes of it; the story it joined and on what
evidence; what was sent where. For an address never seen: which feeds cover its
host, how they were, and any gap. For a file or standard input (-): what each
watch makes of the text, whose first line is the title.`,
		Example: "  newswatch explain https://example.org/story\n  newswatch explain --watch azure-at-ice article.txt\n  echo 'Ice storm closes schools' | newswatch explain -",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if _, err := os.Stat(args[0]); err == nil || args[0] == "-" {
				in, err := a.open(args[0])
				if err != nil {
					return err
				}
				defer in.Close()
				text, err := io.ReadAll(io.LimitReader(in, maxText))
				if err != nil {
					return err
				}
				return a.explainText(string(text), watch, feed)
			}
			q := url.Values{"what": {args[0]}, "watch": {watch}, "all": {"true"}}
			return a.call(c.Context(), "GET", "explain?"+q.Encode(), nil, decoded(a.showExplained))
		},
	}
	c.Flags().StringVar(&watch, "watch", "", "only this `watch`")
	a.completeFlag(c, "watch", watchNames)
	c.Flags().StringVar(&feed, "feed", "", "judge a text as if it came from this `feed`")
	a.completeFlag(c, "feed", feedNames)
	return c
}

// maxText bounds a text to explain, in bytes.
const maxText = 2 << 20

// explainText judges a text that need not be known: it needs the configuration
// only.
func (a *app) explainText(text, watch, feed string) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	rules := cfg.Rules()
	it := textItem(text)
	it.Feed = feed
	doc := it.Doc(rules.Feed(feed), time.Now())
	out := api.Explained{What: text, Kind: "text", Watches: []match.Explanation{}}
	for i, w := range rules.Watches {
		if watch == "" || w.Name == watch {
			out.Watches = append(out.Watches, rules.Set.Explain(i, doc))
		}
	}
	if watch != "" && len(out.Watches) == 0 {
		return usageError{fmt.Errorf("no watch is named %q", watch)}
	}
	if a.json {
		return a.printJSON(out)
	}
	return a.showWatches(out.Watches)
}

// textItem reads an item as JSON, or as text whose first line is the title.
func textItem(text string) backtest.Item {
	var it backtest.Item
	if strings.HasPrefix(strings.TrimSpace(text), "{") && json.Unmarshal([]byte(text), &it) == nil {
		return it
	}
	title, body, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return backtest.Item{Title: strings.TrimSpace(title), Content: strings.TrimSpace(body)}
}

// showExplained prints an answer for people.
func (a *app) showExplained(x api.Explained) error {
	switch {
	case x.Kind == "text":
		fmt.Fprintln(a.err, "no address, no item and no file: judged as a text")
		return a.showWatches(x.Watches)
	case !x.Seen:
		return a.showUnseen(x)
	}
	it := x.Item
	fmt.Fprintf(a.out, "%s\n%s\n\n", render.Sanitize(it.Title), render.Link(it.URL))
	fmt.Fprintf(a.out, "seen      %s in %s, %s\n", it.Seen.Local().Format(time.DateTime), it.Feed, it.ID)
	if x.LateS > 0 {
		fmt.Fprintf(a.out, "late      %s after publication (%s)\n", span(time.Duration(x.LateS)*time.Second), it.Published.Local().Format(time.DateTime))
	}
	for _, s := range x.Sightings[1:] {
		fmt.Fprintf(a.out, "also      %s in %s\n", s.Seen.Local().Format(time.DateTime), s.Feed)
	}
	for _, r := range x.Revisions {
		fmt.Fprintf(a.out, "until     %s it read: %s\n", r.At.Local().Format(time.DateTime), render.Sanitize(r.Title))
	}
	if x.Dropped {
		fmt.Fprintln(a.out, "text      dropped, it is older than store.archive: watches are judged by the title below")
	}
	if v := x.Article; v != nil {
		fmt.Fprint(a.out, "article   ")
		if !v.At.IsZero() {
			fmt.Fprintf(a.out, "%s: ", v.At.Local().Format(time.DateTime))
		}
		fmt.Fprintln(a.out, render.Sanitize(v.InWords()))
	}
	if v := x.Kept; v != nil {
		a.printCopy(*v)
	}
	for _, v := range x.Absences {
		fmt.Fprintf(a.out, "absent    %s\n", v.InWords())
	}
	if !it.Withdrawn.IsZero() {
		fmt.Fprintf(a.out, "withdrawn %s\n", it.Withdrawn.Local().Format(time.DateTime))
	}
	if it.Held != "" && len(x.Decisions) == 0 {
		fmt.Fprintf(a.out, "held      %s\n", it.Held)
	}
	for _, l := range x.Labels {
		fmt.Fprintf(a.out, "labelled  %s, %s\n", l.At.Local().Format(time.DateTime), render.Sanitize(l.String()))
	}
	a.showStoryAndNotices(x)
	fmt.Fprintln(a.out)
	return a.showWatches(x.Watches)
}

// printCopy says what became of asking a web archive for a copy.
func (a *app) printCopy(v monitor.Copy) {
	fmt.Fprint(a.out, "copy      ")
	if !v.At.IsZero() {
		fmt.Fprintf(a.out, "%s: ", v.At.Local().Format(time.DateTime))
	}
	fmt.Fprintln(a.out, render.Sanitize(v.InWords()))
	if v.URL != "" {
		fmt.Fprintf(a.out, "          %s\n", render.Link(v.URL))
	}
}

func (a *app) showStoryAndNotices(x api.Explained) {
	if x.Story != nil {
		fmt.Fprintf(a.out, "story     %s: %s (%s, %d independent), as %s\n", x.Story.Story, render.Sanitize(x.Story.Headline),
			render.Count(x.Story.Outlets, "outlet", "outlets"), x.Story.Independent, x.Item.Role)
		for _, why := range x.Reasons {
			fmt.Fprintf(a.out, "          because %s\n", why)
		}
	}
	if len(x.Decisions) > 0 {
		printDecisions(a.out, x.Decisions)
	}
	for _, n := range x.Notices {
		line := fmt.Sprintf("sent      %s to %s: %s", n.Kind, n.Destination, n.State)
		if !n.SentAt.IsZero() {
			line += " " + n.SentAt.Local().Format(time.DateTime)
		}
		if n.Reason != "" {
			line += " (" + render.Sanitize(n.Reason) + ")"
		}
		fmt.Fprintln(a.out, line)
	}
}

// printDecisions prints what each watch had each destination told of the item.
func printDecisions(w io.Writer, ds []api.Decision) {
	for _, d := range api.Together(ds) {
		fmt.Fprintf(w, "%-9s %s", "decided", d.Watch)
		if d.Destination != "" {
			fmt.Fprintf(w, " for %s", d.Destination)
		}
		fmt.Fprintf(w, ": %s\n", render.Sanitize(d.InWords()))
		if key := cmp.Or(d.Under, d.Key); key != "" {
			fmt.Fprintf(w, "          under %s\n", key)
		}
	}
}

func (a *app) showUnseen(x api.Explained) error {
	if len(x.Covering) == 0 {
		fmt.Fprintln(a.out, "never seen, and no configured feed belongs to that site: newswatch feeds discover URL may find one")
		return nil
	}
	fmt.Fprintln(a.out, "never seen. Feeds of that site:")
	for _, c := range x.Covering {
		fmt.Fprintf(a.out, "  %s  %s, last read %s", c.Feed, c.State, ago(c.LastSuccess, time.Now()))
		if c.Cause != "" {
			fmt.Fprintf(a.out, " (%s)", render.Sanitize(c.Cause))
		}
		fmt.Fprintln(a.out)
		for _, g := range c.Gaps {
			fmt.Fprintf(a.out, "    not seen from %s to %s: %s\n", g.From.Local().Format(time.DateTime), g.To.Local().Format(time.DateTime), g.Why)
		}
	}
	return nil
}

func (a *app) showWatches(xs []match.Explanation) error {
	var failed error
	for _, x := range xs {
		_, err := fmt.Fprintln(a.out, x.String())
		failed = errors.Join(failed, err)
	}
	return failed
}
