package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
)

// A mute is a choice of how long to silence something.
type mute struct {
	Hours int
	Text  string
}

var mutes = [...]mute{{1, "1 hour"}, {8, "8 hours"}, {24, "1 day"}, {72, "3 days"}, {168, "1 week"}, {720, "30 days"}}

type silencesPage struct {
	Silences []monitor.Silence
	Watches  []string
	Feeds    []string
	Stories  []namedStory // the latest
	Mutes    []mute
}

// mutableStories is how many of the latest stories can be chosen.
const mutableStories = 60

func (s *Server) showSilences(r *api.Request) error {
	list, err := s.Reader.Silences(s.Time())
	if err != nil {
		return err
	}
	slices.SortFunc(list, func(a, b monitor.Silence) int { return a.Until.Compare(b.Until) })
	p := silencesPage{Silences: list, Mutes: mutes[:]}
	for _, w := range s.Rules().Watches {
		p.Watches = append(p.Watches, w.Name)
	}
	for name := range s.Rules().Feeds {
		p.Feeds = append(p.Feeds, name)
	}
	slices.Sort(p.Feeds)
	p.Feeds = p.Feeds[:min(len(p.Feeds), 500)]
	snap, err := s.Snapshot()
	if err != nil {
		return err
	}
	for _, b := range snap.Stories[:min(len(snap.Stories), mutableStories)] {
		p.Stories = append(p.Stories, namedStory{b.ID.String(), clip(cmp.Or(b.Headline, "(no headline)"), 80)})
	}
	return s.show(r, http.StatusOK, "silences", view{Title: "Silences", Nav: "/silences", Page: p})
}

// maxMute bounds a silence made on the page to a year.
const maxMute = 366 * 24

// postSilence starts a silence on a watch, a story, a feed or a query.
func (s *Server) postSilence(r *api.Request) error {
	if s.Silence == nil {
		return api.NotFound("silences cannot be made here")
	}
	if err := form(r); err != nil {
		return err
	}
	hours, err := r.Number("hours", 8, 1, maxMute)
	if err != nil {
		return err
	}
	now := s.Time().UTC()
	q := monitor.Silence{Watch: r.PostFormValue("watch"), Feed: strings.TrimSpace(r.PostFormValue("feed")),
		Query: strings.TrimSpace(r.PostFormValue("query")), Reason: clip(r.PostFormValue("reason"), 200), By: cmp.Or(r.By, "page"),
		Created: now, Until: now.Add(time.Duration(hours) * time.Hour)}
	if name := r.PostFormValue("story"); name != "" {
		if q.Story, err = monitor.ParseStoryID(strings.ToLower(name)); err != nil {
			return api.Refuse(http.StatusBadRequest, "no story has that ID")
		}
	}
	q.ID = q.Name()
	if err := s.Silence(q); err != nil {
		return api.Refuse(http.StatusBadRequest, "%v", err)
	}
	return s.back(r, "/silences")
}

// postUnsilence ends a silence.
func (s *Server) postUnsilence(r *api.Request) error {
	if err := form(r); err != nil {
		return err
	}
	if _, err := s.EndSilence(r.PathValue("id")); err != nil {
		return err
	}
	return s.back(r, "/silences")
}

func (s *Server) postRetry(r *api.Request) error { return s.orderNotice(r, s.RetryNotice) }

func (s *Server) postDrop(r *api.Request) error { return s.orderNotice(r, s.DropNotice) }

// orderNotice carries out one order on one row of the outbox.
func (s *Server) orderNotice(r *api.Request, do func(destination, key, reason string) (monitor.Notice, error)) error {
	if err := form(r); err != nil {
		return err
	}
	if _, err := do(r.PostFormValue("destination"), r.PostFormValue("key"), clip(r.PostFormValue("reason"), 200)); err != nil {
		return err
	}
	return s.back(r, "/outbox")
}

// clip makes one line of what somebody typed.
func clip(text string, most int) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most])
	}
	return text
}
