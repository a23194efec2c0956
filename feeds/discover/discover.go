// Package discover finds the feeds of a web site.
package discover

import (
	"bytes"
	"context"
	"net/url"
	"strings"

	"newswatch/feeds/fetch"
	"newswatch/feeds/parse"
	"newswatch/feeds/plain"
	"newswatch/feeds/robots"
)

// A Found is one source that a site offers.
type Found struct {
	URL      string `json:"url"`      // absolute, without user
	Title    string `json:"title"`    // "" if nothing names it
	Kind     string `json:"kind"`     // rss, atom, rdf, json, feed if that is all that is known, news sitemap; sitemap or list where that is proposed
	How      string `json:"how"`      // where it was found
	Pollable bool   `json:"pollable"` // newswatch can poll it; false for a news sitemap that was not read

	Entry string `json:"entry,omitempty"` // of a proposal: what to write into the configuration
	Items []Item `json:"items,omitempty"` // of a proposal: the first that it yields
}

// Places where Discover finds things.
const (
	ByItself = "the address itself"
	ByLink   = "link element"
	ByAnchor = "link on the page"
	ByPath   = "usual path"
	ByRobots = "robots.txt"
	OnPage   = "links of the page"
)

const kindSitemap = "news sitemap"

// usualPaths are where the common publishing systems put feeds, commonest
// first.
var usualPaths = []string{"/feed/", "/rss.xml", "/feed.xml", "/rss", "/atom.xml", "/index.xml", "/feeds/posts/default", "/feed.json"}

// maxProbes bounds the guesses that Discover tries on one site.
const maxProbes = 8

// Find looks for the feeds of the page at pageURL: the address itself,
// link elements, then links on the page that look like feeds and the usual
// paths, of which the first that proves a feed is taken. It also names the
// news sitemaps in robots.txt, and for a site without a feed it proposes one of
// these, or the list of links on the page, as a source. It asks one thing at a time, spaced like polls,
// and respects robots.txt in guessing. Finding nothing is no error; not
// getting the page is.
func Find(ctx context.Context, c *fetch.Client, pageURL string) ([]Found, error) {
	if !strings.Contains(pageURL, "://") {
		pageURL = "https://" + pageURL
	}
	page, err := c.Page(ctx, pageURL)
	if err != nil {
		return nil, err
	}
	if f, ok := itself(page, ByItself); ok {
		return []Found{f}, nil
	}
	found, guesses := readPage(page.Body, page.URL)
	rules := Robots(ctx, c, page.URL)
	if len(found) == 0 {
		found, err = probe(ctx, c, page.URL, append(guesses, usual(page.URL)...), rules)
	}
	sitemaps := newsSitemaps(rules, page.URL)
	if len(found) == 0 && err == nil {
		sitemaps = withoutFeed(ctx, c, page, sitemaps)
	}
	return append(found, sitemaps...), err
}

// usual returns the usual paths on base's site.
func usual(base *url.URL) []*url.URL {
	var all []*url.URL
	for _, path := range usualPaths {
		all = append(all, base.ResolveReference(&url.URL{Path: path}))
	}
	return all
}

// probe returns the first guess that is a feed. Only the end of ctx is an
// error: a guess that fails was wrong.
func probe(ctx context.Context, c *fetch.Client, base *url.URL, guesses []*url.URL, rules robots.Rules) ([]Found, error) {
	asked := map[string]bool{base.String(): true}
	for _, u := range guesses {
		if len(asked) > maxProbes {
			break
		}
		if asked[u.String()] || !rules.Check(u).Allowed {
			continue
		}
		asked[u.String()] = true
		page, err := c.Page(ctx, u.String())
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil {
			continue
		}
		how := ByAnchor
		for _, path := range usualPaths {
			if u.Path == path {
				how = ByPath
			}
		}
		if f, ok := itself(page, how); ok {
			return []Found{f}, nil
		}
	}
	return nil, nil
}

// itself reports whether page is a feed, and which.
func itself(page fetch.Page, how string) (Found, bool) {
	if plain.LooksHTML(bytes.ToLower(page.Body[:min(len(page.Body), 1024)])) {
		return Found{}, false
	}
	d, err := parse.Document(page.Body, parse.Options{URL: page.URL.String(), ContentType: page.ContentType})
	if err != nil {
		return Found{}, false
	}
	return Found{URL: page.URL.String(), Title: d.Title, Kind: d.Format, How: how, Pollable: true}, true
}
