package web

import (
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/schedule"
)

func TestFeedsOf(t *testing.T) {
	p, r := newPast(), fakeRules()
	addFeed(p, r, feeds.Feed{Name: "b", URL: "https://b.example.org/"}, schedule.Health{}, testNow, 4)
	addFeed(p, r, feeds.Feed{Name: "gone from the configuration", URL: "https://x.example.org/"}, schedule.Health{}, testNow, 4)
	delete(r.Feeds, "gone from the configuration")
	r.Feeds["a"] = feeds.Feed{Name: "a", URL: "https://a.example.org/"}
	r.Feeds["c"] = feeds.Feed{Name: "c", URL: "https://c.example.org/", Label: "The Courier"}
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
