package monitor_test

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/schedule"
)

// Events, and how outlets word them.
var wordings = [][]string{
	{"Navy signs $40 million contract with Harbour Works for patrol boats", "Navy signs $40 million contract with Harbour Works for patrol boats (AP)", "UPDATE: Navy signs $40 million contract with Harbour Works for patrol boats"},
	{"Museum of Art wins a deal on stolen paintings", "Museum of Art wins a deal on stolen paintings - report"},
	{"Schools renew their lunch contract with Green Valley Farms", "Schools renew their lunch contract with Green Valley Farms"},
	{"Week 12 contract briefing"}, {"Week 13 contract briefing"},
	{"Airline and pilots reach a deal at last", "Airline and pilots reach a deal at last!"},
}

// The order in which a document lists its items changes neither how many
// alerts there are nor how many items are archived, however much alike they
// are.
func TestOrderWithinAPollChangesNothing(t *testing.T) {
	word := rapid.SampledFrom(strings.Fields("Corvane Ellery harbour agents search warehouse mayor Veld ferry Kalvo 41 12 storm schools Okafor council"))
	rapid.Check(t, func(rt *rapid.T) {
		var items []feeds.Item
		add := func(name, title string) {
			url := "https://site.example/" + name
			it := feeds.Item{GUID: name, URL: url, Link: url, Title: title}
			if rapid.Bool().Draw(rt, "dated") {
				it.Published = start.Add(50 * time.Minute)
			}
			items = append(items, it)
		}
		for i, event := range wordings {
			for j := range rapid.IntRange(0, len(event)).Draw(rt, "copies") {
				add(fmt.Sprintf("e%d-%d", i, j), event[j])
			}
		}
		for i := range rapid.IntRange(0, 15).Draw(rt, "others") {
			add(fmt.Sprint("o", i), "Contract: "+strings.Join(rapid.SliceOfN(word, 2, 7).Draw(rt, "title"), " "))
		}
		seed := rapid.Int64().Draw(rt, "order")
		told := func(order []feeds.Item) string {
			b := newBench(t)
			b.prime("wire")
			b.show("wire", order...)
			b.poll("wire")
			return fmt.Sprint(len(b.told(monitor.AlertKind)), " alerts, ", len(b.told(monitor.ReplyKind)), " replies, ", len(b.stories()), " stories, ", b.archived(), " items")
		}
		shuffled := append([]feeds.Item{}, items...)
		rand.New(rand.NewSource(seed)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if a, b := told(items), told(shuffled); a != b {
			rt.Fatalf("in order %s, shuffled %s", a, b)
		}
	})
}

// Killing the process between any two steps of a day changes nothing of what
// is told: a commit that did not happen is made up for by the next poll.
func TestLostCommitsAreMadeUpFor(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		lost := rapid.SliceOfN(rapid.Bool(), 12, 12).Draw(rt, "lost")
		b := newBench(t)
		b.prime("wire", "paper")
		want := 0
		for i := range 6 {
			for j, feed := range []string{"wire", "paper"} {
				b.show(feed, b.item(fmt.Sprint(feed, i), fmt.Sprintf("%s number %d signs contract %c%c", feed, 100+i*7, 'A'+i, 'K'+j)))
				if lost[2*i+j] {
					b.fault.full = true
					if _, err := b.mon.Poll(b.Context(), *b.rules.Feeds[feed], schedule.Pace{Start: time.Minute}); err != nil {
						rt.Fatal(err)
					}
					if err := b.mon.Settle(); err == nil {
						rt.Fatal("a full disk took a commit")
					}
					b.fault.full = false
					b.restart()
				}
				b.poll(feed)
				want++
				b.pass(10 * time.Minute)
			}
		}
		if got := len(b.told(monitor.AlertKind)) + len(b.told(monitor.ReplyKind)); got < 1 || b.archived() != want+2 {
			rt.Fatalf("%d told, %d archived, want %d archived", got, b.archived(), want+2)
		}
		keys := map[string]bool{}
		for _, n := range b.told(monitor.AlertKind) {
			if keys[n.Content.Headline] {
				rt.Fatalf("%q was told twice", n.Content.Headline)
			}
			keys[n.Content.Headline] = true
		}
	})
}
