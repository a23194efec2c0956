package daemon

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/schedule"
	"newswatch/monitor/store/bolt"
)

// frail answers that nothing has changed, and panics over one feed.
type frail struct{}

func (frail) Begin(feeds.Feed, feeds.State, time.Time) (func(), time.Duration) { return func() {}, 0 }

func (frail) Fetch(_ context.Context, f feeds.Feed, st feeds.State, _ feeds.Known) (feeds.Result, error) {
	if f.Name == "bad" {
		panic("out of range")
	}
	return feeds.Result{State: st, Unchanged: true}, nil
}

// A feed whose poll panicked was not read, and the summary says so.
func TestPanickedPollCountsAsFailed(t *testing.T) {
	db, err := bolt.Open(filepath.Join(t.TempDir(), "nw.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	m := &monitor.Monitor{Store: db, Fetcher: frail{}, Log: slog.New(slog.DiscardHandler), Now: time.Now}
	m.SetRules(&monitor.Rules{})
	if err := m.Open(); err != nil {
		t.Fatal(err)
	}
	var sources []schedule.Source
	for _, name := range []string{"good", "bad", "fine"} {
		sources = append(sources, schedule.Source{Feed: &feeds.Feed{Name: name, URL: "https://" + name + ".example/feed"}})
	}
	p := &oneShot{components: &components{Monitor: m}, sum: Summary{Feeds: len(sources)}}
	if err := p.poll(t.Context(), newPoller(&poller{monitor: m, fetcher: frail{}, log: m.Log, once: true, workers: fixed(2)}, sources, nil, time.Now())); err != nil {
		t.Fatal(err)
	}
	p.count(nil, nil, 0)
	if s := p.sum; s.OK != 2 || s.Unchanged != 2 || s.Failed != 1 {
		t.Errorf("summary = %+v, want two unchanged and one failed", s)
	}
}
