package api

import (
	"net/http"

	"newswatch/monitor"
	"newswatch/monitor/match"
)

// serveSearch reads the archive backwards, newest first, and lists what matches
// a query.
func (s *Server) serveSearch(r *Request) error {
	since, err := r.since()
	if err != nil {
		return err
	}
	limit, err := r.Number("limit", 100, 1, 1<<30)
	if err != nil {
		return err
	}
	set, err := compile(s.Rules(), r.FormValue("q"))
	if err != nil {
		return err
	}
	rules, out := s.Rules(), []Item{}
	err = s.Reader.ItemsWith(monitor.FirstID(since), 0, match.NewSieve(set).May, func(rec monitor.Record) bool {
		if r.Context().Err() != nil {
			return false
		}
		if rec.Seen.Before(since) { // an ID may be later
			return true
		}
		if len(set.Match(rec.Doc(rules.Feed(rec.Feed), rec.Seen))) > 0 {
			out = append(out, ItemOf(rec))
		}
		return len(out) < limit
	})
	if err != nil {
		return err
	}
	return r.JSON(http.StatusOK, out)
}

// compile compiles a query. A mistake in it is a Refusal that carries the
// problem.
func compile(r *monitor.Rules, q string) (*match.Set, error) {
	rules := []match.Rule{{Name: "query", Match: q}}
	set, problems := match.Compile(match.Used(r.Entities, rules), rules)
	for _, p := range problems {
		if !p.Warning && p.Path == "watches[0].match" {
			return nil, &Refusal{Status: http.StatusBadRequest, Message: p.Message, problem: &p}
		}
	}
	return set, nil
}
