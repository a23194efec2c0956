package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/spf13/cobra"

	"newswatch/cmd/newswatch/backtest"
	"newswatch/cmd/newswatch/config"
	"newswatch/cmd/newswatch/daemon"
	"newswatch/feeds"
	"newswatch/monitor/api"
	"newswatch/notify/render"
)

func pushCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "push NAME", Short: "Push items of your own to a feed",
		Long: `Read items as JSON Lines ({"guid","url","title","summary","content","authors",
"tags","published","lang","fields"}, a title, url or text at least) and hand them
to the running daemon, as new entries of a feed of kind push. It answers once
they are committed: push again what was not answered, the same item twice is one.
The same over HTTP is POST /api/v1/push/NAME with the feed's token.`,
		Example: "  scraper | newswatch push city-hall",
		Args:    cobra.ExactArgs(1),
		ValidArgsFunction: a.completing(func(cfg *config.Config) (names []string) {
			for _, f := range cfg.Feeds {
				if f.Kind == feeds.KindPush {
					names = append(names, f.Name)
				}
			}
			return names
		}),
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := a.load()
			if err != nil {
				return err
			}
			items := []json.RawMessage{}
			if err := backtest.EachLine(a.in, func(n int, line []byte) error {
				if len(line) > 0 && !json.Valid(line) {
					return fmt.Errorf("line %d: not JSON", n)
				}
				if len(line) > 0 {
					items = append(items, append(json.RawMessage{}, line...))
				}
				return nil
			}); err != nil {
				return err
			}
			show := decoded(func(p api.Pushed) error {
				_, err := fmt.Fprintf(a.out, "%s: %s, %d new, %d matched\n", p.Feed, render.Count(p.Items, "item", "items"), p.New, p.Matched)
				return err
			})
			err = daemon.AskDaemon(cfg, func(d *api.Client) error {
				return d.Each(c.Context(), "POST", "feeds/"+url.PathEscape(args[0])+"/push", items, a.answer(show))
			})
			if errors.Is(err, api.ErrNoDaemon) {
				return fmt.Errorf("%w: nothing was taken", err)
			}
			return err
		},
	}
}
