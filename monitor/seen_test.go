package monitor

import (
	"testing"
	"time"
)

// What is remembered of a feed is bounded by time, and by a number that only a
// hostile publisher reaches: then what was listed last stays.
func TestRememberedIsBounded(t *testing.T) {
	const today, day = 20_000, 24 * time.Hour
	var known []Known
	for i := range maxKnown + 1000 {
		known = append(known, Known{ID: uint64(i + 1), Day: today - uint16(i%300)})
	}
	got := remembered(known, today, 400*day)
	if len(got) != maxKnown {
		t.Fatalf("%d remembered, want %d", len(got), maxKnown)
	}
	for _, k := range got {
		if today-k.Day > 298 {
			t.Fatalf("one last listed %d days ago is remembered, others are not", today-k.Day)
		}
	}
	if got := remembered(known[:0:0], today, day); len(got) != 0 {
		t.Errorf("nothing became %v", got)
	}
	ahead := []Known{{ID: 1, Day: today + 1}, {ID: 2, Day: today}}
	if got := remembered(ahead, today, 400*day); len(got) != 2 {
		t.Errorf("a clock that was set back left %v", got)
	}
	few := []Known{{ID: 1, Day: today}, {ID: 2, Day: today - 2}, {ID: 3, Day: today - 1}}
	if got := remembered(few, today, day); len(got) != 2 || got[0].ID != 1 || got[1].ID != 3 {
		t.Errorf("%v remembered for a day", got)
	}
}
