package daemon

import (
	"maps"
	"testing"
	"time"

	"newswatch/cmd/newswatch/config"
	"newswatch/notify"
)

// TestQuietDestinations: metrics know every destination once, recipients of a
// mail together, and which are in their quiet hours.
func TestQuietDestinations(t *testing.T) {
	policy, err := notify.ParsePolicy("22:00-07:00", "", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	d := &delivery{}
	for name, dest := range map[string]config.Destination{
		"screen": {Name: "screen"}, "desk/a@example.org": {Name: "desk", Policy: policy}, "desk/b@example.org": {Name: "desk", Policy: policy},
	} {
		d.channels = append(d.channels, &running{Channel: Channel{Name: name, config: dest}})
	}
	for hour, want := range map[int]map[string]bool{
		3: {"screen": false, "desk": true}, 12: {"screen": false, "desk": false},
	} {
		if got := d.quiet(time.Date(2026, 3, 1, hour, 0, 0, 0, time.UTC)); !maps.Equal(got, want) {
			t.Errorf("at %d o'clock: %v, want %v", hour, got, want)
		}
	}
}
