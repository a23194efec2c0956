package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"newswatch/cmd/newswatch/daemon"
	"newswatch/monitor/api"
	"newswatch/monitor/story"
	"newswatch/notify/render"
)

func storiesCommand(a *app) *cobra.Command {
	var from, watch string
	c := &cobra.Command{
		Use: "stories", Short: "List stories with their reports",
		Example: "  newswatch stories --since 24h\n  newswatch stories --watch azure-at-ice --since 7d --json",
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
			err = a.call(c.Context(), "stories", daemon.SinceArgs{Since: t, Watch: watch}, daemon.Decoded(func(s api.Story) error {
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
	c.Flags().String("score", "", "instead, score the grouping on labelled corpora in a `folder`")
	return c
}

func (a *app) printStory(s api.Story) error {
	fmt.Fprintf(a.out, "%s  %s\n", s.Story, render.Sanitize(s.Headline))
	fmt.Fprintf(a.out, "    %s; %s, %d independent; first seen %s, last %s\n", strings.Join(s.Watches, ", "),
		render.Count(s.Outlets, "outlet", "outlets"), s.Independent, s.FirstSeen.Local().Format(time.DateTime), s.LastSeen.Local().Format(time.DateTime))
	for _, it := range s.Items {
		line := fmt.Sprintf("    %-8s %s: %s", it.Role, render.Sanitize(it.Outlet), render.Sanitize(it.Title))
		if len(it.Why) > 0 {
			line += " (" + it.Why[0] + ")"
		}
		fmt.Fprintln(a.out, line)
	}
	_, err := fmt.Fprintln(a.out)
	return err
}

func storyCommand(a *app) *cobra.Command {
	c := &cobra.Command{Use: "story", Short: "Correct the grouping of stories by hand", Args: cobra.NoArgs, RunE: helpOnly}
	order := func(use, short, example, request string) *cobra.Command {
		return &cobra.Command{Use: use, Short: short, Example: example, Args: cobra.ExactArgs(2),
			Long: short + `. The IDs are those that newswatch stories --json and explain
show; a story can be corrected for three days after its last report.`,
			RunE: func(c *cobra.Command, args []string) error {
				return a.call(c.Context(), request, daemon.StoryArgs{Story: args[0], Other: args[1]}, daemon.Decoded(func(v map[string]string) error {
					_, err := fmt.Fprintln(a.out, "story", v["story"])
					return err
				}))
			}}
	}
	c.AddCommand(
		order("split STORY ITEM", "Make a report a story of its own, for good", "  newswatch story split h8x2k1 h8x2m9", "story split"),
		order("merge STORY OTHER", "Join another story to a story, for good", "  newswatch story merge h8x2k1 h8x9z0", "story merge"))
	return c
}
