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

// listBench has a feed of another kind than a syndicated one, with six rows.
func listBench(t *testing.T, kind feeds.Kind) *bench {
	t.Helper()
	b := newBench(t)
	b.rules.Feeds["list"] = feeds.Feed{Name: "list", URL: "https://list.example/", Source: feeds.Source{Kind: kind}}
	b.showList("row", 6)
	b.poll("list")
	b.pass(2 * time.Hour)
	return b
}

func (b *bench) showList(name string, n int) {
	var items []feeds.Item
	for i := range n {
		items = append(items, b.item(fmt.Sprintf("%s-%d", name, i), fmt.Sprintf("A %s contract with number %d%d for buses", name, i, i)))
	}
	b.show("list", items...)
	doc := b.web.docs["list"]
	doc.Partial = true
	b.web.docs["list"] = doc
}

func (b *bench) operations() string {
	b.Helper()
	rows, err := b.store.List(monitor.NoticeFilter{})
	if err != nil {
		b.Fatal(err)
	}
	var all []string
	for _, n := range rows {
		if n.Kind == monitor.OperationsKind {
			all = append(all, n.Content.Headline+" "+strings.Join(n.Content.Lines, " "))
		}
	}
	return strings.Join(all, "\n")
}

// A list whose entries are all new at once is one notice and one catch-up.
func TestReplacedListIsOneNotice(t *testing.T) {
	b := listBench(t, feeds.KindList)
	b.showList("new", 8)
	b.poll("list")
	if alerts := b.told(monitor.AlertKind); len(alerts) > 0 || len(b.told(monitor.CatchupKind)) != 2 { // that of the first poll too
		t.Errorf("%d alerts, %d catch-ups", len(alerts), len(b.told(monitor.CatchupKind)))
	}
	if got := b.operations(); strings.Count(got, "addresses changed: list") == 0 {
		t.Errorf("operations heard %s", got)
	}
	// A feed's busy day is a busy day.
	f := newBench(t)
	f.prime("wire")
	f.show("wire", f.item("1", "A contract for ferries"), f.item("2", "A contract for trains"), f.item("3", "A contract for bridges"), f.item("4", "A deal on tunnels"), f.item("5", "A deal about docks"))
	f.poll("wire")
	if got := f.operations(); strings.Contains(got, "addresses changed") || len(f.told(monitor.AlertKind)) == 0 {
		t.Errorf("of a feed: %s", got)
	}
}

// What a partial document leaves out counts as withdrawn no more than a page that
// is not its list.
func TestPartialDocumentWithdrawsNothing(t *testing.T) {
	b := listBench(t, feeds.KindJSON)
	doc := b.web.docs["list"]
	doc.Items = append([]feeds.Item{b.item("fresh", "A contract for harbors")}, doc.Items[5])
	b.web.docs["list"] = doc
	b.poll("list")
	b.pass(time.Hour)
	if err := b.store.ItemsFrom(0, func(r monitor.Record) bool {
		if !r.Withdrawn.IsZero() {
			t.Errorf("%s was withdrawn", r.Item.Title)
		}
		return true
	}); err != nil {
		t.Fatal(err)
	}
	b.showList("row", 6)
	b.poll("list")
	if n := b.archived(); n != 7 {
		t.Errorf("%d items", n)
	}
}

// The changes of a page are items of which the next document has no more: that
// loses nothing.
func TestPageHasNoGaps(t *testing.T) {
	b := listBench(t, feeds.KindPage)
	b.showList("change", 1)
	b.poll("list")
	gaps, err := b.store.GapsSince(time.Time{})
	if err != nil || len(gaps) > 0 {
		t.Errorf("%+v, %v", gaps, err)
	}
	c := listBench(t, feeds.KindJSON)
	c.showList("change", 6)
	c.poll("list")
	if gaps, err := c.store.GapsSince(time.Time{}); err != nil || len(gaps) != 1 {
		t.Errorf("a window that slid past everything: %+v, %v", gaps, err)
	}
}

// A selector that finds nothing says how much there was, and until when.
func TestLostListSaysWhatItHad(t *testing.T) {
	b := listBench(t, feeds.KindList)
	b.web.errs["list"] = &feeds.FetchError{Fault: feeds.Unparseable, Err: errors.New("the page answers, but .row finds nothing")}
	for range 4 {
		b.pass(time.Hour)
		b.poll("list")
	}
	if got, want := b.operations(), "feed unparseable: list (the page answers, but .row finds nothing; 6 items until 24 Nov 09:00 UTC)"; !strings.Contains(got, want) {
		t.Errorf("operations heard %s, want %s", got, want)
	}
}

// A change of a page is looked at again after a minute, however rarely it is
// polled.
func TestSecondLookComesSoon(t *testing.T) {
	b := listBench(t, feeds.KindPage)
	b.web.again = true
	out, err := b.mon.Poll(b.Context(), b.rules.Feeds["list"], schedule.Pace{Start: 6 * time.Hour})
	if err != nil || out.Poll.Next.Sub(b.now) != time.Minute {
		t.Errorf("next after %v, %v", out.Poll.Next.Sub(b.now), err)
	}
}
