package schedule

import (
	"testing"
	"time"

	"newswatch/feeds"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func source(name string, start time.Duration) Source {
	return Source{Feed: &feeds.Feed{Name: name, URL: "https://" + name + ".example/feed"}, Pace: Pace{Start: start}}
}

// due returns the names of the feeds due at a time, most overdue first, and
// begins to poll them.
func due(q *Queue, now time.Time) (names []string, began []*Due) {
	for {
		d, _ := q.Next(now)
		if d == nil {
			return names, began
		}
		q.Begin()
		names, began = append(names, d.Feed.Name), append(began, d)
	}
}

func TestQueueGivesEachFeedOnceInTheOrderTheyAreDue(t *testing.T) {
	at := func(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }
	stored := PollTimes{Last: at(-30)}
	past := map[string]PollTimes{}
	var sources []Source
	for name, next := range map[string]int{"late": 3, "soon": 1, "later": 9, "then": 2} {
		s := source(name, 15*time.Minute)
		stored.Next = at(next)
		past[s.Feed.URL] = stored
		sources = append(sources, s)
	}
	q := NewQueue(sources, past, noon)
	if names, _ := due(q, noon); names != nil {
		t.Errorf("due at once: %v", names)
	}
	if wait := q.Wait(noon, time.Hour); wait != time.Minute {
		t.Errorf("it waits %v, want 1m", wait)
	}
	names, began := due(q, at(3))
	if len(names) != 3 || names[0] != "soon" || names[1] != "then" || names[2] != "late" || q.Active() != 3 || q.Len() != 4 {
		t.Fatalf("due %v, %d active of %d", names, q.Active(), q.Len())
	}
	q.End(began[0], at(4))
	q.End(began[1], time.Time{})
	if names, _ := due(q, at(60)); len(names) != 2 || names[0] != "soon" || names[1] != "later" || q.Len() != 3 {
		t.Errorf("later due %v of %d; the one that never comes again, or is being polled, must not be", names, q.Len())
	}
}

func TestQueueCountsFeedsNeverPolled(t *testing.T) {
	q := NewQueue([]Source{source("a", time.Minute), source("b", time.Minute)}, nil, noon)
	_, began := due(q, noon)
	if len(began) != 2 || q.Unseen() != 2 {
		t.Fatalf("%d due, %d unseen, want 2 and 2", len(began), q.Unseen())
	}
	q.End(began[0], noon.Add(time.Minute))
	q.Replace([]Source{source("a", time.Minute), source("b", time.Minute), source("c", time.Minute)}, noon)
	if q.Unseen() != 2 {
		t.Errorf("%d unseen after one poll and a new feed, want 2", q.Unseen())
	}
}

func TestQueueReplacesSources(t *testing.T) {
	tests := map[string]struct {
		before, after time.Duration // Pace.Start; 0 is not configured
		polled        bool          // while it is replaced
		want          time.Duration // from noon to when it is due, -1 for never
	}{
		"kept":              {time.Hour, time.Hour, false, 50 * time.Minute},
		"faster":            {time.Hour, 5 * time.Minute, false, 5 * time.Minute},
		"slower":            {time.Hour, 2 * time.Hour, false, 50 * time.Minute},
		"gone":              {time.Hour, 0, false, -1},
		"gone while polled": {time.Hour, 0, true, -1},
		"kept while polled": {time.Hour, time.Hour, true, 30 * time.Minute},
		"new":               {0, time.Hour, false, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var before, after []Source
			past := map[string]PollTimes{}
			if s := source("f", tt.before); tt.before != 0 {
				before = append(before, s)
				past[s.Feed.URL] = PollTimes{Last: noon.Add(-time.Hour), Next: noon.Add(50 * time.Minute)}
			}
			if tt.after != 0 {
				after = append(after, source("f", tt.after))
			}
			q := NewQueue(before, past, noon)
			if tt.polled {
				_, began := due(q, noon.Add(50*time.Minute))
				q.Replace(after, noon)
				q.End(began[0], noon.Add(30*time.Minute))
			} else {
				q.Replace(after, noon)
			}
			got := time.Duration(-1)
			if q.Len() > 0 {
				got = q.Wait(noon, 24*time.Hour)
			}
			if got != tt.want {
				t.Errorf("due after %v, want %v", got, tt.want)
			}
		})
	}
}

// Feeds that may be late become due together, by less than a Tick; the others
// exactly when they are to.
func TestQueueWakesForManyFeedsAtOnce(t *testing.T) {
	every := func(gap time.Duration) Pace {
		return Pace{Exact: func(after time.Time) time.Time { return after.Add(gap) }}
	}
	hourly := Pace{Exact: func(after time.Time) time.Time { return after.Truncate(time.Hour).Add(time.Hour) }}
	for _, c := range []struct {
		name       string
		pace       Pace
		next, want time.Duration
	}{
		{"adaptive", Pace{Start: time.Minute}, 60010 * time.Millisecond, 60500 * time.Millisecond},
		{"adaptive, on the grid", Pace{Start: time.Minute}, time.Minute, time.Minute},
		{"adaptive and often", Pace{Start: time.Second}, 1010 * time.Millisecond, 1010 * time.Millisecond},
		{"by a span", every(2 * time.Second), 2001 * time.Millisecond, 2500 * time.Millisecond},
		{"by a short span", every(time.Second), 1001 * time.Millisecond, 1001 * time.Millisecond},
		{"by the clock", hourly, time.Hour + 10*time.Millisecond, time.Hour + 10*time.Millisecond},
	} {
		q := NewQueue([]Source{{Feed: &feeds.Feed{Name: "f", URL: "https://f.example/"}, Pace: c.pace}}, nil, noon)
		d, _ := q.Next(noon)
		if d == nil {
			t.Fatalf("%s: a feed never polled is not due at once", c.name)
		}
		q.Delay(noon, c.next)
		if wait := q.Wait(noon, 2*time.Hour); wait != c.want {
			t.Errorf("%s: put off, it waits %v, want %v", c.name, wait, c.want)
		}
		q.Begin()
		q.End(d, noon.Add(c.next))
		if wait := q.Wait(noon, 2*time.Hour); wait != c.want {
			t.Errorf("%s: it waits %v, want %v", c.name, wait, c.want)
		}
	}
}

// What a poll waits for others does not lengthen its interval, or part it from those
// it was due with; what its host makes it wait does.
func TestIntervalsDoNotGrowByLateness(t *testing.T) {
	minutely := Pace{Exact: func(after time.Time) time.Time { return after.Add(time.Minute) }}
	for _, c := range []struct {
		name        string
		delay, late time.Duration
		want        time.Duration // from when it was due to the next
	}{
		{"at once", 0, 0, time.Minute},
		{"late", 0, 200 * time.Millisecond, time.Minute},
		{"put off for a moment", 100 * time.Millisecond, 300 * time.Millisecond, time.Minute},
		{"late by more", 0, 700 * time.Millisecond, 61 * time.Second},
		{"put off for long", 10 * time.Second, 10 * time.Second, 70 * time.Second},
	} {
		q := NewQueue([]Source{{Feed: &feeds.Feed{Name: "f", URL: "https://f.example/"}, Pace: minutely}}, nil, noon)
		d, _ := q.Next(noon)
		if c.delay > 0 {
			q.Delay(noon, c.delay)
		}
		q.Begin()
		began := noon.Add(c.late)
		q.End(d, d.Pace.Next("f", 0, 0, time.Time{}, began))
		if got := q.Wait(noon, time.Hour); got != c.want {
			t.Errorf("%s: due again after %v, want %v", c.name, got, c.want)
		}
	}
}
