package api

import (
	"cmp"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
)

// Item is an archived item as search gives it: with what feeds parse says of
// an entry, so that match and backtest can read it.
type Item struct {
	Type      string    `json:"type"` // "item"
	ID        string    `json:"id"`
	GUID      string    `json:"guid"`
	URL       string    `json:"url"`
	Title     string    `json:"title"`
	Summary   string    `json:"summary"`
	Content   string    `json:"content"`
	Authors   []string  `json:"authors"`
	Tags      []string  `json:"tags"`
	Published Stamp     `json:"published"`
	Updated   Stamp     `json:"updated"`
	Lang      string    `json:"lang"`
	Feed      string    `json:"feed"`
	Outlet    string    `json:"outlet"`
	Seen      time.Time `json:"seen"`
	Story     string    `json:"story"`
	Role      string    `json:"role,omitempty"`
	Watches   []string  `json:"watches,omitempty"`
	Withdrawn time.Time `json:"withdrawn,omitzero"`
	Copy      string    `json:"copy,omitempty"` // where a web archive keeps its page
	Held      string    `json:"held,omitempty"`

	Article     string    `json:"article,omitempty"`     // the text behind it, as far as it is kept
	ArticleRead time.Time `json:"article_read,omitzero"` // when it was read

	Fields *feeds.Fields `json:"fields,omitempty"`
}

// ItemOf shows one archived item.
func ItemOf(rec monitor.Record) Item {
	it := rec.Item
	v := Item{Type: "item", ID: rec.ID.String(), GUID: it.GUID, URL: cmp.Or(it.Link, it.URL), Title: it.Title, Summary: it.Summary, Content: it.Content,
		Authors: append([]string{}, it.Authors...), Tags: append([]string{}, it.Tags...), Published: Stamp{it.Published}, Updated: Stamp{it.Updated},
		Lang: it.Lang, Feed: rec.Feed, Outlet: rec.Outlet, Seen: rec.Seen, Story: rec.Story.String(), Role: string(rec.Role),
		Withdrawn: rec.Withdrawn, Held: rec.Suppressed, Fields: it.Fields}
	if rec.Article != nil && rec.Article.Text != "" {
		v.Article, v.ArticleRead = rec.Article.Text, rec.Article.At
	}
	if rec.Copy != nil {
		v.Copy = rec.Copy.URL
	}
	for _, m := range rec.Matches {
		v.Watches = append(v.Watches, m.Watch)
	}
	return v
}
