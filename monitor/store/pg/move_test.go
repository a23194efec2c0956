package pg

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/identity"
	"newswatch/monitor/schedule"
	"newswatch/monitor/senses"
	"newswatch/monitor/store"
	"newswatch/monitor/store/bolt"
)

var morning = time.Date(2026, 11, 24, 6, 0, 0, 123456789, time.UTC)

// full fills every table of a store.
func full(t *testing.T, s store.Store) {
	t.Helper()
	id := monitor.FirstID(morning) + 1
	n := monitor.Notice{Key: "k1", Destination: "desk", Story: 7, Created: morning, Delivery: monitor.Delivery{State: monitor.Pending, Due: morning}}
	b := monitor.Batch{
		Feeds: []monitor.FeedRecord{{ID: "https://a.example/", Name: "a", State: feeds.State{Hub: "https://hub.example/"}, Seen: []identity.Seen{{ID: uint64(id), GUID: 5, Listed: true}},
			Poll: schedule.PollTimes{Last: morning, Polls: 3}}},
		Polls:    []monitor.FeedPoll{{ID: "https://b.example/", Poll: schedule.PollTimes{Next: morning}}},
		Items:    []monitor.Record{{ID: id, Feed: "a", Item: feeds.Item{Title: "T", URL: "https://a.example/1"}}},
		URLs:     map[uint64]monitor.ItemID{1<<47 + 1<<40: id, 1 << 20: id},
		Stories:  []monitor.Story{{ID: 7, Headline: "T", Last: morning}},
		Notices:  []monitor.Notice{n, {Key: "k2", Destination: "desk", Created: morning, Delivery: monitor.Delivery{State: monitor.Folded}}},
		Gaps:     []monitor.Gap{{Feed: "a", From: morning, To: morning.Add(time.Hour)}},
		Days:     []monitor.DayTotal{{Day: 20000, Polls: 5}},
		Slots:    map[string]string{"daily": "2026-11-24T07:00"},
		Silences: []monitor.Silence{{ID: "s", Watch: "w", Until: morning.Add(time.Hour)}},
		Senses:   []senses.Row{{EntityName: "azure", Scope: senses.Feed, Of: "a", Count: senses.Count{Other: 2}}},
		Reads:    []monitor.Read{{Item: id, URL: "https://a.example/1", Due: morning}},
	}
	n.Delivery.Rev, n.Delivery.State = 1, monitor.Inflight
	if err := errors.Join(s.Commit(b), s.Update([]monitor.Notice{n}), s.SetBreaker("desk", monitor.Breaker{}), s.PutNote("lease", []byte{0, 255})); err != nil {
		t.Fatal(err)
	}
}

// A store is copied from a file into a database and back into another file,
// whole, and each source is refused afterwards.
func TestCopyBothWays(t *testing.T) {
	t.Parallel()
	first := filepath.Join(t.TempDir(), "first.db")
	from, err := bolt.Open(first)
	if err != nil {
		t.Fatal(err)
	}
	full(t, from)
	if faults := from.Check(); len(faults) > 0 {
		t.Fatal(faults)
	}
	base := scratch(t)
	sum, err := store.Copy(from, base, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range store.Tables {
		if sum[table].Rows == 0 {
			t.Errorf("no row of %s was copied: the test shows nothing of them", table)
		}
	}
	if faults := base.Check(); len(faults) > 0 {
		t.Error(faults)
	}
	if _, err := store.Copy(from, base, nil); err == nil {
		t.Error("copied into a store that holds rows")
	}
	back, err := bolt.Open(filepath.Join(t.TempDir(), "back.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer back.Close()
	if again, err := store.Copy(base, back, nil); err != nil {
		t.Fatal(err)
	} else if len(again) != len(sum) || again["outbox"] != sum["outbox"] {
		t.Errorf("%v, then %v", sum, again)
	}
	if faults := back.Check(); len(faults) > 0 {
		t.Error(faults)
	}
	if mended, err := back.MendOutbox(); mended || err != nil {
		t.Errorf("the copy's outbox was to be mended: %v, %v", mended, err)
	}
	if hub := 0; back.Feeds(monitor.HubFeeds, func(monitor.FeedRecord) bool { hub++; return true }) != nil || hub != 1 {
		t.Errorf("%d feeds with a hub, want 1", hub)
	}
	if err := errors.Join(from.Moved("there"), from.Close(), base.Moved("back.db")); err != nil {
		t.Fatal(err)
	}
	if _, err := bolt.Open(first); !moved(err) {
		t.Errorf("the copied file: %v", err)
	}
	if _, err := base.Lead(t.Context()); !moved(err) {
		t.Errorf("Lead on the copied database: %v", err)
	}
	if err := base.Usable(t.Context()); !moved(err) {
		t.Errorf("Usable on the copied database: %v", err)
	}
}

func moved(err error) bool {
	_, ok := errors.AsType[*store.MovedError](err)
	return ok
}
