package monitor_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/identity"
	"newswatch/monitor/schedule"
)

// running runs the monitor until the function it returns is called.
func (b *bench) running() (stop func()) {
	b.Helper()
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.mon.Run(ctx) }()
	return func() {
		b.Helper()
		cancel()
		if err := <-ended; err != nil {
			b.Fatal(err)
		}
	}
}

// hand polls a feed and leaves the rest to Run.
func (b *bench) hand(feed string) {
	b.Helper()
	if _, err := b.mon.Poll(b.Context(), *b.rules.Feeds[feed], schedule.Pace{Start: time.Hour}); err != nil {
		b.Fatal(err)
	}
}

// contracts returns a long list of entries that all match, in the wording of a
// round.
func (b *bench) contracts(n, round int) []feeds.Item {
	items := make([]feeds.Item, n)
	for i := range items {
		items[i] = b.item(fmt.Sprint("contract-", i), fmt.Sprintf("Contract worth $%d million, round %d", 1000+i*7+round, round))
	}
	return items
}

// The news of other feeds does not wait for the end of a long document.
func TestLongDocumentKeepsNobodyWaiting(t *testing.T) {
	b := newBench(t)
	list := b.contracts(3000, 0)
	b.show("wire", list...)
	b.prime("paper")
	b.poll("wire")
	b.pass(time.Hour)
	defer b.running()()
	before := b.feedRecord("wire").Poll.Last
	b.show("wire", b.contracts(3000, 1)...)
	b.show("paper", b.item("council", "The council signs a contract"))
	b.hand("wire")
	b.hand("paper")
	began := time.Now()
	b.committed("council")
	t.Logf("after %v", time.Since(began))
	if !b.feedRecord("wire").Poll.Last.Equal(before) {
		t.Error("paper's item was committed after all of wire's document")
	}
	if err := b.mon.Settle(); err != nil {
		t.Fatal(err)
	}
	t.Logf("all after %v", time.Since(began))
	if b.feedRecord("wire").Poll.Last.Equal(before) {
		t.Error("the poll of wire is not accounted for")
	}
	if n := b.titled("round 1"); n != 2000 {
		t.Errorf("%d entries have their new wording, want 2000", n)
	}
}

// committed waits until an item is archived.
func (b *bench) committed(name string) {
	b.Helper()
	for key := identity.URLKey("https://site.example/" + name); ; time.Sleep(time.Millisecond) {
		if _, known, err := b.store.ByURL(key); err != nil {
			b.Fatal(err)
		} else if known {
			return
		}
	}
}

// titled counts the items whose titles hold a text.
func (b *bench) titled(text string) (n int) {
	b.Helper()
	if err := b.store.ItemsFrom(0, func(rec monitor.Record) bool {
		if strings.Contains(rec.Item.Title, text) {
			n++
		}
		return true
	}); err != nil {
		b.Fatal(err)
	}
	return n
}

// What interrupts a long document leaves its rest to the next poll, which judges
// it as this one would have: each entry is archived once, and an archive seen for
// the first time is told as that.
func TestLongDocumentIsInterrupted(t *testing.T) {
	const entries = 1500 // six parts
	tests := map[string]func(b *bench, stop func()){
		"a commit fails":  func(b *bench, stop func()) { b.fault.full = true; stop() },
		"newswatch stops": func(_ *bench, stop func()) { stop() },
		"a hub pushes": func(b *bench, _ func()) {
			doc := feeds.Document{Format: "rss", Title: "wire", Items: b.contracts(1, 0)}
			if _, err := b.mon.Push(b.Context(), *b.rules.Feeds["wire"], doc); err != nil {
				b.Error(err)
			}
		},
	}
	for name, interrupt := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.prime("paper")
			b.show("wire", b.contracts(entries, 0)...)
			ctx, stop := context.WithCancel(t.Context())
			interrupted := make(chan struct{})
			b.fault.before = func() { // the commit of the first part
				b.fault.before = func() { // that of the second
					interrupt(b, stop)
					close(interrupted)
				}
			}
			b.hand("wire")
			ended := make(chan error, 1)
			go func() { ended <- b.mon.Run(ctx) }()
			<-interrupted
			if name == "a hub pushes" {
				b.show("paper", b.item("council", "The council rests"))
				b.hand("paper")
				b.committed("council") // and judged what was pushed before
				stop()
			}
			if err := <-ended; err != nil {
				t.Fatal(err)
			}
			if n := b.titled("round"); n < 250 || n >= entries {
				t.Errorf("%d entries archived when interrupted, want some of %d", n, entries)
			}
			if !b.feedRecord("wire").Added.IsZero() {
				t.Error("the feed counts as known, of which only a part was seen")
			}
			b.fault.full = false
			b.restart()
			b.pass(time.Minute)
			b.poll("wire")
			if n, rec := b.titled("round"), b.feedRecord("wire"); n != entries || rec.Items != entries {
				t.Errorf("%d entries archived in the end, and %d said, want %d", n, rec.Items, entries)
			}
			if n := len(b.told(monitor.AlertKind)); n != 0 {
				t.Errorf("%d alerts, want all in catch-ups, as for any feed just added", n)
			}
		})
	}
}
