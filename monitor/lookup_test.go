package monitor_test

import (
	"testing"
	"time"

	"newswatch/monitor/schedule"
)

// What goes to the store between a look-up and the judging after it is found all the
// same: the same address in two feeds is one item, in whichever of both it is.
func TestCommitBetweenLookupAndJudging(t *testing.T) {
	b := newBench(t)
	b.prime("wire", "paper")
	news := b.item("deal", "Agency signs a contract for buses")
	for _, feed := range []string{"wire", "paper"} {
		b.show(feed, news)
		if _, err := b.mon.Poll(t.Context(), *b.rules.Feeds[feed], schedule.Pace{Start: 15 * time.Minute}); err != nil {
			t.Fatal(err)
		}
		if feed == "paper" {
			b.fault.meanwhile = func() {
				if err := b.mon.Checkpoint(); err != nil {
					t.Error(err)
				}
			}
		}
		b.mon.Absorb()
	}
	if err := b.mon.Settle(); err != nil {
		t.Fatal(err)
	}
	if n := b.archived(); n != 3 { // one each of the first polls
		t.Errorf("%d items archived, want 3", n)
	}
	b.want(1, 0, 0)
	if b.fault.meanwhile != nil {
		t.Error("nothing was looked up")
	}
}
