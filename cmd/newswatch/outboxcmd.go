package main

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"newswatch/cmd/newswatch/config"
	"newswatch/monitor/api"
	"newswatch/monitor/store"
	"newswatch/notify/render"
)

func outboxCommand(a *app) *cobra.Command {
	c := &cobra.Command{Use: "outbox", Short: "See and steer what is owed to destinations", Args: cobra.NoArgs, RunE: helpOnly}
	c.AddCommand(outboxList(a),
		outboxOrder(a, "retry", "Try notices again now", "Dead, unconfirmed, pending and parked ones can be tried again."),
		outboxOrder(a, "drop", "Give notices up", "What is still owed can be dropped: it is then dead, with the reason, and kept."))
	return c
}

func outboxList(a *app) *cobra.Command {
	var dest string
	var states []string
	var limit int
	c := &cobra.Command{
		Use: "list", Short: "List notices: what is owed first, then the rest, newest first",
		Example: "  newswatch outbox list\n  newswatch outbox list --state dead,unconfirmed\n  newswatch outbox list --destination newsroom --json",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			for _, s := range states {
				if !slices.Contains(api.States(), s) {
					return usageError{fmt.Errorf("--state %q: no notice is ever in that state: give some of %s", s, strings.Join(api.States(), ", "))}
				}
			}
			if a.json && !c.Flags().Changed("limit") {
				limit = 1_000_000 // more than an outbox holds: a program may count them
			}
			t := newTable(a.out, "KEY", "DESTINATION", "KIND", "STATE", "TRIES", "WHEN", "HEADLINE", "REASON")
			now := time.Now()
			err := a.callFirst(c.Context(), limit, "outbox", url.Values{"destination": {dest}, "state": states}, decoded(func(n api.Notice) error {
				when := ago(n.Due.Time, now)
				if !n.SentAt.IsZero() {
					when = ago(n.SentAt, now)
				}
				t.row(n.Key[:min(12, len(n.Key))], n.Destination, n.Kind, n.State, strconv.Itoa(n.Attempts), when,
					render.Truncate(render.Sanitize(n.Headline), 60), render.Truncate(render.Sanitize(n.Reason), 60))
				return nil
			}))
			if err == nil && !a.json && len(states) == 0 {
				err = a.call(c.Context(), "GET", "store/damaged", nil, decoded(func(r store.Damaged) error {
					if to, key := r.Notice(); r.Table == "outbox" && (dest == "" || dest == to) {
						t.row(key[:min(12, len(key))], to, "", "damaged", "", ago(r.At, now), "", "the row was damaged: newswatch store damaged --remove "+r.ID)
					}
					return nil
				}))
			}
			if err != nil || a.json {
				return err
			}
			if t.rows >= limit {
				defer fmt.Fprintf(a.err, "These are the first %d; --limit shows more.\n", limit)
			}
			return t.end(a.err, "the outbox is empty")
		},
	}
	c.Flags().StringVar(&dest, "destination", "", "of one destination, by its `name` in the outbox")
	c.Flags().StringSliceVar(&states, "state", nil, "in these `states`: "+strings.Join(api.States(), ", "))
	c.Flags().IntVar(&limit, "limit", 200, "print at most this many; with --json all")
	a.completeFlag(c, "destination", channelNames)
	a.completeFlag(c, "state", func(*config.Config) []string { return api.States() })
	return c
}

func outboxOrder(a *app, verb, short, long string) *cobra.Command {
	var args api.NoticeOrder
	c := &cobra.Command{
		Use: verb + " KEY...", Short: short,
		Long: short + `. A KEY is what newswatch outbox list shows, four characters
of its beginning or more. ` + long,
		Example: "  newswatch outbox " + verb + " 3f9a12c4",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, keys []string) error {
			args.Keys = keys
			return a.call(c.Context(), "POST", "outbox/"+verb, args, decoded(func(n api.Notice) error {
				_, err := fmt.Fprintln(a.out, n.Key, n.Destination, "is now", n.State)
				return err
			}))
		},
	}
	c.Flags().StringVar(&args.Destination, "destination", "", "of one destination, by its `name` in the outbox")
	a.completeFlag(c, "destination", channelNames)
	if verb == "drop" {
		c.Flags().StringVar(&args.Reason, "reason", "", "why, for the record")
	}
	return c
}
