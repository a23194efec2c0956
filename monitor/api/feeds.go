package api

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

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

// Feeds lists the configured feeds by name, with what is known of them.
func Feeds(r Reader, rules *monitor.Rules, now time.Time) ([]Feed, error) {
	gaps, err := r.GapsSince(now.Add(-gapsBack))
	if err != nil {
		return nil, err
	}
	byName := map[string][]Gap{}
	for _, g := range gaps {
		byName[g.Feed] = append(byName[g.Feed], Gap{g.From, g.To, g.Lost, g.Why})
	}
	byID := make(map[string]monitor.FeedRecord, len(rules.Feeds))
	if err := r.Feeds(monitor.AllFeeds, func(rec monitor.FeedRecord) bool {
		byID[rec.ID] = rec
		return true
	}); err != nil {
		return nil, err
	}
	out := make([]Feed, 0, len(rules.Feeds))
	for name, f := range rules.Feeds {
		rec := byID[f.ID()]
		v := Feed{Name: name, URL: WithoutSecrets(f.URL), Tags: append([]string{}, f.Tags...), Class: f.Class, Label: f.Label, State: string(rec.Health.State()),
			Since: Stamp{rec.Health.Since}, Cause: rec.Remark(), LastPoll: Stamp{rec.Poll.Last}, LastSuccess: Stamp{rec.Poll.Success}, NextPoll: Stamp{rec.Poll.Next},
			IntervalS: int(rec.Interval.Seconds()), Items: rec.Items, Overlap: rec.Overlap, Moved: rec.State.Moved,
			Daily: daily(rec.Daily, now), Gaps: append([]Gap{}, byName[name]...)}
		if rec.Poll.Success.IsZero() && rec.Health.State() == schedule.OK {
			v.State = "new" // never reached: nobody can call that ok
			if rec.Health.Failures > 0 {
				v.State = string(schedule.Degraded) // and it was asked
			}
		}
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b Feed) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

// WithoutSecrets returns an address without user and password, and without the
// values of parameters that are named like credentials.
func WithoutSecrets(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	u.User = nil
	parts := strings.Split(u.RawQuery, "&")
	for i, part := range parts {
		name, _, ok := strings.Cut(part, "=")
		if ok && slices.ContainsFunc(secretNames[:], func(s string) bool { return strings.Contains(strings.ToLower(name), s) }) {
			parts[i] = name + "=[redacted]"
		}
	}
	u.RawQuery = strings.Join(parts, "&")
	return u.String()
}

// secretNames are parts of the names of parameters that carry credentials.
var secretNames = [...]string{"key", "token", "secret", "auth", "pass", "pwd", "sig", "session", "credential"}

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

// feedCache keeps the feeds as listed for a few seconds: with thousands of
// them, reading all for each request would be most of its time.
type feedCache struct {
	mu    sync.Mutex // held while the store is read
	read  time.Time
	fresh time.Duration // for how long the list is given out
	rules *monitor.Rules
	list  []Feed // replaced, never changed
}

// A list of feeds is given out for feedsFresh, and for feedsShare times as long
// as it took to read: whoever looks, a twentieth of a core is spent on it.
const (
	feedsFresh = 5 * time.Second
	feedsShare = 20
)

// feeds returns the configured feeds as listed. Nobody may change the list.
func (s *Server) FeedList() ([]Feed, error) {
	now, rules := s.Time(), s.Rules()
	c := &s.feedCache
	c.mu.Lock()
	defer c.mu.Unlock()
	if age := now.Sub(c.read); c.rules == rules && age >= 0 && age < c.fresh {
		return c.list, nil
	}
	began := time.Now()
	list, err := Feeds(s.Reader, rules, now)
	if err != nil {
		return nil, err
	}
	c.list, c.rules, c.read, c.fresh = list, rules, now, max(feedsFresh, feedsShare*time.Since(began))
	return list, nil
}

func (s *Server) serveFeeds(r *Request) error {
	feeds, err := s.FeedList()
	if err != nil {
		return err
	}
	feeds, err = page(r, SomeFeeds(feeds, r.FormValue("q"), r.FormValue("state")), maxList)
	if err != nil {
		return err
	}
	return r.JSON(http.StatusOK, feeds)
}

// SomeFeeds returns those in a state, "" for any, of which a word is the name,
// a part of the address, the class or a tag.
func SomeFeeds(feeds []Feed, word, state string) []Feed {
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
