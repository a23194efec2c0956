// Package web shows what the monitor knows: the local page, the JSON API,
// metrics and health.
//
// It only reads, save for what an editor asks for on the page. It knows no
// store and no destination, only the Reader it is given.
package web

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/report"
	"newswatch/monitor/schedule"
)

// A Reader is the past as pages and commands show it.
type Reader interface {
	report.Ledger
	Story(id monitor.StoryID) (monitor.Story, bool, error)
	Item(id monitor.ItemID) (monitor.Record, bool, error)
	ByURL(key uint64) (monitor.ItemID, bool, error)
	ItemsBefore(before monitor.ItemID, fn func(monitor.Record) bool) error
	List(q monitor.Query) ([]monitor.Notice, error)
	Counts() (map[string]map[monitor.State]int, error)
	Breaker(dest string) (monitor.Breaker, error)
	Size() int64
}

// Feed is a feed as commands and the API give it.
type Feed struct {
	Name        string   `json:"name"`
	URL         string   `json:"url"`
	Tags        []string `json:"tags"`
	Class       string   `json:"class,omitempty"`
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

// dailyDays is how many days a feed's sparkline shows.
const dailyDays = 14

// gapsBack is how far back the gaps of a feed are listed.
const gapsBack = 30 * 24 * time.Hour

// Feeds lists the configured feeds by name, with what is known of them.
func Feeds(r Reader, rules *monitor.Rules, now time.Time) ([]Feed, error) {
	recs, err := r.Feeds()
	if err != nil {
		return nil, err
	}
	gaps, err := r.GapsSince(now.Add(-gapsBack))
	if err != nil {
		return nil, err
	}
	byName := map[string][]Gap{}
	for _, g := range gaps {
		byName[g.Feed] = append(byName[g.Feed], Gap{g.From, g.To, g.Lost, g.Why})
	}
	byURL := make(map[string]monitor.FeedRecord, len(recs))
	for _, rec := range recs {
		byURL[rec.ID] = rec
	}
	out := make([]Feed, 0, len(rules.Feeds))
	for name, f := range rules.Feeds {
		rec := byURL[f.URL]
		v := Feed{Name: name, URL: withoutSecrets(f.URL), Tags: append([]string{}, f.Tags...), Class: f.Class, State: string(rec.Health.State()),
			Since: Stamp{rec.Health.Since}, Cause: rec.Remark(), LastPoll: Stamp{rec.Poll.Last}, LastSuccess: Stamp{rec.Poll.Success}, NextPoll: Stamp{rec.Poll.Next},
			IntervalS: int(rec.Interval.Seconds()), Items: rec.Items, Overlap: rec.Overlap, Moved: rec.State.Moved,
			Daily: daily(rec.Daily, now), Gaps: append([]Gap{}, byName[name]...)}
		if rec.Poll.Success.IsZero() && rec.Health.State() == schedule.OK {
			v.State = "new" // never reached: nobody can call that ok
		}
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b Feed) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

// withoutSecrets returns an address without user and password, and without the
// values of parameters that are named like credentials.
func withoutSecrets(address string) string {
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
	out := make([]int, dailyDays)
	today := int(now.Unix() / 86400)
	for _, c := range counts {
		if i := dailyDays - 1 - (today - int(c.Day)); i >= 0 && i < dailyDays {
			out[i] = c.N
		}
	}
	return out
}

// Story is a story as commands and the API give it.
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
	Items       []StoryItem `json:"items"`
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
	Title  string    `json:"title"`
	Role   string    `json:"role"`
	Seen   time.Time `json:"seen"`
	Why    []string  `json:"why,omitempty"` // why it joined the story
}

// Stories lists the stories with a report since t, latest first. Those merged
// into others are left out.
func Stories(r Reader, t time.Time) ([]Story, error) {
	stories, err := r.StoriesSince(t)
	if err != nil {
		return nil, err
	}
	out := make([]Story, 0, len(stories))
	for i := range stories {
		if stories[i].Into == 0 {
			out = append(out, StoryOf(&stories[i]))
		}
	}
	slices.SortFunc(out, func(a, b Story) int { return cmp.Or(b.LastSeen.Compare(a.LastSeen), cmp.Compare(b.Story, a.Story)) })
	return out, nil
}

// StoryOf shows one story.
func StoryOf(s *monitor.Story) Story {
	v := Story{Story: s.ID.String(), Headline: s.Headline, URL: s.URL, FirstSeen: s.First, LastSeen: s.Last,
		Outlets: s.Outlets(), Independent: s.Independent(), Watches: []string{}, Matches: []Matched{}, Items: []StoryItem{}}
	for _, sw := range s.Watches {
		v.Watches = append(v.Watches, sw.Watch)
		v.Matches = append(v.Matches, Matched{Watch: sw.Watch, Verdict: sw.Verdict.String(), Sentence: sw.Sentence,
			Why: append([]string{}, sw.Why...), Told: sw.Told, Held: sw.Held})
	}
	for _, it := range s.Items {
		si := StoryItem{ID: it.ID.String(), URL: it.URL, Feed: it.Feed, Outlet: it.Outlet, Title: it.Title, Role: string(it.Role), Seen: it.ID.Time()}
		for _, why := range it.Reasons {
			si.Why = append(si.Why, why.Why)
		}
		v.Items = append(v.Items, si)
	}
	return v
}

// Item is an archived item as search gives it: with what feeds parse says of
// an entry, so that match and backtest can read it.
type Item struct {
	Type      string    `json:"type"` // "item"
	ID        string    `json:"id"`
	GUID      string    `json:"guid"`
	URL       string    `json:"url"`
	Title     string    `json:"title"`
	Summary   string    `json:"summary"`
	Content   string    `json:"content"`
	Authors   []string  `json:"authors"`
	Tags      []string  `json:"tags"`
	Published Stamp     `json:"published"`
	Updated   Stamp     `json:"updated"`
	Lang      string    `json:"lang"`
	Feed      string    `json:"feed"`
	Outlet    string    `json:"outlet"`
	Seen      time.Time `json:"seen"`
	Story     string    `json:"story"`
	Role      string    `json:"role,omitempty"`
	Watches   []string  `json:"watches,omitempty"`
	Withdrawn time.Time `json:"withdrawn,omitzero"`
	Held      string    `json:"held,omitempty"`
}

// ItemOf shows one archived item.
func ItemOf(rec monitor.Record) Item {
	it := rec.Item
	v := Item{Type: "item", ID: rec.ID.String(), GUID: it.GUID, URL: cmp.Or(it.Link, it.URL), Title: it.Title, Summary: it.Summary, Content: it.Content,
		Authors: append([]string{}, it.Authors...), Tags: append([]string{}, it.Tags...), Published: Stamp{it.Published}, Updated: Stamp{it.Updated},
		Lang: it.Lang, Feed: rec.Feed, Outlet: rec.Outlet, Seen: rec.Seen, Story: rec.Story.String(), Role: string(rec.Role),
		Withdrawn: rec.Withdrawn, Held: rec.Held}
	for _, m := range rec.Matches {
		v.Watches = append(v.Watches, m.Watch)
	}
	return v
}

// Notice is a row of the outbox as commands and the API give it.
type Notice struct {
	Key         string    `json:"key"`
	Destination string    `json:"destination"`
	Kind        string    `json:"kind"`
	State       string    `json:"state"`
	Attempts    int       `json:"attempts"`
	Due         Stamp     `json:"due"` // null once nothing is due any more
	Headline    string    `json:"headline"`
	Reason      string    `json:"reason"`
	Watch       string    `json:"watch,omitempty"`
	Story       string    `json:"story,omitempty"`
	Created     time.Time `json:"created"`
	Receipt     string    `json:"receipt,omitempty"`
	SentAt      time.Time `json:"sent_at,omitzero"`
}

// NoticeOf shows one row of the outbox.
func NoticeOf(n monitor.Notice) Notice {
	return Notice{Key: n.Key, Destination: n.Destination, Kind: string(n.Kind), State: string(n.Delivery.State), Attempts: n.Delivery.Attempts,
		Due: Stamp{n.Delivery.Due}, Headline: n.Content.Headline, Reason: n.Delivery.Reason, Watch: n.Watch, Story: n.Story.String(),
		Created: n.Created, Receipt: n.Delivery.Receipt.ID, SentAt: n.Delivery.Receipt.At}
}

// Status sums up the daemon.
type Status struct {
	Version    string         `json:"version"`
	Started    Stamp          `json:"started"` // null if no daemon runs
	Feeds      map[string]int `json:"feeds"`
	Outbox     map[string]int `json:"outbox"`
	StoreBytes int64          `json:"store_bytes"`
	LastPoll   Stamp          `json:"last_poll"`
}

// StatusOf counts feeds and notices by state.
func StatusOf(r Reader, rules *monitor.Rules, version string, started, now time.Time) (Status, error) {
	st := Status{Version: version, Started: Stamp{started}, Feeds: map[string]int{}, Outbox: map[string]int{}, StoreBytes: r.Size()}
	feeds, err := Feeds(r, rules, now)
	if err != nil {
		return st, err
	}
	recs, err := r.Feeds()
	if err != nil {
		return st, err
	}
	for _, f := range feeds {
		st.Feeds[f.State]++
	}
	for _, rec := range recs {
		if rec.Poll.Last.After(st.LastPoll.Time) {
			st.LastPoll = Stamp{rec.Poll.Last}
		}
	}
	counts, err := r.Counts()
	for _, states := range counts {
		for state, n := range states {
			st.Outbox[string(state)] += n
		}
	}
	return st, err
}
