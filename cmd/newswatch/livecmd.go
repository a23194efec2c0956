package main

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"newswatch/cmd/newswatch/config"
	"newswatch/monitor"
	"newswatch/monitor/store"
	"newswatch/monitor/web"
	"newswatch/notify"
)

func (a *app) statusCommand() *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Sum up the daemon: feeds, outbox, store", Example: "  newswatch status",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.live(c.Context(), "status", nil, decoded(func(st web.Status) error {
				now := time.Now()
				running := "no daemon is running"
				if !st.Started.IsZero() {
					running = "running since " + st.Started.Local().Format(time.DateTime) + " (" + span(now.Sub(st.Started)) + ")"
				}
				fmt.Fprintf(a.out, "newswatch %s, %s\n", st.Version, running)
				fmt.Fprintf(a.out, "feeds      %s\n", counts(st.Feeds))
				fmt.Fprintf(a.out, "outbox     %s\n", counts(st.Outbox))
				fmt.Fprintf(a.out, "store      %.1f MiB\n", float64(st.StoreBytes)/(1<<20))
				_, err := fmt.Fprintf(a.out, "last poll  %s\n", ago(st.LastPoll, now))
				return err
			}))
		},
	}
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

func (a *app) storiesCommand() *cobra.Command {
	var from, watch string
	c := &cobra.Command{
		Use: "stories", Short: "List stories with their reports",
		Example: "  newswatch stories --since 24h\n  newswatch stories --watch azure-at-ice --since 7d --json",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if dir := c.Flag("score").Value.String(); dir != "" {
				return a.scoreStories(dir)
			}
			t, err := since(from, time.Now())
			if err != nil {
				return err
			}
			n := 0
			err = a.live(c.Context(), "stories", sinceArgs{Since: t, Watch: watch}, decoded(func(s web.Story) error {
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
	c.Flags().String("score", "", "instead, score the grouping on labelled corpora in a `folder`")
	return c
}

func (a *app) printStory(s web.Story) error {
	fmt.Fprintf(a.out, "%s  %s\n", s.Story, notify.Inert(s.Headline))
	fmt.Fprintf(a.out, "    %s; %s, %d independent; first seen %s, last %s\n", strings.Join(s.Watches, ", "),
		notify.Count(s.Outlets, "outlet", "outlets"), s.Independent, s.FirstSeen.Local().Format(time.DateTime), s.LastSeen.Local().Format(time.DateTime))
	for _, it := range s.Items {
		line := fmt.Sprintf("    %-8s %s: %s", it.Role, notify.Inert(it.Outlet), notify.Inert(it.Title))
		if len(it.Why) > 0 {
			line += " (" + it.Why[0] + ")"
		}
		fmt.Fprintln(a.out, line)
	}
	_, err := fmt.Fprintln(a.out)
	return err
}

func (a *app) storyCommand() *cobra.Command {
	c := &cobra.Command{Use: "story", Short: "Correct the grouping of stories by hand", Args: cobra.NoArgs, RunE: helpOnly}
	order := func(use, short, example, errand string) *cobra.Command {
		return &cobra.Command{Use: use, Short: short, Example: example, Args: cobra.ExactArgs(2),
			RunE: func(c *cobra.Command, args []string) error {
				return a.live(c.Context(), errand, storyArgs{Story: args[0], Other: args[1]}, decoded(func(v map[string]string) error {
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

func (a *app) searchCommand() *cobra.Command {
	var from string
	var limit int
	c := &cobra.Command{
		Use: "search QUERY", Short: "Search the archive in the watch language",
		Long:    "Search everything that was seen, matched or not, newest first, with a query in the watch language.",
		Example: "  newswatch search '{ice} AND contract' --since 30d\n  newswatch search 'title:(palantir OR anduril)' --json",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			t, err := since(from, time.Now())
			if err != nil {
				return err
			}
			n := 0
			err = a.live(c.Context(), "search", searchArgs{Query: args[0], Since: t, Limit: limit}, decoded(func(it web.Item) error {
				n++
				story := ""
				if it.Story != "" {
					story = "  story " + it.Story
				}
				_, err := fmt.Fprintf(a.out, "%s  %s\n    %s, %s%s\n    %s\n", it.Seen.Local().Format("2006-01-02 15:04"), notify.Inert(it.Title),
					notify.Inert(it.Outlet), it.ID, story, notify.Link(it.URL))
				return err
			}))
			if err == nil && n == 0 && !a.json {
				fmt.Fprintln(a.err, "nothing in the archive matches")
			}
			return err
		},
	}
	c.Flags().StringVar(&from, "since", "", "seen since: a `duration` or date")
	c.Flags().IntVar(&limit, "limit", 100, "print at most this many")
	return c
}

func (a *app) outboxCommand() *cobra.Command {
	c := &cobra.Command{Use: "outbox", Short: "See and steer what is owed to destinations", Args: cobra.NoArgs, RunE: helpOnly}
	c.AddCommand(a.outboxList(), a.outboxOrder("retry", "Try notices again now"), a.outboxOrder("drop", "Give notices up"))
	return c
}

func (a *app) outboxList() *cobra.Command {
	var args outboxArgs
	var states []string
	c := &cobra.Command{
		Use: "list", Short: "List notices: what is owed first, then the rest, newest first",
		Example: "  newswatch outbox list\n  newswatch outbox list --state dead,unconfirmed\n  newswatch outbox list --destination newsroom --json",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			for _, s := range states {
				args.States = append(args.States, monitor.State(s))
			}
			t := newTable(a.out, "KEY", "DESTINATION", "KIND", "STATE", "TRIES", "WHEN", "HEADLINE", "REASON")
			now := time.Now()
			err := a.live(c.Context(), "outbox list", args, decoded(func(n web.Notice) error {
				when := ago(n.Due, now)
				if !n.SentAt.IsZero() {
					when = ago(n.SentAt, now)
				}
				t.row(n.Key[:min(12, len(n.Key))], n.Destination, n.Kind, n.State, strconv.Itoa(n.Attempts), when,
					notify.Fit(notify.Inert(n.Headline), 60), notify.Fit(notify.Inert(n.Reason), 60))
				return nil
			}))
			if err != nil || a.json {
				return err
			}
			return t.end(a.err, "the outbox is empty")
		},
	}
	c.Flags().StringVar(&args.Destination, "destination", "", "of one destination, by its `name` in the outbox")
	c.Flags().StringSliceVar(&states, "state", nil, "in these `states`: pending, inflight, unknown, sent, unconfirmed, dead, folded, parked")
	c.Flags().IntVar(&args.Limit, "limit", 200, "print at most this many")
	return c
}

func (a *app) outboxOrder(verb, short string) *cobra.Command {
	var args outboxArgs
	c := &cobra.Command{
		Use: verb + " KEY...", Short: short, Example: "  newswatch outbox " + verb + " 3f9a12c4",
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, keys []string) error {
			args.Keys = keys
			return a.live(c.Context(), "outbox "+verb, args, decoded(func(n web.Notice) error {
				_, err := fmt.Fprintln(a.out, n.Key, n.Destination, "is now", n.State)
				return err
			}))
		},
	}
	c.Flags().StringVar(&args.Destination, "destination", "", "of one destination, by its `name` in the outbox")
	if verb == "drop" {
		c.Flags().StringVar(&args.Reason, "reason", "", "why, for the record")
	}
	return c
}

func (a *app) silenceCommand() *cobra.Command {
	c := &cobra.Command{Use: "silence", Short: "Hold alerts back for a time; what is held stays in digests", Args: cobra.NoArgs, RunE: helpOnly}
	c.AddCommand(a.silenceAdd(),
		&cobra.Command{Use: "list", Short: "List silences in force", Example: "  newswatch silence list", Args: cobra.NoArgs,
			RunE: func(c *cobra.Command, _ []string) error {
				t := newTable(a.out, "ID", "SILENCE", "BY")
				err := a.live(c.Context(), "silence list", nil, decoded(func(q monitor.Silence) error {
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
				return a.live(c.Context(), "silence expire", map[string]string{"id": args[0]}, decoded(func(q monitor.Silence) error {
					_, err := fmt.Fprintln(a.out, "ended:", q.ID)
					return err
				}))
			}})
	return c
}

func (a *app) silenceAdd() *cobra.Command {
	var q monitor.Silence
	var story, during string
	c := &cobra.Command{
		Use: "add", Short: "Silence a watch, a story, a feed or a query for a time",
		Example: "  newswatch silence add --story h8x2k1 --for 24h --reason 'we have it'\n  newswatch silence add --watch dhs-contracts --feed wire --for 2h",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			d, err := config.ParseDuration(during)
			if err != nil || d <= 0 {
				return usageError{fmt.Errorf("--for %q: a silence must end: give a duration such as 24h or 7d", during)}
			}
			q.Until = time.Now().Add(d).UTC().Truncate(time.Second)
			if q.Story, err = monitor.ParseStoryID(story); story != "" && err != nil {
				return usageError{fmt.Errorf("--story %q is no story: see newswatch stories", story)}
			}
			return a.live(c.Context(), "silence add", q, decoded(func(q monitor.Silence) error {
				_, err := fmt.Fprintln(a.out, q.ID, q.String())
				return err
			}))
		},
	}
	f := c.Flags()
	f.StringVar(&q.Watch, "watch", "", "matches of a `watch`")
	f.StringVar(&story, "story", "", "news of a `story`")
	f.StringVar(&q.Feed, "feed", "", "items of a `feed`")
	f.StringVar(&q.Query, "query", "", "items that match a `query` strongly")
	f.StringVar(&during, "for", "", "how long: a `duration` (required)")
	f.StringVar(&q.Reason, "reason", "", "why, for colleagues")
	f.StringVar(&q.By, "by", "", "who")
	return c
}

func (a *app) storeCommand() *cobra.Command {
	c := &cobra.Command{Use: "store", Short: "Back up, compact and check the store", Args: cobra.NoArgs, RunE: helpOnly}
	c.AddCommand(
		&cobra.Command{Use: "backup FILE", Short: "Copy the store while it is in use", Example: "  newswatch store backup /var/backups/newswatch.db",
			Args: cobra.ExactArgs(1),
			RunE: func(c *cobra.Command, args []string) error {
				path, err := filepath.Abs(args[0])
				if err != nil {
					return err
				}
				return a.live(c.Context(), "store backup", map[string]string{"path": path}, decoded(func(v struct {
					Path  string
					Bytes int64
				}) error {
					_, err := fmt.Fprintf(a.out, "%s  %.1f MiB\n", v.Path, float64(v.Bytes)/(1<<20))
					return err
				}))
			}},
		&cobra.Command{Use: "compact", Short: "Give the space of forgotten rows back; the daemon must be stopped", Example: "  newswatch store compact",
			Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error {
				cfg, err := a.load()
				if err != nil {
					return err
				}
				before, after, err := store.Compact(cfg.Store.Path)
				if err != nil {
					return err
				}
				if a.json {
					return a.printJSON(map[string]int64{"before": before, "after": after})
				}
				_, err = fmt.Fprintf(a.out, "%.1f MiB -> %.1f MiB\n", float64(before)/(1<<20), float64(after)/(1<<20))
				return err
			}},
		&cobra.Command{Use: "check [FILE]", Short: "Read every page and row of the store, or of a backup; the daemon must be stopped",
			Example: "  newswatch store check\n  newswatch store check /var/backups/newswatch.db", Args: cobra.MaximumNArgs(1),
			RunE: func(_ *cobra.Command, args []string) error { return a.checkStore(args) }},
		&cobra.Command{Use: "stats", Short: "Measure the store", Example: "  newswatch store stats --json", Args: cobra.NoArgs,
			RunE: func(c *cobra.Command, _ []string) error {
				return a.live(c.Context(), "store stats", nil, decoded(func(st store.Stats) error {
					_, err := fmt.Fprintf(a.out, "file %.1f MiB, free in it %.1f MiB; %d items, %d stories; %.1f MiB remember what feeds have shown\n",
						float64(st.Bytes)/(1<<20), float64(st.Free)/(1<<20), st.Items, st.Stories, float64(st.KnownSize)/(1<<20))
					return err
				}))
			}})
	return c
}

func (a *app) checkStore(args []string) error {
	path := ""
	if len(args) == 1 {
		path = args[0]
	} else {
		cfg, err := a.load()
		if err != nil {
			return err
		}
		path = cfg.Store.Path
	}
	s, err := store.Open(path)
	if err != nil {
		return err
	}
	defer s.Close()
	faults := s.Check()
	for _, f := range faults {
		fmt.Fprintln(a.out, f)
	}
	if len(faults) > 0 {
		return fmt.Errorf("%s: %s: restore the newest backup", path, notify.Count(len(faults), "fault", "faults"))
	}
	_, err = fmt.Fprintln(a.out, path+": sound")
	return err
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
