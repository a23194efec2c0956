package main

import (
	"github.com/spf13/cobra"

	"newswatch/cmd/newswatch/demo"
)

// addCommands adds all commands, by what they are for.
func (a *app) addCommands(root *cobra.Command) {
	for _, g := range []struct {
		title    string
		commands []*cobra.Command
	}{
		{"Running:", []*cobra.Command{initCommand(a), runCommand(a), onceCommand(a), reloadCommand(a), demoCommand(a)}},
		{"Trying a configuration:", []*cobra.Command{checkCommand(a), matchCommand(a), queryCommand(a), entitiesCommand(a), backtestCommand(a), notifyCommand(a)}},
		{"Looking into it:", []*cobra.Command{statusCommand(a), explainCommand(a), storiesCommand(a), searchCommand(a), digestCommand(a), evidenceCommand(a)}},
		{"Steering it:", []*cobra.Command{feedsCommand(a), pushCommand(a), watchCommand(a), outboxCommand(a), silenceCommand(a), labelCommand(a), storyCommand(a), storeCommand(a)}},
		{"Reference:", []*cobra.Command{schemaCommand(a), manCommand(a), versionCommand(a)}},
	} {
		root.AddGroup(&cobra.Group{ID: g.title, Title: g.title})
		for _, c := range g.commands {
			c.GroupID = g.title
			root.AddCommand(c)
		}
	}
	root.SetHelpCommandGroupID("Reference:")
	root.SetCompletionCommandGroupID("Reference:")
}

func runCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "run", Short: "Run the daemon",
		Long: `Poll the feeds on their schedules, match, and deliver, until SIGTERM or SIGINT.
SIGHUP, systemctl reload and newswatch reload read the configuration again; a
broken one is refused and the old one goes on.`,
		Example: "  newswatch run\n  newswatch run --config /etc/newswatch/config.yaml --log-level debug",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return a.runDaemon(c.Context()) },
	}
}

func onceCommand(a *app) *cobra.Command {
	var dry bool
	c := &cobra.Command{
		Use: "once", Short: "Poll every feed once, deliver what is owed, and end",
		Long: `Poll every feed one time whatever its schedule, deliver what is owed, and end: for
those who would rather use cron. With --dry-run nothing is stored and nothing
sent; what would be sent is printed, and to whom.`,
		Example: "  newswatch once --dry-run\n  newswatch once --json | tail -n 1",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return a.once(c.Context(), dry) },
	}
	c.Flags().BoolVar(&dry, "dry-run", false, "store and send nothing, print what would be sent")
	return c
}

func reloadCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "reload", Short: "Make the running daemon read its configuration again", Example: "  newswatch reload",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.reload(c.Context()) },
	}
}

func demoCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "demo", Short: "See it all work in twenty seconds, without a network",
		Long: `Run the whole daemon against a feed server, a Slack and a mail server that it
brings along, all on this machine: invented news is published, and what arrives
is shown as it would look, then what happened and why. Nothing is kept.`,
		Example: "  newswatch demo",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return demo.Run(c.Context(), a.out) },
	}
}
