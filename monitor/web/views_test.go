package web

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/identity"
	"newswatch/monitor/schedule"
	"newswatch/monitor/story"
)

func TestFeedsOf(t *testing.T) {
	p, r := newPast(), fakeRules()
	addFeed(p, r, feeds.Feed{Name: "b", URL: "https://b.example.org/"}, schedule.Health{}, testNow, 4)
	addFeed(p, r, feeds.Feed{Name: "gone from the configuration", URL: "https://x.example.org/"}, schedule.Health{}, testNow, 4)
	delete(r.Feeds, "gone from the configuration")
	r.Feeds["a"] = &feeds.Feed{Name: "a", URL: "https://a.example.org/"}
	r.Feeds["c"] = &feeds.Feed{Name: "c", URL: "https://c.example.org/", Label: "The Courier"}
	p.putFeed(monitor.FeedRecord{ID: "https://c.example.org/", Name: "c", Health: schedule.Health{Cause: "connection refused"}, Poll: schedule.PollTimes{Last: testNow}})
	p.gaps = []monitor.Gap{{Feed: "b", From: testNow.Add(-time.Hour), To: testNow, Why: "w"}}
	s := &api.Server{Reader: p, Rules: func() *monitor.Rules { return r }, Now: fixed(testNow)}
	roster, err := s.Roster()
	if err != nil {
		t.Fatal(err)
	}
	list, err := roster.Whole(roster.Feeds, testNow)
	if err != nil || len(list) != 3 {
		t.Fatalf("%v, %v", list, err)
	}
	if a := list[0]; a.Name != "a" || a.State != "new" || a.Tags == nil || a.Gaps == nil || len(a.Daily) != api.DailyDays {
		t.Errorf("never polled: %+v", a)
	}
	if c := list[2]; c.Label != "The Courier" || c.State != "new" || c.Cause == "" {
		t.Errorf("never reached: %+v", c)
	}
	if b := list[1]; b.State != "ok" || len(b.Gaps) != 1 || b.Daily[api.DailyDays-1] == 0 || b.IntervalS != 900 {
		t.Errorf("polled: %+v", b)
	}
}

// A feed's page lists what its last document listed, with what became of each
// entry; of one whose documents hold only what is new, all it has shown.
func TestFeedTellsOfItsLastDocument(t *testing.T) {
	p, r := newPast(), fakeRules()
	for _, name := range []string{"ledger", "wire"} {
		addFeed(p, r, feeds.Feed{Name: name, URL: "https://" + name + ".example.org/rss"}, schedule.Health{}, testNow, 4)
	}
	var rec monitor.FeedRecord
	_ = json.Unmarshal(p.feeds[0], &rec)
	rec.Size = 6
	p.feeds[0], _ = json.Marshal(rec)
	id := func(n int) monitor.ItemID { return monitor.FirstID(testNow.Add(-time.Hour)) + monitor.ItemID(n) }
	for i, rec := range []monitor.Record{
		{Feed: "ledger", Item: feeds.Item{Title: "Unnoticed"}},
		{Feed: "wire", Item: feeds.Item{Title: "Shared"}, Matches: []monitor.Matched{{Watch: "ice-any"}}, Suppressed: "the watch notifies nobody", Role: story.Repeat},
		{Feed: "ledger", Item: feeds.Item{Title: "Told"}, Matches: []monitor.Matched{{Watch: "geo-group"}}, Decisions: []monitor.Decision{{Watch: "geo-group", Destination: "newsroom", Key: "k"}},
			Revisions: []monitor.Revision{{At: testNow.Add(-time.Minute), Title: "Was told"}}},
		{Feed: "ledger", Item: feeds.Item{Title: "No longer listed"}},
	} {
		rec.ID, rec.Seen = id(i), id(i).Time()
		p.items[rec.ID] = rec
	}
	for i := range 5 { // the last is no longer archived
		p.seen["https://ledger.example.org/rss"] = append(p.seen["https://ledger.example.org/rss"], identity.Seen{ID: uint64(id(i)), Listed: i != 3})
	}
	s := &Server{Server: &api.Server{Reader: p, Rules: func() *monitor.Rules { return r }, Now: fixed(testNow)}}
	page := func() string { return ask(s.Handler(), "GET", "/feeds/one?name=ledger", "").Body.String() }
	body := page()
	for _, want := range []string{"Its last document", "It listed 4 entries, and 2 more that say the same or were left out", "Unnoticed", "no watch found it", "first shown by <a href=\"/feeds/one?name=wire\">",
		"the watch notifies nobody", "told to newsroom", "reworded", "known since"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in\n%s", want, body)
		}
	}
	if strings.Contains(body, "No longer listed") {
		t.Error("it tells of an entry that the last document does not list")
	}
	f := r.Feeds["ledger"]
	f.Kind = feeds.KindPush
	rules := *r
	rules.Feeds = map[string]*feeds.Feed{"ledger": f, "wire": r.Feeds["wire"]}
	p.seen[rules.Feed("ledger").ID()] = p.seen["https://ledger.example.org/rss"]
	s.Rules = func() *monitor.Rules { return &rules }
	if body := page(); !strings.Contains(body, "Latest entries") || !strings.Contains(body, "5 entries so far") || !strings.Contains(body, "No longer listed") {
		t.Errorf("of a feed that is pushed:\n%s", body)
	}
}

// Gaps are kept from look to look, so that only late ones are read; those over a
// month old are forgotten.
func TestGapsAreKept(t *testing.T) {
	p, r := newPast(), fakeRules()
	now := testNow
	s := &api.Server{Reader: p, Rules: func() *monitor.Rules { return r }, Now: func() time.Time { return now }}
	gap := func(ago time.Duration) monitor.Gap {
		return monitor.Gap{Feed: "b", From: testNow.Add(-ago - time.Minute), To: testNow.Add(-ago), Why: "w"}
	}
	look := func() int {
		t.Helper()
		now = now.Add(time.Minute)
		roster, err := s.Roster()
		if err != nil {
			t.Fatal(err)
		}
		gaps, err := roster.Gaps()
		if err != nil {
			t.Fatal(err)
		}
		return len(gaps)
	}
	p.gaps = []monitor.Gap{gap(29 * 24 * time.Hour), gap(2 * time.Hour), gap(time.Minute)}
	if n := look(); n != 3 {
		t.Errorf("%d gaps, want 3", n)
	}
	p.gaps = slices.Insert(p.gaps, 2, gap(30*time.Minute)) // committed late
	if n := look(); n != 4 {
		t.Errorf("%d gaps after one was committed late, want 4", n)
	}
	if p.gapsRead != 3+2 {
		t.Errorf("%d gaps read, want three and then the two of the last hour", p.gapsRead)
	}
	now = now.Add(2 * 24 * time.Hour)
	if n := look(); n != 3 {
		t.Errorf("%d gaps two days later, want 3", n)
	}
}

// Of few feeds each record is read by itself, of many all at once: both tell the
// same.
func TestFewFeedsAndMany(t *testing.T) {
	p, r := manyStories(10, 40, testNow)
	s := &api.Server{Reader: p, Rules: func() *monitor.Rules { return r }, Now: fixed(testNow)}
	roster, err := s.Roster()
	if err != nil {
		t.Fatal(err)
	}
	all, err := roster.Whole(roster.Feeds, testNow)
	if err != nil || len(all) != 40 {
		t.Fatalf("%d feeds, %v", len(all), err)
	}
	few, err := roster.Whole(roster.Some("feed-000", ""), testNow)
	if err != nil || len(few) != 10 || few[3].Items == 0 || !reflect.DeepEqual(few, all[:10]) {
		t.Errorf("few: %+v, %v", few, err)
	}
	one, err := roster.Whole(roster.Some("feed-0003", "ok"), testNow)
	if err != nil || len(one) != 1 || !reflect.DeepEqual(one[0], all[3]) {
		t.Errorf("one: %+v, %v", one, err)
	}
}

// oldSets are the sets of feeds as a version wrote them that knew no conditions.
type oldSets struct{ *fakePast }

func (p oldSets) Sets() (map[string]monitor.FeedSet, error) {
	sets, err := p.fakePast.Sets()
	for id := range sets {
		sets[id] &= monitor.PausedFeeds | monitor.HubFeeds | monitor.TroubledFeeds
	}
	return sets, err
}

// The states of feeds are known from the index of their sets, and from the feeds
// themselves where that does not say them.
func TestRosterStates(t *testing.T) {
	p, r := newPast(), fakeRules()
	for _, c := range []schedule.Condition{schedule.OK, schedule.Degraded, schedule.Blocked, schedule.Gone, schedule.Moved, schedule.Unparseable, schedule.Stalled, schedule.Flooding} {
		addFeed(p, r, feeds.Feed{Name: string(c), URL: "https://" + string(c) + ".example.org/"}, schedule.Health{Condition: c, Since: testNow}, testNow, 4)
	}
	addFeed(p, r, feeds.Feed{Name: "ok too", URL: "https://failing.example.org/"}, schedule.Health{Failures: 1}, testNow, 4)
	for version, past := range map[string]api.Reader{"this": p, "earlier": oldSets{p}} {
		s := &api.Server{Reader: past, Rules: func() *monitor.Rules { return r }, Now: fixed(testNow)}
		roster, err := s.Roster()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range roster.Feeds {
			if want, _, _ := strings.Cut(f.Name, " "); f.State != want {
				t.Errorf("%s version: %s is %s", version, f.Name, f.State)
			}
		}
	}
}
