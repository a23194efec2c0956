package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"newswatch/feeds"
	"newswatch/feeds/article"
	"newswatch/feeds/discover"
	"newswatch/feeds/fetch"
	"newswatch/feeds/urls"
	"newswatch/notify/render"
)

// readArticle is what feeds read prints.
type readArticle struct {
	Type      string     `json:"type"` // "article"
	URL       string     `json:"url"`
	Title     string     `json:"title"`
	Text      string     `json:"text"`
	Published *time.Time `json:"published"`
	Lang      string     `json:"lang"`
	Authors   []string   `json:"authors"`
	Words     int        `json:"words"`
	Partial   bool       `json:"partial"`
	Reason    string     `json:"reason"` // why it is partial
}

func feedsRead(a *app) *cobra.Command {
	var base string
	c := &cobra.Command{
		Use: "read URL|FILE|-", Short: "Show the text of an article as newswatch reads it",
		Long: `Get a page, or read a saved one, and print the article on it: title, date,
authors and text, without what stands around it. The site's robots.txt is
obeyed. Exit status 1, with a reason, where the page is no article: a login, an
error page, a list, a page drawn by scripts.`,
		Example: "  newswatch feeds read https://example.org/2026/11/24/story\n  newswatch feeds read --url https://example.org/story saved.html",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			page, asked, err := pageOf(c.Context(), a, args[0], base)
			if err != nil {
				return err
			}
			shown := urls.Shown(args[0])
			text, err := article.Extract(page.Body, page.URL.String(), article.Hints{ContentType: page.ContentType, Asked: asked})
			if err != nil {
				return fmt.Errorf("%s: %w", shown, err)
			}
			return showArticle(a, page.URL.String(), text)
		},
	}
	c.Flags().StringVar(&base, "url", "", "the `address` that a saved page came from")
	return c
}

// pageOf gets the page at an address, as far as its robots.txt allows, or reads
// a saved one. asked is the address before redirects.
func pageOf(ctx context.Context, a *app, source, base string) (page fetch.Page, asked string, err error) {
	if !strings.Contains(source, "://") {
		in, err := a.open(source)
		if err != nil {
			return page, "", err
		}
		defer in.Close()
		if page.URL, err = url.Parse(base); err != nil {
			return page, "", fmt.Errorf("--url: %w", err)
		}
		page.Body, err = io.ReadAll(io.LimitReader(in, 64<<20))
		return page, "", err
	}
	u, err := urls.Parse(source)
	if err != nil {
		return page, "", err
	}
	settings := feeds.Settings{}
	if cfg, report := a.quietly(); report {
		settings = cfg.Fetch
	}
	client, err := fetch.NewClient(settings, version())
	if err != nil {
		return page, "", err
	}
	defer client.Close()
	if verdict := discover.Robots(ctx, client, u).Check(u); verdict.Line > 0 && !verdict.Allowed {
		return page, "", fmt.Errorf("%s: not read: robots.txt of %s forbids it in line %d", urls.Shown(source), u.Host, verdict.Line)
	} else if !verdict.Allowed {
		return page, "", fmt.Errorf("%s: not read: %s does not answer what its robots.txt allows; try again later", urls.Shown(source), u.Host)
	}
	if page, err = client.Page(ctx, source); err != nil {
		return page, "", undiscovered(source, err)
	}
	return page, source, nil
}

func showArticle(a *app, at string, t article.Article) error {
	if a.json {
		enc := json.NewEncoder(a.out)
		enc.SetEscapeHTML(false)
		return enc.Encode(readArticle{"article", at, t.Title, t.Text, orNull(t.Published), t.Lang, append([]string{}, t.Authors...), t.Words(), t.Partial, t.Reason})
	}
	fmt.Fprintln(a.out, render.Sanitize(t.Title))
	var about []string
	if !t.Published.IsZero() {
		about = append(about, t.Published.Format("2006-01-02 15:04"))
	}
	if len(t.Authors) > 0 {
		about = append(about, "by "+render.Sanitize(strings.Join(t.Authors, ", ")))
	}
	about = append(about, render.Count(t.Words(), "word", "words"))
	fmt.Fprintln(a.out, strings.Join(about, ", "))
	for p := range strings.SplitSeq(t.Text, "\n\n") {
		fmt.Fprintf(a.out, "\n%s\n", render.Sanitize(p))
	}
	if t.Partial {
		fmt.Fprintln(a.err, "note: only a part:", t.Reason)
	}
	return nil
}
