package web

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/match"
	"newswatch/monitor/trial"
)

// searchPages are the archive as people search it.
type searchPages struct{ *Server }

func (s searchPages) routes() []api.Route {
	return []api.Route{
		route("GET", "/search", s.showSearch),
		route("GET", "/search/check", s.showCheck),
	}
}

// A search is what is asked for.
type search struct {
	Query, Feed, Told string // Told is "", yes or no
	Days              int
	As                string // stories or items
}

type searchPage struct {
	search
	Feeds   []string // names and tags
	Reading trial.Reading
	Found   func() (foundPage, error) // searches
	Exports string                    // query of the same search, for other forms of it
}

// A foundPage is the part of what a search finds that a page shows.
type foundPage struct {
	Stories []storyRow
	Items   []foundItem
	Pager   pager
	Partial bool
	From    time.Time
}

// A foundItem is an item with the sentence that the query is about.
type foundItem struct {
	api.Item
	Pieces []piece
}

// The bounds of a search.
const (
	searchTime = 3 * time.Second
	searchMost = 2000
)

func readSearch(r *api.Request) (q search, err error) {
	q = search{Query: strings.TrimSpace(r.FormValue("q")), Feed: r.FormValue("feed"), Told: r.FormValue("told"), As: r.FormValue("as")}
	if q.As != "items" {
		q.As = "stories"
	}
	q.Days, err = r.Number("days", 30, 1, 400)
	return q, err
}

// values is the query of the page that shows the search.
func (q search) values() url.Values {
	v := url.Values{"q": {q.Query}, "as": {q.As}}
	for key, value := range map[string]string{"feed": q.Feed, "told": q.Told} {
		if value != "" {
			v.Set(key, value)
		}
	}
	if q.Days != 30 {
		v.Set("days", strconv.Itoa(q.Days))
	}
	return v
}

// WatchIt is the query of the page that makes a watch of the search.
func (q search) WatchIt() string { return url.Values{"match": {q.Query}}.Encode() }

// More is how many reports there are beside the one shown.
func (r storyRow) More() int { return r.Outlets - 1 }

// A result is what a search finds, newest first.
type result struct {
	items   []monitor.Record
	hits    []match.Match
	partial bool
	from    time.Time
}

// find reads the archive backwards, for as long as there is time and not so much
// is found.
func (s searchPages) find(ctx context.Context, q search, most int) (res result, err error) {
	rules, now := s.Rules(), s.Time()
	rule := match.Rule{Name: "query", Match: q.Query}
	if q.Feed != "" {
		rule.Feeds = []string{q.Feed}
	}
	set, _ := match.Compile(rules.Entities, []match.Rule{rule}) // the caller has read the query
	began := time.Now()
	res.from = now.AddDate(0, 0, -q.Days)
	err = s.Reader.ItemsWith(monitor.FirstID(res.from), 0, match.NewSieve(set).May, func(rec monitor.Record) bool {
		switch {
		case ctx.Err() != nil:
			return false
		case rec.Seen.Before(res.from): // an ID may be later
			return true
		case time.Since(began) > searchTime || len(res.items) >= most:
			res.partial, res.from = true, rec.Seen
			return false
		}
		told := slices.ContainsFunc(rec.Decisions, func(d monitor.Decision) bool { return d.Key != "" })
		if q.Told == "yes" && !told || q.Told == "no" && told {
			return true
		}
		if found := set.Match(monitor.DocOf(rec.Item, rules.Feed(rec.Feed), rec.Seen)); len(found) > 0 {
			res.items, res.hits = append(res.items, rec), append(res.hits, found[0])
		}
		return true
	})
	return res, errors.Join(err, ctx.Err())
}

func (s searchPages) showSearch(r *api.Request) error {
	q, err := readSearch(r)
	if err != nil {
		return err
	}
	p := searchPage{search: q, Feeds: s.sources(), Exports: q.values().Encode()}
	if _, err := pageOf(r); err != nil {
		return err
	}
	status := http.StatusOK
	if q.Query != "" {
		p.Reading = api.Editor{Server: s.Server.Server}.Read(q.Query)
		if !p.Reading.OK {
			status = http.StatusBadRequest
		}
	}
	switch format := r.FormValue("format"); {
	case format == "":
	case status != http.StatusOK:
		return api.Refuse(status, "the query has mistakes")
	default:
		return s.export(r, q, format)
	}
	p.Found = func() (foundPage, error) {
		r.Flush() // the form, and how the query is read
		found, err := s.find(r.Context(), q, searchMost)
		if err != nil {
			return foundPage{}, err
		}
		return s.pageOf(r, q, found)
	}
	return s.show(r, status, "search", view{Title: "Search", Nav: "/search", Page: p})
}

// pageOf is the part of the result that a page shows.
func (s searchPages) pageOf(r *api.Request, q search, found result) (p foundPage, err error) {
	p.Partial, p.From = found.partial, found.from
	if q.As == "stories" {
		p.Stories, p.Pager, err = turn(r, s.stories(found))
		return p, err
	}
	all := make([]int, len(found.items))
	for i := range all {
		all[i] = i
	}
	all, p.Pager, err = turn(r, all)
	for _, i := range all {
		m := found.hits[i]
		p.Items = append(p.Items, foundItem{api.ItemOf(found.items[i]), pieces(m.Sentence, m.Hits)})
	}
	return p, err
}

// stories lists the stories that the items found are in; one that no watch
// found is a row of its own.
func (s searchPages) stories(found result) (out []storyRow) {
	at := map[monitor.StoryID]int{}
	for i, rec := range found.items {
		if k, ok := at[rec.Story]; ok && rec.Story != 0 {
			out[k].Outlets++
			continue
		}
		row := storyRow{Headline: rec.Item.Title, Outlets: 1, Last: rec.Seen, Outlet: rec.Outlet, URL: rec.Item.Link, Item: rec.ID.String(),
			Pieces: pieces(found.hits[i].Sentence, found.hits[i].Hits)}
		if rec.Story != 0 {
			at[rec.Story], row.ID = len(out), rec.Story.String()
		}
		for _, m := range rec.Matches {
			row.Watches = append(row.Watches, rowWatch{m.Watch, m.Verdict.String()})
		}
		out = append(out, row)
	}
	return out
}

// sources are the tags and names of feeds that a search can be limited to.
func (s searchPages) sources() (out []string) {
	for name := range s.Rules().Feeds {
		out = append(out, name)
	}
	slices.Sort(out)
	if len(out) > 200 {
		out = nil // the box would be of no use, and large
	}
	return append(editPages(s).tags(), out...)
}

// export answers with all that was found, for a spreadsheet or a program.
func (s searchPages) export(r *api.Request, q search, format string) error {
	types := map[string]string{"csv": "text/csv; charset=utf-8", "json": "application/json"}
	if types[format] == "" {
		return api.Refuse(http.StatusBadRequest, "format must be csv or json")
	}
	r.Writer.Header().Set("Content-Disposition", "attachment; filename=newswatch-search."+format)
	return r.Stream(http.StatusOK, types[format], func(w io.Writer) error {
		r.Flush()
		found, err := s.find(r.Context(), q, searchMost)
		if err != nil {
			return err
		}
		items := []api.Item{}
		for _, rec := range found.items {
			items = append(items, api.ItemOf(rec))
		}
		if format == "json" {
			return json.NewEncoder(w).Encode(items)
		}
		sheet := api.NewSheet(w, api.ItemColumns)
		for _, it := range items {
			sheet.Item(it)
		}
		return sheet.Flush()
	})
}

// showCheck answers with the part of the page that says how a query is read,
// for a page that is open.
func (s searchPages) showCheck(r *api.Request) error {
	p := searchPage{search: search{Query: strings.TrimSpace(r.FormValue("q"))}}
	if p.Query != "" {
		p.Reading = api.Editor{Server: s.Server.Server}.Read(p.Query)
	}
	return s.fragment(r, "search", "reading", view{Page: p})
}

// serveAtom lists what a search finds as a feed, newest first.
func (s searchPages) serveAtom(r *api.Request) error {
	q, err := readSearch(r)
	if err != nil {
		return err
	}
	if how := (api.Editor{Server: s.Server.Server}).Read(q.Query); !how.OK {
		return api.Refuse(http.StatusBadRequest, "the query has mistakes: %s", how.Problems[0].Message)
	}
	found, err := s.find(r.Context(), q, atomEntries)
	if err != nil {
		return err
	}
	self := s.site(r)
	feed := atomFeed{Title: "newswatch: " + q.Query, Subtitle: "What a search finds", ID: urn("search", s.PublicURL, q.values().Encode()),
		Author: "newswatch", Generator: "newswatch", Updated: stamp(s.Started),
		Links: []atomLink{{"self", "application/atom+xml", self + r.URL.RequestURI()}, {"alternate", "text/html", self + "/search?" + q.values().Encode()}}}
	for _, rec := range found.items {
		page := self + "/explain?what=" + rec.ID.String()
		feed.Entries = append(feed.Entries, atomEntry{Title: cmp.Or(rec.Item.Title, "(no headline)"), ID: urn("item", rec.ID.String()),
			Published: stamp(rec.Seen), Updated: stamp(rec.Seen), Author: cmp.Or(rec.Outlet, rec.Feed),
			Links:   []atomLink{{"alternate", "", cmp.Or(external(rec.Item.Link), page)}, {"related", "text/html", page}},
			Content: atomText{"text", rec.Item.Summary}})
	}
	if len(feed.Entries) > 0 {
		feed.Updated = feed.Entries[0].Updated
	}
	return sendAtom(r, feed)
}
