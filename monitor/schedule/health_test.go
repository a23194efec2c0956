package schedule

import (
	"errors"
	"testing"
	"time"

	"newswatch/feeds"
)

// What is said to be gone is asked three times more over two days, and then once a
// month; any other answer starts that anew.
func TestGoneIsAskedAgain(t *testing.T) {
	const interval = 15 * time.Minute
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	var h Health
	fail := func(fault feeds.Fault) time.Duration {
		f := NewFailure(&feeds.FetchError{Fault: fault, Err: errors.New("trouble")}, Theirs, false, now)
		h = h.Failed(f)
		next := f.Postpone("wire", now.Add(interval), h)
		wait := next.Sub(now)
		now = next
		return wait
	}
	day := 24 * time.Hour
	for i, want := range []time.Duration{interval, day, day, 30 * day, 30 * day} {
		if got := fail(feeds.Gone); got != want || h.State() != Gone {
			t.Errorf("after %d times gone it is %s and asked in %v, want %v", i+1, h.State(), got, want)
		}
	}
	fail(feeds.Status)
	if got := fail(feeds.Gone); got != interval {
		t.Errorf("gone, broken, gone: asked in %v, want %v", got, interval)
	}
	h = h.Succeeded("", 0, "", now)
	if got := fail(feeds.Gone); got != interval || h.State() != Gone {
		t.Errorf("gone, back, gone: it is %s, asked in %v, want %v", h.State(), got, interval)
	}
}
