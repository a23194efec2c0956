package monitor_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/parse"
	"newswatch/feeds/urls"
	"newswatch/monitor"
	"newswatch/monitor/identity"
	"newswatch/monitor/story"
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
		"bytes changed":   func(it *feeds.Item, i int) { it.Hash += 1000 },
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
				it.Hash = uint64(i + 1)
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
				items[i].Hash = 0 // the bytes differ, so the entries are judged
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
	id, ok, err := b.store.ByURL(identity.URLKey(it.URL))
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

// A feed that shows last year's archive all at once has no news. One old item
// among few is a line in a catch-up: agencies date late what they put online.
func TestLastYearsItems(t *testing.T) {
	for count, catchups := range map[int]int{1: 1, 30: 0} {
		b := newBench(t)
		b.prime("wire")
		var items []feeds.Item
		for i := range count {
			it := b.item(fmt.Sprint("a", i), fmt.Sprintf("Navy signs contract number %d for boats", i))
			it.Published = b.now.AddDate(-1, 0, 0)
			items = append(items, it)
		}
		b.show("wire", items...)
		b.poll("wire")
		b.want(0, 0, catchups)
		if got := b.archived(); got != count+1 {
			t.Errorf("%d items archived, want %d", got, count+1)
		}
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
	id, _, err := b.store.ByURL(identity.URLKey(gone.URL))
	if err != nil {
		t.Fatal(err)
	}
	rec, _, err := b.store.Item(id)
	if err != nil || rec.Withdrawn.IsZero() {
		t.Errorf("withdrawn = %v, %v; want it marked", rec.Withdrawn, err)
	}
	left, dated := b.now, gone.Published
	b.pass(time.Hour)
	gone.Published = dated.Add(-24 * time.Hour)
	b.show("wire", gone, old)
	b.poll("wire")
	if rec, _, err = b.store.Item(id); err != nil || !rec.Withdrawn.IsZero() {
		t.Errorf("listed again: withdrawn = %v, %v; want zero", rec.Withdrawn, err)
	}
	if want := []monitor.Absence{{From: left, To: b.now, Was: dated, Now: gone.Published}}; !reflect.DeepEqual(rec.Absences, want) {
		t.Errorf("absences %+v, want %+v", rec.Absences, want)
	} else if said := rec.Absences[0].InWords(); !strings.Contains(said, "came back dated 23 Nov 2026") {
		t.Errorf("it says %q", said)
	}
	// An item that merely slides off the end is not withdrawn.
	b.pass(time.Hour)
	b.show("wire", b.item("c", "A newer item"))
	b.poll("wire")
	id, _, _ = b.store.ByURL(identity.URLKey(old.URL))
	if rec, _, err := b.store.Item(id); err != nil || !rec.Withdrawn.IsZero() {
		t.Errorf("slid off: withdrawn = %v, %v; want zero", rec.Withdrawn, err)
	}
}

// Once an entry has shown several addresses, each of them is the item's.
func TestEveryAddressOfAnEntryNamesIt(t *testing.T) {
	tests := map[string]string{
		"its link":             "https://site.example/a",
		"its link, otherwise":  "http://www.site.example/a/?utm_source=x#top",
		"the address its guid": "https://site.example/?p=7",
		"its feed proxy's":     "http://feedproxy.example/~r/wire/~3/x1",
	}
	for name, address := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.prime("wire", "paper")
			it := b.item("a", "Navy signs a contract for boats")
			it.GUID, it.Proxy = "https://site.example/?p=7", urls.Canonical("http://feedproxy.example/~r/wire/~3/x1")
			b.show("wire", it)
			b.poll("wire")
			b.pass(time.Hour)
			b.show("paper", feeds.Item{GUID: "p1", Link: address, URL: urls.Canonical(address), Title: "Navy orders boats under a contract", Published: b.now})
			b.poll("paper")
			b.want(1, 0, 0)
			if got := b.archived(); got != 3 {
				t.Errorf("%d items archived, want 3", got)
			}
		})
	}
}

// An item that comes under another address, beside the first or instead of it,
// is found under both; not under each of a thousand that are made up.
func TestFurtherAddressesAreNoted(t *testing.T) {
	b := newBench(t)
	b.prime("wire")
	at := func(it feeds.Item, path string) feeds.Item {
		it.Link = "https://site.example/" + path
		it.URL = it.Link
		return it
	}
	found := func(paths ...string) (n int) {
		t.Helper()
		var ids []monitor.ItemID
		for _, path := range paths {
			id, ok, err := b.store.ByURL(identity.URLKey("https://site.example/" + path))
			if err != nil {
				t.Fatal(err)
			}
			if ok && (ids == nil || id == ids[0]) {
				ids = append(ids, id)
			}
		}
		return len(ids)
	}
	it := b.item("a", "Navy signs a contract for boats")
	twin := at(it, "a-again")
	twin.GUID = "another"
	b.show("wire", it, twin)
	b.poll("wire")
	if got := found("a", "a-again"); got != 2 {
		t.Errorf("listed twice, it is found under %d of 2 addresses", got)
	}
	edited := at(it, "nine-boats")
	edited.Title = "Navy signs a contract for nine boats"
	b.show("wire", edited)
	b.poll("wire")
	b.show("wire", at(edited, "boats"))
	b.poll("wire")
	if got := found("a", "a-again", "nine-boats", "boats"); got != 4 {
		t.Errorf("moved, it is found under %d of 4 addresses", got)
	}
	var made []string
	for i := range 60 {
		made = append(made, fmt.Sprint("session-", i))
		b.show("wire", at(edited, made[i]))
		b.pass(time.Minute)
		b.poll("wire")
	}
	if got := found(made...); got == 0 || got > 16 {
		t.Errorf("found under %d of 60 addresses made up, want a few", got)
	}
	if got := b.archived(); got != 2 {
		t.Errorf("%d items archived, want 2", got)
	}
}

// Recorded feeds, where there are any: an item is known by either of the two
// addresses that its entry had.
func TestRecordedAddressVariants(t *testing.T) {
	dir := os.Getenv("NEWSWATCH_SHARED")
	if dir == "" {
		t.Skip("NEWSWATCH_SHARED is not set")
	}
	text, err := os.ReadFile(filepath.Join(dir, "data/corpora/url_variants.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t)
	b.prime("paper")
	var last monitor.Traced
	b.mon.Trace = func(v monitor.Traced) { last = v }
	shown, pairs, known := map[string]bool{}, 0, 0
	for line := range strings.Lines(string(text)) {
		var v struct{ A, B, File string }
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		if !shown[v.File] {
			shown[v.File] = true
			body, err := os.ReadFile(filepath.Join(dir, "data/feeds", v.File))
			if err != nil {
				t.Fatal(err)
			}
			doc, err := parse.Document(body, parse.Options{})
			if err != nil {
				t.Fatal(err)
			}
			b.rules.Feeds[v.File] = &feeds.Feed{Name: v.File, URL: "https://recorded.example/" + v.File}
			b.web.docs[v.File] = doc
			b.poll(v.File)
		}
		for _, address := range []string{v.A, v.B} {
			if identity.URLKey(urls.Canonical(address)) == 0 {
				continue // a front page, the link of all its feed's entries
			}
			b.pass(time.Minute)
			b.show("paper", feeds.Item{GUID: fmt.Sprint("paper-", pairs, address), Link: address, URL: urls.Canonical(address)})
			b.poll("paper")
			pairs++
			rec, _, err := b.store.Item(last.ID)
			if err != nil {
				t.Fatal(err)
			}
			own := []string{rec.Item.URL, rec.Item.Alias(), rec.Item.Proxy}
			if last.Role == story.Repeat && slices.Contains(own, urls.Canonical(address)) {
				known++
			} else {
				t.Logf("not known by %s: %s", address, v.File)
			}
		}
	}
	t.Logf("%d of %d addresses known", known, pairs)
	if float64(known) < 0.98*float64(pairs) {
		t.Errorf("%d of %d addresses known, want 98 %%", known, pairs)
	}
}

// A token that moves into a variable leaves its feed what it was, and so does
// another token then.
func TestFeedIsAdoptedFromItsFormerIdentity(t *testing.T) {
	b := newBench(t)
	f := feeds.Feed{Name: "wire", URL: "https://wire.example/feed?token=one"}
	b.rules.Feeds["wire"] = &f
	b.show("wire", b.item("old", "A contract of old"))
	b.poll("wire")
	b.pass(time.Hour)
	titles := map[string]string{"one": "Harbour contract cancelled by the council", "two": "Museum signs a deal for paintings"}
	for _, token := range []string{"one", "two"} {
		f.URL, f.Written = "https://wire.example/feed?token="+token, "https://wire.example/feed?token=${TOKEN}"
		rules := *b.rules
		rules.Feeds = map[string]*feeds.Feed{"wire": &f}
		b.rules = &rules
		if token == "one" {
			b.mon.SetRules(b.rules) // as a reload does
		} else {
			b.restart()
		}
		b.show("wire", b.item(token, titles[token]), b.item("old", "A contract of old"))
		b.poll("wire")
		b.pass(time.Hour)
	}
	b.want(2, 0, 1)
	if n := b.archived(); n != 3 {
		t.Errorf("%d items archived, want 3", n)
	}
}
