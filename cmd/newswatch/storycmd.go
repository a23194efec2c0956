package main

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/story"
	"newswatch/notify/render"
)

func storiesCommand(a *app) *cobra.Command {
	var from, watch string
	var csv bool
	c := &cobra.Command{
		Use: "stories", Short: "List stories with their reports",
		Example: "  newswatch stories --since 24h\n  newswatch stories --watch azure-at-ice --since 7d --json\n  newswatch stories --since 30d --csv > stories.csv",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if dir := c.Flag("score").Value.String(); dir != "" {
				return story.Score(dir, a.out)
			}
			t, err := since(from, time.Now())
			if err != nil {
				return err
			}
			n := 0
			q := url.Values{"since": {t.Format(time.RFC3339Nano)}, "watch": {watch}, "limit": {"10000"}}
			if csv {
				sheet := api.NewSheet(a.out, api.StoryColumns)
				return tabulate(c.Context(), a, "stories?"+q.Encode(), sheet, decoded(func(s api.Story) error { sheet.Story(s); return nil }))
			}
			err = a.call(c.Context(), "GET", "stories?"+q.Encode(), nil, decoded(func(s api.Story) error {
				n++
				return a.printStory(s)
			}))
			if err == nil && n == 0 && !a.json {
				fmt.Fprintln(a.err, "no stories in that time")
			}
			return err
		},
	}
	c.Flags().StringVar(&from, "since", "3d", "with a report since: a `duration` or date")
	c.Flags().StringVar(&watch, "watch", "", "of one `watch`")
	a.completeFlag(c, "watch", watchNames)
	c.Flags().BoolVar(&csv, "csv", false, "print comma-separated values")
	c.Flags().String("score", "", "instead, score the grouping on labelled corpora in a `folder`")
	return c
}

func (a *app) printStory(s api.Story) error {
	fmt.Fprintf(a.out, "%s  %s\n", s.Story, render.Sanitize(s.Headline))
	claimed := ""
	if s.Claimed != "" {
		claimed = "; taken by " + render.Sanitize(s.Claimed)
	}
	fmt.Fprintf(a.out, "    %s; %s, %d independent; first seen %s, last %s%s\n", strings.Join(s.Watches, ", "),
		render.Count(s.Outlets, "outlet", "outlets"), s.Independent, s.FirstSeen.Local().Format(time.DateTime), s.LastSeen.Local().Format(time.DateTime), claimed)
	items := slices.Clone(s.Items)
	slices.SortStableFunc(items, func(a, b api.StoryItem) int { return a.At.Compare(b.At) })
	for _, it := range items {
		line := fmt.Sprintf("    %-8s %s: %s", roleOf(it), render.Sanitize(it.Name), render.Sanitize(it.Title))
		if len(it.Why) > 0 {
			line += " (" + it.Why[0] + ")"
		}
		fmt.Fprintln(a.out, line)
	}
	_, err := fmt.Fprintln(a.out)
	return err
}

// roleOf says what a report is to its story; the first is the one published
// first, which another may have been seen before.
func roleOf(it api.StoryItem) string {
	switch {
	case it.First:
		return string(story.First)
	case it.Role == string(story.First):
		return string(story.Original)
	}
	return it.Role
}

func storyCommand(a *app) *cobra.Command {
	c := &cobra.Command{Use: "story", Short: "Correct the grouping of stories by hand, and say who works on one", Args: cobra.NoArgs, RunE: helpOnly}
	order := func(use, short, example, verb string) *cobra.Command {
		return &cobra.Command{Use: use, Short: short, Example: example, Args: cobra.ExactArgs(2),
			Long: short + `. The IDs are those that newswatch stories --json and explain
show; a story can be corrected for three days after its last report.`,
			RunE: func(c *cobra.Command, args []string) error {
				if _, err := monitor.ParseStoryID(args[0]); err != nil {
					return err
				}
				return a.call(c.Context(), "POST", "stories/"+args[0]+"/"+verb, api.StoryOrder{Other: args[1]}, decoded(func(v api.StoryRef) error {
					_, err := fmt.Fprintln(a.out, "story", v.Story)
					return err
				}))
			}}
	}
	var by string
	var release bool
	claim := &cobra.Command{Use: "claim STORY", Short: "Say who works on a story: its cards, the page and digests name them",
		Example: "  newswatch story claim h8x2k1 --by ann\n  newswatch story claim h8x2k1 --release", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if release == (by != "") {
				return usageError{errors.New("give --by NAME or --release")}
			}
			return a.call(c.Context(), "POST", "stories/"+url.PathEscape(args[0])+"/claim", api.ClaimOrder{By: by}, decoded(func(v api.Claim) error {
				said := "nobody's"
				if v.By != "" {
					said = v.By + "'s"
				}
				if v.Before != "" {
					said += ", was " + v.Before + "'s"
				}
				_, err := fmt.Fprintf(a.out, "story %s is %s\n", v.Story, said)
				return err
			}))
		}}
	claim.Flags().StringVar(&by, "by", "", "the `name` to show")
	claim.Flags().BoolVar(&release, "release", false, "nobody works on it any more")
	c.AddCommand(claim,
		order("split STORY ITEM", "Make a report a story of its own, for good", "  newswatch story split h8x2k1 h8x2m9", "split"),
		order("merge STORY OTHER", "Join another story to a story, for good", "  newswatch story merge h8x2k1 h8x9z0", "merge"))
	return c
}
