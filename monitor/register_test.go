package monitor_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/urls"
	"newswatch/monitor"
	"newswatch/monitor/identity"
)

// What the entries of a court's register say: much the same.
var motions = []string{"ORDER granting motion", "MOTION to dismiss", "NOTICE of hearing", "MINUTE ENTRY before the judge", "REPLY to response"}

// filing is entry n of a register of 30 cases, its guid an address of its own if
// permalink is set.
func (b *bench) filing(n int, permalink bool) feeds.Item {
	address := fmt.Sprint("https://court.example/case/", n%30)
	it := feeds.Item{GUID: fmt.Sprint("filing-", n), Link: address, URL: address, Title: fmt.Sprintf("1:26-cv-%05d Doe v. ICE", 100+n%30),
		Summary: fmt.Sprintf("%s, document %d, filed by the clerk of the court for the Northern District.", motions[n%len(motions)], n), Published: b.now.Add(-time.Minute)}
	if permalink {
		it.GUID = fmt.Sprint("https://court.example/doc/", n)
	}
	return it
}

// 150 filings in ten minutes over 30 cases: each is recorded, the first of a case
// is a card, each further one is told in its thread.
func TestARegisterTellsEveryFiling(t *testing.T) {
	for _, permalink := range []bool{false, true} {
		for _, window := range []int{15, 40, 200} {
			t.Run(fmt.Sprint("window ", window, " permalink ", permalink), func(t *testing.T) {
				b := newBench(t, monitor.Watch{Name: "court", Match: "ICE", Notify: []string{"desk"}})
				b.prime("wire")
				var shown []feeds.Item
				for minute := range 10 {
					b.pass(time.Minute)
					for k := range 15 {
						shown = append([]feeds.Item{b.filing(15*minute+k, permalink)}, shown...)
					}
					b.show("wire", shown[:min(window, len(shown))]...)
					b.poll("wire")
				}
				b.wantFilings(150, 30, permalink)
			})
		}
	}
}

// at returns the item that an address leads to.
func (b *bench) at(address string) monitor.Record {
	b.Helper()
	id, _, err := b.store.ByURL(identity.URLKey(address))
	if err != nil {
		b.Fatal(err)
	}
	rec, ok, err := b.store.Item(id)
	if err != nil || !ok {
		b.Fatalf("nothing at %s: %v", address, err)
	}
	return rec
}

// wantFilings checks that so many filings of so many cases are recorded and
// told, and found by the links they were told with.
func (b *bench) wantFilings(filings, cases int, permalink bool) {
	b.Helper()
	told := map[string]bool{}
	for _, kind := range []monitor.Kind{monitor.AlertKind, monitor.ReplyKind, monitor.CatchupKind} {
		for _, n := range b.told(kind) {
			for _, c := range n.Content.Cards {
				told[c.Item.String()] = true
				if _, ok, err := b.store.ByURL(identity.URLKey(urls.Canonical(c.URL))); !ok || err != nil {
					b.Errorf("%q was told with %s, which leads to nothing: %v", c.Headline, c.URL, err)
				}
			}
		}
	}
	recorded, untold, own := 0, 0, 0
	err := b.store.ItemsFrom(0, func(r monitor.Record) bool {
		if strings.Contains(r.Item.Title, "v. ICE") {
			recorded++
			if !told[r.ID.String()] {
				untold++
			}
			if strings.Contains(r.Item.Link, "/doc/") {
				own++
			}
		}
		return true
	})
	if err != nil || recorded != filings || untold != 0 {
		b.Errorf("%d filings recorded, %d of them untold, %v; want %d and 0", recorded, untold, err, filings)
	}
	if got := len(b.stories()); got != cases {
		b.Errorf("%d stories, want one for each of %d cases", got, cases)
	}
	if permalink && own < filings-cases {
		b.Errorf("%d filings are told with links of their own, want %d at least", own, filings-cases)
	}
}

// Entries under one title that differ in all else are all told, beside each
// other or one in the place of the other, and found by their links.
func TestEqualTitlesOfDifferentEntries(t *testing.T) {
	said := []string{"The Treasury bought typewriters from Inkwell Inc for $2 million.", "The Bureau ordered lanterns from Quarry Ltd for $9 million.", "Harbour dredging goes to Velvet Co for $7 million."}
	for _, beside := range []bool{true, false} {
		for _, full := range []bool{true, false} {
			t.Run(fmt.Sprint("beside ", beside, " content ", full), func(t *testing.T) {
				b := newBench(t)
				b.prime("wire")
				var shown []feeds.Item
				for i, text := range said {
					it := b.item(fmt.Sprint("n", i), "Notice of contract award")
					it.Published, it.Summary = b.now.Add(-time.Minute), text
					if full {
						it.Summary, it.Content = "Read more", text
					}
					if shown = append([]feeds.Item{it}, shown...); !beside {
						shown = shown[:1]
					}
					b.show("wire", shown...)
					b.poll("wire")
					b.pass(10 * time.Minute)
				}
				b.want(3, 0, 0)
				for i := range said {
					if rec := b.at("https://site.example/n" + fmt.Sprint(i)); rec.Item.URL != fmt.Sprint("https://site.example/n", i) || len(rec.Revisions) != 0 {
						t.Errorf("entry %d is found as %q with %d revisions", i, rec.Item.URL, len(rec.Revisions))
					}
				}
			})
		}
	}
}

// A guid that is used again for another article, and one that stays while
// headline and link are edited.
func TestAGUIDUsedAgain(t *testing.T) {
	for _, guid := range []string{"latest", "https://site.example/latest"} {
		b := newBench(t)
		b.prime("wire")
		titles := []string{"Council signs a contract for the harbour wall", "Ministry seals a deal on patrol boats", "Ministry seals deal on forty patrol boats"}
		for i, title := range titles {
			it := b.item(fmt.Sprint("p", i), title)
			it.GUID, it.Summary = guid, fmt.Sprint("Words of article ", i)
			b.show("wire", it)
			b.poll("wire")
			b.pass(time.Hour)
		}
		if got := b.archived(); got != 3 {
			t.Errorf("guid %s: %d items archived, want the first two articles and the dull one", guid, got)
		}
		heads := []string{}
		for _, n := range b.told(monitor.AlertKind) {
			heads = append(heads, n.Content.Headline)
		}
		if !slices.Equal(heads, titles[:2]) {
			t.Errorf("guid %s: told %q, want %q", guid, heads, titles[:2])
		}
		if rec := b.at("https://site.example/p2"); len(rec.Revisions) != 1 || rec.Item.Title != titles[2] {
			t.Errorf("guid %s: the second article reads %q after %d revisions", guid, rec.Item.Title, len(rec.Revisions))
		}
	}
}

// Twenty identical wordings are one revision, and so is a page that goes back and
// forth between two.
func TestAWordingIsOneRevision(t *testing.T) {
	b := newBench(t)
	b.prime("wire")
	it := b.item("a", "Navy signs a contract for boats")
	for i := range 40 {
		shown := it
		shown.Title += [...]string{"", ", live", ", video"}[i%3]
		b.show("wire", shown)
		b.poll("wire")
		b.pass(time.Minute)
	}
	if rec := b.record("a"); len(rec.Revisions) != 3 || rec.Revisions[2].Title != it.Title+", video" {
		t.Errorf("%d revisions, want 3: %+v", len(rec.Revisions), rec.Revisions)
	}
	shown := it
	shown.Content = "A fence for $3 million is part of the contract, it turns out."
	b.show("wire", shown)
	b.poll("wire")
	shown.Content += " A second fence is not."
	b.show("wire", shown)
	b.poll("wire")
	if rec := b.record("a"); rec.Item.Content != shown.Content || len(rec.Revisions) != 3 {
		t.Errorf("content %q after %d revisions; want the new one, and 3", rec.Item.Content, len(rec.Revisions))
	}
}

// An item whose texts were dropped is what it was: shown again as it was it is no
// revision, and a new wording is none of facts that nobody knows any more.
func TestDroppedTextsAreNoRevision(t *testing.T) {
	b := newBench(t)
	b.prime("wire")
	it := b.item("a", "Navy signs a contract for boats")
	it.Summary, it.Content = "For $40 million.", "A fence is part of it."
	b.show("wire", it)
	b.poll("wire")
	rec := b.record("a")
	rec.Article = &monitor.Article{Text: "read", Words: 1}
	rec.Revisions = []monitor.Revision{{Title: "Navy signs", Summary: "soon"}}
	if !rec.DropTexts() || rec.DropTexts() || rec.Item.Title != it.Title || rec.Item.Summary+rec.Item.Content+rec.Article.Text+rec.Revisions[0].Summary != "" {
		t.Fatalf("left of it: %+v", rec)
	}
	if err := b.store.Commit(monitor.Batch{Items: []monitor.Record{rec}}); err != nil {
		t.Fatal(err)
	}
	b.pass(time.Hour)
	same := it
	same.Summary = "FOR $40 MILLION" // other bytes, the same words
	b.show("wire", same)
	b.poll("wire")
	if now := b.record("a"); now.Dropped == 0 || len(now.Revisions) != 1 {
		t.Errorf("shown again: %+v", now)
	}
	it.Summary = "For $50 million."
	b.show("wire", it)
	b.poll("wire")
	if now := b.record("a"); now.Dropped != 0 || now.Item.Summary != it.Summary || len(now.Revisions) != 1 {
		t.Errorf("reworded: %+v", now)
	}
	b.want(1, 0, 0)
}

// Of a long content only the beginning is archived: what stands behind it is no
// news when the item is shown again in other bytes, or with other words before it.
func TestTheEndOfALongContentIsNoRevision(t *testing.T) {
	b := newBench(t)
	b.prime("wire")
	it := b.item("a", "Navy signs a contract for boats")
	it.Content = strings.Repeat("The yard has built ferries for the islands since the war. ", 400) + "It costs $70 million."
	b.show("wire", it)
	b.poll("wire")
	b.restart()
	b.pass(time.Hour)
	it.Tags = []string{"navy"}
	b.show("wire", it)
	b.poll("wire")
	it.Summary = "In Maine."
	b.show("wire", it)
	b.poll("wire")
	b.want(1, 0, 0)
	if rec := b.record("a"); len(rec.Revisions) != 1 {
		t.Errorf("%d revisions, want that of the summary: %+v", len(rec.Revisions), rec.Revisions)
	}
}
