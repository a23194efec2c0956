package main

import (
	"testing"
	"time"

	"newswatch/cmd/newswatch/config"
	"newswatch/monitor"
)

// What became due while newswatch was down is spread out, but nobody waits for
// more than half of what lies between two polls.
func TestOverdueFeedsSpread(t *testing.T) {
	now := time.Date(2026, 11, 24, 9, 3, 0, 0, time.UTC)
	tests := map[string]struct {
		schedule string
		most     time.Duration
	}{
		"adaptive":       {"15m", overdueSpread},
		"often":          {"2m", time.Minute},
		"every second":   {"@every 1s", time.Second / 2},
		"every minute":   {"* * * * *", 30 * time.Second},
		"once a morning": {"0 7 * * *", overdueSpread},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := config.ParseSchedule(tt.schedule, time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			past := monitor.Poll{Last: now.Add(-48 * time.Hour), Next: now.Add(-24 * time.Hour)}
			for range 100 {
				at := startAt(past, monitor.Pace{Start: s.Start, Exact: s.Exact}, now)
				if wait := at.Sub(now); wait < 0 || wait > tt.most {
					t.Fatalf("overdue, it waits %v, want at most %v", wait, tt.most)
				}
			}
		})
	}
}
