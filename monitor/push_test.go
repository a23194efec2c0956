package monitor_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/schedule"
)

func pushBench(t *testing.T) (*bench, feeds.Feed) {
	b := newBench(t)
	f := feeds.Feed{Name: "hall", Kind: feeds.KindPush, Source: &feeds.Source{Expect: 24 * time.Hour}}
	b.rules.Feeds["hall"] = &f
	return b, f
}

// fill pushes items and fails the test if that is refused.
func (b *bench) fill(f feeds.Feed, items ...feeds.Item) monitor.PollResult {
	b.Helper()
	out, err := b.mon.Fill(f, feeds.Document{Partial: true, Items: items})
	if err != nil {
		b.Fatal(err)
	}
	return out
}

// What Fill has answered for is in the store, the same item twice is one, and
// pushing only what is new loses nothing.
func TestFillIsCommitted(t *testing.T) {
	b, f := pushBench(t)
	b.fill(f, b.item("a", "A contract for benches"))
	b.restart()
	b.want(0, 0, 1)
	b.pass(time.Hour)
	if out := b.fill(f, b.item("b", "A contract for bridges"), b.item("a", "A contract for benches")); out.New != 1 || out.Matched != 1 {
		t.Errorf("%+v", out)
	}
	b.restart()
	b.want(1, 0, 1)
	if out := b.fill(f, b.item("b", "A contract for bridges")); out.New != 0 || b.archived() != 2 {
		t.Errorf("%+v, %d items", out, b.archived())
	}
	b.pass(time.Hour)
	b.fill(f, b.item("c", "A contract for chairs"))
	gaps, err := b.store.GapsSince(time.Time{})
	if err != nil || len(gaps) > 0 {
		t.Errorf("%+v, %v", gaps, err)
	}
	b.fault.full = true
	if _, err := b.mon.Fill(f, feeds.Document{Items: []feeds.Item{b.item("d", "A deal")}}); !errors.Is(err, errFull) {
		t.Errorf("on a full disk: %v", err)
	}
	b.fault.full = false
	if out := b.fill(f, b.item("d", "A deal")); out.New != 1 || b.archived() != 4 {
		t.Errorf("once more: %+v, %d items", out, b.archived())
	}
}

// Many programs may push at a time.
func TestFillAtOnce(t *testing.T) {
	b, f := pushBench(t)
	b.fill(f)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for range 5 {
				if _, err := b.mon.Fill(f, feeds.Document{Partial: true, Items: []feeds.Item{b.item("same", "A contract"), b.item(string(rune('a'+i)), "Item "+string(rune('a'+i)))}}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if n := b.archived(); n != 9 {
		t.Errorf("%d items", n)
	}
}

// A program that died is a feed in trouble, and a gap once it is back.
func TestSilenceOfAProgram(t *testing.T) {
	b, f := pushBench(t)
	b.fill(f, b.item("a", "A contract for benches"))
	silent := &feeds.FetchError{Fault: feeds.Silent, Err: errors.New("nothing was pushed since 24 Nov 09:00 UTC")}
	look := func() {
		t.Helper()
		b.pass(time.Hour)
		if _, err := b.mon.Poll(b.Context(), f, schedule.Pace{Start: 15 * time.Minute}); err != nil {
			t.Fatal(err)
		}
		if err := b.mon.Settle(); err != nil {
			t.Fatal(err)
		}
	}
	b.web.unchanged = true
	look()
	b.web.errs["hall"] = silent
	for i := range 29 {
		look()
		if got := b.operations(); i == 0 && !strings.Contains(got, "feed degraded: hall") {
			t.Errorf("at the first look after it was silent for too long operations heard %s", got)
		}
	}
	if got := b.operations(); !strings.Contains(got, "feed degraded: hall (nothing was pushed since") {
		t.Errorf("operations heard %s", got)
	}
	b.fill(f, b.item("b", "A contract for bridges"))
	gaps, err := b.store.GapsSince(time.Time{})
	if err != nil || len(gaps) != 1 || gaps[0].Feed != "hall" || gaps[0].To.Sub(gaps[0].From) != 29*time.Hour {
		t.Errorf("%+v, %v", gaps, err)
	}
	if got := b.operations(); !strings.Contains(got, "feed recovered: hall") {
		t.Errorf("operations heard %s", got)
	}
}

// Where nobody said how often something is pushed, the time between two pushes is
// no gap, and what comes then is told at once.
func TestPushesAsTheyCome(t *testing.T) {
	b, f := pushBench(t)
	f.Source = nil
	b.rules.Feeds["hall"] = &f
	b.fill(f, b.item("a", "A contract for benches"))
	b.pass(12 * time.Hour)
	b.fill(f, b.item("b", "A contract for bridges"))
	b.want(1, 0, 1)
	if gaps, err := b.store.GapsSince(time.Time{}); err != nil || len(gaps) > 0 {
		t.Errorf("%+v, %v", gaps, err)
	}
}
