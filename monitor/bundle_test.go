package monitor_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/schedule"
)

// CloseBundles tells in one card what all polls before it have found, also what
// Run is just about to judge.
func TestCloseRoundsMissesNothing(t *testing.T) {
	const rounds = 200
	b := newBench(t)
	var minutes atomic.Int64 // while Run looks at the clock
	b.mon.Now = func() time.Time { return start.Add(time.Duration(minutes.Load()) * time.Minute) }
	for i := range 2 * rounds {
		name := fmt.Sprintf("feed%d-%d", i/2, i%2)
		b.rules.Feeds[name] = &feeds.Feed{Name: name, URL: "https://" + name + ".example/feed"}
	}
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- b.mon.Run(ctx) }()
	for i := range rounds {
		for j := range 2 {
			name := fmt.Sprintf("feed%d-%d", i, j)
			b.show(name, b.item(name, fmt.Sprintf("Contract %d awarded in town number %d", 7*i+j, 13*i+5*j)))
			if _, err := b.mon.Poll(ctx, *b.rules.Feeds[name], schedule.Pace{Start: time.Hour}); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.mon.CloseBundles(); err != nil {
			t.Fatal(err)
		}
		minutes.Add(1)
	}
	stop()
	if err := <-ran; err != nil {
		t.Fatal(err)
	}
	cards := b.told(monitor.CatchupKind)
	for _, n := range cards {
		if n.Delivery.Due.After(n.Created) {
			t.Errorf("%q is held until %v after all were done", n.Content.Headline, n.Delivery.Due.Sub(n.Created))
		}
	}
	if len(cards) == 0 {
		t.Error("nothing was told")
	}
}

// Operations hear of a feed just added, and what it lists first: proof that it
// is read.
func TestFeedAddedNamesTheNewest(t *testing.T) {
	b := newBench(t)
	b.prime("paper") // the first message of all is another one
	if err := b.mon.CloseBundles(); err != nil {
		t.Fatal(err)
	}
	b.show("wire", b.item("b", "Harbour reopens"), b.item("a", "Harbour closes"))
	b.poll("wire")
	if err := b.mon.CloseBundles(); err != nil {
		t.Fatal(err)
	}
	rows := b.ops()
	if len(rows) != 2 {
		t.Fatalf("operations are owed %+v, want a welcome and one notice", rows)
	}
	if said := fmt.Sprint(rows[1].Content.Headline, rows[1].Content.Lines); !strings.Contains(said, `2 items, the newest is "Harbour reopens"`) {
		t.Errorf("operations hear %q", said)
	}
}
