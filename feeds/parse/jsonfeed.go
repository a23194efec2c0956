package parse

import (
	"bytes"
	"encoding/json"
	"errors"
	"html"
	"strings"

	"newswatch/feeds"
	"newswatch/feeds/plain"
	"newswatch/feeds/urls"
)

// json reads a JSON Feed (jsonfeed.org, versions 1 and 1.1). Every member is
// decoded on its own, so that one of a wrong type costs only itself; gofeed's
// reader gives up the whole document there, and panics at a null.
func (p *reader) json(text []byte) (feeds.Document, error) {
	var top object
	err := json.Unmarshal(text, &top)
	cut := false
	if err != nil {
		if top, cut = salvaged(text); !cut {
			return feeds.Document{}, notAFeed(text)
		}
	}
	items, listed := top.list("items")
	if !listed || !strings.Contains(top.text("version"), "jsonfeed.org") && top.text("title") == "" {
		return feeds.Document{}, notAFeed(text)
	}
	p.site(top.text("feed_url"), top.text("home_page_url"))
	d := feeds.Document{
		Format:   "json",
		Title:    plain.Text(top.text("title"), maxTitle),
		URL:      p.link(top.text("home_page_url")),
		Lang:     language([]string{top.text("language")}),
		Self:     p.link(top.text("feed_url")),
		Repaired: cut,
		Dropped:  max(0, len(items)-feeds.MaxEntries),
	}
	for _, raw := range items[:min(len(items), feeds.MaxEntries)] {
		var o object
		if json.Unmarshal(raw, &o) != nil || o == nil {
			continue
		}
		span := feeds.Hash(raw)
		if p.options.Known.Has(span) {
			d.Unchanged = append(d.Unchanged, span)
			continue
		}
		draft := o.entry()
		draft.hash, draft.empty, draft.langs = span, len(o) == 0, []string{o.text("language"), d.Lang}
		if it, ok := p.item(draft); ok {
			d.Items = append(d.Items, it)
		}
	}
	d.Repaired = d.Repaired || d.Dropped > 0
	return d, nil
}

// salvaged reads a JSON feed that breaks off: it ends after the last whole
// item.
func salvaged(text []byte) (top object, ok bool) {
	var syntax *json.SyntaxError
	if err := json.Unmarshal(text, &top); !errors.As(err, &syntax) || syntax.Offset < int64(len(text)) {
		return nil, false
	}
	whole := make([]byte, 0, len(text)+3)
	for range 8 { // objects within an item, at most
		i := bytes.LastIndexByte(text, '}')
		if i < 0 {
			return nil, false
		}
		text = text[:i]
		whole = append(append(whole[:0], text...), "}]}"...)
		if json.Valid(whole) {
			return top, json.Unmarshal(whole, &top) == nil
		}
	}
	return nil, false
}

// An object is a JSON object whose members are decoded on demand.
type object map[string]json.RawMessage

// text returns a string or number as text, and "" for everything else.
func (o object) text(name string) string {
	raw := o[name]
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return ""
}

// list returns an array's elements, false if there is no array.
func (o object) list(name string) ([]json.RawMessage, bool) {
	var list []json.RawMessage
	err := json.Unmarshal(o[name], &list)
	return list, err == nil && list != nil
}

func (o object) entry() rawEntry {
	d := rawEntry{
		guid:      o.text("id"),
		links:     []string{o.text("url"), o.text("external_url")},
		titles:    []string{literal(o.text("title"))},
		summaries: []string{literal(o.text("summary"))},
		contents:  []string{o.text("content_html"), literal(o.text("content_text"))},
		published: []string{o.text("date_published")},
		updated:   []string{o.text("date_modified")},
	}
	if urls.IsAddress(d.guid) {
		d.links = append(d.links, d.guid)
	}
	authors, _ := o.list("authors")
	for _, raw := range append(authors, o["author"]) {
		var a object
		if json.Unmarshal(raw, &a) == nil {
			d.authors = append(d.authors, literal(firstOf(a.text("name"), a.text("url"))))
		}
	}
	tags, _ := o.list("tags")
	for _, raw := range tags {
		d.tags = append(d.tags, literal(object{"": raw}.text("")))
	}
	return d
}

// literal protects a plain text from being read as HTML, unless it plainly is.
func literal(s string) string {
	if plain.HasMarkup(s) || strings.Contains(s, "&amp;") || strings.Contains(s, "&#") {
		return s
	}
	return html.EscapeString(s)
}
