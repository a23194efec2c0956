package daemon

import (
	"encoding/json"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/store/bolt"
	"newswatch/notify"
)

// rowsOf makes a store with one row of a destination in each of the states,
// named by it.
func rowsOf(t *testing.T, states ...monitor.State) *bolt.Store {
	t.Helper()
	db, err := bolt.OpenScratch(filepath.Join(t.TempDir(), "newswatch.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	var ns []monitor.Notice
	for _, st := range states {
		ns = append(ns, monitor.Notice{Key: "key-" + string(st), Destination: "desk", Kind: monitor.AlertKind, Created: time.Now(),
			Delivery: monitor.Delivery{State: st, Attempts: 1}})
	}
	if err := db.Update(ns); err != nil {
		t.Fatal(err)
	}
	return db
}

// What is owed to a destination that is taken out of the configuration waits
// until it is back. What may have left is taken up as unknown then, and not
// sent without being asked about.
func TestParkedUntilItIsBack(t *testing.T) {
	tests := map[monitor.State]struct{ back monitor.Delivery }{
		monitor.Pending:     {monitor.Delivery{State: monitor.Pending, Attempts: 1}},
		monitor.Unknown:     {monitor.Delivery{State: monitor.Unknown, Attempts: 1}},
		monitor.Inflight:    {monitor.Delivery{State: monitor.Unknown, Attempts: 1, Ambiguous: 1, Cut: 1}},
		monitor.Sent:        {monitor.Delivery{State: monitor.Sent, Attempts: 1}},
		monitor.Dead:        {monitor.Delivery{State: monitor.Dead, Attempts: 1}},
		monitor.Unconfirmed: {monitor.Delivery{State: monitor.Unconfirmed, Attempts: 1}},
	}
	var states []monitor.State
	for st := range tests {
		states = append(states, st)
	}
	db := rowsOf(t, states...)
	for range 2 { // a second time changes nothing
		if _, err := notify.Park(db, map[string]bool{"other": true}, time.Now().UTC()); err != nil {
			t.Fatal(err)
		}
	}
	if c, err := db.Counts(); err != nil || c["desk"][monitor.Parked] != 3 {
		t.Errorf("counts = %v, %v; want three parked", c, err)
	}
	if due, err := db.Due("desk", time.Now().AddDate(1, 0, 0), 10); err != nil || len(due) > 0 {
		t.Errorf("due = %v, %v; want nothing to send", due, err)
	}
	if _, err := notify.Park(db, map[string]bool{"desk": true}, time.Now().UTC()); err != nil {
		t.Fatal(err)
	}
	for st, tt := range tests {
		n, _, err := db.Notice("desk", "key-"+string(st))
		if err != nil {
			t.Fatal(err)
		}
		owed := n.Delivery.State == monitor.Pending || n.Delivery.State == monitor.Unknown
		if n.Delivery.Due.IsZero() == owed || !n.Delivery.Renewed.Equal(n.Delivery.Due) {
			t.Errorf("%s is due %v, and its age counts from %v", st, n.Delivery.Due, n.Delivery.Renewed)
		}
		n.Delivery.Rev, n.Delivery.Due, n.Delivery.Renewed = 0, time.Time{}, time.Time{}
		if n.Delivery != tt.back {
			t.Errorf("%s came back as %+v, want %+v", st, n.Delivery, tt.back)
		}
	}
}

// A dead notice that two people have tried again at once is one notice.
func TestTwoOrdersAreOne(t *testing.T) {
	db := rowsOf(t, monitor.Dead)
	r := &components{Store: db, Monitor: &monitor.Monitor{Store: db}}
	r.Monitor.SetRules(&monitor.Rules{Expand: map[string][]string{"desk": {"desk"}}})
	c := api.Local(r.server("test", slog.New(slog.DiscardHandler), nil))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			err := c.Each(t.Context(), "POST", "outbox/retry", api.NoticeOrder{Keys: []string{"key-dead"}}, func(json.RawMessage) error { return nil })
			if err != nil && !strings.Contains(err.Error(), monitor.ErrStale.Error()) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	rows, err := db.List(monitor.NoticeFilter{})
	if err != nil || len(rows) != 1 || rows[0].Delivery.State != monitor.Pending {
		t.Errorf("%d rows, %v: %+v", len(rows), err, rows)
	}
}

// Another try of what is owed to a destination that is not configured is refused,
// with what would help.
func TestRetryWithoutDestination(t *testing.T) {
	db := rowsOf(t, monitor.Parked)
	r := &components{Store: db, Monitor: &monitor.Monitor{Store: db}}
	r.Monitor.SetRules(&monitor.Rules{Expand: map[string][]string{"newsroom": {"newsroom"}}})
	c := api.Local(r.server("test", slog.New(slog.DiscardHandler), nil))
	err := c.Each(t.Context(), "POST", "outbox/retry", api.NoticeOrder{Keys: []string{"key-parked"}}, func(json.RawMessage) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "desk is not configured") || !strings.Contains(err.Error(), "renamed") {
		t.Errorf("retry = %v", err)
	}
	if n, _, err := db.Notice("desk", "key-parked"); err != nil || n.Delivery.State != monitor.Parked {
		t.Errorf("the row is %+v, %v", n.Delivery, err)
	}
}
