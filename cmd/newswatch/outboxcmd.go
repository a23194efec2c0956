package main

import (
	"cmp"
	"context"
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

// damagedState is how rows that were damaged and set aside are listed beside those
// of the outbox, which are in none of its states.
const damagedState = "damaged"

func outboxStates() []string { return append(api.States(), damagedState) }

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
				if !slices.Contains(outboxStates(), s) {
					return usageError{fmt.Errorf("--state %q: no notice is ever in that state: give some of %s", s, strings.Join(outboxStates(), ", "))}
				}
			}
			if a.json && !c.Flags().Changed("limit") {
				limit = 1_000_000 // more than an outbox holds: a program may count them
			}
			return outboxView{a, dest, states, limit}.list(c.Context())
		},
	}
	c.Flags().StringVar(&dest, "destination", "", "of one destination, by its `name` in the outbox")
	c.Flags().StringSliceVar(&states, "state", nil, "in these `states`: "+strings.Join(outboxStates(), ", "))
	c.Flags().IntVar(&limit, "limit", 200, "print at most this many; with --json all")
	a.completeFlag(c, "destination", channelNames)
	a.completeFlag(c, "state", func(*config.Config) []string { return outboxStates() })
	return c
}

// An outboxView is what outbox list prints.
type outboxView struct {
	*app
	dest   string   // "" for any
	states []string // none for any
	limit  int
}

func (a outboxView) list(ctx context.Context) error {
	t := newTable(a.out, "KEY", "DESTINATION", "KIND", "STATE", "TRIES", "WHEN", "HEADLINE", "REASON")
	now := time.Now()
	show := func(n api.Notice) error {
		when := cmp.Or(n.SentAt, n.Due.Time)
		if n.State == damagedState {
			when = n.Created
		}
		t.row(n.Key[:min(12, len(n.Key))], n.Destination, n.Kind, n.State, strconv.Itoa(n.Attempts), ago(when, now),
			render.Truncate(render.Sanitize(n.Headline), 60), render.Truncate(render.Sanitize(n.Reason), 80))
		return nil
	}
	sound := slices.DeleteFunc(slices.Clone(a.states), func(s string) bool { return s == damagedState })
	if len(a.states) == 0 || len(sound) > 0 {
		if err := a.callFirst(ctx, a.limit, "outbox", url.Values{"destination": {a.dest}, "state": sound}, decoded(show)); err != nil {
			return err
		}
	}
	if len(a.states) == 0 || len(sound) < len(a.states) {
		if err := a.eachDamaged(ctx, show); err != nil {
			return err
		}
	}
	if a.json {
		return nil
	}
	if t.rows >= a.limit {
		defer fmt.Fprintf(a.err, "These are the first %d; --limit shows more.\n", a.limit)
	}
	return t.end(a.err, "the outbox is empty")
}

// eachDamaged shows, or prints as JSON, the damaged rows of the outbox.
func (a outboxView) eachDamaged(ctx context.Context, show func(api.Notice) error) error {
	return a.ask(func(c *api.Client) error {
		return c.Each(ctx, "GET", "store/damaged", nil, decoded(func(r store.Damaged) error {
			to, key := r.Notice()
			if r.Table != "outbox" || a.dest != "" && a.dest != to {
				return nil
			}
			n := api.Notice{Key: key, Destination: to, State: damagedState, Created: r.At, Reason: "its row was damaged: newswatch store damaged --remove " + r.ID}
			if a.json {
				return a.printJSON(n)
			}
			return show(n)
		}))
	})
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
