package monitor_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/schedule"
)

var quarterly = schedule.Pace{Start: 15 * time.Minute}

// next polls a feed and returns how long it is then left alone.
func (b *bench) next(name string) time.Duration {
	b.Helper()
	out, err := b.mon.Poll(b.Context(), *b.rules.Feeds[name], quarterly)
	if err == nil {
		err = b.mon.Settle()
	}
	if err != nil {
		b.Fatal(err)
	}
	return out.Poll.Next.Sub(b.now)
}

// No failure ends the polling: it thins out to once a day, for what is gone to
// once a month, and the feed is read again as soon as it can be.
func TestFailingFeedsAreProbedForEver(t *testing.T) {
	for _, fault := range []feeds.Fault{feeds.Network, feeds.Refused, feeds.Blocked, feeds.Throttled, feeds.Gone, feeds.Status,
		feeds.NotAFeed, feeds.Unparseable, feeds.TooLarge, feeds.Quarantined} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.prime("wire")
			b.web.errs["wire"] = &feeds.FetchError{Fault: fault, Err: errors.New("trouble")}
			most, last := 27*time.Hour, 20*time.Hour // a day, with its jitter
			if fault == feeds.Gone {
				most, last = 31*24*time.Hour, 30*24*time.Hour
			}
			polls, end := 0, b.now.Add(90*24*time.Hour)
			for b.now.Before(end) {
				wait := b.next("wire")
				if polls++; wait > most || wait < 10*time.Minute {
					t.Fatalf("poll %d: the next is in %v", polls, wait)
				}
				if b.now.Add(wait).After(end) && wait < last {
					t.Errorf("after three months it is still asked every %v", wait)
				}
				b.pass(wait)
			}
			delete(b.web.errs, "wire")
			b.show("wire", b.item("new", "Navy signs a contract for boats"))
			if wait := b.next("wire"); wait > time.Hour {
				t.Errorf("recovered, it is asked again in %v", wait)
			}
			if state, _ := b.condition(); state != schedule.OK || b.headlines() != 1 {
				t.Errorf("recovered it is %s, and %d headlines were told", state, b.headlines())
			}
		})
	}
}

// Who says no for an hour is not pressed.
func TestBlockedFeedsAreNotPressed(t *testing.T) {
	b := newBench(t)
	b.prime("wire")
	b.web.errs["wire"] = &feeds.FetchError{Fault: feeds.Blocked, StatusCode: 403, Err: errors.New("refused")}
	for range 5 {
		b.pass(b.next("wire"))
	}
	if wait := b.next("wire"); wait < 4*time.Hour {
		t.Errorf("asked again in %v, want four hours at least", wait)
	}
}

// A document that shares no item with what was seen before leaves a gap in the
// ledger; one that shares some leaves none, nor does an empty one.
func TestDisjointDocumentsAreGaps(t *testing.T) {
	b := newBench(t)
	b.prime("wire")
	var items []feeds.Item
	for i := range 4 {
		items = append(items, b.item(fmt.Sprint(i), "Report "+subjects[i]))
	}
	gaps := func() []monitor.Gap {
		t.Helper()
		all, err := b.store.GapsSince(start)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	b.show("wire", items[0], b.item("old-wire", "Nothing in particular at wire"))
	b.poll("wire")
	b.pass(time.Hour)
	b.show("wire")
	b.poll("wire")
	b.pass(time.Hour)
	b.show("wire", items[1], items[0])
	b.poll("wire")
	if got := gaps(); len(got) != 0 {
		t.Fatalf("gaps %+v where documents share items", got)
	}
	b.pass(time.Hour)
	b.show("wire", items[3], items[2])
	b.poll("wire")
	got := gaps()
	if len(got) != 1 || !got[0].Lost || got[0].To.Sub(got[0].From) != time.Hour || !strings.Contains(got[0].Why, "shares no item") {
		t.Errorf("gaps %+v, want the last hour", got)
	}
}

// Feeds of one schedule do not stay in step.
func TestFeedsSpread(t *testing.T) {
	b := newBench(t)
	const n, parts = 400, 8
	var count [parts]int
	for i := range n {
		name := fmt.Sprint("feed", i)
		b.rules.Feeds[name] = &feeds.Feed{Name: name, URL: "https://" + name + ".example/feed"}
		wait := b.next(name)
		rec, err := b.store.Feed(b.rules.Feeds[name].URL)
		if err != nil {
			t.Fatal(err)
		}
		width := rec.Interval / 5
		wait -= rec.Interval - width/2
		if wait < 0 || wait >= width {
			t.Fatalf("%s comes back %v off", name, wait)
		}
		count[wait*parts/width]++
	}
	for i, c := range count {
		if c > 2*n/parts || c < n/parts/2 {
			t.Errorf("%d of %d feeds in part %d of the time: %v", c, n, i, count)
		}
	}
}

// While our own network is down everything is tried every minute or two, so
// that its return is noticed at once.
func TestOutageIsTriedOften(t *testing.T) {
	b := newBench(t)
	b.prime("wire", "paper", "blog")
	b.rules.Feeds["radio"] = &feeds.Feed{Name: "radio", URL: "https://radio.example/feed"}
	for _, name := range []string{"wire", "paper", "blog", "radio"} {
		b.web.errs[name] = &feeds.FetchError{Fault: feeds.Network, Err: errors.New("no route to host")}
	}
	for range 2 {
		for _, name := range []string{"wire", "paper", "blog", "radio"} {
			b.next(name)
		}
		b.pass(time.Minute)
	}
	for name := range b.web.errs {
		if wait := b.next(name); wait > 2*time.Minute {
			t.Errorf("%s is tried again in %v, want two minutes at most", name, wait)
		}
	}
}
