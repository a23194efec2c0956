package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/monitor/report"
	"newswatch/monitor/web"
	"newswatch/notify/render"
)

func (a *app) explainCommand() *cobra.Command {
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
			x := explainArgs{What: args[0], Watch: watch, Feed: feed}
			if _, err := os.Stat(args[0]); err == nil || args[0] == "-" {
				in, err := a.open(args[0])
				if err != nil {
					return err
				}
				defer in.Close()
				text, err := io.ReadAll(io.LimitReader(in, maxArgs/2))
				if err != nil {
					return err
				}
				x.What, x.Text = "", string(text)
				return a.explainText(x)
			}
			return a.live(c.Context(), "explain", x, decoded(a.showExplained))
		},
	}
	c.Flags().StringVar(&watch, "watch", "", "only this `watch`")
	a.completeFlag(c, "watch", watchNames)
	c.Flags().StringVar(&feed, "feed", "", "judge a text as if it came from this `feed`")
	a.completeFlag(c, "feed", feedNames)
	return c
}

type explainArgs struct {
	What  string `json:"what"`
	Text  string `json:"text"`
	Watch string `json:"watch"`
	Feed  string `json:"feed"`
}

// explained is the answer to explain.
type explained struct {
	Seen      bool                `json:"seen"`
	Item      *web.Item           `json:"item,omitempty"`
	LateS     int                 `json:"late_s,omitempty"`
	Sightings []monitor.Sighting  `json:"sightings,omitempty"`
	Revisions []monitor.Revision  `json:"revisions,omitempty"`
	Reasons   []string            `json:"reasons,omitempty"`
	Watches   []match.Explanation `json:"watches,omitempty"`
	Story     *web.Story          `json:"story,omitempty"`
	Notices   []web.Notice        `json:"notices,omitempty"`
	Covering  []covered           `json:"covering,omitempty"`
}

type covered struct {
	Feed        string        `json:"feed"`
	State       string        `json:"state"`
	Cause       string        `json:"cause,omitempty"`
	LastSuccess time.Time     `json:"last_success,omitzero"`
	Gaps        []monitor.Gap `json:"gaps,omitempty"`
}

// explainText judges a text that need not be known: it needs the configuration
// only.
func (a *app) explainText(x explainArgs) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	it := textItem(x.Text)
	it.Feed = x.Feed
	out := explained{Watches: explainDoc(rulesOf(cfg), it.doc(feedsByName(cfg)(it.Feed), time.Now()), x.Watch)}
	if x.Watch != "" && len(out.Watches) == 0 {
		return usageError{fmt.Errorf("no watch is named %q", x.Watch)}
	}
	if a.json {
		return a.printJSON(out)
	}
	return a.showWatches(out.Watches)
}

// textItem reads an item as JSON, or as text whose first line is the title.
func textItem(text string) inputItem {
	var it inputItem
	if strings.HasPrefix(strings.TrimSpace(text), "{") && json.Unmarshal([]byte(text), &it) == nil {
		return it
	}
	title, body, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return inputItem{Title: strings.TrimSpace(title), Content: strings.TrimSpace(body)}
}

func explainDoc(rules *monitor.Rules, doc *match.Doc, watch string) []match.Explanation {
	var out []match.Explanation
	for i, w := range rules.Watches {
		if watch == "" || w.Name == watch {
			out = append(out, rules.Set.Explain(i, doc))
		}
	}
	return out
}

func runExplain(_ context.Context, d *desk, raw json.RawMessage, emit func(any) error) error {
	x, err := decodeArgs[explainArgs](raw)
	if err != nil {
		return err
	}
	rules := d.monitor.Rules()
	acc, err := report.Explain(d.store, rules, x.What, time.Now())
	if err != nil {
		return err
	}
	out := explained{Seen: acc.Seen}
	for _, c := range acc.Coverage {
		out.Covering = append(out.Covering, covered{c.Feed, string(c.Health.State()), c.Health.Cause, c.Poll.Success, c.Gaps})
	}
	if acc.Seen {
		item := web.ItemOf(acc.Record)
		out.Item, out.LateS = &item, int(acc.Late.Seconds())
		out.Sightings, out.Revisions = acc.Record.Sightings, acc.Record.Revisions
		for _, r := range acc.Record.Reasons {
			out.Reasons = append(out.Reasons, r.Why)
		}
		out.Watches = explainDoc(rules, monitor.DocOf(acc.Record.Item, rules.Feed(acc.Record.Feed), acc.Record.Seen), x.Watch)
	}
	if acc.Story != nil {
		s := web.StoryOf(acc.Story)
		out.Story = &s
	}
	for _, n := range acc.Notices {
		out.Notices = append(out.Notices, web.NoticeOf(n))
	}
	return emit(out)
}

// showExplained prints an answer for people.
func (a *app) showExplained(x explained) error {
	if !x.Seen {
		return a.showUnseen(x)
	}
	it := x.Item
	fmt.Fprintf(a.out, "%s\n%s\n\n", render.Sanitize(it.Title), render.Link(it.URL))
	fmt.Fprintf(a.out, "seen      %s in %s, %s\n", it.Seen.Local().Format(time.DateTime), it.Feed, it.ID)
	if x.LateS > 0 {
		fmt.Fprintf(a.out, "late      %s after publication (%s)\n", span(time.Duration(x.LateS)*time.Second), it.Published.Local().Format(time.DateTime))
	}
	for _, s := range x.Sightings {
		fmt.Fprintf(a.out, "also      %s in %s\n", s.Seen.Local().Format(time.DateTime), s.Feed)
	}
	for _, r := range x.Revisions {
		fmt.Fprintf(a.out, "until     %s it read: %s\n", r.At.Local().Format(time.DateTime), render.Sanitize(r.Title))
	}
	if !it.Withdrawn.IsZero() {
		fmt.Fprintf(a.out, "withdrawn %s\n", it.Withdrawn.Local().Format(time.DateTime))
	}
	if it.Held != "" {
		fmt.Fprintf(a.out, "held      %s\n", it.Held)
	}
	a.showStoryAndNotices(x)
	fmt.Fprintln(a.out)
	return a.showWatches(x.Watches)
}

func (a *app) showStoryAndNotices(x explained) {
	if x.Story != nil {
		fmt.Fprintf(a.out, "story     %s: %s (%s, %d independent), as %s\n", x.Story.Story, render.Sanitize(x.Story.Headline),
			render.Count(x.Story.Outlets, "outlet", "outlets"), x.Story.Independent, x.Item.Role)
		for _, why := range x.Reasons {
			fmt.Fprintf(a.out, "          because %s\n", why)
		}
	}
	for _, n := range x.Notices {
		line := fmt.Sprintf("told      %s to %s: %s", n.Kind, n.Destination, n.State)
		if !n.SentAt.IsZero() {
			line += " " + n.SentAt.Local().Format(time.DateTime)
		}
		if n.Reason != "" {
			line += " (" + render.Sanitize(n.Reason) + ")"
		}
		fmt.Fprintln(a.out, line)
	}
}

func (a *app) showUnseen(x explained) error {
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
