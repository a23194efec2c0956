package web

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
)

// A toldPage lists all that one message tells, however much of it the message
// itself had room for.
type toldPage struct {
	Notice  api.Notice
	Stories []toldStory
	Lines   []string // of a message about newswatch itself
	Lost    int      // stories that were counted and are not kept
	Pager   pager
}

// A toldStory is one story as a message tells it.
type toldStory struct {
	monitor.Card
	Also []monitor.Report // further reports that the message tells
}

// toldSize is how many stories a page of them lists.
const toldSize = 500

func (s *Server) showTold(r *api.Request) error {
	n, err := s.notice(r.PathValue("key"))
	if err != nil {
		return err
	}
	rows, err := s.foldedInto(n)
	if err != nil {
		return err
	}
	p := toldPage{Notice: api.NoticeOf(n), Lines: n.Content.Lines}
	for _, row := range rows {
		if n.Kind == monitor.OperationsKind {
			p.Lines = append(p.Lines, row.Content.Lines...)
		}
	}
	all := tellsOf(n, rows)
	p.Lost = max(0, len(n.Content.Cards)+n.Content.More-len(all))
	if p.Stories, p.Pager, err = turnBy(r, all, toldSize); err != nil {
		return err
	}
	return s.show(r, http.StatusOK, "told", view{Title: title(n.Content.Headline), Nav: "/outbox", Page: p})
}

// notice finds a row of the outbox whose destination is not known.
func (s *Server) notice(key string) (n monitor.Notice, err error) {
	counts, err := s.Reader.Counts()
	if err != nil {
		return n, err
	}
	for _, dest := range slices.Sorted(maps.Keys(counts)) {
		n, ok, err := s.Reader.Notice(dest, key)
		if err != nil || ok {
			return n, err
		}
	}
	return n, api.NotFound("no message has that key: it may be older than store.keep")
}

// foldedInto returns the rows that a card tells in their place, oldest first.
func (s *Server) foldedInto(n monitor.Notice) ([]monitor.Notice, error) {
	const slow = time.Hour // by which a clock may have been set back between the decision and its writing
	rows, err := s.Reader.List(monitor.NoticeFilter{Destination: n.Destination, States: []monitor.State{monitor.Folded},
		Since: n.Created.Add(-slow), Limit: api.AllRows})
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(row monitor.Notice) bool { return row.Delivery.Into != n.Key })
	slices.SortStableFunc(rows, func(a, b monitor.Notice) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.Key, b.Key))
	})
	return rows, nil
}

// tellsOf lists the stories of a message, each once: those on it in its own
// order, then those that it only counts.
func tellsOf(n monitor.Notice, rows []monitor.Notice) []toldStory {
	var out []toldStory
	add := func(c monitor.Card) {
		i := slices.IndexFunc(out, func(t toldStory) bool { return c.Story != 0 && t.Story == c.Story })
		if i < 0 {
			out = append(out, toldStory{Card: c})
			i = len(out) - 1
		}
		t := &out[i]
		for _, w := range append([]string{c.Watch}, c.Watches...) {
			if w != "" && !slices.Contains(t.Watches, w) {
				t.Watches = append(slices.Clone(t.Watches), w)
			}
		}
		reports := c.Reports
		if c.Item != t.Item || c.Headline != t.Headline {
			at := c.Published
			if at.IsZero() {
				at = c.Seen
			}
			reports = append([]monitor.Report{{Outlet: c.Outlet, Title: c.Headline, URL: c.URL, At: at}}, reports...)
		}
		for _, rep := range reports {
			if !slices.ContainsFunc(t.Also, func(o monitor.Report) bool { return o.Title == rep.Title && o.URL == rep.URL }) {
				t.Also = append(t.Also, rep)
			}
		}
	}
	for _, c := range n.Content.Cards {
		add(c)
	}
	for _, row := range rows {
		cards := row.Content.Cards
		if len(cards) == 0 && row.Kind != monitor.OperationsKind {
			cards = []monitor.Card{{Story: row.Story, Headline: row.Content.Headline, Watch: row.Watch, Watches: row.Watches, Seen: row.Seen}}
		}
		for _, c := range cards {
			add(c)
		}
		if i := slices.IndexFunc(out, func(t toldStory) bool { return t.Story == row.Story && row.Story != 0 }); i >= 0 &&
			row.Kind == monitor.ReplyKind && len(cards) == 1 && row.Content.Change != "" {
			t := &out[i]
			change := monitor.Report{Outlet: cards[0].Outlet, Title: row.Content.Change, URL: cards[0].URL, At: row.Created}
			if !slices.ContainsFunc(t.Also, func(o monitor.Report) bool { return o.Title == change.Title && o.URL == change.URL }) {
				t.Also = append(t.Also, change)
			}
		}
	}
	return out
}
