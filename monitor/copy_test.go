package monitor_test

import (
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
)

var (
	keptWatch   = monitor.Watch{Name: "contracts", Match: "contract OR deal", Notify: []string{"desk"}, Archive: monitor.Wayback}
	hiddenWatch = monitor.Watch{Name: "hidden", Match: "memo", Notify: []string{"desk"}, Archive: monitor.Wayback, Sensitive: true}
	plainWatch  = monitor.Watch{Name: "plain", Match: "minutes", Notify: []string{"desk"}}
	doubtWatch  = monitor.Watch{Name: "doubt", Match: "{ice}", Archive: monitor.Wayback}
)

// copies returns what is owed, which must be as many as said.
func (b *bench) copies(n int) []monitor.Read {
	b.Helper()
	all := monitor.Copies{Monitor: b.mon}.Owed()
	if len(all) != n {
		b.Fatalf("%d copies are owed, want %d: %+v", len(all), n, all)
	}
	return all
}

// A copy is owed of what a watch that asks for it matched surely, once, of pages
// that are public, and never because of a sensitive watch.
func TestCopiesAreOwed(t *testing.T) {
	b := newBench(t, keptWatch, hiddenWatch, plainWatch, doubtWatch)
	b.prime("wire", "paper")
	at := func(it feeds.Item, address string) feeds.Item {
		it.Link, it.URL = address, address
		return it
	}
	yes := b.item("yes", "Navy signs a contract for boats")
	old := b.item("old", "Old deal of last month")
	old.Published = b.now.AddDate(0, -1, 0)
	b.show("wire", yes, old, b.item("hidden", "A memo leaks"), b.item("plain", "The minutes of a meeting"), b.item("doubt", "ICE to publish guidance"), b.item("none", "Nothing at all"),
		at(b.item("house", "Another contract"), "http://wiki.intranet/contract"), at(b.item("address", "A contract more"), "http://10.1.2.3/contract"),
		at(b.item("secret", "A secret deal"), "https://site.example/deal?token=abc"))
	b.poll("wire")
	var owed []string
	for _, r := range (monitor.Copies{Monitor: b.mon}).Owed() {
		owed = append(owed, r.URL)
	}
	if got := strings.Join(owed, " "); got != old.URL+" "+yes.URL && got != yes.URL+" "+old.URL {
		t.Errorf("owed %s", got)
	}
	if n := len(b.mon.OwedReads()); n != 0 {
		t.Errorf("%d articles are owed", n)
	}
	b.show("paper", yes)
	b.poll("paper")
	b.copies(2)
	b.restart()
	b.copies(2)
}

// A try is counted before it is made. What failed is tried again after a pause,
// and given up in the end; what came is kept with the item.
func TestCopiesAreTried(t *testing.T) {
	for name, c := range map[string]struct {
		got   []monitor.Copying
		tries int
		want  monitor.Copy
		says  string
	}{
		"at once": {[]monitor.Copying{{URL: "https://archive.example/web/1", Taken: start}}, 1, monitor.Copy{URL: "https://archive.example/web/1"}, "kept by the web archive"},
		"an old one": {[]monitor.Copying{{URL: "https://archive.example/web/1", Taken: start.AddDate(0, 0, -9)}}, 1, monitor.Copy{URL: "https://archive.example/web/1"},
			"a copy that it had taken before, 15 Nov 2026"},
		"later":    {[]monitor.Copying{{Cause: "busy", Again: true, After: 2 * time.Hour}, {URL: "https://archive.example/web/2", Taken: start}}, 2, monitor.Copy{URL: "https://archive.example/web/2"}, "kept"},
		"vanished": {[]monitor.Copying{{Cause: "it has vanished"}}, 1, monitor.Copy{Cause: "it has vanished"}, "no copy: it has vanished"},
		"given up": {[]monitor.Copying{{Cause: "busy", Again: true}, {Cause: "busy", Again: true}, {Cause: "busy", Again: true}, {Cause: "busy", Again: true}, {Cause: "still busy", Again: true}}, 5, monitor.Copy{Cause: "still busy"}, "no copy: still busy"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, keptWatch)
			b.prime("wire")
			b.show("wire", b.item("yes", "Navy signs a contract for boats"))
			b.poll("wire")
			id := b.copies(1)[0].Item
			for i, got := range c.got {
				due := b.copies(1)[0].Due
				if b.now.Before(due) {
					b.now = due
				}
				r, ok, err := monitor.Copies{Monitor: b.mon}.Begin(id)
				if err != nil || !ok || r.Tries != i+1 {
					t.Fatalf("try %d: %+v, %v, %v", i+1, r, ok, err)
				}
				if i == 0 { // killed while the archive was asked
					b.restart()
					if r := b.copies(1)[0]; r.Tries != 1 || !r.Due.After(b.now) {
						t.Errorf("after a kill %+v is owed", r)
					}
				}
				got.At = b.now
				if err := (monitor.Copies{Monitor: b.mon}).End(id, got); err != nil {
					t.Fatal(err)
				}
				if wait := c.got[i].After; wait > 0 && b.copies(1)[0].Due.Sub(b.now) < wait {
					t.Errorf("it does not wait for %v", wait)
				}
			}
			b.copies(0)
			kept := b.itemOf(id).Copy
			if kept == nil || kept.Owed || kept.Tries != c.tries || kept.URL != c.want.URL || kept.Cause != c.want.Cause || kept.For != "contracts" || !strings.Contains(kept.InWords(), c.says) {
				t.Errorf("kept %+v (%s)", kept, kept.InWords())
			}
			if _, ok, err := (monitor.Copies{Monitor: b.mon}).Begin(id); ok || err != nil {
				t.Errorf("it is tried again: %v, %v", ok, err)
			}
			if err := (monitor.Copies{Monitor: b.mon}).End(id, monitor.Copying{URL: "x"}); err != nil || b.itemOf(id).Copy.URL == "x" {
				t.Error("what is not owed was taken in")
			}
		})
	}
}

// An article and a copy of one item are owed beside each other.
func TestCopyBesideArticle(t *testing.T) {
	w := nearWatch
	w.Match, w.Archive = "{ice}", monitor.Wayback
	b := newReading(t, w)
	b.show("wire", b.item("weak", weakTitle))
	b.poll("wire")
	b.owed(1)
	b.copies(0)
	b.try(monitor.Reading{Text: fullText, Words: 20})
	b.owed(0)
	if r := b.copies(1)[0]; r.Item == 0 || r.Key() == r.Item || r.Title != "" {
		t.Errorf("owed %+v", r)
	}
}
