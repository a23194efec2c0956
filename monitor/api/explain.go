package api

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/monitor/report"
)

// Explained is all that is known of an address, an item or a text, and how
// every watch that has to do with it judges it.
type Explained struct {
	What      string              `json:"what"`
	Kind      string              `json:"kind"` // address, item or text
	Seen      bool                `json:"seen"`
	Item      *Item               `json:"item,omitempty"`
	Sightings []Sighting          `json:"sightings,omitempty"` // first one first
	Revisions []Revision          `json:"revisions,omitempty"`
	LateS     int                 `json:"late_s,omitempty"`   // from publication to first sight
	Absences  []monitor.Absence   `json:"absences,omitempty"` // when its feed did not list it, though older ones
	Kept      *monitor.Copy       `json:"kept,omitempty"`     // by a web archive
	Article   *Article            `json:"article,omitempty"`
	Dropped   bool                `json:"dropped,omitempty"` // its texts are older than store.archive: watches are judged by its title
	Reasons   []string            `json:"reasons,omitempty"`
	Story     *Story              `json:"story,omitempty"`
	Notices   []Notice            `json:"notices,omitempty"`
	Decisions []Decision          `json:"decisions,omitempty"`
	Labels    []monitor.Label     `json:"labels,omitempty"`   // what readers said of it
	Covering  []Covering          `json:"covering,omitempty"` // never seen: who should have
	Watches   []match.Explanation `json:"watches"`
	Unnamed   int                 `json:"unnamed,omitempty"` // watches left out: nothing they look for occurs
}

// Sighting is a feed that showed an item.
type Sighting struct {
	Feed string    `json:"feed"`
	Seen time.Time `json:"seen"`
}

// Revision is the wording an item had until At.
type Revision struct {
	At      time.Time `json:"at"`
	Title   string    `json:"title"`
	Summary string    `json:"summary"`
}

// Covering is a feed that could have shown an address, and its health.
type Covering struct {
	Feed        string    `json:"feed"`
	State       string    `json:"state"`
	Cause       string    `json:"cause,omitempty"`
	LastSuccess time.Time `json:"last_success,omitzero"`
	Gaps        []Gap     `json:"gaps"`
}

// A Question is what Explain is asked.
type Question struct {
	What  string // an address, the ID of an item, or a text whose first line is its title
	Watch string // explain this watch only; "" for all that have to do with it
	All   bool   // explain every watch, however many there are
}

// fewWatches is up to how many watches all are explained, those too of whose
// query nothing occurs.
const fewWatches = 25

// Explain answers a question. An unknown watch is a refusal to people.
func Explain(r Reader, rules *monitor.Rules, q Question, now time.Time) (*Explained, error) {
	what := strings.TrimSpace(q.What)
	if what == "" {
		return nil, Refuse(http.StatusBadRequest, "nothing to explain: give an address, the ID of an item, or a text")
	}
	if q.Watch != "" && !slices.ContainsFunc(rules.Watches, func(w monitor.Watch) bool { return w.Name == q.Watch }) {
		return nil, Refuse(http.StatusBadRequest, "no watch is named %q", q.Watch)
	}
	e := &Explained{What: what, Kind: kindOf(what), Watches: []match.Explanation{}}
	if e.Kind != "text" {
		if e.Kind == "address" && !strings.Contains(what, "://") {
			what = "https://" + what
		}
		a, err := report.Explain(r, rules, what, now)
		if err != nil {
			return nil, err
		}
		switch {
		case a.Seen:
			e.tell(a)
			doc := a.Record.Doc(rules.Feed(a.Record.Feed), a.Record.Seen)
			doc.Memory = a.Record.Recalled
			e.judge(rules, doc, q)
			return e, nil
		case e.Kind == "address":
			e.cover(a)
			return e, nil
		}
		e.Kind = "text" // a lone word can look like an ID
	}
	title, rest, _ := strings.Cut(what, "\n")
	doc := match.Doc{Title: title, Body: strings.TrimSpace(rest), Now: now}.Plain()
	e.judge(rules, &doc, q)
	return e, nil
}

// kindOf guesses what something pasted is.
func kindOf(what string) string {
	switch {
	case strings.ContainsAny(what, " \t\r\n"):
		return "text"
	case strings.Contains(what, "/") && strings.Contains(what, "."), strings.HasPrefix(what, "http://"), strings.HasPrefix(what, "https://"):
		return "address"
	}
	if _, err := monitor.ParseStoryID(strings.ToLower(what)); err == nil {
		return "item"
	}
	return "text"
}

// tell fills in the history of an item that was seen.
func (e *Explained) tell(a *report.Explanation) {
	rec := &a.Record
	item := ItemOf(*rec)
	e.Seen, e.Item, e.LateS = true, &item, int(a.Late.Seconds())
	e.Sightings = []Sighting{{rec.Feed, rec.Seen}}
	for _, s := range rec.Sightings {
		e.Sightings = append(e.Sightings, Sighting(s))
	}
	for _, rev := range rec.Revisions {
		e.Revisions = append(e.Revisions, Revision(rev))
	}
	e.Dropped = rec.Dropped != 0
	e.Article, e.Kept, e.Absences = ArticleOf(rec.Article), rec.Copy, rec.Absences
	for _, why := range rec.Reasons {
		e.Reasons = append(e.Reasons, why.Why)
	}
	if a.Story != nil {
		st := StoryOf(a.Story)
		e.Story = &st
	}
	for _, n := range a.Notices {
		e.Notices = append(e.Notices, NoticeOf(n))
	}
	e.Decisions, e.Labels = DecisionsOf(a), rec.Labels
}

// cover names who should have seen what was not.
func (e *Explained) cover(a *report.Explanation) {
	for _, c := range a.Coverage {
		v := Covering{Feed: c.Feed, State: string(c.Health.State()), Cause: c.Health.Cause, LastSuccess: c.Poll.Success, Gaps: []Gap{}}
		for _, g := range c.Gaps {
			v.Gaps = append(v.Gaps, Gap{g.From, g.To, g.Lost, g.Reason()})
		}
		e.Covering = append(e.Covering, v)
	}
}

// judge explains the watches: the one asked for; or all, if they are few; or
// those of whose query something was found. What fired stands first.
func (e *Explained) judge(rules *monitor.Rules, doc *match.Doc, q Question) {
	if q.Watch != "" || q.All || len(rules.Watches) <= fewWatches {
		for i, w := range rules.Watches {
			if q.Watch == "" || w.Name == q.Watch {
				e.Watches = append(e.Watches, rules.Set.Explain(i, doc))
			}
		}
	} else {
		found := rules.Set.MatchAll(doc)
		e.Unnamed = len(rules.Watches) - len(found)
		for _, m := range found[:min(len(found), maxExplained)] {
			e.Watches = append(e.Watches, rules.Set.Explain(m.Rule, doc))
		}
	}
	slices.SortStableFunc(e.Watches, func(a, b match.Explanation) int { return cmp.Compare(b.Verdict, a.Verdict) })
}

// maxExplained bounds how many watches are explained at once.
const maxExplained = 200

func (s *Server) serveExplain(r *Request) error {
	e, err := Explain(s.Reader, s.Rules(), Question{What: r.FormValue("what"), Watch: r.FormValue("watch"), All: r.FormValue("all") == "true"}, s.Time())
	if err != nil {
		return err
	}
	return r.JSON(http.StatusOK, e)
}
