package daemon

import (
	"testing"
	"time"

	"newswatch/cmd/newswatch/config"
	"newswatch/monitor/schedule"
)

// A feed's own time is kept over a restart, however far off its schedule puts
// it; one that only a clock gone wrong can have written is not.
func TestStartKeepsTimes(t *testing.T) {
	now := time.Date(2026, 11, 24, 9, 3, 0, 0, time.UTC)
	yearly, err := config.ParseSchedule("0 7 1 6 *", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	quarter := schedule.Pace{Start: 15 * time.Minute}
	for name, tt := range map[string]struct {
		pace schedule.Pace
		next time.Duration
		want time.Duration // at most
	}{
		"soon":               {quarter, time.Minute, time.Minute},
		"gone":               {quarter, 30 * 24 * time.Hour, 30 * 24 * time.Hour},
		"in ten years":       {quarter, 10 * 365 * 24 * time.Hour, schedule.OverdueSpread},
		"once a year":        {schedule.Pace{Exact: yearly.Exact}, 189 * 24 * time.Hour, 189 * 24 * time.Hour},
		"yearly, in ten yrs": {schedule.Pace{Exact: yearly.Exact}, 10 * 365 * 24 * time.Hour, schedule.OverdueSpread},
	} {
		past := schedule.PollTimes{Last: now.Add(-time.Hour), Next: now.Add(tt.next)}
		if wait := schedule.FirstDue(past, tt.pace, now).Sub(now); wait > tt.want || tt.want == tt.next && wait != tt.want {
			t.Errorf("%s: it waits %v, want %v", name, wait, tt.want)
		}
	}
	ahead := schedule.PollTimes{Last: now.Add(10 * 24 * time.Hour), Next: now.Add(10*24*time.Hour + time.Minute)}
	if wait := schedule.FirstDue(ahead, quarter, now).Sub(now); wait > schedule.OverdueSpread {
		t.Errorf("polled by a clock ten days ahead: it waits %v, want %v at most", wait, schedule.OverdueSpread)
	}
}

// What became due while newswatch was down is spread out, but nobody waits for
// more than half of what lies between two polls.
func TestOverdueFeedsSpread(t *testing.T) {
	now := time.Date(2026, 11, 24, 9, 3, 0, 0, time.UTC)
	tests := map[string]struct {
		schedule string
		most     time.Duration
	}{
		"adaptive":       {"15m", schedule.OverdueSpread},
		"often":          {"2m", time.Minute},
		"every second":   {"@every 1s", time.Second / 2},
		"every minute":   {"* * * * *", 30 * time.Second},
		"once a morning": {"0 7 * * *", schedule.OverdueSpread},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := config.ParseSchedule(tt.schedule, time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			past := schedule.PollTimes{Last: now.Add(-48 * time.Hour), Next: now.Add(-24 * time.Hour)}
			for range 100 {
				at := schedule.FirstDue(past, schedule.Pace{Start: s.Start, Exact: s.Exact}, now)
				if wait := at.Sub(now); wait < 0 || wait > tt.most {
					t.Fatalf("overdue, it waits %v, want at most %v", wait, tt.most)
				}
			}
		})
	}
}
