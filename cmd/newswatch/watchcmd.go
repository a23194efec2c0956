package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"newswatch/cmd/newswatch/config"
	"newswatch/cmd/newswatch/config/change"
	"newswatch/cmd/newswatch/config/edit"
	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/trial"
	"newswatch/notify/render"
)

func watchCommand(a *app) *cobra.Command {
	c := &cobra.Command{Use: "watch", Short: "Add, try, show and remove watches", Args: cobra.NoArgs, RunE: helpOnly}
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w: put -- before a query that begins with a minus, or see %s --help", err, c.CommandPath())}
	})
	c.AddCommand(watchAdd(a), watchRemove(a), watchShow(a), watchPreview(a))
	return c
}

func watchAdd(a *app) *cobra.Command {
	var notify, feeds, priority, weak string
	c := &cobra.Command{
		Use: "add NAME QUERY", Short: "Add a watch to the configuration",
		Long: `Add a watch to the configuration file, which keeps its comments, order and quoting;
the former file stays beside it with the suffix .bak. A running daemon reads it
again. What newswatch check would refuse changes nothing.`,
		Example: "  newswatch watch add ice-contracts '{ice} AND (contract OR award) AND amount>=1M' --notify newsroom",
		Args:    cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			e, err := change.NewWatch(edit.Entry{{Key: "name", Value: args[0]}, {Key: "match", Value: args[1]}, {Key: "feeds", Value: split(feeds)},
				{Key: "notify", Value: split(notify)}, {Key: "priority", Value: priority}, {Key: "weak", Value: weak}})
			if err != nil {
				return usageError{err}
			}
			return editing{a}.edit(c.Context(), change.Watches, "added the watch "+args[0], func(_ *config.Config, f *edit.File) error {
				return f.Add(change.Watches, e)
			})
		},
	}
	c.Flags().StringVar(&notify, "notify", "", "the `destinations` it tells, separated by commas; none for digests only")
	a.completeFlag(c, "notify", destinationNames)
	c.Flags().StringVar(&feeds, "feeds", "", "the names or tags of the `feeds` it reads, separated by commas; all if not given")
	a.completeFlag(c, "feeds", func(cfg *config.Config) []string { return append(feedTags(cfg), feedNames(cfg)...) })
	c.Flags().StringVar(&priority, "priority", "", "low, normal or high")
	c.Flags().StringVar(&weak, "weak", "", "doubtful matches: digest, notify or drop")
	return c
}

func watchRemove(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "remove NAME", Short: "Take a watch out of the configuration", Example: "  newswatch watch remove ice-contracts",
		Args: cobra.ExactArgs(1), ValidArgsFunction: a.completing(watchNames),
		RunE: func(c *cobra.Command, args []string) error {
			return editing{a}.remove(c.Context(), change.Watches, args[0])
		},
	}
}

func watchShow(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "show NAME", Short: "Show a watch as it is written, and say what it means", Example: "  newswatch watch show ice-contracts",
		Args: cobra.ExactArgs(1), ValidArgsFunction: a.completing(watchNames),
		RunE: func(_ *cobra.Command, args []string) error {
			cfg, err := a.load()
			if err != nil {
				return err
			}
			i := slices.IndexFunc(cfg.Watches, func(w monitor.Watch) bool { return w.Name == args[0] })
			if i < 0 {
				return usageError{fmt.Errorf("no watch is named %q: there are %s", args[0], strings.Join(watchNames(cfg), ", "))}
			}
			return editing{a}.showWatch(cfg, cfg.Watches[i])
		},
	}
}

func (a editing) showWatch(cfg *config.Config, w monitor.Watch) error {
	how := trial.Read(cfg.Entities.Named, w.Match)
	if a.json {
		return a.printJSON(map[string]any{"name": w.Name, "match": w.Match, "feeds": append([]string{}, w.Feeds...), "notify": append([]string{}, w.Notify...),
			"priority": w.Priority, "weak": w.Weak, "sentence": trial.InWords(w, how), "read_as": how.Read})
	}
	text, err := os.ReadFile(cfg.File)
	if err != nil {
		return err
	}
	if file, err := edit.Parse(text); err == nil {
		fmt.Fprintln(a.out, file.Entry(change.Watches, w.Name))
	}
	_, err = fmt.Fprintf(a.out, "\n%s\n", trial.InWords(w, how))
	return err
}

func watchPreview(a *app) *cobra.Command {
	var o api.PreviewOrder
	var feeds string
	c := &cobra.Command{
		Use: "preview QUERY", Short: "See what a query would have told",
		Long: `Try a query, or the name of a watch, on the archive: the stories that it would have
told, day by day, what is doubtful apart. With --watch also what the present
version of that watch tells and the query would not, and the other way round.
Nothing is changed and nothing sent. A long archive is read for some seconds and
the answer then says how far it goes; newswatch backtest reads all of it.`,
		Example: "  newswatch watch preview '{ice} AND contract' --since 14d\n  newswatch watch preview '{ice} AND contract' --watch ice-contracts",
		Args:    cobra.ExactArgs(1), ValidArgsFunction: a.completing(watchNames),
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := a.load()
			if err != nil {
				return err
			}
			o.Query, o.Feeds = args[0], split(feeds)
			for _, w := range cfg.Watches {
				if w.Name == args[0] {
					o.Query, o.Feeds = w.Match, w.Feeds
				}
			}
			show := decoded(func(p api.Preview) error { return editing{a}.showPreview(p) })
			return a.call(c.Context(), "POST", "preview", o, show)
		},
	}
	c.Flags().StringVar(&o.Since, "since", "14d", "what was seen since: a `duration` or date")
	c.Flags().StringVar(&feeds, "feeds", "", "the names or tags of the `feeds` it reads, separated by commas")
	c.Flags().StringVar(&o.Watch, "watch", "", "compare with this `watch`")
	a.completeFlag(c, "watch", watchNames)
	return c
}

func (a editing) showPreview(p api.Preview) error {
	for _, q := range p.Problems {
		fmt.Fprintln(a.err, q.Drawn)
	}
	if !p.OK {
		return errQuietUsage
	}
	fmt.Fprintln(a.out, p.Sentence)
	strong, possible := 0, 0
	t := newTable(a.out, "DAY", "STORIES", "POSSIBLE")
	for _, d := range p.PerDay {
		strong, possible = strong+d.Strong, possible+d.Possible
		if d.Strong+d.Possible > 0 {
			t.row(d.Day, fmt.Sprint(d.Strong), fmt.Sprint(d.Possible))
		}
	}
	fmt.Fprintf(a.out, "%s, %s, %d possible\n", render.Count(p.Items, "item", "items"), render.Count(strong, "story", "stories"), possible)
	if p.Partial {
		fmt.Fprintf(a.err, "time was up: nothing seen before %s was looked at\n", p.From.Local().Format(time.DateTime))
	}
	if err := t.end(a.err, "nothing would have been told"); err != nil {
		return err
	}
	for _, verdict := range []string{"strong", "weak"} {
		for _, s := range p.Stories {
			if s.Verdict == verdict {
				a.printTried(map[bool]string{true: "+ ", false: "  "}[s.New], s)
			}
		}
	}
	if len(p.Lost) > 0 {
		fmt.Fprintln(a.out, "\ntold at present, and not by this query:")
	}
	for _, s := range p.Lost {
		a.printTried("- ", s)
	}
	return nil
}

func (a editing) printTried(sign string, s trial.Story) {
	doubt := ""
	if s.Verdict == "weak" {
		doubt = " (possible)"
	}
	fmt.Fprintf(a.out, "%s%s  %s, %s%s\n      %s\n", sign, s.At.Local().Format("2006-01-02 15:04"), render.Sanitize(s.Headline), render.Sanitize(s.Outlet), doubt,
		render.Truncate(render.Sanitize(s.Sentence), 200))
}
