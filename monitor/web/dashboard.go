package web

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/match"
	"newswatch/monitor/schedule"
)

// A card is one story under one watch, as the pages tell it.
type card struct {
	monitor.Card
	Pieces []piece // of the sentence
	At     moment
	Told   bool
	Held   string
	Above  string // the watch under which the page tells this story already
}

// What the front page lists at most; the rest is one link away.
const (
	frontStories  = 6 // of one watch
	frontWatches  = 40
	frontPossible = 8
	frontBlind    = 8
	frontTrouble  = 8
	frontChart    = 12
)

// dashboard is what an editor wants at nine in the morning, in the order wanted.
type dashboard struct {
	Days         int
	Stories      int // that were told or strong
	Watches      []dashboardWatch
	Quiet        []string // watches that found nothing
	Possible     []card
	Maybe        int // possible ones in all
	Seen         int // feeds that can be seen
	Feeds        int
	CoverageGaps []api.Feed
	Blinds       int
	Gaps         []monitor.Gap
	Trouble      []api.Notice
	Owed         int
	Waiting      []queue
	LastPoll     time.Time
	Silences     []monitor.Silence
	Unusual      []monitor.Unusual
	Chart        chart
}

type dashboardWatch struct {
	Name  string
	Cards []card
	More  int
}

func (s *Server) showDashboard(r *api.Request) error {
	days, err := r.Number("days", 1, 1, 30)
	if err != nil {
		return err
	}
	f := dashboard{Days: days}
	if s.Unusual != nil {
		f.Unusual = s.Unusual()
	}
	now := s.Time()
	snap, err := s.Snapshot()
	if err != nil {
		return err
	}
	if err := s.tellStories(&f, snap.Stories, now.AddDate(0, 0, -days)); err != nil {
		return err
	}
	list := api.Watches(s.Rules(), snap.Stories, now.In(s.Zone()), api.ChartDays)
	f.Chart = chartOf(list, now.In(s.Zone()), api.ChartDays, frontChart)
	if err := s.tellTrouble(&f, now); err != nil {
		return err
	}
	return s.show(r, http.StatusOK, "front", view{Title: "Today", Nav: "/", Live: true, Page: f})
}

// tellStories fills in what the watches found since a time.
func (s *Server) tellStories(f *dashboard, stories []*api.Summary, since time.Time) error {
	rules := s.Rules()
	found := sortOut(rules, stories, since)
	f.Stories, f.Maybe = len(found.told), len(found.possible)
	above := map[monitor.StoryID]string{}
	for _, w := range rules.Watches {
		list := found.byWatch[w.Name]
		if len(list) == 0 {
			f.Quiet = append(f.Quiet, w.Name)
			continue
		}
		if len(f.Watches) == frontWatches {
			break
		}
		slices.SortStableFunc(list, func(a, b *api.Summary) int { return cmp.Compare(b.Outlets, a.Outlets) })
		fw := dashboardWatch{Name: w.Name, More: max(0, len(list)-frontStories)}
		for _, b := range list[:min(len(list), frontStories)] {
			if err := s.addCard(&fw.Cards, b.ID, w.Name); err != nil {
				return err
			}
		}
		for i := range fw.Cards {
			c := &fw.Cards[i]
			if c.Above = above[c.Story]; c.Above == "" {
				above[c.Story] = w.Name
			}
		}
		f.Watches = append(f.Watches, fw)
	}
	for _, a := range found.possible[:min(len(found.possible), frontPossible)] {
		if err := s.addCard(&f.Possible, a.story, a.watch); err != nil {
			return err
		}
	}
	return nil
}

// findings are stories sorted out for the front page.
type findings struct {
	byWatch  map[string][]*api.Summary // told, or strong
	told     map[monitor.StoryID]bool  // the same without regard to watches
	possible []alertRef                // weak only, newest first
}

// sortOut tells what is news since a time from what is perhaps news. Stories
// stand by last report.
func sortOut(rules *monitor.Rules, stories []*api.Summary, since time.Time) findings {
	f := findings{byWatch: map[string][]*api.Summary{}, told: map[monitor.StoryID]bool{}}
	dropped := map[string]bool{}
	for _, w := range rules.Watches {
		dropped[w.Name] = w.Weak == monitor.WeakDrop
	}
	for _, b := range stories {
		if b.Last.Before(since) {
			break
		}
		for _, w := range b.Watches {
			switch {
			case w.Old || w.At.Before(since):
			case w.Verdict == match.Strong || w.Told:
				f.byWatch[w.Watch] = append(f.byWatch[w.Watch], b)
				f.told[b.ID] = true
			case !dropped[w.Watch]:
				f.possible = append(f.possible, alertRef{b.ID, w.Watch, w.At})
			}
		}
	}
	newestFirst(f.possible)
	return f
}

// addCard reads a story and tells it as a card; one that has gone meanwhile is
// passed over.
func (s *Server) addCard(to *[]card, id monitor.StoryID, watch string) error {
	st, ok, err := s.Reader.Story(id)
	if err != nil || !ok {
		return err
	}
	if sw := st.Watch(watch); sw != nil {
		c := monitor.CardOf(&st, sw)
		*to = append(*to, card{Card: c, Pieces: pieces(c.Sentence, c.Hits), At: timeWords{s.Time(), s.Zone()}.When(sw.At), Told: sw.Alerted, Held: sw.Suppressed})
	}
	return nil
}

// tellTrouble fills in where newswatch is or was blind, and what did not
// arrive.
func (s *Server) tellTrouble(f *dashboard, now time.Time) error {
	roster, err := s.Roster()
	if err != nil {
		return err
	}
	if err := f.tellBlind(roster, now); err != nil {
		return err
	}
	since := now.AddDate(0, 0, -f.Days)
	troubled, err := s.Reader.FailedDeliveries(since)
	if err != nil {
		return err
	}
	for _, n := range troubled[:min(len(troubled), frontTrouble)] {
		f.Trouble = append(f.Trouble, api.NoticeOf(n))
	}
	counts, err := s.Reader.Counts()
	if err != nil {
		return err
	}
	for _, byState := range counts {
		f.Owed += owedIn(byState)
	}
	if f.Waiting, err = queuesAt(s.Reader, counts, now); err != nil {
		return err
	}
	f.Silences, err = s.Reader.Silences(now)
	return err
}

// tellBlind fills in which feeds are not seen, and which were not for a time.
func (f *dashboard) tellBlind(roster *api.Roster, now time.Time) (err error) {
	f.Feeds = len(roster.Feeds)
	var blind []api.FeedState
	for _, v := range roster.Feeds {
		if v.Poll.Last.After(f.LastPoll) {
			f.LastPoll = v.Poll.Last
		}
		if !sees(v.State) {
			blind = append(blind, v)
		}
	}
	f.Seen, f.Blinds = f.Feeds-len(blind), len(blind)
	if f.CoverageGaps, err = roster.Whole(blind[:min(len(blind), frontBlind)], now); err != nil {
		return err
	}
	gaps, err := roster.Gaps()
	if err != nil {
		return err
	}
	since := now.AddDate(0, 0, -f.Days)
	for _, g := range slices.Backward(gaps) { // the latest first
		if _, listed := roster.Feed(g.Feed); listed && g.To.After(since) && len(f.Gaps) < frontBlind {
			f.Gaps = append(f.Gaps, g)
		}
	}
	return nil
}

// sees reports whether a feed in a state shows what it publishes.
func sees(state string) bool {
	return state == string(schedule.OK) || state == string(schedule.Moved) || state == string(schedule.Stalled)
}

// Period says what time the front page covers.
func (f dashboard) Period() string {
	if f.Days == 1 {
		return "the last 24 hours"
	}
	return fmt.Sprintf("the last %d days", f.Days)
}
