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
	b.rules.Feeds["list"] = &feeds.Feed{Name: "list", URL: "https://list.example/", Kind: kind}
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
	out, err := b.mon.Poll(b.Context(), *b.rules.Feeds["list"], schedule.Pace{Start: 6 * time.Hour})
	if err != nil || out.Poll.Next.Sub(b.now) != time.Minute {
		t.Errorf("next after %v, %v", out.Poll.Next.Sub(b.now), err)
	}
}

// awardBench watches for awards, and once more for whatever happens to them.
func awardBench(t *testing.T) *bench {
	b := newBench(t, monitor.Watch{Name: "awards", Match: `agency:{ice} OR "GEO Group"`, Notify: []string{"desk"}},
		monitor.Watch{Name: "changes", Match: "agency:{ice} AND action:modification", Notify: []string{"other"}})
	b.rules.Feeds["rows"] = &feeds.Feed{Name: "rows", URL: "https://rows.example/", Label: "Rows", Kind: feeds.KindJSON}
	b.showRow("old", "70X0", "new", 5)
	b.poll("rows")
	b.prime("wire")
	return b
}

func (b *bench) showRow(key, award, action string, amount float64) {
	it := feeds.Item{GUID: "key:" + key, Link: "https://rows.example/" + award, Title: fmt.Sprintf("THE GEO GROUP: DETENTION %s, $%.0f (ICE)", key, amount),
		Fields: &feeds.Fields{Amount: &amount, Agency: "U.S. Immigration and Customs Enforcement", Vendor: "THE GEO GROUP", AwardID: award, Action: action}}
	doc := b.web.docs["rows"]
	doc.Items, doc.Partial = append([]feeds.Item{it}, doc.Items...), true
	b.web.docs["rows"] = doc
}

// An award, its modifications and the news about it are one story; a
// modification by no money is told only to who asks for it.
func TestAwardIsOneStory(t *testing.T) {
	b := awardBench(t)
	b.showRow("a", "70CDCR26FR0000042", "new", 15e6)
	b.poll("rows")
	b.want(1, 0, 1)
	b.pass(time.Hour)
	b.showRow("b", "70CDCR26FR0000042", "modification", 0)
	b.poll("rows")
	b.want(1, 0, 1)
	b.pass(time.Hour)
	news := b.item("news", "GEO Group is paid for more beds")
	news.Content = "The contract has the number 70CDCR26FR0000042."
	b.show("wire", append([]feeds.Item{news}, b.web.docs["wire"].Items...)...)
	b.poll("wire")
	b.pass(time.Hour)
	b.showRow("c", "70CDCR26FR0000042", "modification", 3e6)
	b.poll("rows")
	b.pass(time.Hour)
	b.showRow("d", "70CDCR26FR0000099", "modification", 0) // a story of its own, and no news
	b.poll("rows")
	b.pass(time.Hour)
	b.poll("rows", "wire")
	reports := 0
	for _, s := range b.stories() {
		if s.Headline == "THE GEO GROUP: DETENTION a, $15000000 (ICE)" {
			reports = len(s.Items)
		}
		if s.Headline == "THE GEO GROUP: DETENTION d, $0 (ICE)" && (s.Watch("awards") == nil || !s.Watch("awards").Old || s.Watch("awards").Alerted) {
			t.Errorf("an idle modification: %+v", s.Watch("awards"))
		}
	}
	if alerts, replies := b.told(monitor.AlertKind), b.told(monitor.ReplyKind); reports != 4 || len(alerts) != 1 || len(replies) == 0 {
		t.Errorf("%d reports, %d alerts, %d replies", reports, len(alerts), len(replies))
	}
	rows, err := b.store.List(monitor.NoticeFilter{})
	if err != nil {
		t.Fatal(err)
	}
	asked := ""
	for _, n := range rows {
		if n.Destination == "other" && n.Kind != monitor.CatchupKind {
			asked += n.Content.Headline + "\n"
		}
	}
	if !strings.Contains(asked, "DETENTION d, $0") {
		t.Errorf("who asks for modifications was told %s", asked)
	}
}
