package monitor_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/monitor/report"
	"newswatch/monitor/story"
)

// overlapping are watches that one item can match together.
func overlapping() []monitor.Watch {
	return []monitor.Watch{
		{Name: "low", Match: "contract", Notify: []string{"desk"}, Priority: monitor.Low},
		{Name: "boats", Match: "boats", Notify: []string{"desk", "phone"}},
		{Name: "urgent", Match: "boats AND contract AND navy", Notify: []string{"desk"}, Priority: monitor.High},
	}
}

func TestOneItemOfThreeWatchesIsOneCard(t *testing.T) {
	b := newBench(t, overlapping()...)
	b.prime("wire")
	b.show("wire", b.item("a", "Navy signs a contract for boats"))
	b.poll("wire")
	b.want(1, 0, 0)
	n := b.told(monitor.AlertKind)[0]
	if want := []string{"urgent", "boats", "low"}; n.Watch != "urgent" || !slices.Equal(n.Watches, want) || n.Priority != monitor.High {
		t.Errorf("the card is of %s, %v, priority %s; want %v and high", n.Watch, n.Watches, n.Priority, want)
	}
	if c := n.Content.Cards[0]; !slices.Equal(c.Watches, n.Watches) || len(c.Hits) != 3 {
		t.Errorf("the card names %v and shows %d hits; want all watches, and the sentence of the strictest", c.Watches, len(c.Hits))
	}
	for _, w := range []string{"urgent", "boats", "low"} {
		i := slices.IndexFunc(b.record("a").Decisions, func(d monitor.Decision) bool { return d.Watch == w && d.Destination == "desk" })
		if d := b.record("a").Decisions; i < 0 || d[i].As != monitor.AlertKind || d[i].Key != n.Key {
			t.Errorf("decisions %+v do not say that %s was told with the card", d, w)
		}
	}
}

func TestAWatchThatMatchesLaterIsAReply(t *testing.T) {
	b := newBench(t, overlapping()...)
	b.prime("wire", "paper")
	title := "Harbour Works sells twelve boats to the Navy"
	b.show("wire", b.item("a", title))
	b.poll("wire")
	b.pass(20 * time.Minute)
	b.show("paper", b.item("b", title+", a contract says"))
	b.poll("paper")
	b.want(1, 1, 0)
	r := b.told(monitor.ReplyKind)[0]
	if card := b.told(monitor.AlertKind)[0]; r.Parent != card.Key || r.Content.Thread != "[boats] "+title || !strings.HasSuffix(r.Content.Change, "also urgent, low") {
		t.Errorf("the reply %q in thread %q of %s; want the two watches, and the card's subject", r.Content.Change, r.Content.Thread, r.Parent)
	}
	if edits := b.told(monitor.EditKind); len(edits) != 1 || len(edits[0].Watches) != 3 {
		t.Errorf("edits %+v, want one that names all three", edits)
	}
}

func TestAStoryOfACatchupGoesOn(t *testing.T) {
	b := newBench(t)
	b.prime("paper")
	first := b.item("a", "Navy signs $40 million contract with Harbour Works for patrol boats")
	b.show("wire", first)
	b.poll("wire")
	b.want(0, 0, 1)
	b.pass(30 * time.Minute)
	sued := b.item("b", "Rival sues the Navy over patrol boats contract with Harbour Works")
	sued.Summary = "The suit says the price was never compared."
	b.show("wire", sued, first)
	b.poll("wire")
	b.want(1, 0, 1)
	if b.Failed() {
		t.Fatalf("stories: %+v", b.stories())
	}
	if c := b.told(monitor.AlertKind)[0].Content.Cards[0]; c.Follows.IsZero() || c.Headline != sued.Title {
		t.Errorf("the card tells %q and follows %v; want the suit, after the catch-up", c.Headline, c.Follows)
	}
	b.pass(30 * time.Minute)
	ended := b.item("c", "Navy cancels Harbour Works patrol boats contract after the suit")
	ended.Summary = "Shipyard workers were sent home."
	b.show("wire", ended, sued, first)
	b.poll("wire")
	b.want(1, 1, 1)
	d, err := report.BuildDigest(b.store, b.rules, monitor.DigestPlan{Name: "daily"}, report.Period{From: start, To: b.now.Add(time.Hour)})
	if err != nil || len(d.Watches[0].Stories) != 1 {
		t.Fatalf("digest %+v, %v; want one story", d, err)
	}
	said := d.Watches[0].Stories[0].Headline
	for _, r := range d.Watches[0].Stories[0].Reports {
		said += "\n" + r.Title
	}
	for _, it := range []feeds.Item{first, sued, ended} {
		if !strings.Contains(said, it.Title) {
			t.Errorf("the digest does not list %q, only\n%s", it.Title, said)
		}
	}
}

func TestASilencedWatchKeepsItsNameOffTheCard(t *testing.T) {
	b := newBench(t, overlapping()...)
	b.prime("wire")
	if err := b.mon.Silence(monitor.Silence{ID: "1", Watch: "urgent", Until: b.now.Add(time.Hour), Created: b.now}); err != nil {
		t.Fatal(err)
	}
	if err := b.mon.Silence(monitor.Silence{ID: "2", Watch: "low", Until: b.now.Add(time.Hour), Created: b.now}); err != nil {
		t.Fatal(err)
	}
	b.show("wire", b.item("a", "Navy signs a contract for boats"), b.item("b", "City signs a contract for lunches"))
	b.poll("wire")
	b.want(1, 0, 0)
	if n := b.told(monitor.AlertKind)[0]; !slices.Equal(n.Watches, []string{"boats"}) {
		t.Errorf("the card names %v, want boats alone", n.Watches)
	}
	if rec := b.record("b"); !strings.HasPrefix(rec.Suppressed, "silenced: watch low") {
		t.Errorf("an item of silenced watches alone is held because of %q", rec.Suppressed)
	}
}

// A story and its card of the version before, which had one for every watch:
// nothing is told twice, and a reply finds its card.
func TestAStoryOfAnEarlierVersionGoesOn(t *testing.T) {
	b := newBench(t, overlapping()...)
	b.prime("wire", "paper")
	first := b.item("a", "Navy signs a contract with Harbour Works for twelve boats")
	b.show("wire", first)
	b.poll("wire")
	s := b.stories()[0]
	s.Told = nil
	for i := range s.Watches {
		s.Watches[i].Alerted, s.Watches[i].Alert = true, true
	}
	if err := b.store.Commit(monitor.Batch{Stories: []monitor.Story{s}}); err != nil {
		t.Fatal(err)
	}
	b.restart()
	b.pass(30 * time.Minute)
	sued := b.item("b", "Rival sues the Navy over its contract with Harbour Works for twelve boats")
	sued.Summary = "The suit says the price was never compared."
	b.show("paper", sued)
	b.poll("paper")
	b.want(1, 1, 0)
	if r := b.told(monitor.ReplyKind); len(r) == 1 && r[0].Parent == b.told(monitor.AlertKind)[0].Key {
		t.Error("the reply goes below a card of this version, want one of the version before")
	}
}

// record returns an archived item by its GUID.
func (b *bench) record(guid string) (found monitor.Record) {
	b.Helper()
	err := b.store.ItemsFrom(0, func(r monitor.Record) bool {
		if r.Item.GUID == guid {
			found = r
		}
		return true
	})
	if err != nil || found.ID == 0 {
		b.Fatalf("no item %q: %v", guid, err)
	}
	return found
}

// Whatever comes in whatever order, every item that a watch is sure of is named
// in a message to each destination the watch tells, or is a reprint that a card
// there counts; and no destination has two cards of one story.
func TestEveryDevelopmentIsTold(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := newBench(t, overlapping()...)
		words := rapid.SampledFrom([]string{"Navy signs contract with Harbour Works for patrol boats", "Harbour Works boats contract", "Rival sues over boats",
			"contract cancelled", "Museum buys paintings by contract", "Boats sink in the storm", "Navy denies"})
		feed := rapid.SampledFrom([]string{"wire", "paper", "blog"})
		listed := map[string][]feeds.Item{}
		for i := range rapid.IntRange(4, 14).Draw(rt, "steps") {
			name := feed.Draw(rt, "feed")
			for range rapid.IntRange(1, 3).Draw(rt, "items") {
				title := words.Draw(rt, "title") + " " + words.Draw(rt, "more")
				it := b.item(fmt.Sprint(i, "-", len(listed[name])), title)
				it.Summary = rapid.SampledFrom([]string{"The deal is worth $40 million.", "It was cancelled on Tuesday.", ""}).Draw(rt, "summary")
				it.Published = b.now.Add(-rapid.SampledFrom([]time.Duration{time.Minute, 30 * time.Hour}).Draw(rt, "age"))
				listed[name] = append([]feeds.Item{it}, listed[name]...)
			}
			b.show(name, listed[name]...)
			b.poll(name)
			b.pass(rapid.SampledFrom([]time.Duration{time.Second, time.Minute, 2 * time.Hour}).Draw(rt, "pause"))
			if rapid.IntRange(0, 4).Draw(rt, "restart") == 0 {
				b.restart()
			}
		}
		b.everythingTold(rt)
		b.store.Close()
	})
}

func (b *bench) everythingTold(t *rapid.T) {
	rows, err := b.store.List(monitor.NoticeFilter{})
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{} // by destination
	cards := map[string]int{}
	for _, n := range rows {
		for _, c := range n.Content.Cards {
			said[n.Destination] += fmt.Sprintln(c.URL, c.Reports, c.Also)
		}
		if n.Kind == monitor.AlertKind && n.Delivery.State == monitor.Pending {
			cards[n.Destination+" "+n.Story.String()]++
		}
	}
	for k, n := range cards {
		if n > 1 {
			t.Errorf("%s: %d cards of one story", k, n)
		}
	}
	err = b.store.ItemsFrom(0, func(r monitor.Record) bool {
		first := strings.HasPrefix(r.Suppressed, "first poll of the feed: older")
		for _, m := range r.Matches {
			i := slices.IndexFunc(b.rules.Watches, func(w monitor.Watch) bool { return w.Name == m.Watch })
			for _, dest := range b.rules.Watches[i].Notify {
				named := strings.Contains(said[dest], r.Item.URL+" ")
				counted := r.Role == story.Reprint || r.Role == story.Repeat
				if m.Verdict == match.Strong && !first && !named && !counted {
					t.Errorf("%s is never told of %q (%s, %s): held %q, decisions %+v", dest, r.Item.Title, r.Item.URL, r.Role, r.Suppressed, r.Decisions)
				}
			}
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
}
