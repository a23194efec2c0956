package daemon

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/monitor/schedule"
	"newswatch/monitor/store/bolt"
)

// A poll that changed nothing waits for a checkpoint, and is told all the same:
// of one feed as of all.
func TestReaderKnowsTheLastPoll(t *testing.T) {
	db, err := bolt.OpenScratch(filepath.Join(t.TempDir(), "newswatch.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	f := feeds.Feed{Name: "hall", Kind: feeds.KindPush}
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	m := &monitor.Monitor{Store: db, Fetcher: frail{}, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }}
	set, problems := match.Compile(nil, nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	m.SetRules(&monitor.Rules{Set: set, Feeds: map[string]*feeds.Feed{"hall": &f}})
	if err := m.Open(); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Fill(f, feeds.Document{Items: []feeds.Item{{GUID: "a", Title: "A contract"}}}); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Minute)
	if _, err := m.Poll(t.Context(), f, schedule.PushPace(f)); err != nil {
		t.Fatal(err)
	}
	r := (&components{Store: db, Monitor: m}).reader()
	one, err := r.Feed(f.ID())
	if err != nil || !one.Poll.Last.Equal(now) {
		t.Errorf("one feed: last polled %v, %v; want %v", one.Poll.Last, err, now)
	}
	err = r.Feeds(monitor.AllFeeds, func(rec monitor.FeedRecord) bool {
		if !rec.Poll.Last.Equal(one.Poll.Last) {
			t.Errorf("of all feeds: last polled %v", rec.Poll.Last)
		}
		return true
	})
	if err != nil {
		t.Error(err)
	}
}
