package identity

import (
	"testing"
	"time"
)

// What is remembered of a feed is bounded by time, and by a number that only a
// hostile publisher reaches: then what was listed last stays.
func TestRememberedIsBounded(t *testing.T) {
	const today, day = 20_000, 24 * time.Hour
	var seen []Seen
	for i := range maxSeen + 1000 {
		seen = append(seen, Seen{ID: uint64(i + 1), Day: today - uint16(i%300)})
	}
	got := Retain(seen, today, 400*day)
	if len(got) != maxSeen {
		t.Fatalf("%d remembered, want %d", len(got), maxSeen)
	}
	for _, k := range got {
		if today-k.Day > 298 {
			t.Fatalf("one last listed %d days ago is remembered, others are not", today-k.Day)
		}
	}
	if got := Retain(seen[:0:0], today, day); len(got) != 0 {
		t.Errorf("nothing became %v", got)
	}
	ahead := []Seen{{ID: 1, Day: today + 1}, {ID: 2, Day: today}}
	if got := Retain(ahead, today, 400*day); len(got) != 2 {
		t.Errorf("a clock that was set back left %v", got)
	}
	few := []Seen{{ID: 1, Day: today}, {ID: 2, Day: today - 2}, {ID: 3, Day: today - 1}}
	if got := Retain(few, today, day); len(got) != 2 || got[0].ID != 1 || got[1].ID != 3 {
		t.Errorf("%v remembered for a day", got)
	}
}
