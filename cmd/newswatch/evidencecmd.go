package main

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"newswatch/cmd/newswatch/evidence"
	"newswatch/monitor/api"
	"newswatch/notify/render"
)

func evidenceCommand(a *app) *cobra.Command {
	var from, dir string
	c := &cobra.Command{
		Use: "evidence STORY|WATCH", Short: "Write what sources said, and when it was seen, into a folder that can be checked",
		Long: `Write all that is known of the items of a story, or of those a watch matched, into
a new folder: as feeds listed them, with earlier wordings, texts of articles, who
was told when, and a sheet. SHA256SUMS is for sha256sum -c; manifest.json chains
the files by day. The seal that is printed stands for all of it: publish it, or
mail it to yourself, and nobody can say the folder was made up later.`,
		Example: "  newswatch evidence azure-at-ice --since 30d --out evidence\n  newswatch evidence verify evidence",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			t, err := since(from, time.Now())
			if err != nil {
				return err
			}
			var items []api.Explained
			q := url.Values{"about": {args[0]}, "since": {t.Format(time.RFC3339Nano)}}
			err = a.ask(func(client *api.Client) error {
				return client.Each(c.Context(), "GET", "evidence?"+q.Encode(), nil, decoded(func(x api.Explained) error { items = append(items, x); return nil }))
			})
			if err != nil {
				return err
			}
			if len(items) == 0 {
				return errors.New("nothing of that is in the archive")
			}
			m, err := evidence.Write(dir, evidence.Manifest{About: args[0], Made: time.Now().UTC().Truncate(time.Second), Version: version()}, items)
			if err != nil {
				return err
			}
			return showSeal(a, dir, m)
		},
	}
	c.Flags().StringVar(&from, "since", "", "seen since: a `duration` or date")
	c.Flags().StringVar(&dir, "out", "evidence", "the `folder` to make")
	c.AddCommand(&cobra.Command{
		Use: "verify DIR", Short: "Check a folder of evidence", Example: "  newswatch evidence verify evidence",
		Long: "Read a folder that newswatch evidence has made: exit status 1, and one line for each\nfault, where anything is missing, changed or added.",
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			m, faults := evidence.Verify(args[0])
			for _, f := range faults {
				fmt.Fprintln(a.out, render.Sanitize(f.Error()))
			}
			if len(faults) > 0 {
				return fmt.Errorf("%s is not as it was made: %s", args[0], render.Count(len(faults), "fault", "faults"))
			}
			return showSeal(a, args[0], m)
		},
	})
	return c
}

// showSeal prints what a folder holds, and what stands for it.
func showSeal(a *app, dir string, m evidence.Manifest) error {
	if a.json {
		return a.printJSON(m)
	}
	_, err := fmt.Fprintf(a.out, "%s  %s of %s on %s, made %s\nseal %s\n", dir, render.Count(m.Items(), "item", "items"), render.Sanitize(m.About),
		render.Count(len(m.Days), "day", "days"), m.Made.Local().Format(time.DateTime), m.Seal)
	return err
}
