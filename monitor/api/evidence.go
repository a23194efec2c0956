package api

import (
	"net/http"
	"slices"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/report"
)

// maxEvidence bounds how many items one answer holds.
const maxEvidence = 10_000

// Evidence returns all that is known of the items of a story, or of those that a
// watch matched, seen since a time: oldest first, without how watches judge them
// today.
func Evidence(r Reader, rules *monitor.Rules, about string, since, now time.Time) ([]Explained, error) {
	wanted, from, err := evidenceOf(r, rules, about)
	if err != nil {
		return nil, err
	}
	if since.Before(from) {
		since = from
	}
	out, full := []Explained{}, false
	err = r.ItemsBefore(0, func(rec monitor.Record) bool {
		if rec.Seen.Before(since) {
			return false
		}
		if wanted(rec) {
			out = append(out, Explained{What: rec.ID.String()})
		}
		full = len(out) > maxEvidence
		return !full
	})
	if err != nil {
		return nil, err
	}
	if full {
		return nil, Refuse(http.StatusConflict, "more than %d items: give a later time", maxEvidence)
	}
	slices.Reverse(out)
	for i := range out {
		e := &out[i]
		a, err := report.Explain(r, rules, e.What, now)
		if err != nil {
			return nil, err
		}
		e.Kind = "item"
		if a.Seen {
			e.tell(a)
		}
	}
	return out, nil
}

// evidenceOf tells which items belong to a story or a watch, and since when there
// can be any.
func evidenceOf(r Reader, rules *monitor.Rules, about string) (wanted func(monitor.Record) bool, from time.Time, err error) {
	if slices.ContainsFunc(rules.Watches, func(w monitor.Watch) bool { return w.Name == about }) {
		return func(rec monitor.Record) bool {
			return slices.ContainsFunc(rec.Matches, func(m monitor.Matched) bool { return m.Watch == about })
		}, from, nil
	}
	id, err := monitor.ParseStoryID(about)
	if err != nil {
		return nil, from, Refuse(http.StatusNotFound, "there is no watch and no story %q", about)
	}
	s, ok, err := r.Story(id)
	switch {
	case err != nil:
		return nil, from, err
	case !ok:
		return nil, from, Refuse(http.StatusNotFound, "there is no watch and no story %q", about)
	}
	ids := append([]monitor.StoryID{s.ID}, s.Aliases...)
	return func(rec monitor.Record) bool { return slices.Contains(ids, rec.Story) }, s.First.Add(-time.Second), nil
}

func serveEvidence(s *Server, r *Request) error {
	since, err := r.since()
	if err != nil {
		return err
	}
	list, err := Evidence(s.Reader, s.Rules(), r.FormValue("about"), since, s.Time())
	if err != nil {
		return err
	}
	return r.JSON(http.StatusOK, list)
}
