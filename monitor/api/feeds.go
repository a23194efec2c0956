package api

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"newswatch/feeds/urls"
	"newswatch/monitor"
	"newswatch/monitor/schedule"
)

// Feed is a feed as commands and the Server give it.
type Feed struct {
	Name        string   `json:"name"`
	URL         string   `json:"url"`
	Tags        []string `json:"tags"`
	Class       string   `json:"class,omitempty"`
	Label       string   `json:"label,omitempty"` // what people know the outlet by
	State       string   `json:"state"`
	Since       Stamp    `json:"since"` // when it entered its state
	Cause       string   `json:"cause,omitempty"`
	LastPoll    Stamp    `json:"last_poll"`
	LastSuccess Stamp    `json:"last_success"`
	NextPoll    Stamp    `json:"next_poll"`
	IntervalS   int      `json:"interval_s"` // 0 with an exact schedule, and before the first success
	Items       int      `json:"items"`
	Size        int      `json:"-"` // entries its last document listed
	Overlap     float64  `json:"overlap"`
	Moved       string   `json:"moved,omitempty"`
	Daily       []int    `json:"daily"` // new items a day for two weeks, today last
	Gaps        []Gap    `json:"gaps"`
}

// Gap is a time in which a feed was not seen.
type Gap struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	Lost bool      `json:"lost"`
	Why  string    `json:"why"`
}

// DailyDays is how many days a feed's sparkline shows.
const DailyDays = 14

// gapsBack is how far back the gaps of a feed are listed.
const gapsBack = 30 * 24 * time.Hour

// A FeedState is a configured feed and how it does: what counts and lists of names
// need of it. The record of a feed that is well is not read for it.
type FeedState struct {
	Name, ID, State string
	Poll            schedule.PollTimes
}

// A Roster is the configured feeds by name, as they did a few seconds ago at
// most. It is safe for concurrent use; nobody changes what it gives.
type Roster struct {
	Feeds []FeedState

	reader Reader
	rules  *monitor.Rules
	gaps   func() ([]monitor.Gap, error) // reads them once
}

// byName lists the configured feeds, of which only names and IDs are known.
func byName(rules *monitor.Rules) []FeedState {
	out := make([]FeedState, 0, len(rules.Feeds))
	for name := range rules.Feeds {
		out = append(out, FeedState{Name: name, ID: rules.Feed(name).ID()})
	}
	slices.SortFunc(out, func(a, b FeedState) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// read fills in how the feeds do.
func (r *Roster) read() error {
	polls, err := r.reader.Polls()
	if err != nil {
		return err
	}
	sets, err := r.reader.Sets()
	if err != nil {
		return err
	}
	for i := range r.Feeds {
		f := &r.Feeds[i]
		in := sets[f.ID]
		c, known := in.Condition()
		if !known {
			rec, err := r.reader.Feed(f.ID)
			if err != nil {
				return err
			}
			c = rec.Health.State()
		}
		f.Poll = polls[f.ID]
		f.State = stateOf(c, in&monitor.TroubledFeeds != 0, f.Poll)
	}
	return nil
}

// stateOf is the state in which a feed is listed.
func stateOf(c schedule.Condition, troubled bool, p schedule.PollTimes) string {
	switch {
	case !p.Success.IsZero() || c != schedule.OK:
		return string(c)
	case troubled:
		return string(schedule.Degraded) // it was asked, and never reached
	}
	return "new" // never reached: nobody can call that ok
}

// Feed returns the state of the feed of a name.
func (r *Roster) Feed(name string) (FeedState, bool) {
	i, ok := slices.BinarySearchFunc(r.Feeds, name, func(f FeedState, name string) int { return cmp.Compare(f.Name, name) })
	if !ok {
		return FeedState{}, false
	}
	return r.Feeds[i], true
}

// Gaps returns the gaps of all feeds that ended within a month, oldest first.
func (r *Roster) Gaps() ([]monitor.Gap, error) { return r.gaps() }

// Whole returns all that is told of some of the feeds, in the order given.
func (r *Roster) Whole(some []FeedState, now time.Time) ([]Feed, error) {
	gaps, err := r.gaps()
	if err != nil {
		return nil, err
	}
	ofFeed := make(map[string][]Gap, len(some))
	for _, f := range some {
		ofFeed[f.Name] = []Gap{}
	}
	for _, g := range gaps {
		if of, ok := ofFeed[g.Feed]; ok {
			ofFeed[g.Feed] = append(of, Gap{g.From, g.To, g.Lost, g.Reason()})
		}
	}
	recs, err := r.records(some)
	if err != nil {
		return nil, err
	}
	out := make([]Feed, 0, len(some))
	for i, state := range some {
		f, rec := r.rules.Feed(state.Name), recs[i]
		out = append(out, Feed{Name: f.Name, URL: urls.WithoutSecrets(f.URL), Tags: append([]string{}, f.Tags...), Class: f.Class, Label: f.Label, State: stateOf(rec.Health.State(), rec.Health.Failures > 0, rec.Poll),
			Since: Stamp{rec.Health.Since}, Cause: rec.Remark(), LastPoll: Stamp{rec.Poll.Last}, LastSuccess: Stamp{rec.Poll.Success}, NextPoll: Stamp{rec.Poll.Next},
			IntervalS: int(rec.Interval.Seconds()), Items: rec.Items, Size: rec.Size, Overlap: rec.Overlap, Moved: urls.WithoutSecrets(rec.State.Moved),
			Daily: daily(rec.Daily, now), Gaps: ofFeed[f.Name]})
	}
	return out, nil
}

// fewFeeds is the share of the feeds from which one walk over all is cheaper
// than a look at each.
const fewFeeds = 8

// records reads what is remembered of some of the feeds.
func (r *Roster) records(some []FeedState) (out []monitor.FeedRecord, err error) {
	out = make([]monitor.FeedRecord, len(some))
	if len(some)*fewFeeds < len(r.Feeds) {
		for i, f := range some {
			if out[i], err = r.reader.Feed(f.ID); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	at := make(map[string]int, len(some))
	for i, f := range some {
		at[f.ID] = i
	}
	err = r.reader.Feeds(monitor.AllFeeds, func(rec monitor.FeedRecord) bool {
		if i, ok := at[rec.ID]; ok {
			out[i] = rec
		}
		return true
	})
	return out, err
}

// daily spreads a feed's counts over the days shown, today last.
func daily(counts []monitor.DayCount, now time.Time) []int {
	out := make([]int, DailyDays)
	today := int(now.Unix() / 86400)
	for _, c := range counts {
		if i := DailyDays - 1 - (today - int(c.Day)); i >= 0 && i < DailyDays {
			out[i] = c.N
		}
	}
	return out
}

// Top is the most items a day of one feed. Each feed is drawn to its own
// scale: a wire would flatten all others.
func (f Feed) Top() int {
	if len(f.Daily) == 0 {
		return 0
	}
	return slices.Max(f.Daily)
}

// Lost returns how many of the feed's gaps may have swallowed items.
func (f Feed) Lost() int {
	n := 0
	for _, g := range f.Gaps {
		if g.Lost {
			n++
		}
	}
	return n
}

// A rosterCache keeps the roster for a few seconds: with a hundred thousand
// feeds, reading it for each request would be most of its time.
type rosterCache struct {
	mu    sync.Mutex // held while the store is read
	read  time.Time
	fresh time.Duration // for how long the roster is given out
	order []FeedState   // as byName gives them
	kept  *Roster
	gaps  gapCache
}

// A gapCache keeps the gaps of the last month, of which there may be tens of
// thousands. They are stored in the order of their ends, and stay as they are: a
// look reads those that ended since the last one, but for some time before that,
// in which a commit may have been under way.
type gapCache struct {
	mu     sync.Mutex // held while the store is read
	looked time.Time
	gaps   []monitor.Gap // oldest first
}

const gapsOverlap = time.Hour

// look returns the gaps that ended within a month, joined.
func (c *gapCache) look(r Reader, now time.Time) ([]monitor.Gap, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	back := now.Add(-gapsBack)
	since := back
	if last := c.looked.Add(-gapsOverlap); last.After(back) {
		since = last
	}
	more, err := r.GapsSince(since)
	if err != nil {
		return nil, err
	}
	c.gaps = slices.DeleteFunc(c.gaps, func(g monitor.Gap) bool { return g.To.Before(back) || !g.To.Before(since) })
	c.gaps, c.looked = append(c.gaps, more...), now
	return monitor.JoinGaps(c.gaps), nil
}

// A roster is given out for rosterFresh, and for rosterShare times as long as it
// took to read: whoever looks, a twentieth of a core is spent on it.
const (
	rosterFresh = 5 * time.Second
	rosterShare = 20
)

// Roster returns the configured feeds.
func (s *Server) Roster() (*Roster, error) {
	now, rules := s.Time(), s.Rules()
	c := &s.rosterCache
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.kept != nil && c.kept.rules == rules
	if age := now.Sub(c.read); known && age >= 0 && age < c.fresh {
		return c.kept, nil
	}
	if !known {
		c.order = byName(rules)
	}
	began := time.Now()
	kept := &Roster{Feeds: slices.Clone(c.order), reader: s.Reader, rules: rules,
		gaps: sync.OnceValues(func() ([]monitor.Gap, error) { return c.gaps.look(s.Reader, now) })}
	if err := kept.read(); err != nil {
		return nil, err
	}
	c.kept, c.read, c.fresh = kept, now, max(rosterFresh, rosterShare*time.Since(began))
	return kept, nil
}

func (s *Server) serveFeeds(r *Request) error {
	roster, err := s.Roster()
	if err != nil {
		return err
	}
	some, err := page(r, roster.Some(r.FormValue("q"), r.FormValue("state")), maxList)
	if err != nil {
		return err
	}
	return list(r, func(yield func(Feed, error) bool) {
		first := min(len(some), flushEvery)
		for _, part := range [...][]FeedState{some[:first], some[first:]} {
			whole, err := roster.Whole(part, s.Time())
			if err != nil {
				yield(Feed{}, err)
				return
			}
			for _, f := range whole {
				if !yield(f, nil) {
					return
				}
			}
		}
	})
}

// Some returns the feeds in a state, "" for any, of which a word is the name, a
// part of the address, the class or a tag.
func (r *Roster) Some(word, state string) []FeedState {
	if word == "" && state == "" {
		return r.Feeds
	}
	word = strings.ToLower(strings.TrimSpace(word))
	out := []FeedState{}
	for _, s := range r.Feeds {
		if state != "" && s.State != state {
			continue
		}
		f := r.rules.Feed(s.Name)
		if strings.Contains(strings.ToLower(s.Name), word) || strings.Contains(strings.ToLower(urls.WithoutSecrets(f.URL)), word) ||
			strings.EqualFold(f.Class, word) || slices.ContainsFunc(f.Tags, func(t string) bool { return strings.EqualFold(t, word) }) {
			out = append(out, s)
		}
	}
	return out
}
