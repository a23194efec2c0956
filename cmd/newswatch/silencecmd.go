package main

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"newswatch/cmd/newswatch/config"
	"newswatch/monitor"
	"newswatch/monitor/api"
)

func silenceCommand(a *app) *cobra.Command {
	c := &cobra.Command{Use: "silence", Short: "Hold alerts back for a time; what is held stays in digests", Args: cobra.NoArgs, RunE: helpOnly}
	c.AddCommand(silenceAdd(a),
		&cobra.Command{Use: "list", Short: "List silences in force", Example: "  newswatch silence list", Args: cobra.NoArgs,
			RunE: func(c *cobra.Command, _ []string) error {
				t := newTable(a.out, "ID", "SILENCE", "BY")
				err := a.call(c.Context(), "GET", "silences", nil, decoded(func(q api.Silence) error {
					t.row(q.ID, strings.TrimPrefix(q.String(), "silenced: "), q.By)
					return nil
				}))
				if err != nil || a.json {
					return err
				}
				return t.end(a.err, "nothing is silenced")
			}},
		&cobra.Command{Use: "expire ID", Short: "End a silence now", Example: "  newswatch silence expire 3f9a12c4", Args: cobra.ExactArgs(1),
			RunE: func(c *cobra.Command, args []string) error {
				if args[0] == "" {
					return usageError{errors.New("an ID is not empty: see newswatch silence list")}
				}
				return a.call(c.Context(), "DELETE", "silences/"+url.PathEscape(args[0]), nil, decoded(func(q api.Silence) error {
					_, err := fmt.Fprintln(a.out, "ended:", q.ID)
					return err
				}))
			}})
	return c
}

func silenceAdd(a *app) *cobra.Command {
	var q api.Silence
	var during string
	c := &cobra.Command{
		Use: "add", Short: "Silence a watch, a story, a feed or a query for a time",
		Long: `Hold back alerts about a watch, a story, a feed or what a query finds; given
together, all of it must hold. What is held back is still matched, kept and
listed, digests have it, and the silence ends by itself.`,
		Example: "  newswatch silence add --story h8x2k1 --for 24h --reason 'we have it'\n  newswatch silence add --watch dhs-contracts --feed wire --for 2h",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			d, err := config.ParseDuration(during)
			if err != nil || d <= 0 {
				return usageError{fmt.Errorf("--for %q: a silence must end: give a duration such as 24h or 7d", during)}
			}
			if q.Watch == "" && q.Story == "" && q.Feed == "" && q.Query == "" {
				return usageError{errors.New("a silence is about something: give --watch, --story, --feed or --query")}
			}
			q.Until = time.Now().Add(d).UTC().Truncate(time.Second)
			if _, err := monitor.ParseStoryID(q.Story); q.Story != "" && err != nil {
				return usageError{fmt.Errorf("--story %q is no story: see newswatch stories", q.Story)}
			}
			return draw(q.Query, a.call(c.Context(), "POST", "silences", q, decoded(func(q api.Silence) error {
				_, err := fmt.Fprintln(a.out, q.ID, q.String())
				return err
			})))
		},
	}
	f := c.Flags()
	f.StringVar(&q.Watch, "watch", "", "matches of a `watch`")
	f.StringVar(&q.Story, "story", "", "news of a `story`")
	f.StringVar(&q.Feed, "feed", "", "items of a `feed`")
	f.StringVar(&q.Query, "query", "", "items that match a `query` strongly")
	f.StringVar(&during, "for", "", "how long: a `duration` (required)")
	f.StringVar(&q.Reason, "reason", "", "why, for colleagues")
	f.StringVar(&q.By, "by", "", "who")
	a.completeFlag(c, "watch", watchNames)
	a.completeFlag(c, "feed", feedNames)
	return c
}
