package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/report"
)

type storyPage struct {
	api.Story
	More    int             // reports that were counted and not kept
	Reports []api.StoryItem // in order of publication
	Cards   []card
	Notices []api.Notice
	Mutes   []mute
	Muted   []monitor.Silence // those in force for this story
	Labels  []monitor.Label   // of its reports, as readers gave them
	Revised []revised         // how the wording of its reports changed
	Traces  []trace           // copies of their pages, and what its feeds took back
	Group   bool              // it can be split and merged
	Others  []namedStory      // to merge it with
}

func (s *Server) showStory(r *api.Request) error {
	st, err := s.FindStory(r.PathValue("id"))
	if err != nil {
		return err
	}
	p := storyPage{Story: api.StoryOf(st), More: st.More, Mutes: mutes[:]}
	p.Reports = slices.Clone(p.Items)
	slices.SortStableFunc(p.Reports, func(a, b api.StoryItem) int { return a.At.Compare(b.At) })
	for i := range st.Watches {
		sw := &st.Watches[i]
		c := monitor.CardOf(st, sw)
		p.Cards = append(p.Cards, card{Card: c, Pieces: pieces(c.Sentence, c.Hits), At: timeWords{s.Time(), s.Zone()}.When(sw.At), Told: sw.Alerted, Held: sw.Suppressed})
	}
	if len(st.Items) > 0 {
		a, err := report.Explain(s.Reader, s.Rules(), st.Items[0].ID.String(), s.Time())
		if err != nil {
			return err
		}
		for _, n := range a.Notices {
			p.Notices = append(p.Notices, api.NoticeOf(n))
		}
	}
	for _, it := range st.Items {
		rec, ok, err := s.Reader.Item(it.ID)
		if err != nil {
			return err
		}
		if ok {
			p.Labels = append(p.Labels, rec.Labels...)
			p.Revised = append(p.Revised, revisionsOf(rec, it.OutletName())...)
			p.Traces = append(p.Traces, tracesOf(rec, it.OutletName())...)
		}
	}
	if p.Group = regroupable(s, r.Request); p.Group {
		snap, err := s.Snapshot()
		if err != nil {
			return err
		}
		p.Others = alike(snap.Stories, st, 15)
	}
	silences, err := s.Reader.Silences(s.Time())
	if err != nil {
		return err
	}
	for _, q := range silences {
		if q.Story == st.ID || slices.Contains(st.Aliases, q.Story) {
			p.Muted = append(p.Muted, q)
		}
	}
	return s.show(r, http.StatusOK, "story", view{Title: title(p.Headline), Nav: "/stories", Live: true, Page: p})
}

// A trace is what became of a report at its publisher's, or of a copy of it.
type trace struct {
	Outlet    string
	At        time.Time
	What, URL string
}

// tracesOf says of a report where a copy lies, and when its feed did not list it.
func tracesOf(rec monitor.Record, outlet string) (out []trace) {
	if c := rec.Copy; c != nil {
		out = append(out, trace{outlet, c.At, c.InWords(), c.URL})
	}
	for _, a := range rec.Absences {
		out = append(out, trace{outlet, a.To, a.InWords(), ""})
	}
	if !rec.Withdrawn.IsZero() {
		out = append(out, trace{outlet, rec.Withdrawn, "no longer listed by " + rec.Feed + ", though older items are", ""})
	}
	return out
}

// title makes something that a browser's tab can show.
func title(headline string) string {
	if strings.TrimSpace(headline) == "" {
		return "A story without a headline"
	}
	return headline
}

// roleName says what a report is to its story. The report that opened it is
// not always the one published first.
func roleName(role string) string {
	switch role {
	case "first", "report":
		return "independent"
	}
	return role
}
