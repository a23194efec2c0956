package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"newswatch/monitor/api"
	"newswatch/notify/render"
)

func statusCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Sum up the daemon: feeds, outbox, store", Example: "  newswatch status",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			err := a.call(c.Context(), "GET", "status", nil, decoded(func(st api.Status) error {
				now := time.Now()
				running := "no daemon is running"
				if st.Daemons != nil {
					running = "several machines"
				} else if !st.Started.IsZero() {
					running = "running since " + st.Started.Local().Format(time.DateTime) + " (" + span(now.Sub(st.Started.Time)) + ")"
				}
				fmt.Fprintf(a.out, "newswatch %s, %s\n", st.Version, running)
				fmt.Fprintf(a.out, "feeds      %s\n", counts(st.Feeds))
				fmt.Fprintf(a.out, "outbox     %s\n", counts(st.Outbox))
				texts := ""
				if st.TextsS > 0 {
					texts = ", texts are kept for " + span(time.Duration(st.TextsS)*time.Second)
				}
				fmt.Fprintf(a.out, "store      %.1f MiB%s\n", float64(st.StoreBytes)/(1<<20), texts)
				showReading(a, st.Articles)
				fmt.Fprintf(a.out, "last poll  %s\n", ago(st.LastPoll.Time, now))
				return showDaemons(a.out, st, now)
			}))
			if err != nil || a.json {
				return err
			}
			return a.showUnreached(c.Context())
		},
	}
}

// showDaemons lists the daemons that share the store.
func showDaemons(out io.Writer, st api.Status, now time.Time) error {
	if st.Daemons == nil {
		return nil
	}
	fmt.Fprintf(out, "leader     %s\n", cmp.Or(st.Leader, "nobody leads"))
	for _, d := range st.Daemons {
		of := ""
		if d.Config != st.Daemons[0].Config {
			of = ", another configuration than " + st.Daemons[0].Name
		}
		if _, err := fmt.Fprintf(out, "daemon     %s  %s, seen %s%s\n", d.Name, d.Version, ago(d.Seen.Time, now), of); err != nil {
			return err
		}
	}
	return nil
}

// showReading prints how the reading of articles stands, and which hosts refuse.
func showReading(a *app, r *api.Articles) {
	if r == nil {
		return
	}
	fmt.Fprintf(a.out, "articles   %d to be read\n", r.Owed)
	for _, h := range r.Refusing {
		fmt.Fprintf(a.out, "           %s is left alone until %s: %s\n", render.Sanitize(h.Host), h.Until.Local().Format(time.DateTime), render.Sanitize(h.Cause))
	}
}

// unreached is how many feeds status names that have never answered.
const unreached = 5

// showUnreached names the feeds that were asked and never answered, and why.
func (a *app) showUnreached(ctx context.Context) error {
	n := 0
	err := a.call(ctx, "GET", "feeds", nil, decoded(func(f api.Feed) error {
		if !f.LastSuccess.IsZero() || f.LastPoll.IsZero() {
			return nil
		}
		if n++; n <= unreached {
			fmt.Fprintf(a.out, "never read %s: %s\n", f.Name, render.Sanitize(cmp.Or(f.Cause, "no cause is known")))
		}
		return nil
	}))
	if n > unreached {
		fmt.Fprintf(a.out, "           and %d more, see newswatch feeds list\n", n-unreached)
	}
	return err
}

// counts writes numbers by state, largest first.
func counts(m map[string]int) string {
	var parts []string
	for _, k := range sortedByCount(m) {
		parts = append(parts, strconv.Itoa(m[k])+" "+k)
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// sortedByCount returns the names with the largest numbers first.
func sortedByCount(m map[string]int) []string {
	return slices.SortedFunc(maps.Keys(m), func(a, b string) int { return cmp.Or(cmp.Compare(m[b], m[a]), cmp.Compare(a, b)) })
}

func searchCommand(a *app) *cobra.Command {
	var from string
	var limit int
	var csv bool
	c := &cobra.Command{
		Use: "search QUERY", Short: "Search the archive in the watch language",
		Long:    "Search everything that was seen, matched or not, newest first, with a query in the watch language.",
		Example: "  newswatch search '{ice} AND contract' --since 30d\n  newswatch search 'title:(palantir OR anduril)' --json\n  newswatch search palantir --csv > palantir.csv",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			t, err := since(from, time.Now())
			if err != nil {
				return err
			}
			n := 0
			q := url.Values{"q": {args[0]}, "since": {t.Format(time.RFC3339Nano)}, "limit": {strconv.Itoa(cmp.Or(limit, 100))}}
			if csv {
				sheet := api.NewSheet(a.out, api.ItemColumns)
				err := tabulate(c.Context(), a, "search?"+q.Encode(), sheet, decoded(func(it api.Item) error { sheet.Item(it); return nil }))
				return draw(args[0], err)
			}
			err = a.call(c.Context(), "GET", "search?"+q.Encode(), nil, decoded(func(it api.Item) error {
				n++
				story := ""
				if it.Story != "" {
					story = "  story " + it.Story
				}
				_, err := fmt.Fprintf(a.out, "%s  %s\n    %s, %s%s\n    %s\n", it.Seen.Local().Format("2006-01-02 15:04"), render.Sanitize(it.Title),
					render.Sanitize(it.Outlet), it.ID, story, render.Link(it.URL))
				return err
			}))
			if err == nil && n == 0 && !a.json {
				fmt.Fprintln(a.err, "nothing in the archive matches")
			}
			return draw(args[0], err)
		},
	}
	c.Flags().StringVar(&from, "since", "", "seen since: a `duration` or date")
	c.Flags().IntVar(&limit, "limit", 100, "print at most this many")
	c.Flags().BoolVar(&csv, "csv", false, "print comma-separated values")
	return c
}

// helpOnly is what a command that only holds others does by itself. Nobody
// asked for help, so it is no result.
func helpOnly(c *cobra.Command, _ []string) error {
	c.SetOut(c.ErrOrStderr())
	if err := c.Help(); err != nil {
		return err
	}
	return errQuietUsage
}
