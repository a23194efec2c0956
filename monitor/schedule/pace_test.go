package schedule

import (
	"testing"
	"time"

	"newswatch/feeds"
)

// A feed that others push to is looked at as often however long it was silent, and
// whatever came: its silence is noticed within an eighth of what is expected.
func TestPushPace(t *testing.T) {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	for expect, want := range map[time.Duration]time.Duration{0: time.Minute, 20 * time.Second: time.Minute, time.Hour: 7*time.Minute + 30*time.Second,
		24 * time.Hour: 15 * time.Minute} {
		pace := PushPace(feeds.Feed{Name: "hall", Kind: feeds.KindPush, Source: &feeds.Source{Expect: expect}})
		for failures := range 4 {
			if got := pace.Next("hall", 4*time.Hour, failures, time.Time{}, now).Sub(now); got != want {
				t.Errorf("expect %v, after %d failures: looked at in %v, want %v", expect, failures, got, want)
			}
		}
	}
}
