package monitor_test

import (
	"flag"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/schedule"
	"newswatch/monitor/store"
)

// made returns n entries that a publisher has just made up.
func (b *bench) made(n int) []feeds.Item {
	items := make([]feeds.Item, n)
	for i := range items {
		items[i] = b.item(fmt.Sprint("made-", b.now.Unix(), "-", i), fmt.Sprintf("Made up %x at %s", i*2654435761%(1<<32), b.now))
	}
	return items
}

// operationsOn counts the messages to operations that speak of something.
func (b *bench) operationsOn(of string) (n int) {
	b.Helper()
	rows, err := b.store.List(monitor.NoticeFilter{})
	if err != nil {
		b.Fatal(err)
	}
	for _, row := range rows {
		if row.Destination == "ops" {
			n += strings.Count(strings.Join(row.Content.Lines, " "), of)
		}
	}
	return n
}

func (b *bench) feedRecord(feed string) monitor.FeedRecord {
	b.Helper()
	rec, err := b.store.Feed(b.rules.Feeds[feed].URL)
	if err != nil {
		b.Fatal(err)
	}
	return rec
}

// A publisher who makes up entries is braked, and only he: what is left out is a
// gap that says how much, and operations hears of it once.
func TestBrake(t *testing.T) {
	b := newBench(t)
	b.rules.MaxNew = 10 // so 400 at once
	b.prime("wire", "paper")
	for round := range 20 {
		items := b.made(1000)
		items[999].Title = "A contract at the very end of the list"
		b.show("wire", items...)
		b.show("paper", b.item(fmt.Sprint("paper-", round), fmt.Sprint("An honest contract, number ", round)))
		b.poll("wire", "paper")
		b.pass(15 * time.Minute)
	}
	taken := b.archived() - 2 - 20
	if want := 400 + 10*5 - 2; taken < want-2 || taken > want+2 {
		t.Errorf("%d entries taken of 20,000, want about %d", taken, want)
	}
	for feed, want := range map[string]int{"flooding: wire": 1, "flooding: paper": 0, "feed recovered": 0} {
		if n := b.operationsOn(feed); n != want {
			t.Errorf("operations heard of %q %d times, want %d", feed, n, want)
		}
	}
	gaps, err := b.store.GapsSince(start)
	if err != nil {
		t.Fatal(err)
	}
	gaps = slices.DeleteFunc(monitor.JoinGaps(gaps), func(g monitor.Gap) bool { return g.Feed == "paper" })
	if len(gaps) != 1 || gaps[0].Feed != "wire" || gaps[0].Left != 20_000-taken || !strings.HasSuffix(gaps[0].Reason(), fmt.Sprint(20_000-taken, " new entries left out")) {
		t.Errorf("gaps = %+v, want one of %d entries", gaps, 20_000-taken)
	}
	if rec := b.feedRecord("wire"); rec.Interval != 15*time.Minute || rec.Health.State() != schedule.Flooding {
		t.Errorf("the feed is %s and polled every %s, want flooding and every 15m", rec.Health.State(), rec.Interval)
	}
	b.show("wire", b.item("calm", "A calm day"))
	for range 11 {
		b.poll("wire")
		b.pass(2 * time.Hour)
	}
	if n := b.operationsOn("feed recovered: wire"); n != 1 || b.feedRecord("wire").Health.State() != schedule.OK {
		t.Errorf("operations heard of the end %d times, and the feed is %s", n, b.feedRecord("wire").Health.State())
	}
}

// What matches is taken first, and what was left out is taken later if it is
// still listed.
func TestBrakeTakesTheRestLater(t *testing.T) {
	b := newBench(t)
	b.rules.MaxNew = 10
	b.prime("wire")
	items := b.made(500)
	items[499].Title = "A contract at the very end of the list"
	b.show("wire", items...)
	b.poll("wire")
	if rec := b.at(items[499].URL); len(rec.Matches) != 1 || b.archived() != 401 {
		t.Errorf("the matching entry has %d matches; %d items archived, want 401", len(rec.Matches), b.archived())
	}
	for range 12 {
		b.pass(time.Hour)
		b.poll("wire")
	}
	if b.archived() != 501 {
		t.Errorf("%d items archived in the end, want 501", b.archived())
	}
}

// What honest feeds do is not braked.
func TestBrakeSparesTheHonest(t *testing.T) {
	b := newBench(t)
	b.show("wire", b.made(20_000)...)
	b.poll("wire") // an archive's first document
	for range 10 {
		b.pass(time.Minute)
		b.show("wire", b.made(15)...) // a register on a busy day
		b.poll("wire")
	}
	b.pass(3 * 24 * time.Hour)
	b.show("wire", b.made(8000)...) // after a pause
	b.poll("wire")
	if want := 20_000 + 150 + 8000; b.archived() != want || b.feedRecord("wire").Health.State() != schedule.OK {
		t.Errorf("%d archived, want %d; the feed is %s", b.archived(), want, b.feedRecord("wire").Health.State())
	}
}

// A publisher of long texts is braked by their size.
func TestBrakeWeighsTexts(t *testing.T) {
	b := newBench(t)
	b.rules.MaxNew = 10
	b.prime("wire")
	items := b.made(400)
	for i := range items {
		items[i].Content = strings.Repeat("word ", 4<<10)
	}
	b.show("wire", items...)
	b.poll("wire")
	if n := b.archived() - 1; n != 133 {
		t.Errorf("%d entries of 20 KiB taken, want 133 of the room for 400", n)
	}
}

var floodNew = flag.Int("flood", 200, "entries that the publisher of TestBrakeForAWeek makes up with every poll; 20000 for the whole thing")

// A week of a publisher who makes up entries with every poll leaves the file and
// the memory within bounds.
func TestBrakeForAWeek(t *testing.T) {
	b := newBench(t)
	b.rules.MaxNew = *floodNew/80 + 2
	b.prime("wire")
	for range 7 * 24 * 4 {
		b.show("wire", b.made(*floodNew)...)
		b.poll("wire")
		b.pass(15 * time.Minute)
	}
	most := b.rules.MaxNew*(schedule.BrakeHours+7*24) + 1
	if n := b.archived(); n > most || n < most*9/10 {
		t.Errorf("%d items archived, want at most %d and hardly less", n, most)
	}
	stats, err := b.store.(store.Maintainer).Stats(false)
	if err != nil {
		t.Fatal(err)
	}
	var mem runtime.MemStats
	b.web.docs = nil
	runtime.GC()
	runtime.ReadMemStats(&mem)
	t.Logf("%d items, a store of %d MB, %d MB of memory in use", b.archived(), stats.Bytes>>20, mem.HeapAlloc>>20)
	if bound := int64(most)*1500 + 16<<20; stats.Bytes > bound {
		t.Errorf("the store has %d bytes, want at most %d", stats.Bytes, bound)
	}
	if bound := uint64(most)*500 + 32<<20; mem.HeapAlloc > bound {
		t.Errorf("%d bytes of memory in use, want at most %d", mem.HeapAlloc, bound)
	}
}

// A publisher who rewords a long list with every poll has a part of it taken, and
// what is new all the same; of one who has done so once all is taken in the end.
func TestBrakeOfRewordings(t *testing.T) {
	b := newBench(t)
	list := b.made(5000)
	b.show("wire", list...)
	b.poll("wire")
	reword := func(with string) {
		for i := range list {
			list[i].Title = fmt.Sprintf("%s %d", with, i)
		}
	}
	reworded := func(with string) (n int) {
		if err := b.store.ItemsFrom(0, func(rec monitor.Record) bool {
			if strings.HasPrefix(rec.Item.Title, with) {
				n++
			}
			return true
		}); err != nil {
			t.Fatal(err)
		}
		return n
	}
	b.pass(time.Hour)
	reword("Second wording")
	list = append([]feeds.Item{b.item("new", "Second wording, and a contract among them")}, list...)
	for i, want := range []int{2001, 4001, 5001, 5001} {
		b.show("wire", list...)
		b.poll("wire")
		if n := reworded("Second wording"); n != want {
			t.Errorf("after %d polls %d entries have their new wording, want %d", i+1, n, want)
		}
		b.pass(15 * time.Minute)
	}
	b.want(1, 0, 0)
	if rec := b.feedRecord("wire"); rec.Health.State() != schedule.OK {
		t.Errorf("the feed is %s", rec.Health.State())
	}
}
