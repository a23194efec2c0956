package monitor_test

import (
	"fmt"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor/schedule"
)

// follow polls a feed for some days as often as its pace asks. The feed lists
// the latest twenty items; every is how long apart they are published at an
// hour of the day, 0 for not at all. It returns how often the feed was polled,
// and how many polls in the second half found less than a third of a new
// document known, and how many nothing of it.
func follow(b *bench, pace schedule.Pace, days int, every func(hour int) time.Duration) (polls, thin, gaps int) {
	b.Helper()
	const window = 20
	made, last := window, b.now
	publish := func(until time.Time) {
		for {
			step := every(last.Hour())
			if step == 0 {
				last = last.Truncate(time.Hour).Add(time.Hour)
			} else if last = last.Add(step); !last.After(until) {
				made++
			}
			if last.After(until) {
				last = until
				return
			}
		}
	}
	end := b.now.Add(time.Duration(days) * 24 * time.Hour)
	settled := b.now.Add(time.Duration(days) * 12 * time.Hour)
	for seen := 0; b.now.Before(end); polls++ {
		publish(b.now)
		if made > seen || seen == 0 {
			var items []feeds.Item
			for n := made; n > max(0, made-window); n-- {
				items = append(items, b.item(fmt.Sprint("report-", n), fmt.Sprint("Harbour report number ", n)))
			}
			b.show("wire", items...)
			if fresh := made - seen; b.now.After(settled) && 3*fresh > 2*window {
				thin++
				if fresh >= window {
					gaps++
				}
			}
			seen = made
		}
		out, err := b.mon.Poll(b.Context(), *b.rules.Feeds["wire"], pace)
		if err == nil {
			err = b.mon.Settle()
		}
		if err != nil {
			b.Fatal(err)
		}
		b.now = out.Poll.Next
	}
	return polls, thin, gaps
}

// The interval of a feed follows its publisher, so that consecutive documents
// share at least a third of their items.
func TestIntervalKeepsDocumentsOverlapping(t *testing.T) {
	steady := func(d time.Duration) func(int) time.Duration { return func(int) time.Duration { return d } }
	tests := map[string]struct {
		every       func(int) time.Duration
		days        int
		least, most int // polls a day
	}{
		"a wire":           {steady(time.Minute), 1, 90, 200},
		"a newspaper":      {steady(10 * time.Minute), 4, 80, 110},
		"a blog":           {steady(9 * time.Hour), 4, 23, 40},
		"silent at night":  {func(h int) time.Duration { return map[bool]time.Duration{true: 75 * time.Second}[h >= 7 && h < 22] }, 4, 60, 200},
		"a burst at eight": {func(h int) time.Duration { return map[bool]time.Duration{true: time.Minute, false: time.Hour}[h == 8] }, 8, 23, 130},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			t.Parallel()
			polls, thin, gaps := follow(b, schedule.Pace{Start: 15 * time.Minute}, tt.days, tt.every)
			t.Logf("%d polls, %d with less than a third known, %d gaps", polls, thin, gaps)
			if polls < tt.days*tt.least || polls > tt.days*tt.most {
				t.Errorf("%d polls in %d days, want %d to %d a day", polls, tt.days, tt.least, tt.most)
			}
			if thin*100 > polls || gaps > 0 {
				t.Errorf("%d of %d polls found less than a third known, %d nothing; want one in a hundred at most, and none", thin, polls, gaps)
			}
		})
	}
}
