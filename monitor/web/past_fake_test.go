package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/urls"
	"newswatch/monitor"
	"newswatch/monitor/identity"
	"newswatch/monitor/match"
	"newswatch/monitor/schedule"
	"newswatch/monitor/story"
	"newswatch/monitor/text"
)

// fakePast is a Reader in memory. It keeps stories and feeds encoded, so that
// reading one costs what it costs in a real store.
type fakePast struct {
	mu       sync.Mutex
	stories  map[monitor.StoryID][]byte
	last     map[monitor.StoryID]time.Time
	items    map[monitor.ItemID]monitor.Record
	urls     map[uint64]monitor.ItemID
	feeds    [][]byte
	feedAt   map[string]int             // index by ID
	seen     map[string][]identity.Seen // by feed
	polls    []schedule.PollTimes
	notices  []monitor.Notice
	gaps     []monitor.Gap
	silences []monitor.Silence
	gates    map[string]monitor.Breaker
	notes    map[string][]byte
	reads    int // stories decoded
	gapsRead int
}

func newPast() *fakePast {
	return &fakePast{stories: map[monitor.StoryID][]byte{}, last: map[monitor.StoryID]time.Time{}, items: map[monitor.ItemID]monitor.Record{},
		urls: map[uint64]monitor.ItemID{}, feedAt: map[string]int{}, seen: map[string][]identity.Seen{}, notes: map[string][]byte{}}
}

func (p *fakePast) Note(name string) ([]byte, error) { return p.notes[name], nil }

func (p *fakePast) PutNote(name string, v []byte) error {
	p.notes[name] = v
	return nil
}

func (p *fakePast) put(s monitor.Story) {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stories[s.ID], p.last[s.ID] = b, s.Last
}

func (p *fakePast) putFeed(f monitor.FeedRecord) {
	b, err := json.Marshal(f)
	if err != nil {
		panic(err)
	}
	p.feedAt[f.ID] = len(p.feeds)
	p.feeds, p.polls = append(p.feeds, b), append(p.polls, f.Poll)
}

func (p *fakePast) read(id monitor.StoryID) (s monitor.Story, err error) {
	p.reads++
	err = json.Unmarshal(p.stories[id], &s)
	return s, err
}

func (p *fakePast) StoriesSince(t time.Time) (out []monitor.Story, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for id, last := range p.last {
		if !last.Before(t) {
			s, err := p.read(id)
			if err != nil {
				return nil, err
			}
			out = append(out, s)
		}
	}
	return out, nil
}

func (p *fakePast) Story(id monitor.StoryID) (s monitor.Story, ok bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stories[id] == nil {
		return s, false, nil
	}
	s, err = p.read(id)
	return s, true, err
}

func (p *fakePast) Feeds(which monitor.FeedSet, fn func(monitor.FeedRecord) bool) error {
	for i, b := range p.feeds {
		var rec monitor.FeedRecord
		if err := json.Unmarshal(b, &rec); err != nil {
			return err
		}
		if rec.Poll = p.polls[i]; which.Holds(rec.Sets()) && !fn(rec) {
			return nil
		}
	}
	return nil
}

func (p *fakePast) Sets() (map[string]monitor.FeedSet, error) {
	out := map[string]monitor.FeedSet{}
	err := p.Feeds(monitor.AllFeeds, func(rec monitor.FeedRecord) bool {
		out[rec.ID] = rec.Sets()
		return true
	})
	return out, err
}

func (p *fakePast) Feed(id string) (rec monitor.FeedRecord, err error) {
	i, ok := p.feedAt[id]
	if !ok {
		return monitor.FeedRecord{ID: id}, nil
	}
	err = json.Unmarshal(p.feeds[i], &rec)
	rec.Poll = p.polls[i]
	return rec, err
}

func (p *fakePast) Seen(id string) ([]identity.Seen, error) { return p.seen[id], nil }

func (p *fakePast) Lookup(_ []uint64, ids []monitor.ItemID) (map[uint64]monitor.ItemID, map[monitor.ItemID]monitor.Record, error) {
	items := map[monitor.ItemID]monitor.Record{}
	for _, id := range ids {
		if rec, ok := p.items[id]; ok {
			items[id] = rec
		}
	}
	return nil, items, nil
}

func (p *fakePast) Polls() (map[string]schedule.PollTimes, error) {
	out := map[string]schedule.PollTimes{}
	for id, i := range p.feedAt {
		out[id] = p.polls[i]
	}
	return out, nil
}

func (p *fakePast) Item(id monitor.ItemID) (monitor.Record, bool, error) {
	rec, ok := p.items[id]
	return rec, ok, nil
}

func (p *fakePast) ByURL(key uint64) (monitor.ItemID, bool, error) {
	id, ok := p.urls[key]
	return id, ok, nil
}

func (p *fakePast) ItemsBefore(before monitor.ItemID, fn func(monitor.Record) bool) error {
	p.mu.Lock()
	ids := slices.Sorted(maps.Keys(p.items))
	p.mu.Unlock()
	for _, id := range slices.Backward(ids) {
		if (before == 0 || id < before) && !fn(p.items[id]) {
			break
		}
	}
	return nil
}

func (p *fakePast) ItemsWith(from, before monitor.ItemID, _ func(has func(key uint64) bool) bool, fn func(monitor.Record) bool) error {
	return p.ItemsBefore(before, func(rec monitor.Record) bool { return rec.ID >= from && fn(rec) })
}

func (p *fakePast) List(q monitor.NoticeFilter) (out []monitor.Notice, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, n := range p.notices {
		if (q.Destination == "" || q.Destination == n.Destination) && (len(q.States) == 0 || slices.Contains(q.States, n.Delivery.State)) {
			out = append(out, n)
		}
	}
	return out[:min(len(out), q.Limit)], nil
}

func (p *fakePast) Notice(dest, key string) (monitor.Notice, bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.notices, func(n monitor.Notice) bool { return n.Destination == dest && n.Key == key })
	if i < 0 {
		return monitor.Notice{}, false, nil
	}
	return p.notices[i], true, nil
}

func (p *fakePast) Breaker(dest string) (monitor.Breaker, error) { return p.gates[dest], nil }

func (p *fakePast) Counts() (map[string]map[monitor.State]int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := map[string]map[monitor.State]int{}
	for _, n := range p.notices {
		if out[n.Destination] == nil {
			out[n.Destination] = map[monitor.State]int{}
		}
		out[n.Destination][n.Delivery.State]++
	}
	return out, nil
}

func (p *fakePast) GapsSince(t time.Time) (out []monitor.Gap, err error) {
	for _, g := range p.gaps {
		if !g.To.Before(t) {
			out = append(out, g)
		}
	}
	p.gapsRead += len(out)
	return out, nil
}

func (p *fakePast) DaysSince(time.Time) ([]monitor.DayTotal, error) { return nil, nil }
func (p *fakePast) Silences(time.Time) ([]monitor.Silence, error)   { return p.silences, nil }
func (p *fakePast) Size() int64                                     { return 48 << 20 }
func (p *fakePast) FailedDeliveries(t time.Time) ([]monitor.Notice, error) {
	return p.List(monitor.NoticeFilter{States: []monitor.State{monitor.Dead, monitor.Unconfirmed}, Limit: 100})
}

// fakeRules watch a little of the worked example.
func fakeRules() *monitor.Rules {
	r := &monitor.Rules{Zone: time.UTC, Feeds: map[string]*feeds.Feed{}, Entities: map[string]match.Entity{
		"ice": {Label: "U.S. Immigration and Customs Enforcement", Names: []string{"Immigration and Customs Enforcement"}, Acronyms: []string{"ICE"},
			Support: match.Support{Within: 40, Any: []string{"immigration", "detention", "DHS", "contract*", "agent*", "Microsoft"}},
			Against: match.Against{Within: 12, Any: []string{"storm*", "hockey", "rink"}}},
		"azure": {Names: []string{"Microsoft Azure", "Azure Government"}, Words: []string{"Azure"},
			Support: match.Support{Within: 30, Any: []string{"Microsoft", "cloud", "datacenter"}}},
	}}
	r.Watches = []monitor.Watch{
		{Name: "azure-at-ice", Match: "{azure} NEAR/60 {ice}", Notify: []string{"newsroom", "desk"}, Priority: monitor.High},
		{Name: "detention-contracts", Match: `("detention center" OR detention) AND contract AND amount>=1M`, Notify: []string{"newsroom"}},
		{Name: "surveillance-tools", Match: `{ice} AND (palantir OR "facial recognition" OR "license plate")`, Notify: []string{"newsroom"}},
		{Name: "ice-any", Match: "{ice}", Feeds: []string{"national"}, Notify: []string{"desk"}, Priority: monitor.Low},
		{Name: "geo-group", Match: `"GEO Group" OR CoreCivic`},
	}
	var rules []match.Rule
	for _, w := range r.Watches {
		rules = append(rules, match.Rule{Name: w.Name, Match: w.Match, Feeds: w.Feeds})
	}
	r.Set, _ = match.Compile(r.Entities, rules)
	return r
}

// addFeed makes a configured feed and what is remembered of it.
func addFeed(p *fakePast, r *monitor.Rules, f feeds.Feed, h schedule.Health, now time.Time, perDay int) {
	r.Feeds[f.Name] = &f
	rec := monitor.FeedRecord{ID: f.URL, Name: f.Name, Added: now.Add(-40 * 24 * time.Hour), Interval: 15 * time.Minute, Health: h, Overlap: .93,
		LastNew: now.Add(-2 * time.Hour), Items: 40 * perDay, Poll: schedule.PollTimes{Last: now.Add(-4 * time.Minute), Success: now.Add(-4 * time.Minute),
			Next: now.Add(11 * time.Minute), Polls: 3800}}
	if h.State() != schedule.OK {
		rec.Poll.Success = h.Since
	}
	today := int(now.Unix() / 86400)
	for i := range 14 {
		n := (perDay*(60+(i*37+len(f.Name)*13)%80) + 50) / 100
		if h.State() == schedule.Degraded && i > 11 {
			n = 0
		}
		rec.Daily = append(rec.Daily, monitor.DayCount{Day: uint16(today - 13 + i), N: n})
	}
	p.putFeed(rec)
}

// fakeStory makes a story of several reports.
type fakeStory struct {
	at       time.Time
	watch    []string
	verdict  match.Verdict
	headline string
	sentence string
	hits     []string
	why      []string
	reports  []fakeReport
	held     string
}

type fakeReport struct {
	outlet, feed, title, url string
	role                     story.Role
	after                    time.Duration
	why                      string
}

// add puts a story into the past and returns its ID.
func (p *fakePast) add(f fakeStory, n int) monitor.StoryID {
	s := monitor.Story{Headline: f.headline, First: f.at, Last: f.at}
	for i, rep := range f.reports {
		id := monitor.FirstID(f.at.Add(rep.after)) + monitor.ItemID(n*64+i)
		it := monitor.StoryItem{ID: id, Feed: rep.feed, Outlet: rep.outlet, Title: rep.title, URL: rep.url, Published: f.at.Add(rep.after - 6*time.Minute), Role: rep.role}
		if it.Title == "" {
			it.Title = f.headline
		}
		if rep.why != "" {
			it.Reasons = []story.Reason{{Kind: "similar", Score: .9, Why: rep.why}}
		}
		if i == 0 {
			s.ID, s.URL = monitor.StoryID(id), it.URL
		}
		s.Items = append(s.Items, it)
		s.Last = f.at.Add(rep.after)
		item := feeds.Item{Title: it.Title, Link: it.URL, URL: urls.Canonical(it.URL), Summary: f.sentence, Published: it.Published}
		p.seen[feedURL(rep.feed)] = append(p.seen[feedURL(rep.feed)], identity.Seen{ID: uint64(id), Listed: true})
		p.items[id] = monitor.Record{ID: id, Item: item, Feed: rep.feed, Outlet: rep.outlet, Seen: id.Time(), Story: s.ID, Role: rep.role, Reasons: it.Reasons}
		p.urls[identity.URLKey(item.URL)] = id
	}
	var spans []text.Range
	for _, h := range f.hits {
		if i := indexFrom(f.sentence, h, spans); i >= 0 {
			spans = append(spans, text.Range{Start: i, End: i + len(h)})
		}
	}
	for _, w := range f.watch {
		s.Watches = append(s.Watches, monitor.StoryWatch{Watch: w, Verdict: f.verdict, Item: monitor.ItemID(s.ID), At: f.at, Matches: len(f.reports),
			Alerted: f.held == "" && f.verdict == match.Strong, Alert: f.held == "", Suppressed: f.held, Sentence: f.sentence, Hits: spans, Why: f.why})
	}
	p.put(s)
	return s.ID
}

func indexFrom(s, sub string, before []text.Range) int {
	from := 0
	if len(before) > 0 {
		from = before[len(before)-1].End
	}
	for i := from; i+len(sub) <= len(s); i++ {
		if s[i:i+len(sub)] == sub {
			return i
		}
	}
	return -1
}

// feedURL is the address of a feed of manyStories.
func feedURL(name string) string { return "https://" + name + ".example.org/rss" }

// manyStories fills the past with n stories over thirty days and m feeds.
func manyStories(n, m int, now time.Time) (*fakePast, *monitor.Rules) {
	p, r := newPast(), fakeRules()
	for i := range m {
		name := fmt.Sprintf("feed-%04d", i)
		addFeed(p, r, feeds.Feed{Name: name, URL: feedURL(name), Tags: []string{"national"}, Class: "press"}, schedule.Health{}, now, 12)
	}
	for i := range n {
		feed := fmt.Sprintf("feed-%04d", i%max(m, 1))
		at := now.Add(-time.Duration(i) * (30 * 24 * time.Hour / time.Duration(n)))
		p.add(fakeStory{at: at, watch: []string{r.Watches[i%len(r.Watches)].Name}, verdict: match.Strong,
			headline: fmt.Sprintf("Agency signs contract number %d with a cloud vendor", i),
			sentence: "Records show that Immigration and Customs Enforcement signed a contract for Microsoft Azure storage.",
			hits:     []string{"Immigration and Customs Enforcement", "Microsoft Azure"}, why: []string{"title: “Azure”: names the platform in full"},
			reports: []fakeReport{{outlet: feed, feed: feed, url: fmt.Sprintf("https://%s.example.org/%d", feed, i), role: story.First},
				{outlet: "Wire", feed: feed, url: fmt.Sprintf("https://wire.example.org/%d", i), role: story.Reprint, after: time.Minute, why: "the same text"}}}, i)
	}
	return p, r
}

// notice makes a row of the outbox in a state.
func notice(state monitor.State) monitor.Notice {
	return monitor.Notice{Key: "0a1b2c3d4e5f", Destination: "newsroom", Kind: monitor.AlertKind, Watch: "ice-any", Created: testNow,
		Content: monitor.Content{Headline: "A headline"}, Delivery: monitor.Delivery{State: state, Reason: "a reason"}}
}
