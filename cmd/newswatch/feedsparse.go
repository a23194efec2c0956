package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"newswatch/feeds"
	"newswatch/feeds/source"
	"newswatch/notify/render"
)

// parsed is the first line of feeds parse.
type parsedFeed struct {
	Type     string `json:"type"` // "feed"
	Format   string `json:"format"`
	Title    string `json:"title"`
	URL      string `json:"url"`
	Lang     string `json:"lang"`
	Repaired bool   `json:"repaired"`
	Flaws    string `json:"flaws,omitempty"` // what may be missing or wrong

	Matched []source.Count `json:"matched,omitempty"` // how often each selector did
	Region  []string       `json:"region,omitempty"`  // the text of a watched part of a page
}

// parsedItem is a line of feeds parse for each entry.
type parsedItem struct {
	Type      string     `json:"type"` // "item"
	GUID      string     `json:"guid"`
	URL       string     `json:"url"`
	Title     string     `json:"title"`
	Summary   string     `json:"summary"`
	Content   string     `json:"content"`
	Authors   []string   `json:"authors"`
	Tags      []string   `json:"tags"`
	Published *time.Time `json:"published"`
	Updated   *time.Time `json:"updated"`
	Lang      string     `json:"lang"`
	Link      string     `json:"link"`
	Source    string     `json:"source,omitempty"`

	Fields *feeds.Fields `json:"fields,omitempty"`
}

func feedsParse(a *app) *cobra.Command {
	var base, contentType, name string
	c := &cobra.Command{
		Use: "parse FILE|-", Short: "Show what newswatch makes of a feed document",
		Long: `Read a feed (RSS, Atom, RDF or JSON Feed) and print its entries as they would be
judged: plain texts, canonical addresses, times in UTC. With --name the document
is read as that feed of the configuration is: a page by its selectors, an answer
by its fields; which of them matched how often is printed too. Exit status 1,
with a reason, where it is no such document.`,
		Example: "  curl -s https://example.org/feed | newswatch feeds parse --url https://example.org/feed -\n  newswatch feeds parse --json saved.xml\n  newswatch feeds parse --name uscis-newsroom saved.html",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			in, err := a.open(args[0])
			if err != nil {
				return err
			}
			defer in.Close()
			body, err := io.ReadAll(io.LimitReader(in, 64<<20))
			if err != nil {
				return err
			}
			answer, err := readAs(a, name, body, source.Options{URL: base, ContentType: contentType})
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			if a.json {
				return a.printParsed(answer)
			}
			return a.showParsed(answer)
		},
	}
	c.Flags().StringVar(&base, "url", "", "the `address` the document came from, for relative links")
	c.Flags().StringVar(&contentType, "content-type", "", "the `header` it came with, for its character set")
	c.Flags().StringVar(&name, "name", "", "read it as the feed of this `name` is")
	_ = c.RegisterFlagCompletionFunc("name", a.completing(feedNames)) // it fails for flags that there are not
	return c
}

// readAs reads a document as the named feed of the configuration is read, or as
// a syndicated feed. What a page's region holds is in the answer's Kept.
func readAs(a *app, name string, body []byte, o source.Options) (source.Answer, error) {
	f := feeds.Feed{URL: o.URL}
	if name != "" {
		cfg, err := a.load()
		if err != nil {
			return source.Answer{}, err
		}
		i := slices.IndexFunc(cfg.Feeds, func(f feeds.Feed) bool { return f.Name == name })
		if i < 0 {
			return source.Answer{}, usageError{fmt.Errorf("no feed is named %q in %s", name, cfg.File)}
		}
		f, o.Now = cfg.Feeds[i], time.Now()
		o.URL = cmp.Or(o.URL, f.URL)
	}
	reader, err := source.New(f)
	if err != nil {
		return source.Answer{}, err
	}
	return reader.Read(reader.First(time.Now()), body, o)
}

func (a *app) printParsed(answer source.Answer) error {
	doc := answer.Document
	enc := json.NewEncoder(a.out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(parsedFeed{"feed", doc.Format, doc.Title, doc.URL, doc.Lang, doc.Repaired, doc.Flaws(), answer.Counts, region(answer)}); err != nil {
		return err
	}
	for _, it := range doc.Items {
		err := enc.Encode(parsedItem{"item", it.GUID, it.URL, it.Title, it.Summary, it.Content, append([]string{}, it.Authors...),
			append([]string{}, it.Tags...), orNull(it.Published), orNull(it.Updated), it.Lang, it.Link, it.Source, it.Fields})
		if err != nil {
			return err
		}
	}
	return nil
}

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// region returns the text of the watched part of a page, nil for other kinds.
func region(answer source.Answer) []string {
	if answer.Kept == nil {
		return nil
	}
	return answer.Kept.Lines
}

func (a *app) showParsed(answer source.Answer) error {
	doc := answer.Document
	repaired := ""
	if doc.Repaired {
		repaired = ", repaired"
	}
	fmt.Fprintf(a.out, "%s (%s%s), %s\n", render.Sanitize(doc.Title), doc.Format, repaired, render.Count(len(doc.Items), "item", "items"))
	if flaws := doc.Flaws(); flaws != "" {
		fmt.Fprintln(a.err, "note:", render.Sanitize(flaws))
	}
	for _, c := range answer.Counts {
		fmt.Fprintf(a.out, "  %-10s %5d  %s\n", c.Name, c.Found, c.Selector)
	}
	for _, line := range region(answer) {
		fmt.Fprintln(a.out, "   ", render.Sanitize(line))
	}
	for _, it := range doc.Items {
		when := "no date"
		if !it.Published.IsZero() {
			when = it.Published.Format("2006-01-02 15:04")
		}
		fmt.Fprintf(a.out, "\n%s  %s\n    %s\n", when, render.Sanitize(cmp.Or(it.Title, "(no title)")), render.Link(it.Link))
		if text := cmp.Or(it.Summary, it.Content); text != "" {
			fmt.Fprintf(a.out, "    %s\n", render.Truncate(render.Sanitize(text), 200))
		}
		if it.Fields != nil {
			text, err := json.Marshal(it.Fields)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.out, "    %s\n", render.Sanitize(string(text)))
		}
	}
	return nil
}
