package notify

import (
	"maps"
	"testing"
	"time"
)

// TestQuietDestinations: metrics know every destination once, recipients of a
// mail together, and which are in their quiet hours.
func TestQuietDestinations(t *testing.T) {
	policy, err := ParsePolicy("22:00-07:00", "", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	var d Dispatcher
	d.running.Store(&[]*running{
		{Channel: Channel{Name: "screen"}}, {Channel: Channel{Name: "desk/a@example.org", Policy: policy}}, {Channel: Channel{Name: "desk/b@example.org", Policy: policy}},
	})
	for hour, want := range map[int]map[string]bool{
		3: {"screen": false, "desk": true}, 12: {"screen": false, "desk": false},
	} {
		if got := d.Quiet(time.Date(2026, 3, 1, hour, 0, 0, 0, time.UTC)); !maps.Equal(got, want) {
			t.Errorf("at %d o'clock: %v, want %v", hour, got, want)
		}
	}
}
