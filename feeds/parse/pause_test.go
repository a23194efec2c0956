package parse

import (
	"testing"
	"time"
)

func TestWait(t *testing.T) {
	tests := map[string]struct {
		ttl, period, frequency string
		want                   time.Duration
	}{
		"silent":             {"", "", "", 0},
		"ttl in minutes":     {"90", "", "", 90 * time.Minute},
		"ttl goes first":     {"60", "daily", "1", time.Hour},
		"ttl of nothing":     {"0", "daily", "", 24 * time.Hour},
		"twice a day":        {"", "daily", "2", 12 * time.Hour},
		"four times an hour": {"", "Hourly", "4", 15 * time.Minute},
		"WordPress's own":    {"", "hourly", "1", 0},
		"and its white room": {"", "\n\thourly\t", "\n\t1\t", 0},
		"not a period":       {"", "often", "1", 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := wait(tt.ttl, tt.period, tt.frequency); got != tt.want {
				t.Errorf("wait = %v, want %v", got, tt.want)
			}
		})
	}
}
