package daemon

import (
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"newswatch/cmd/newswatch/config"
	"newswatch/monitor"
	"newswatch/monitor/store/bolt"
)

// A digest whose time zone changes neither repeats hours nor loses any: its
// next slot comes by the new clock and tells all since the one told last.
func TestDigestAfterAChangeOfZone(t *testing.T) {
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	plan := func(spec string, zone *time.Location) []config.Digest {
		slots, err := config.ParseSlots(spec, zone)
		if err != nil {
			t.Fatal(err)
		}
		return []config.Digest{{Name: "daily", Notify: []string{"screen"}, Zone: zone, Slots: slots}}
	}
	start := time.Date(2026, 11, 24, 21, 30, 0, 0, time.UTC) // 06:30 in Tokyo
	for name, tt := range map[string]struct {
		spec          string
		before, after *time.Location
		want          [][2]string // from and to of the digests told, in UTC
	}{
		"hourly to the west": {"0 * * * *", tokyo, time.UTC, [][2]string{{"21:00", "22:00"}, {"22:00", "23:00"}}},
		"hourly to the east": {"0 * * * *", time.UTC, tokyo, [][2]string{{"21:00", "22:00"}, {"22:00", "23:00"}}},
		"daily to the west":  {"0 7 * * *", tokyo, time.UTC, [][2]string{{"22:00", "22:00"}, {"22:00", "07:00"}}},
		"daily to the east":  {"0 7 * * *", time.UTC, tokyo, [][2]string{{"07:00", "22:00"}}},
	} {
		t.Run(name, func(t *testing.T) {
			db, err := bolt.OpenScratch(filepath.Join(t.TempDir(), "n.db"))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			now := start
			m := &monitor.Monitor{Store: db, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }}
			m.SetRules(&monitor.Rules{Expand: map[string][]string{"screen": {"screen"}}})
			if err := m.Open(); err != nil {
				t.Fatal(err)
			}
			d := &digests{monitor: m, store: db, log: m.Log, plans: plan(tt.spec, tt.before)}
			d.tick(now) // new: its first slot is the next one
			for range 60 {
				now = now.Add(time.Minute)
				d.tick(now)
			}
			d.replace(plan(tt.spec, tt.after))
			for range 12 * 60 {
				now = now.Add(time.Minute)
				d.tick(now)
			}
			rows, err := db.List(monitor.NoticeFilter{Destination: "screen", Limit: 100})
			if err != nil {
				t.Fatal(err)
			}
			told := map[string]string{}
			var last time.Time
			slices.SortFunc(rows, func(a, b monitor.Notice) int { return a.Content.Digest.To.Compare(b.Content.Digest.To) })
			for _, n := range rows {
				dg := n.Content.Digest
				if dg.From.Before(last) {
					t.Errorf("%s to %s tells again what was told until %s", dg.From, dg.To, last)
				} else if !last.IsZero() && dg.From.After(last) {
					t.Errorf("nothing tells what came between %s and %s", last, dg.From)
				}
				last = dg.To
				told[dg.To.Format("15:04")] = dg.From.Format("15:04")
			}
			for _, w := range tt.want {
				if from, ok := told[w[1]]; !ok || from != w[0] {
					t.Errorf("the digest of %s begins at %q, want %s: %v", w[1], from, w[0], told)
				}
			}
		})
	}
}

// A digest without news goes, or does not, as its plan says; either way its slot
// is done.
func TestDigestWithoutNews(t *testing.T) {
	for empty, want := range map[string]int{"": 3, "send": 3, "skip": 0} {
		t.Run(empty, func(t *testing.T) {
			db, err := bolt.OpenScratch(filepath.Join(t.TempDir(), "n.db"))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			now := time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)
			m := &monitor.Monitor{Store: db, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }}
			m.SetRules(&monitor.Rules{})
			if err := m.Open(); err != nil {
				t.Fatal(err)
			}
			slots, err := config.ParseSlots("0 * * * *", time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			d := &digests{monitor: m, store: db, log: m.Log, plans: []config.Digest{{Name: "hourly", Notify: []string{"screen"}, Zone: time.UTC, Slots: slots, Empty: empty}}}
			for range 3*60 + 1 {
				d.tick(now)
				now = now.Add(time.Minute)
			}
			rows, err := db.List(monitor.NoticeFilter{})
			if err != nil || len(rows) != want {
				t.Errorf("%d digests, want %d; %v", len(rows), want, err)
			}
			if slot, err := db.Slot("hourly"); err != nil || slot != "2026-11-24T12:00 UTC" {
				t.Errorf("the last slot is %q, %v", slot, err)
			}
		})
	}
}
