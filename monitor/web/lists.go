package web

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/schedule"
)

// pageSize is how many rows a page lists.
const pageSize = 50

// A pager leads through a list too long for one page.
type pager struct {
	Total, From, To int
	Prev, Next      string // addresses, "" for none
}

// pageOf is the number of the page asked for.
func pageOf(r *api.Request) (int, error) { return r.Number("page", 1, 1, 1_000_000) }

// turn cuts a list to the page asked for.
func turn[T any](r *api.Request, list []T) ([]T, pager, error) { return turnBy(r, list, pageSize) }

func turnBy[T any](r *api.Request, list []T, size int) ([]T, pager, error) {
	at, err := pageOf(r)
	if err != nil {
		return nil, pager{}, err
	}
	from := min((at-1)*size, len(list))
	to := min(from+size, len(list))
	p := pager{Total: len(list), From: from + 1, To: to}
	link := func(n int) string {
		q := r.URL.Query()
		q.Set("page", strconv.Itoa(n))
		return "?" + q.Encode()
	}
	if at > 1 {
		p.Prev = link(at - 1)
	}
	if to < len(list) {
		p.Next = link(at + 1)
	}
	return list[from:to], p, nil
}

// A tally is one state and how many are in it.
type tally struct {
	State string
	N     int
}

type feedsPage struct {
	Query, State string
	States       []tally
	All          int
	Feeds        []api.Feed
	Pager        pager
	Articles     *api.Articles // nil where none are read
}

func (s *Server) showFeeds(r *api.Request) error {
	roster, err := s.Roster()
	if err != nil {
		return err
	}
	p := feedsPage{Query: r.FormValue("q"), State: r.FormValue("state"), All: len(roster.Feeds), Articles: s.Articles.Status()}
	n := map[string]int{}
	for _, f := range roster.Feeds {
		n[f.State]++
	}
	for _, state := range conditions {
		if n[state] > 0 {
			p.States = append(p.States, tally{state, n[state]})
		}
	}
	found := roster.Some(p.Query, p.State)
	if p.State == "" && p.Query == "" {
		found = troubledFirst(found)
	}
	if found, p.Pager, err = turn(r, found); err != nil {
		return err
	}
	if p.Feeds, err = roster.Whole(found, s.Time()); err != nil {
		return err
	}
	return s.show(r, http.StatusOK, "feeds", view{Title: "Feeds", Nav: "/feeds", Live: true, Page: p})
}

// troubledFirst puts the feeds that are not seen before those that are.
func troubledFirst(feeds []api.FeedState) []api.FeedState {
	out := slices.Clone(feeds)
	slices.SortStableFunc(out, func(a, b api.FeedState) int { return rank(a.State) - rank(b.State) })
	return out
}

func rank(state string) int {
	switch {
	case !sees(state) && state != "new":
		return 0
	case state == string(schedule.OK):
		return 2
	}
	return 1
}

type watchesPage struct {
	Days    int
	Watches []api.Watch
	Chart   chart
	Pager   pager
}

func (s *Server) showWatches(r *api.Request) error {
	days, err := r.Number("days", api.ChartDays, 1, 30)
	if err != nil {
		return err
	}
	snap, err := s.Snapshot()
	if err != nil {
		return err
	}
	now := s.Time().In(s.Zone())
	list := api.Watches(s.Rules(), snap.Stories, now, days)
	p := watchesPage{Days: days, Chart: chartOf(list, now, days, len(list))}
	if p.Watches, p.Pager, err = turn(r, list); err != nil {
		return err
	}
	return s.show(r, http.StatusOK, "watches", view{Title: "Watches", Nav: "/watches", Live: true, Page: p})
}

type storiesPage struct {
	Query, Watch string
	Days         int
	Names        []string // of watches
	Rows         []storyRow
	Pager        pager
}

type storyRow struct {
	ID, Headline         string
	Watches              []rowWatch
	Outlets, Independent int
	Last                 time.Time

	// of a search only
	Outlet, URL, Item string
	Pieces            []piece
}

type rowWatch struct{ Name, Verdict string }

func (s *Server) showStories(r *api.Request) error {
	days, err := r.Number("days", 30, 1, 30)
	if err != nil {
		return err
	}
	p := storiesPage{Query: r.FormValue("q"), Watch: r.FormValue("watch"), Days: days}
	for _, w := range s.Rules().Watches {
		p.Names = append(p.Names, w.Name)
	}
	snap, err := s.Snapshot()
	if err != nil {
		return err
	}
	found, pages, err := turn(r, api.SomeStories(snap.Stories, p.Watch, p.Query, s.Time().AddDate(0, 0, -days)))
	if err != nil {
		return err
	}
	p.Pager = pages
	for _, b := range found {
		row := storyRow{ID: b.ID.String(), Headline: b.Headline, Outlets: b.Outlets, Independent: b.Independent, Last: b.Last}
		for _, w := range b.Watches {
			row.Watches = append(row.Watches, rowWatch{w.Watch, w.Verdict.String()})
		}
		p.Rows = append(p.Rows, row)
	}
	return s.show(r, http.StatusOK, "stories", view{Title: "Stories", Nav: "/stories", Live: true, Page: p})
}

type outboxPage struct {
	State, Destination string
	States             []tally
	Destinations       []string
	Rows               []api.Notice
	Retry, Drop        bool
	Pager              pager
}

func (s *Server) showOutbox(r *api.Request) error {
	q, err := r.OutboxQuery()
	if err != nil {
		return err
	}
	at, err := r.Number("page", 1, 1, 200)
	if err != nil {
		return err
	}
	q.Limit = at*pageSize + 1
	rows, err := s.Reader.List(q)
	if err != nil {
		return err
	}
	p := outboxPage{State: r.FormValue("state"), Destination: q.Destination, Retry: s.Retry != nil, Drop: s.Drop != nil}
	if err := p.count(s.Reader); err != nil {
		return err
	}
	rows, p.Pager, err = turn(r, rows)
	if err != nil {
		return err
	}
	p.Pager.Total = 0 // nobody counted them
	if p.Rows, err = api.Notices(s.Reader, rows, s.Time()); err != nil {
		return err
	}
	return s.show(r, http.StatusOK, "outbox", view{Title: "Outbox", Nav: "/outbox", Live: true, Page: p})
}

// count fills in destinations and states.
func (p *outboxPage) count(r api.Reader) error {
	counts, err := r.Counts()
	if err != nil {
		return err
	}
	n := map[monitor.State]int{}
	for _, dest := range slices.Sorted(maps.Keys(counts)) {
		p.Destinations = append(p.Destinations, dest)
		for state, k := range counts[dest] {
			n[state] += k
		}
	}
	for _, state := range api.AllStates {
		if n[state] > 0 {
			p.States = append(p.States, tally{string(state), n[state]})
		}
	}
	return nil
}

// StateLink is the query of the list of those in a state.
func (p outboxPage) StateLink(state string) string {
	q := url.Values{}
	if state != "" {
		q.Set("state", state)
	}
	if p.Destination != "" {
		q.Set("destination", p.Destination)
	}
	return "?" + q.Encode()
}
