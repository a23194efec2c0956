package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"newswatch/cmd/newswatch/config"
	"newswatch/monitor/match"
	"newswatch/monitor/translate"
	"newswatch/monitor/trial"
)

// quietly reads the configuration for a command that can do without one.
func (a *app) quietly() (*config.Config, bool) {
	cfg, report := config.Load(config.Find(a.file), os.LookupEnv)
	return cfg, cfg != nil && report.OK()
}

func queryCommand(a *app) *cobra.Command {
	c := &cobra.Command{Use: "query", Short: "Check queries, and translate those of other tools", Args: cobra.NoArgs, RunE: helpOnly}
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w: put -- before a query that begins with a minus, or see %s --help", err, c.CommandPath())}
	})
	c.AddCommand(queryCheck(a), queryTranslate(a))
	return c
}

func queryCheck(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "check QUERY", Short: "Say how a query is understood, or what is wrong with it",
		Example: "  newswatch query check '{azure} NEAR/60 ({ice} OR {dhs})'",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			var entities map[string]match.Entity
			if cfg, ok := a.quietly(); ok {
				entities = cfg.Entities.Named
			} else if a.file != "" {
				fmt.Fprintln(a.err, "note: the configuration has mistakes, so no entity is known here: see newswatch check")
			}
			reading, problems := match.Check(entities, args[0])
			bad := false
			for _, p := range problems {
				bad = bad || !p.Warning
				fmt.Fprintln(a.err, trial.Draw(args[0], p))
			}
			if bad {
				return errQuietUsage
			}
			if a.json {
				return a.printJSON(reading)
			}
			fmt.Fprintln(a.out, "read as   ", reading.Query)
			printList(a.out, "matches", reading.Terms)
			printList(a.out, "needs one of", reading.Cover)
			return nil
		},
	}
}

func printList(w io.Writer, head string, lines []string) {
	for i, l := range lines {
		if i > 0 {
			head = ""
		}
		fmt.Fprintf(w, "%-12s %s\n", head, l)
	}
}

func queryTranslate(a *app) *cobra.Command {
	var from string
	c := &cobra.Command{
		Use: "translate QUERY", Short: "Translate a query of Google Alerts, Meltwater or Cision",
		Long: `Translate a search string of another tool into the watch language. What cannot be
translated is named on standard error, not dropped in silence.`,
		Example: "  newswatch query translate --from google '\"homeland security\" contract -hospital'\n  newswatch query translate --from meltwater '(azure near/10 \"ice\") not \"ice cream\"'",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			out, notes, err := translate.Translate(from, args[0])
			for _, n := range notes {
				fmt.Fprintln(a.err, "note:", n)
			}
			if err != nil {
				return usageError{err}
			}
			if a.json {
				return a.printJSON(map[string]any{"query": out, "notes": append([]string{}, notes...)})
			}
			_, err = fmt.Fprintln(a.out, out)
			return err
		},
	}
	c.Flags().StringVar(&from, "from", "google", "the `tool`: google, meltwater or cision")
	return c
}
