package discover

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/fetch"
	"newswatch/feeds/source"
)

// An Item is an item that a source lists.
type Item struct {
	Title     string    `json:"title"`
	URL       string    `json:"url"`
	Published time.Time `json:"published,omitzero"`
}

// shown is how many items of a source are shown.
const shown = 5

// mostSitemaps is how many sitemaps of one site are looked at.
const mostSitemaps = 5

// withoutFeed proposes how a site that has no feed can be read: by the first of
// its first news sitemaps that has titles, else by the list of links on the page.
// Sitemaps that cannot be read so stay as they were found.
func withoutFeed(ctx context.Context, c *fetch.Client, page fetch.Page, sitemaps []Found) []Found {
	for i, f := range sitemaps[:min(len(sitemaps), mostSitemaps)] {
		got, err := c.Page(ctx, f.URL)
		if err != nil {
			continue
		}
		if f, ok := proposal(f.How, feeds.KindSitemap, got); ok {
			sitemaps[i] = f
			return sitemaps
		}
	}
	if f, ok := proposal(OnPage, feeds.KindList, page); ok {
		return append([]Found{f}, sitemaps...)
	}
	return sitemaps
}

// proposal reads page as a source of a kind, and reports whether that yields
// items with titles.
func proposal(how string, kind feeds.Kind, page fetch.Page) (Found, bool) {
	f := feeds.Feed{URL: page.URL.String(), Kind: kind}
	reader, err := source.New(f)
	if err != nil {
		return Found{}, false
	}
	now := time.Now()
	a, err := reader.Read(reader.First(now), page.Body, source.Options{URL: f.URL, ContentType: page.ContentType, Now: now})
	if err != nil {
		return Found{}, false
	}
	out := Found{URL: f.URL, Title: a.Document.Title, Kind: string(kind), How: how, Pollable: true}
	for _, it := range a.Document.Items {
		if it.Title != "" && len(out.Items) < shown {
			out.Items = append(out.Items, Item{it.Title, it.Link, it.Published})
		}
	}
	selector := ""
	if a.Kept != nil {
		selector = a.Kept.Items
	}
	out.Entry = entry(page.URL, kind, selector)
	return out, len(out.Items) > 0
}

// entry writes an entry of the configuration, in one line.
func entry(u *url.URL, kind feeds.Kind, items string) string {
	type choice struct {
		Items string `json:"items"`
	}
	e := struct {
		Name   string  `json:"name"`
		URL    string  `json:"url"`
		Kind   string  `json:"kind"`
		Select *choice `json:"select,omitempty"`
	}{Name: strings.TrimPrefix(cmp.Or(u.Hostname(), "site"), "www."), URL: u.String(), Kind: string(kind)}
	if items != "" {
		e.Select = &choice{items}
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(e) // of texts
	return strings.TrimSpace(b.String())
}
