package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"newswatch/cmd/newswatch/config"
	"newswatch/cmd/newswatch/hangup"
	"newswatch/monitor/api"
)

// streams are where a command reads and writes: results go to out, everything
// else to err.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// Exit status.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2 // the command line or the configuration
)

// usageError is a mistake of whoever typed the command or the configuration.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// errQuiet ends a command with status 1 after it has said everything itself;
// errQuietUsage with status 2.
var (
	errQuiet      = errors.New("failed")
	errQuietUsage = usageError{errors.New("mistaken")}
)

// app is what all commands share.
type app struct {
	streams
	file      string // --config
	json      bool
	logLevel  string
	logFormat string
}

// newswatch runs one command line and returns its exit status.
func newswatch(ctx context.Context, io streams, args []string) int {
	captureLog(slog.New(slog.DiscardHandler)) // until there is a log
	a := &app{streams: io}
	root := root(a)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	usage, mistaken := errors.AsType[usageError](err)
	if no, ok := errors.AsType[*api.Error](err); ok && no.Status == http.StatusBadRequest {
		mistaken = true
	}
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errQuiet):
		return exitFailed
	case mistaken && usage == errQuietUsage:
		return exitUsage
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = errors.New("interrupted")
	}
	fmt.Fprintln(io.err, "newswatch:", err)
	if mistaken {
		return exitUsage
	}
	return exitFailed
}

// root builds the tree of commands.
func root(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "newswatch",
		Short: "Watch news feeds and be told once about every story that matters",
		Long: `newswatch reads the feeds you list, finds the items that concern the entities
and queries you watch, tells you once per story in Slack or by mail, sends a
daily digest, and can show what it saw and what it could not see.

The configuration is --config, else $NEWSWATCH_CONFIG, else ./config.yaml, else
/etc/newswatch/config.yaml. Results go to standard output, everything else to
standard error. Exit status: 0 done, 1 failed, 2 usage or configuration.`,
		Example: `  newswatch run                      # the daemon, with ./config.yaml
  newswatch demo                     # see it work in twenty seconds, without a network
  newswatch check                    # every mistake in the configuration, with its place
  newswatch explain https://example.org/story   # why this, or why not`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.ArbitraryArgs,
		PersistentPreRunE: func(c *cobra.Command, _ []string) error {
			if c.Name() == "run" {
				return nil
			}
			return hangup.Default()
		},
		RunE:    rootOnly,
		Version: version(),
	}
	root.SetVersionTemplate("newswatch {{.Version}}\n")
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w: see %s --help", err, c.CommandPath())}
	})
	f := root.PersistentFlags()
	f.StringVar(&a.file, "config", "", "configuration `file`")
	f.BoolVar(&a.json, "json", false, "print JSON Lines")
	f.StringVar(&a.logLevel, "log-level", "info", "debug, info, warn or error")
	f.StringVar(&a.logFormat, "log-format", "text", "text or json")
	a.addCommands(root)
	root.SuggestionsMinimumDistance = 2
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "completion":
			c.Args, c.RunE = cobra.NoArgs, helpOnly
			c.Short = "Print completions for bash, zsh, fish or PowerShell"
		case "help":
			c.Args = helpTopic
		}
		strictArgs(c)
	}
	return root
}

// rootOnly is newswatch without a command, or with one that there is not.
func rootOnly(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return helpOnly(c, args)
	}
	err := fmt.Errorf("unknown command %q: see newswatch --help", args[0])
	if like := c.SuggestionsFor(args[0]); args[0] != "" && len(like) > 0 {
		err = fmt.Errorf("unknown command %q: did you mean %s?", args[0], strings.Join(like, " or "))
	}
	return usageError{err}
}

// helpTopic refuses to help with what is no command.
func helpTopic(c *cobra.Command, args []string) error {
	if found, rest, err := c.Root().Find(args); err == nil && found != nil && (len(rest) == 0 || found != c.Root()) {
		return nil
	}
	return rootOnly(c.Root(), args)
}

// plainUsage says what is wrong with a command's arguments, and what would be
// right.
func plainUsage(c *cobra.Command, args []string, err error) error {
	usage := strings.TrimSuffix(c.UseLine(), " [flags]")
	if _, told := errors.AsType[usageError](err); told {
		return err
	}
	if !c.HasAvailableSubCommands() {
		return fmt.Errorf("%w: usage is %s", err, usage)
	}
	var names []string
	for _, sub := range c.Commands() {
		names = append(names, sub.Name())
	}
	c.SuggestionsMinimumDistance = c.Root().SuggestionsMinimumDistance
	if like := c.SuggestionsFor(args[0]); args[0] != "" && len(like) > 0 {
		return fmt.Errorf("%s has no command %q: did you mean %s?", c.Name(), args[0], strings.Join(like, " or "))
	}
	return fmt.Errorf("%s has no command %q: there are %s", c.Name(), args[0], strings.Join(names, ", "))
}

// strictArgs makes every mistake in arguments a usage error, and a command
// that only holds others refuse what it does not know.
func strictArgs(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return usageError{plainUsage(c, args, err)}
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		strictArgs(sub)
	}
}

// load reads the configuration. Its mistakes are printed, all at once, and
// errQuietUsage returned. Warnings are for run and check to print.
func (a *app) load() (*config.Config, error) {
	cfg, report := config.Load(config.Find(a.file), os.LookupEnv)
	if !report.OK() {
		a.printProblems(report.Problems)
		return nil, errQuietUsage
	}
	return cfg, nil
}

// printProblems prints each problem with its place, the line it is in and a
// caret.
func (a *app) printProblems(problems []config.Problem) {
	for _, p := range problems {
		fmt.Fprintln(a.err, p)
		if x := strings.TrimRight(p.Excerpt(), "\n"); x != "" {
			fmt.Fprintln(a.err, x)
		}
	}
}

// log makes the log. Under systemd the journal keeps the time, and reads the
// priority from a prefix.
func (a *app) log() (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(a.logLevel)); err != nil {
		return nil, usageError{fmt.Errorf("--log-level %q: give debug, info, warn or error", a.logLevel)}
	}
	opts := &slog.HandlerOptions{Level: level, ReplaceAttr: clean}
	switch {
	case a.logFormat == "json":
		return slog.New(slog.NewJSONHandler(a.err, opts)), nil
	case a.logFormat != "text":
		return nil, usageError{fmt.Errorf("--log-format %q: give text or json", a.logFormat)}
	case os.Getenv("JOURNAL_STREAM") != "":
		return slog.New(&journal{out: a.err, opts: opts, lock: newLock()}), nil
	}
	return slog.New(slog.NewTextHandler(a.err, opts)), nil
}
