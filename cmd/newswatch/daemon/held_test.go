package daemon

import (
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/schedule"
)

// A feed whose host asked for silence says so and when it is polled next; one
// that is due later anyway, and one of another host, do not.
func TestHostSilenceIsSaid(t *testing.T) {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	until := now.Add(2 * time.Hour)
	byName := map[string]*feeds.Feed{"held": {Name: "held", URL: "https://a.example/1"}, "later": {Name: "later", URL: "https://a.example/2"},
		"free": {Name: "free", URL: "https://b.example/"}}
	rec := func(name string, next time.Time) monitor.FeedRecord {
		return monitor.FeedRecord{ID: byName[name].URL, Name: name, Poll: schedule.PollTimes{Next: next}}
	}
	recs := []monitor.FeedRecord{rec("held", now), rec("later", until.Add(time.Hour)), rec("free", now)}
	for i := range recs {
		sayHeld(&recs[i], byName, func(f feeds.Feed) time.Time {
			if strings.Contains(f.URL, "a.example") {
				return until
			}
			return time.Time{}
		}, now)
	}
	if r := recs[0]; !r.Poll.Next.Equal(until) || r.Remark() != "its host asked for silence until 24 Nov 11:00 UTC" {
		t.Errorf("held: next %v, %q", r.Poll.Next, r.Remark())
	}
	for i, want := range map[int]time.Time{1: until.Add(time.Hour), 2: now} {
		if r := recs[i]; !r.Poll.Next.Equal(want) || r.Remark() != "" {
			t.Errorf("%s: next %v, %q", r.Name, r.Poll.Next, r.Remark())
		}
	}
}
