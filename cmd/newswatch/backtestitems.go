package main

import (
	"cmp"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"newswatch/feeds"
	"newswatch/monitor/text"
)

// item is the input as a feed would have shown it.
func (it *inputItem) item() feeds.Item {
	return feeds.Item{GUID: it.GUID, Link: it.URL, URL: feeds.CanonicalURL(it.URL), Title: text.Plain(it.Title), Summary: text.Plain(it.Summary),
		Content: text.Plain(it.Content), Authors: it.Authors, Tags: it.Tags, Published: it.Published.UTC(), Lang: it.Lang, Source: it.outlet()}
}

// outlet names the publisher of an item without a feed.
func (it *inputItem) outlet() string {
	if it.Feed != "" {
		return ""
	}
	if u, err := url.Parse(it.URL); err == nil {
		return strings.TrimPrefix(u.Hostname(), "www.")
	}
	return ""
}

// readItems reads a file of items, blank lines passed over, and puts them in
// order of time; n keeps their place in the file. One without a time has that
// of the one before.
func readItems(in io.Reader) ([]inputItem, error) {
	var items []inputItem
	last := time.Now().UTC().Truncate(time.Second)
	err := eachLine(in, func(n int, line []byte) error {
		if len(line) == 0 {
			return nil
		}
		it, err := decodeItem(len(items)+1, line)
		if err != nil {
			return fmt.Errorf("line %d: %w (give one JSON object a line)", n, err)
		}
		it.Seen = cmp.Or(it.Seen, it.Published, last)
		last = it.Seen
		items = append(items, it)
		return nil
	})
	slices.SortStableFunc(items, bySeen)
	return items, err
}

// bySeen brings the items of one poll together.
func bySeen(a, b inputItem) int { return cmp.Or(a.Seen.Compare(b.Seen), cmp.Compare(a.Feed, b.Feed)) }
