package backtest

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/urls"
	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/match"
	"newswatch/monitor/store/bolt"
	"newswatch/monitor/text"
)

// An Item is an item as match and backtest read it.
type Item struct {
	Title     string    `json:"title"`
	Summary   string    `json:"summary"`
	Content   string    `json:"content"`
	URL       string    `json:"url"`
	GUID      string    `json:"guid"`
	Feed      string    `json:"feed"`
	Tags      []string  `json:"tags"`
	Authors   []string  `json:"authors"`
	Lang      string    `json:"lang"`
	Published time.Time `json:"published"`
	Seen      time.Time `json:"seen"`

	Fields *feeds.Fields `json:"fields"`

	Article     string    `json:"article"`      // the text behind it, "" if it was not read
	ArticleRead time.Time `json:"article_read"` // when it was

	n      int             // which one it is, from 1
	labels []monitor.Label // what readers said of it
	shared bool            // its address identifies nothing
}

// DecodeItem reads one line; a blank one is an item that says nothing.
func DecodeItem(n int, line []byte) (Item, error) {
	it := Item{n: n}
	if len(line) == 0 {
		return it, nil
	}
	return it, api.PlainJSON(json.Unmarshal(line, &it))
}

// Doc is the item as the watch language sees it, at its canonical address as
// everywhere.
func (it *Item) Doc(f feeds.Feed, now time.Time) *match.Doc {
	return &match.Doc{Title: text.Plain(it.Title), Summary: text.Plain(it.Summary), Body: text.Plain(it.Content),
		URL: cmp.Or(urls.Canonical(it.URL), it.URL), Feed: f.Name,
		FeedTags: f.Tags, Class: f.Class, Tags: it.Tags, Authors: it.Authors, Lang: it.Lang, Published: it.Published, Now: now, Fields: monitor.TypedFields(it.Fields)}
}

// item is the input as a feed would have shown it.
func (it *Item) item() feeds.Item {
	address := urls.Canonical(it.URL)
	if it.shared {
		address = ""
	}
	return feeds.Item{GUID: it.GUID, Link: it.URL, URL: address, Fields: it.Fields, Title: text.Plain(it.Title), Summary: text.Plain(it.Summary),
		Content: text.Plain(it.Content), Authors: it.Authors, Tags: it.Tags, Published: it.Published.UTC(), Lang: it.Lang, Source: it.outlet()}
}

// outlet names the publisher of an item without a feed.
func (it *Item) outlet() string {
	if it.Feed != "" {
		return ""
	}
	if u, err := url.Parse(it.URL); err == nil {
		return strings.TrimPrefix(u.Hostname(), "www.")
	}
	return ""
}

// ReadItems reads a file of items, blank lines passed over, and puts them in
// order of time; n keeps their place in the file. One without a time has that
// of the one before.
func ReadItems(in io.Reader) ([]Item, error) {
	var items []Item
	last := time.Now().UTC().Truncate(time.Second)
	err := EachLine(in, func(n int, line []byte) error {
		if len(line) == 0 {
			return nil
		}
		it, err := DecodeItem(len(items)+1, line)
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
func bySeen(a, b Item) int { return cmp.Or(a.Seen.Compare(b.Seen), cmp.Compare(a.Feed, b.Feed)) }

// Archived reads the items seen since a time from a store that nobody has open.
func Archived(path string, from time.Time) (items []Item, err error) {
	db, err := bolt.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	err = db.ItemsFrom(monitor.FirstID(from), func(rec monitor.Record) bool {
		it, article := rec.Item, monitor.Article{}
		if rec.Article != nil && rec.Article.Text != "" {
			article = *rec.Article
		}
		items = append(items, Item{Title: it.Title, Summary: it.Summary, Content: it.Content, URL: it.Link, GUID: it.GUID,
			Feed: rec.Feed, Tags: it.Tags, Authors: it.Authors, Lang: it.Lang, Published: it.Published, Seen: rec.Seen, Fields: it.Fields,
			Article: article.Text, ArticleRead: article.At, labels: rec.Labels, shared: it.URL == ""})
		return true
	})
	slices.SortStableFunc(items, bySeen)
	for i := range items {
		items[i].n = i + 1
	}
	return items, err
}

// maxLine bounds one line of input.
const maxLine = 32 << 20

// EachLine calls fn for every line, counted from 1, without the white space
// around it.
func EachLine(r io.Reader, fn func(n int, line []byte) error) error {
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 0, 64<<10), maxLine)
	n := 0
	for sc.Scan() {
		n++
		if err := fn(n, bytes.TrimSpace(sc.Bytes())); err != nil {
			return err
		}
	}
	return sc.Err()
}
