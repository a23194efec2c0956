package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"newswatch/monitor"
)

func (s *Server) serveHealth(r *request) error {
	return r.send(http.StatusOK, "text/plain; charset=utf-8", []byte("ok\n"))
}

func (s *Server) serveReady(r *request) error {
	if s.Ready != nil {
		if err := s.Ready(); err != nil {
			return r.send(http.StatusServiceUnavailable, "text/plain; charset=utf-8", []byte("not ready: "+err.Error()+"\n"))
		}
	}
	return r.send(http.StatusOK, "text/plain; charset=utf-8", []byte("ready\n"))
}

func (s *Server) serveStatus(r *request) error {
	st, err := s.status()
	if err != nil {
		return err
	}
	return r.json(http.StatusOK, st)
}

// status is StatusOf from what is at hand.
func (s *Server) status() (Status, error) {
	st := Status{Version: s.Version, Started: Stamp{s.Started}, Feeds: map[string]int{}, Outbox: map[string]int{}, StoreBytes: s.Reader.Size()}
	feeds, err := s.feeds()
	if err != nil {
		return st, err
	}
	for _, f := range feeds {
		st.Feeds[f.State]++
		if f.LastPoll.After(st.LastPoll.Time) {
			st.LastPoll = f.LastPoll
		}
	}
	counts, err := s.Reader.Counts()
	for _, states := range counts {
		for state, n := range states {
			st.Outbox[string(state)] += n
		}
	}
	return st, err
}

func (s *Server) serveFeeds(r *request) error {
	feeds, err := s.feeds()
	if err != nil {
		return err
	}
	feeds, err = page(r, someFeeds(feeds, r.FormValue("q"), r.FormValue("state")), maxList)
	if err != nil {
		return err
	}
	return r.json(http.StatusOK, feeds)
}

// someFeeds returns those in a state, "" for any, of which a word is the name,
// a part of the address, the class or a tag.
func someFeeds(feeds []Feed, word, state string) []Feed {
	if word == "" && state == "" {
		return feeds
	}
	word = strings.ToLower(strings.TrimSpace(word))
	out := []Feed{}
	for _, f := range feeds {
		if state != "" && f.State != state {
			continue
		}
		if strings.Contains(strings.ToLower(f.Name), word) || strings.Contains(strings.ToLower(f.URL), word) ||
			strings.EqualFold(f.Class, word) || slices.ContainsFunc(f.Tags, func(t string) bool { return strings.EqualFold(t, word) }) {
			out = append(out, f)
		}
	}
	return out
}

// serveStories lists stories, latest report first: those with a report since a
// time, of one watch, or both.
func (s *Server) serveStories(r *request) error {
	since, err := r.since()
	if err != nil {
		return err
	}
	past, err := s.stories()
	if err != nil {
		return err
	}
	briefs, err := page(r, someStories(past.stories, r.FormValue("watch"), r.FormValue("q"), since), 100)
	if err != nil {
		return err
	}
	out := make([]Story, 0, len(briefs))
	for _, b := range briefs {
		st, ok, err := s.Reader.Story(b.id)
		if err != nil {
			return err
		}
		if ok && st.ID == b.id {
			out = append(out, StoryOf(&st))
		}
	}
	return r.json(http.StatusOK, out)
}

// since reads a time or a duration before now from the query.
func (r *request) since() (time.Time, error) {
	raw := r.FormValue("since")
	if raw == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, raw); err == nil {
		return t, nil
	}
	return time.Time{}, refuse(http.StatusBadRequest, "since must be a time as in 2026-11-24T07:00:00Z")
}

// someStories returns those of a watch, "" for any, with a word in the
// headline and a report since t.
func someStories(all []*brief, watch, word string, since time.Time) []*brief {
	word = strings.ToLower(strings.TrimSpace(word))
	out := []*brief{}
	for _, b := range all {
		if b.last.Before(since) {
			break // they stand by last report
		}
		if (watch == "" || b.watch(watch) != nil) && (word == "" || strings.Contains(strings.ToLower(b.headline), word)) {
			out = append(out, b)
		}
	}
	return out
}

func (s *Server) serveStory(r *request) error {
	st, err := s.story(r.PathValue("id"))
	if err != nil {
		return err
	}
	return r.json(http.StatusOK, StoryOf(st))
}

// story finds a story by its ID, or the one it was merged into.
func (s *Server) story(name string) (*monitor.Story, error) {
	id, err := monitor.ParseStoryID(strings.ToLower(name))
	if err != nil || id == 0 {
		return nil, notFound("no story has that ID")
	}
	st, ok, err := s.Reader.Story(id)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, notFound("no story has that ID: it may be older than store.keep")
	}
	return &st, nil
}

func (s *Server) serveOutbox(r *request) error {
	q, err := r.outboxQuery()
	if err != nil {
		return err
	}
	limit, err := r.number("limit", 1000, 1, maxList)
	if err != nil {
		return err
	}
	offset, err := r.number("offset", 0, 0, 1_000_000)
	if err != nil {
		return err
	}
	q.Limit = offset + limit + 1
	rows, err := s.Reader.List(q)
	if err != nil {
		return err
	}
	if rows, err = page(r, rows, 1000); err != nil {
		return err
	}
	out, err := Notices(s.Reader, rows, s.now())
	if err != nil {
		return err
	}
	return r.json(http.StatusOK, out)
}

// outboxQuery reads which rows of the outbox are asked for.
func (r *request) outboxQuery() (monitor.Query, error) {
	q := monitor.Query{Destination: r.FormValue("destination")}
	for _, name := range r.Form["state"] {
		if name == "" {
			continue
		}
		if !slices.Contains(states[:], monitor.State(name)) {
			return q, refuse(http.StatusBadRequest, "no notice is ever in that state: use one of %s", strings.Join(States(), ", "))
		}
		q.States = append(q.States, monitor.State(name))
	}
	return q, nil
}

// states are all a notice can be in, in the order of its way.
var states = [...]monitor.State{monitor.Pending, monitor.Inflight, monitor.Unknown, monitor.Sent, monitor.Folded, monitor.Unconfirmed,
	monitor.Dead, monitor.Parked}

// States returns the names of all states a notice can be in.
func States() []string {
	var names []string
	for _, st := range states {
		names = append(names, string(st))
	}
	return names
}
