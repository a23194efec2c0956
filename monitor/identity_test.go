package monitor_test

import (
	"fmt"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
)

// Whatever a feed does to the items it has shown, none is told again, and a
// new one among them is told all the same.
func TestKnownItemsAreRecognised(t *testing.T) {
	tests := map[string]func(it *feeds.Item, i int){
		"guids made anew": func(it *feeds.Item, i int) { it.GUID = fmt.Sprint("new-", i) },
		"guids dropped":   func(it *feeds.Item, i int) { it.GUID = "" },
		"links made anew": func(it *feeds.Item, i int) { it.URL += "?v=2"; it.Link = it.URL },
		"dates move":      func(it *feeds.Item, i int) { it.Published = it.Published.Add(5 * time.Hour) },
		"dates dropped":   func(it *feeds.Item, i int) { it.Published = time.Time{} },
		"titles edited":   func(it *feeds.Item, i int) { it.Title += " (updated)" },
		"bytes changed":   func(it *feeds.Item, i int) { it.Span += 1000 },
		"guid and link anew": func(it *feeds.Item, i int) {
			it.GUID = fmt.Sprint("x", i)
			it.URL = fmt.Sprint("https://new.example/", i)
			it.Link = it.URL
		},
		"all anew, dates too": func(it *feeds.Item, i int) {
			it.GUID = fmt.Sprint("x", i)
			it.URL = fmt.Sprint("https://new.example/", i)
			it.Published = it.Published.Add(72 * time.Hour)
		},
		"guid a permalink moved": func(it *feeds.Item, i int) { it.GUID = it.URL },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.prime("wire")
			var items []feeds.Item
			for i := range 8 {
				it := b.item(fmt.Sprint("a", i), fmt.Sprintf("The %s agency signs a contract for %s", [...]string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"}[i], [...]string{"boats", "tents", "servers", "fences", "drones", "buses", "meals", "radios"}[i]))
				it.Span = uint64(i + 1)
				items = append(items, it)
			}
			b.show("wire", items...)
			b.poll("wire")
			before := len(b.told(monitor.AlertKind)) + len(b.told(monitor.CatchupKind))
			if before == 0 {
				t.Fatal("the first showing was not told")
			}
			archived := b.archived()
			b.pass(time.Hour)
			for i := range items {
				items[i].Span = 0 // the bytes differ, so the entries are judged
				change(&items[i], i)
			}
			b.show("wire", items...)
			b.poll("wire")
			if got := len(b.told(monitor.AlertKind)) + len(b.told(monitor.CatchupKind)); got != before {
				t.Errorf("told %d times, want %d as before", got, before)
			}
			if got := b.archived(); got != archived {
				t.Errorf("%d items archived, want %d as before", got, archived)
			}
			b.pass(time.Hour)
			b.show("wire", append([]feeds.Item{b.item("fresh", "A wholly new deal on submarine cables")}, items...)...)
			b.poll("wire")
			if got := b.archived(); got != archived+1 {
				t.Errorf("%d items archived after a new one, want %d", got, archived+1)
			}
		})
	}
}

func TestSharedKeysAreNoKeys(t *testing.T) {
	tests := map[string]func(it *feeds.Item){
		"one link for all":       func(it *feeds.Item) { it.URL, it.Link = "https://site.example/podcast", "https://site.example/podcast" },
		"one guid for all":       func(it *feeds.Item) { it.GUID = "1" },
		"one guid and one link":  func(it *feeds.Item) { it.GUID = "1"; it.URL = "https://site.example/live" },
		"link is the front page": func(it *feeds.Item) { it.GUID = ""; it.URL = "https://site.example/" },
		"no link and no guid":    func(it *feeds.Item) { it.GUID, it.URL, it.Link = "", "", "" },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.prime("wire")
			var items []feeds.Item
			for i, title := range []string{"Navy signs a contract for boats", "Museum wins a deal on paintings", "Schools renew their lunch contract"} {
				it := b.item(fmt.Sprint("a", i), title)
				change(&it)
				items = append([]feeds.Item{it}, items...)
				b.show("wire", items...)
				b.poll("wire")
				b.pass(time.Hour)
			}
			b.want(3, 0, 0)
			if got := b.archived(); got != 4 {
				t.Errorf("%d items archived, want 4", got)
			}
			b.poll("wire")
			b.want(3, 0, 0)
		})
	}
}

func TestOneAddressInTwoFeedsIsOneItem(t *testing.T) {
	b := newBench(t)
	b.prime("wire", "paper")
	it := b.item("a", "Navy signs a contract for boats")
	b.show("wire", it)
	b.poll("wire")
	it.GUID = "other"
	b.show("paper", it)
	b.poll("paper")
	b.want(1, 0, 0)
	if got := b.archived(); got != 3 {
		t.Errorf("%d items archived, want 3", got)
	}
	s := b.stories()
	if len(s) != 1 || s[0].Outlets() != 1 {
		t.Errorf("stories = %+v, want one with one outlet", s)
	}
	id, ok, err := b.store.ByURL(monitor.URLKey(it.URL))
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	rec, _, err := b.store.Item(id)
	if err != nil || len(rec.Sightings) != 1 || rec.Sightings[0].Feed != "paper" {
		t.Errorf("sightings = %+v, %v; want one in paper", rec.Sightings, err)
	}
}

func TestItemThatComesBackIsKnown(t *testing.T) {
	b := newBench(t)
	b.prime("wire")
	it, other := b.item("a", "Navy signs a contract for boats"), b.item("b", "Weather stays fair")
	b.show("wire", it)
	b.poll("wire")
	for range 3 {
		b.pass(20 * 24 * time.Hour)
		b.show("wire", other)
		b.poll("wire")
	}
	b.pass(time.Hour)
	b.show("wire", it, other)
	b.poll("wire")
	b.want(1, 0, 0)
}

func TestLastYearsItemsAreArchivedOnly(t *testing.T) {
	b := newBench(t)
	b.prime("wire")
	it := b.item("a", "Navy signs a contract for boats")
	it.Published = b.now.AddDate(-1, 0, 0)
	b.show("wire", it)
	b.poll("wire")
	b.want(0, 0, 0)
	if got := b.archived(); got != 2 {
		t.Errorf("%d items archived, want 2", got)
	}
}

func TestWithdrawnItemIsMarked(t *testing.T) {
	b := newBench(t)
	b.prime("wire")
	old := b.item("a", "An old item")
	b.show("wire", old)
	b.poll("wire")
	b.pass(time.Hour)
	gone := b.item("b", "Navy signs a contract for boats")
	b.show("wire", gone, old)
	b.poll("wire")
	b.pass(time.Hour)
	b.show("wire", old)
	b.poll("wire")
	id, _, err := b.store.ByURL(monitor.URLKey(gone.URL))
	if err != nil {
		t.Fatal(err)
	}
	rec, _, err := b.store.Item(id)
	if err != nil || rec.Withdrawn.IsZero() {
		t.Errorf("withdrawn = %v, %v; want it marked", rec.Withdrawn, err)
	}
	// An item that merely slides off the end is not withdrawn.
	b.pass(time.Hour)
	b.show("wire", b.item("c", "A newer item"))
	b.poll("wire")
	id, _, _ = b.store.ByURL(monitor.URLKey(old.URL))
	if rec, _, err := b.store.Item(id); err != nil || !rec.Withdrawn.IsZero() {
		t.Errorf("slid off: withdrawn = %v, %v; want zero", rec.Withdrawn, err)
	}
}
