package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"newswatch/cmd/newswatch/config"
	"newswatch/cmd/newswatch/config/change"
	"newswatch/cmd/newswatch/config/edit"
	"newswatch/cmd/newswatch/daemon"
	"newswatch/monitor/api"
)

// editing is what commands that change the configuration share.
type editing struct{ *app }

// edit changes the configuration file, has a running daemon read it again, and
// says what was done. What would not pass check changes nothing; lines that
// cannot be written here are printed, to be written by somebody else.
func (a editing) edit(ctx context.Context, section, done string, make func(*config.Config, *edit.File) error) error {
	path := config.Find(a.file)
	cfg, err := a.load()
	if err != nil {
		return err
	}
	err = change.Change{File: path, Section: section, Env: os.LookupEnv, Make: func(f *edit.File) error { return make(cfg, f) }}.Apply()
	if refused, ok := errors.AsType[*change.Refusal](err); ok {
		a.printProblems(refused.Problems)
		fmt.Fprintln(a.err, "newswatch: nothing was changed")
		return errQuietUsage
	}
	if hand, ok := errors.AsType[*edit.ByHand](err); ok {
		return a.printByHand(hand)
	}
	if err != nil {
		return usageError{err}
	}
	if cfg, err = a.load(); err != nil {
		return err
	}
	return a.reloaded(ctx, cfg, done)
}

// printByHand prints the lines of a change that somebody else must make.
func (a editing) printByHand(hand *edit.ByHand) error {
	fmt.Fprintf(a.err, "newswatch: nothing was changed: %v\n", hand)
	if hand.Former != "" {
		fmt.Fprintf(a.err, "in place of:\n%s\n", hand.Former)
	}
	if hand.Lines != "" {
		fmt.Fprintln(a.out, hand.Lines)
	}
	return errQuiet
}

// reloaded has a daemon read the changed configuration, if one runs.
func (a editing) reloaded(ctx context.Context, cfg *config.Config, done string) error {
	changes := []string{}
	err := daemon.AskDaemon(cfg, func(c *api.Client) error {
		return c.Each(ctx, "POST", "reload", nil, decoded(func(v api.Changes) error {
			changes = v.Changes
			return nil
		}))
	})
	state := "the running daemon has taken it over"
	switch {
	case errors.Is(err, api.ErrNoDaemon):
		state = "no daemon is running"
	case err != nil:
		return fmt.Errorf("%s, but the running daemon did not take it over: %w", done, err)
	}
	if a.json {
		return a.printJSON(map[string]any{"done": done, "file": cfg.File, "reloaded": err == nil, "changes": changes})
	}
	_, err = fmt.Fprintf(a.out, "%s; %s\n", done, state)
	return err
}

func feedsAdd(a *app) *cobra.Command {
	var name, tags, kind string
	c := &cobra.Command{
		Use: "add URL", Short: "Add a feed to the configuration",
		Long: `Add a feed to the configuration file, which keeps its comments, order and quoting;
the former file stays beside it with the suffix .bak. A running daemon reads it
again. What newswatch check would refuse changes nothing. Look for the feeds of
a site with newswatch feeds discover.`,
		Example: "  newswatch feeds add https://example.org/feed.xml\n  newswatch feeds add https://example.org/feed.xml --name example --tags national,press",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			e := edit.Entry{{Key: "url", Value: args[0]}, {Key: "name", Value: name}, {Key: "kind", Value: kind}, {Key: "tags", Value: split(tags)}}
			return editing{a}.edit(c.Context(), change.Feeds, "added "+args[0], func(cfg *config.Config, f *edit.File) error {
				e, err := change.NewFeed(cfg, e)
				if err != nil {
					return err
				}
				return f.Add(change.Feeds, e)
			})
		},
	}
	c.Flags().StringVar(&name, "name", "", "what to call it; its host and path if not given")
	c.Flags().StringVar(&tags, "tags", "", "its tags, separated by commas")
	a.completeFlag(c, "tags", feedTags)
	c.Flags().StringVar(&kind, "kind", "", "the `kind` of source, if it is no feed")
	return c
}

func feedsRemove(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "remove NAME", Short: "Take a feed out of the configuration", Example: "  newswatch feeds remove example",
		Long: `Take a feed out of the configuration file, with the comments that concern it
alone. What it has listed stays in the archive.`,
		Args: cobra.ExactArgs(1), ValidArgsFunction: a.completing(feedNames),
		RunE: func(c *cobra.Command, args []string) error {
			return editing{a}.remove(c.Context(), change.Feeds, args[0])
		},
	}
}

// remove takes an entry out of a section.
func (a editing) remove(ctx context.Context, section, name string) error {
	return a.edit(ctx, section, "removed "+name, func(cfg *config.Config, f *edit.File) error {
		return f.Remove(section, change.Named(cfg, f, section, name))
	})
}

func feedsPoll(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "poll NAME|all", Short: "Have the running daemon poll a feed now", Example: "  newswatch feeds poll example",
		Long: `Make a feed, or all of them, due at once. The daemon polls it as soon as its host
takes it: what a host asked for (silence, spacing) is kept.`,
		Args: cobra.ExactArgs(1), ValidArgsFunction: a.completing(func(cfg *config.Config) []string { return append(feedNames(cfg), "all") }),
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := a.load()
			if err != nil {
				return err
			}
			o := api.PollOrder{Feed: args[0]}
			if args[0] == "all" {
				o.Feed = ""
			}
			show := decoded(func(p api.Polled) error {
				_, err := fmt.Fprintln(a.out, "due now:", strings.Join(p.Feeds, ", "))
				return err
			})
			err = daemon.AskLeader(cfg, version(), func(d *api.Client) error { return d.Each(c.Context(), "POST", "poll", o, a.answer(show)) })
			if errors.Is(err, api.ErrNoDaemon) {
				return fmt.Errorf("%w: newswatch once polls every feed one time", err)
			}
			return err
		},
	}
}

// split reads a list of words separated by commas.
func split(list string) (out []string) {
	for w := range strings.SplitSeq(list, ",") {
		if w = strings.TrimSpace(w); w != "" {
			out = append(out, w)
		}
	}
	return out
}
