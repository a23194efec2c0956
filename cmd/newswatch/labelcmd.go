package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"newswatch/cmd/newswatch/daemon"
	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/labels"
	"newswatch/notify/render"
)

func labelCommand(a *app) *cobra.Command {
	var o api.LabelOrder
	suggest, from := false, ""
	verdicts := []string{"relevant", "not-relevant"}
	c := &cobra.Command{
		Use: "label [ID relevant|not-relevant]", Short: "Say whether an item is relevant, which teaches the watches",
		Long: `Say of an item, by the ID that explain, search and stories --json show, whether
it is relevant. It counts as much as five items decided by their words: later
mentions in that story and feed that nothing near decides are taken so. Said of
an item that has a long name of its entity, "not relevant" is kept and teaches
nothing, unless --entity insists. What was said last counts; --undo takes it
back, with --feed of all items of a feed, say since --since: --dry-run tells
what that would be. explain shows it, and backtest replays it. With --suggest:
after ten labels of an entity or a watch, words that would tell good from bad,
what each would have cost, and the lines to paste. Nothing changes by itself.`,
		Example: `  newswatch label h8x2k1 not-relevant
  newswatch label h8x2k1 relevant --entity azure
  newswatch label h8x2k1 --undo
  newswatch label --undo --feed mining-weekly --since 2h --dry-run
  newswatch label --suggest`,
		Args: cobra.MaximumNArgs(2),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 1 {
				return verdicts, cobra.ShellCompDirectiveNoFileComp
			}
			return nil, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case o.Feed != "" && o.Undo && !suggest && len(args) == 0:
				return undoFeed(c.Context(), a, o, from)
			case o.Feed != "" || from != "" || o.Try:
				return usageError{errors.New("--feed, --since and --dry-run go with --undo and no ID")}
			case suggest && !o.Undo && len(args) == 0:
				return suggestWords(c.Context(), a)
			case suggest || len(args) == 0:
				return usageError{errors.New("give the ID of an item and a verdict, or --suggest alone")}
			case o.Undo && len(args) == 1:
			case o.Undo || len(args) < 2 || !slices.Contains(verdicts, args[1]):
				return usageError{errors.New("say relevant, not-relevant or --undo, one of them")}
			default:
				o.Relevant = args[1] == "relevant"
			}
			o.ID = args[0]
			return labelItem(c.Context(), a, o)
		},
	}
	f := c.Flags()
	f.StringVar(&o.Watch, "watch", "", "for this `watch` only")
	f.StringVar(&o.Entity, "entity", "", "about this `entity`")
	f.BoolVar(&o.Undo, "undo", false, "take back what was said")
	f.StringVar(&o.Feed, "feed", "", "with --undo: of all items of this `feed`")
	f.StringVar(&from, "since", "", "with --feed: what was said since: a `duration` or date")
	f.BoolVar(&o.Try, "dry-run", false, "with --feed: take nothing back, tell what would be")
	f.StringVar(&o.By, "by", "", "who says so")
	f.BoolVar(&suggest, "suggest", false, "instead, suggest words from what was labelled")
	a.completeFlag(c, "watch", watchNames)
	a.completeFlag(c, "feed", feedNames)
	return c
}

// labelItem labels an item, or takes that back, and prints what was said.
func labelItem(ctx context.Context, a *app, o api.LabelOrder) error {
	return a.call(ctx, "POST", "labels", o, decoded(func(l monitor.Label) error {
		undone := ""
		if o.Undo {
			undone = "taken back: "
		}
		_, err := fmt.Fprintf(a.out, "%s%s\n", undone, render.Sanitize(l.String()))
		return err
	}))
}

// undoFeed takes back what was said of the items of a feed, and prints how often
// what was said.
func undoFeed(ctx context.Context, a *app, o api.LabelOrder, from string) (err error) {
	if o.Since, err = since(from, time.Now()); err != nil {
		return err
	}
	said, n := map[string]int{}, 0
	err = a.call(ctx, "POST", "labels", o, decoded(func(l monitor.Label) error {
		said[render.Sanitize(l.String())]++
		n++
		return nil
	}))
	if err != nil || a.json {
		return err
	}
	for _, what := range slices.Sorted(maps.Keys(said)) {
		fmt.Fprintf(a.out, "%d × %s\n", said[what], what)
	}
	done := "taken back"
	if o.Try {
		done = "would be taken back"
	}
	fmt.Fprintf(a.out, "%s: %d of %s\n", done, n, render.Sanitize(o.Feed))
	return nil
}

// suggestWords prints what the labels of every entity and watch suggest.
func suggestWords(ctx context.Context, a *app) error {
	n := 0
	err := a.call(ctx, "GET", "labels/suggestions", nil, decoded(func(s api.Suggestions) error {
		n++
		fmt.Fprintf(a.out, "%s: %d labelled relevant, %d not\n", s.Of, s.Good, s.Bad)
		switch {
		case s.Good+s.Bad < labels.Least:
			fmt.Fprintf(a.out, "  suggestions need %d labels\n", labels.Least)
		case len(s.Words) == 0:
			fmt.Fprintln(a.out, "  no word tells good from bad")
		}
		for _, w := range s.Words {
			fmt.Fprintf(a.out, "  %s\n", w)
		}
		if len(s.Words) > 0 && s.Since != nil {
			fmt.Fprintf(a.out, "  (others of the items seen since %s: there was no time to read older ones)\n", s.Since.Local().Format(time.DateTime))
		}
		for _, line := range s.Paste {
			fmt.Fprintln(a.out, line)
		}
		return nil
	}))
	if err == nil && n == 0 && !a.json {
		fmt.Fprintln(a.err, "nothing has been labelled: see newswatch label --help")
	}
	return err
}

// showBook prints what has been learnt of an entity's mentions; nothing where
// there is no store yet.
func showBook(ctx context.Context, a *app, entity string) error {
	err := a.call(ctx, "GET", "senses/"+url.PathEscape(entity), nil, decoded(func(s api.Senses) error {
		fmt.Fprintf(a.out, "  # Learnt: %s\n", senseCount(s.All))
		for i, f := range s.Feeds {
			if i == mostFeeds {
				fmt.Fprintf(a.out, "  # and %d more feeds\n", len(s.Feeds)-i)
				break
			}
			fmt.Fprintf(a.out, "  #   %s: %s\n", render.Sanitize(f.Feed), senseCount(f.SenseCount))
		}
		return nil
	}))
	if errors.Is(err, daemon.ErrNoStore) {
		return nil
	}
	return err
}

// mostFeeds is how many feeds of an entity's book are printed.
const mostFeeds = 20

func senseCount(c api.SenseCount) string {
	return fmt.Sprintf("%d decided items mean it, %d another", c.Entity, c.Other)
}
