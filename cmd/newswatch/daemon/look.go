package daemon

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/discover"
	"newswatch/feeds/fetch"
	"newswatch/feeds/parse"
	"newswatch/feeds/urls"
	"newswatch/monitor/api"
)

// The bounds of a look at an address.
const (
	lookFeeds = 6 // of a site are read
	lookItems = 5 // of each are shown
)

// look lists what can be read at an address, the newest items of each with it.
// Addresses that may not be polled are refused as feeds are.
func (d *Daemon) look(ctx context.Context, address string) ([]api.Offer, error) {
	client := d.client.Load()
	found, err := discover.Find(ctx, client, strings.TrimSpace(address))
	if err != nil {
		return nil, err
	}
	var offers []api.Offer
	have := d.config().Feeds
	for i, f := range found {
		o := api.Offer{URL: f.URL, Title: f.Title, Kind: f.Kind, How: f.How, Pollable: f.Pollable, Configured: nameAt(have, f.URL), Items: []api.OfferItem{}}
		if !f.Pollable && strings.HasSuffix(f.Kind, string(feeds.KindSitemap)) {
			o.As, o.Pollable = string(feeds.KindSitemap), true
		}
		if f.Entry != "" {
			o.As = f.Kind
		}
		for _, it := range f.Items {
			o.Items = append(o.Items, api.OfferItem{Title: it.Title, URL: it.URL, At: it.Published})
		}
		if f.Pollable && f.Entry == "" && i < lookFeeds {
			if err := read(ctx, client, &o); err != nil {
				o.Refused = err.Error()
			}
		}
		offers = append(offers, o)
	}
	return offers, ctx.Err()
}

// nameAt returns the name of the feed at an address, "" for none.
func nameAt(list []feeds.Feed, address string) string {
	key := cmp.Or(urls.Canonical(address), address)
	for _, f := range list {
		if cmp.Or(urls.Canonical(f.URL), f.URL) == key {
			return f.Name
		}
	}
	return ""
}

// read fills in the newest items of a feed and how often it has any.
func read(ctx context.Context, client *fetch.Client, o *api.Offer) error {
	page, err := client.Page(ctx, o.URL)
	if err != nil {
		return err
	}
	doc, err := parse.Document(page.Body, parse.Options{URL: page.URL.String(), ContentType: page.ContentType})
	if err != nil {
		return err
	}
	o.Title, o.Kind = cmp.Or(o.Title, doc.Title), cmp.Or(doc.Format, o.Kind)
	slices.SortStableFunc(doc.Items, func(a, b feeds.Item) int { return b.Published.Compare(a.Published) })
	for _, it := range doc.Items[:min(len(doc.Items), lookItems)] {
		o.Items = append(o.Items, api.OfferItem{Title: it.Title, URL: cmp.Or(it.Link, it.URL), At: it.Published})
	}
	o.PerDay = perDay(doc.Items)
	return nil
}

// perDay returns how many items a day a feed has, by the dates of those that it
// lists, newest first; 0 if they do not tell.
func perDay(items []feeds.Item) float64 {
	n := len(items)
	if n < 2 || items[n-1].Published.IsZero() {
		return 0
	}
	days := items[0].Published.Sub(items[n-1].Published).Hours() / 24
	return float64(n-1) / max(days, time.Hour.Hours()/24)
}
