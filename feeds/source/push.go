package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/plain"
	"newswatch/feeds/urls"
)

// pushed reads what programs push: one JSON object a line, or a list of them.
type pushed struct{}

func newPushed(f feeds.Feed) (kind, error) {
	how := f.How()
	if how.Select.Items != "" || how.Select.Region != "" || how.Pages != (feeds.Pages{}) || how.Empty != "" {
		return nil, errors.New("select: a feed that others push to needs none; leave select, pages and empty out")
	}
	return pushed{}, nil
}

func (pushed) first(time.Time) Request { return Request{} }

// A pushedItem is one object. A title, an address or a text must be there.
type pushedItem struct {
	GUID      string        `json:"guid"` // "" is the address, or made from all that it says
	URL       string        `json:"url"`
	Title     string        `json:"title"`
	Summary   string        `json:"summary"`
	Content   string        `json:"content"`
	Authors   []string      `json:"authors"`
	Tags      []string      `json:"tags"`
	Published *time.Time    `json:"published"`
	Updated   *time.Time    `json:"updated"`
	Lang      string        `json:"lang"`
	Fields    *feeds.Fields `json:"fields"`
}

func (pushed) read(_ Request, body []byte, o Options) (a Answer, err error) {
	d := json.NewDecoder(bytes.NewReader(body))
	a.Document.Partial = true
	listed := bytes.HasPrefix(bytes.TrimSpace(body), []byte("["))
	if listed {
		_, _ = d.Token() // it is the bracket
	}
	for n := 1; !listed || d.More(); n++ {
		var raw pushedItem
		if err := d.Decode(&raw); errors.Is(err, io.EOF) && !listed {
			break
		} else if err != nil {
			return a, fmt.Errorf("item %d: %w", n, plain.ShortError(err))
		}
		it, err := raw.item(o.Now)
		if err != nil {
			return a, fmt.Errorf("item %d: %w", n, err)
		}
		if n > feeds.MaxEntries {
			return a, fmt.Errorf("more than %d items: push them in parts", feeds.MaxEntries)
		}
		if !slices.ContainsFunc(a.Document.Items, func(o feeds.Item) bool { return o.GUID == it.GUID }) {
			a.Document.Items = append(a.Document.Items, it)
		}
	}
	return a, nil
}

// Limits of one item's texts, in bytes.
const (
	maxTitle   = 1 << 10
	maxSummary = 16 << 10
	maxContent = 128 << 10
	maxName    = 256
	maxNames   = 50
)

// item cleans what was pushed.
func (raw pushedItem) item(now time.Time) (it feeds.Item, err error) {
	it = feeds.Item{GUID: plain.Shorten(plain.Tidy(raw.GUID), 2<<10), Title: plain.Text(raw.Title, maxTitle), Summary: plain.Text(raw.Summary, maxSummary),
		Content: plain.Text(raw.Content, maxContent), Authors: names(raw.Authors), Tags: names(raw.Tags), Lang: plain.Shorten(plain.Tidy(raw.Lang), 35), Fields: raw.Fields}
	if raw.URL != "" {
		if it.Link, it.URL = urls.Resolve(nil, raw.URL); it.Link == "" {
			return it, fmt.Errorf("url: %.80q is no http(s) address", raw.URL)
		}
	}
	if it.Title == "" && it.Link == "" && it.Summary == "" && it.Content == "" {
		return it, errors.New("it has neither title, url nor text")
	}
	for _, t := range []struct {
		from *time.Time
		to   *time.Time
	}{{raw.Published, &it.Published}, {raw.Updated, &it.Updated}} {
		if t.from != nil && t.from.Before(now.AddDate(0, 0, 1)) {
			*t.to = t.from.UTC()
		}
	}
	if it.GUID == "" {
		it.GUID = it.Link
	}
	if it.GUID == "" {
		it.GUID = fmt.Sprintf("entry:%016x", hashOf(it))
	}
	return it, nil
}

func names(raw []string) (out []string) {
	for _, s := range raw {
		if s = strings.TrimSpace(plain.Text(s, maxName)); s != "" && len(out) < maxNames {
			out = append(out, s)
		}
	}
	return out
}
