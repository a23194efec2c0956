package api

import (
	"net/http"
	"strings"
	"time"

	"newswatch/monitor"
)

// Story is a story as commands and the Server give it.
type Story struct {
	Story       string      `json:"story"`
	Headline    string      `json:"headline"`
	URL         string      `json:"url,omitempty"`
	FirstSeen   time.Time   `json:"first_seen"`
	LastSeen    time.Time   `json:"last_seen"`
	Outlets     int         `json:"outlets"`
	Independent int         `json:"independent"`
	Watches     []string    `json:"watches"`
	Matches     []Matched   `json:"matches"`
	Items       []StoryItem `json:"items"` // in the order seen
	Told        []Telling   `json:"told,omitempty"`
	Changes     []Change    `json:"changes,omitempty"` // oldest first
	Claimed     string      `json:"claimed,omitempty"` // who works on it
}

// Telling is what one destination has been told of a story.
type Telling struct {
	Destination string   `json:"destination"`
	Card        string   `json:"card,omitempty"` // key of the card that replies follow; "" while only a catch-up told it
	Watches     []string `json:"watches"`
	Catchup     Stamp    `json:"catchup"` // of the catch-up that told it, null if none did
}

// Change is something of weight that a report's new wording changed.
type Change struct {
	At     time.Time `json:"at"`
	Outlet string    `json:"outlet"`
	What   string    `json:"what"`
	URL    string    `json:"url,omitempty"`
}

// Matched is what one watch says of a story.
type Matched struct {
	Watch    string   `json:"watch"`
	Verdict  string   `json:"verdict"`
	Sentence string   `json:"sentence"`
	Why      []string `json:"why"`
	Told     bool     `json:"told"`
	Held     string   `json:"held,omitempty"`
}

// StoryItem is one report of a story.
type StoryItem struct {
	ID     string    `json:"id"`
	URL    string    `json:"url"`
	Feed   string    `json:"feed"`
	Outlet string    `json:"outlet"`
	Name   string    `json:"name"` // what people know the outlet by
	Title  string    `json:"title"`
	Role   string    `json:"role"`
	Seen   time.Time `json:"seen"`
	At     time.Time `json:"at"`              // published, or seen where that cannot be believed
	First  bool      `json:"first,omitempty"` // it is the story's first report
	Why    []string  `json:"why,omitempty"`   // why it joined the story
}

// StoryOf shows one story.
func StoryOf(s *monitor.Story) Story {
	v := Story{Story: s.ID.String(), Headline: s.Headline, URL: s.URL, FirstSeen: s.First, LastSeen: s.Last,
		Outlets: s.Outlets(), Independent: s.Independent(), Watches: []string{}, Matches: []Matched{}, Items: []StoryItem{}, Claimed: s.Claim.By}
	for _, sw := range s.Watches {
		v.Watches = append(v.Watches, sw.Watch)
		v.Matches = append(v.Matches, Matched{Watch: sw.Watch, Verdict: sw.Verdict.String(), Sentence: sw.Sentence,
			Why: append([]string{}, sw.Why...), Told: sw.Alerted, Held: sw.Suppressed})
	}
	first := s.FirstReport()
	for i, it := range s.Items {
		si := StoryItem{ID: it.ID.String(), URL: it.URL, Feed: it.Feed, Outlet: it.Outlet, Name: it.OutletName(), Title: it.Title,
			Role: string(it.Role), Seen: it.ID.Time(), At: it.Time().UTC(), First: i == first}
		for _, why := range it.Reasons {
			si.Why = append(si.Why, why.Why)
		}
		v.Items = append(v.Items, si)
	}
	for _, t := range s.Told {
		v.Told = append(v.Told, Telling{t.Destination, t.Card, append([]string{}, t.Watches...), Stamp{t.Catchup}})
	}
	for _, c := range s.Changes {
		v.Changes = append(v.Changes, Change{c.At, c.Outlet, c.What, c.URL})
	}
	return v
}

// serveStories lists stories, latest report first: those with a report since a
// time, of one watch, or both.
func (s *Server) serveStories(r *Request) error {
	since, err := r.since()
	if err != nil {
		return err
	}
	all, err := s.summariesSince(since)
	if err != nil {
		return err
	}
	watch := r.FormValue("watch")
	found := SomeStories(all, watch, r.FormValue("q"), since)
	if len(found) == 0 && watch != "" && !named(s.Rules(), watch) {
		return Refuse(http.StatusBadRequest, "no watch is named %q", watch)
	}
	if found, err = page(r, found, 100); err != nil {
		return err
	}
	return list(r, func(yield func(Story, error) bool) {
		for _, b := range found {
			st, ok, err := s.Reader.Story(b.ID)
			switch {
			case err != nil:
				yield(Story{}, err)
				return
			case ok && st.ID == b.ID && !yield(StoryOf(&st), nil):
				return
			}
		}
	})
}

// since reads a time or a duration before now from the query.
func (r *Request) since() (time.Time, error) {
	raw := r.FormValue("since")
	if raw == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, raw); err == nil {
		return t, nil
	}
	return time.Time{}, Refuse(http.StatusBadRequest, "since must be a time as in 2026-11-24T07:00:00Z")
}

// SomeStories returns those of a watch, "" for any, with a word in the
// headline and a report since t.
func SomeStories(all []*Summary, watch, word string, since time.Time) []*Summary {
	word = strings.ToLower(strings.TrimSpace(word))
	out := []*Summary{}
	for _, b := range all {
		if b.Last.Before(since) {
			break // they stand by last report
		}
		if (watch == "" || b.watch(watch) != nil) && (word == "" || strings.Contains(strings.ToLower(b.Headline), word)) {
			out = append(out, b)
		}
	}
	return out
}

func (s *Server) serveStory(r *Request) error {
	st, err := s.FindStory(r.PathValue("id"))
	if err != nil {
		return err
	}
	return r.JSON(http.StatusOK, StoryOf(st))
}

// story finds a story by its ID, or the one it was merged into.
func (s *Server) FindStory(name string) (*monitor.Story, error) {
	id, err := monitor.ParseStoryID(strings.ToLower(name))
	if err != nil || id == 0 {
		return nil, NotFound("no story has that ID")
	}
	st, ok, err := s.Reader.Story(id)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, NotFound("no story has that ID: it may be older than store.keep")
	}
	return &st, nil
}
