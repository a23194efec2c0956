package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"newswatch/cmd/newswatch/config"
	"newswatch/cmd/newswatch/config/change"
	"newswatch/cmd/newswatch/config/edit"
	"newswatch/feeds"
	"newswatch/feeds/discover"
	"newswatch/feeds/fetch"
	"newswatch/feeds/opml"
	"newswatch/feeds/urls"
	"newswatch/monitor/api"
	"newswatch/notify/render"
)

func feedsCommand(a *app) *cobra.Command {
	c := &cobra.Command{Use: "feeds", Short: "List, find, add, remove, import, export and inspect feeds", Args: cobra.NoArgs, RunE: helpOnly}
	c.AddCommand(feedsList(a), feedsDiscover(a), feedsAdd(a), feedsRemove(a), feedsPoll(a), feedsProbe(a), feedsImport(a), feedsExport(a), feedsParse(a), feedsRead(a))
	return c
}

func feedsList(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List feeds with their state, polls and gaps",
		Long: `List the configured feeds: state, when last read and when next, the interval
between polls (cron where the schedule is exact), new items so far, how much of
the last document was known already, and the gaps of the last month: times in
which the feed was not seen. The cause is that of its state, or what is wrong
with a feed that can be read all the same.`,
		Example: "  newswatch feeds list\n  newswatch feeds list --json",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			now := time.Now()
			t := newTable(a.out, "FEED", "STATE", "SEEN", "NEXT", "EVERY", "ITEMS", "OVERLAP", "GAPS", "14 DAYS", "CAUSE")
			err := a.call(c.Context(), "GET", "feeds", nil, decoded(func(f api.Feed) error {
				every := "cron"
				switch {
				case f.IntervalS > 0:
					every = span(time.Duration(f.IntervalS) * time.Second)
				case f.LastSuccess.IsZero():
					every = "-" // not known before the first success
				}
				name := f.Name
				if f.Label != "" && f.Label != f.Name {
					name += " (" + render.Truncate(render.Sanitize(f.Label), 30) + ")"
				}
				t.row(name, f.State, ago(f.LastSuccess.Time, now), ago(f.NextPoll.Time, now), every, strconv.Itoa(f.Items),
					fmt.Sprintf("%.0f%%", 100*f.Overlap), strconv.Itoa(len(f.Gaps)), render.Sparkline(f.Daily), render.Truncate(render.Sanitize(f.Cause), 70))
				return nil
			}))
			if err != nil || a.json {
				return err
			}
			return t.end(a.err, "no feeds are configured")
		},
	}
}

func feedsDiscover(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "discover URL", Short: "Find the feeds of a site", Example: "  newswatch feeds discover https://example.org",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			settings := feeds.Settings{}
			if cfg, report := a.quietly(); report {
				settings = cfg.Fetch
			}
			client, err := fetch.NewClient(settings, version())
			if err != nil {
				return err
			}
			defer client.Close()
			found, err := discover.Find(c.Context(), client, args[0])
			if err != nil {
				return undiscovered(args[0], err)
			}
			if len(found) == 0 {
				return fmt.Errorf("%s: no feed found: look for a link named RSS or Feed on the page, or ask the publisher", urls.Shown(args[0]))
			}
			t := newTable(a.out, "ADDRESS", "KIND", "TITLE", "FOUND BY")
			for _, f := range found {
				if a.json {
					if err := a.printJSON(f); err != nil {
						return err
					}
				}
				t.row(f.URL, f.Kind, render.Sanitize(f.Title), f.How)
			}
			if a.json {
				return nil
			}
			return t.end(a.err, "")
		},
	}
}

// undiscovered says why a page could not be looked through. The remedy of a
// feed that is missing would be this very command.
func undiscovered(page string, err error) error {
	refused, ok := errors.AsType[*feeds.FetchError](err)
	switch {
	case !ok:
		return fmt.Errorf("%s: %w", urls.Shown(page), err)
	case refused.Fault == feeds.Status || refused.Fault == feeds.Gone:
		return errors.New(withoutRemedy(refused.Error()) + "; try the front page of the site")
	}
	return refused
}

// withoutRemedy returns what an error of feeds says, without what it proposes.
func withoutRemedy(text string) string {
	what, _, _ := strings.Cut(text, "; ")
	return what
}

func feedsImport(a *app) *cobra.Command {
	var dry bool
	c := &cobra.Command{
		Use: "import FILE|-", Short: "Merge a subscription list (OPML) into the configuration",
		Long: `Read an OPML subscription list and add its feeds to the configuration file, folders
as tags, and print the lines. Feeds that are configured already are left out. With
--print, and where the file cannot be written, the lines are only printed.
To follow a list as it changes, name it in the configuration instead:
  feeds:
    - {opml: feeds.opml, tags: [imported]}`,
		Example: "  newswatch feeds import subscriptions.opml\n  newswatch feeds import --print subscriptions.opml",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			in, err := a.open(args[0])
			if err != nil {
				return err
			}
			defer in.Close()
			list, err := opml.Read(in)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			cfg, sound := a.quietly()
			fresh := unknown(list, cfg)
			if dry || !sound {
				return a.printImport(fresh, len(list))
			}
			if len(fresh) == 0 {
				_, err := fmt.Fprintf(a.err, "%d feeds, all of them configured already\n", len(list))
				return err
			}
			done := fmt.Sprintf("added %d of %d feeds", len(fresh), len(list))
			err = editing{a}.edit(c.Context(), change.Feeds, done, func(_ *config.Config, f *edit.File) error { return f.Add(change.Feeds, entries(fresh)...) })
			if err != nil || a.json {
				return err
			}
			return printEntries(a.out, a.json, fresh)
		},
	}
	c.Flags().BoolVar(&dry, "print", false, "print the lines and change nothing")
	return c
}

// unknown returns the feeds of a list that are not configured yet, under names
// that are free. cfg may be nil.
func unknown(list []feeds.Feed, cfg *config.Config) []feeds.Feed {
	if cfg == nil {
		return list
	}
	have := map[string]bool{}
	for _, f := range cfg.Feeds {
		have[urls.Canonical(f.URL)] = true
	}
	list = slices.DeleteFunc(list, func(f feeds.Feed) bool { return have[urls.Canonical(f.URL)] })
	opml.Distinct(list, cfg.Feeds)
	return list
}

// entries are feeds as the configuration has them.
func entries(list []feeds.Feed) (out []edit.Entry) {
	for _, feed := range list {
		e := edit.Entry{{Key: "name", Value: feed.Name}, {Key: "url", Value: feed.URL}}
		if len(feed.Tags) > 0 {
			e = append(e, edit.Field{Key: "tags", Value: feed.Tags})
		}
		out = append(out, e)
	}
	return out
}

// printImport prints feeds as entries of the configuration, and how many those
// are of all.
func (a *app) printImport(list []feeds.Feed, all int) error {
	if err := printEntries(a.out, a.json, list); err != nil {
		return err
	}
	_, err := fmt.Fprintf(a.err, "%d feeds, %d of them configured already\n", all, all-len(list))
	return err
}

// printEntries prints feeds as entries of the configuration, or plain ones as JSON
// Lines.
func printEntries(out io.Writer, plain bool, list []feeds.Feed) error {
	for _, f := range list {
		// JSON is YAML, and quotes what must be quoted.
		entry, err := json.Marshal(entryOf(f))
		if err != nil {
			return err
		}
		if !plain {
			entry = append([]byte("  - "), entry...)
		}
		if _, err := fmt.Fprintln(out, string(entry)); err != nil {
			return err
		}
	}
	return nil
}

// feedEntry is a feed as import and export write it.
type feedEntry struct {
	Name string   `json:"name"`
	URL  string   `json:"url"`
	Tags []string `json:"tags"`
}

func entryOf(f feeds.Feed) feedEntry { return feedEntry{f.Name, f.URL, append([]string{}, f.Tags...)} }

func feedsExport(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "export", Short: "Print the configured feeds as a subscription list (OPML)",
		Long: `Print the configured feeds as a subscription list (OPML), with --json as one
line each with name, url and tags. Passwords and keys in addresses are left out.`,
		Example: "  newswatch feeds export > feeds.opml",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, err := a.load()
			if err != nil {
				return err
			}
			list := slices.DeleteFunc(cfg.Feeds, func(f feeds.Feed) bool { return !f.Syndicated() })
			for i := range list {
				if bare := urls.WithoutSecrets(list[i].URL); bare != list[i].URL {
					list[i].URL = bare
					fmt.Fprintf(a.err, "newswatch: %s: the address is without its password or key\n", render.Sanitize(list[i].Name))
				}
			}
			if !a.json {
				return opml.Write(a.out, "newswatch", list)
			}
			for _, f := range list {
				if err := a.printJSON(entryOf(f)); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// open opens a file named on the command line; "-" is standard input.
func (a *app) open(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(a.in), nil
	}
	return os.Open(name)
}
