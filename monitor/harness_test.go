package monitor_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/monitor/schedule"
	"newswatch/monitor/store"
)

var start = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// bench is a monitor on a real store, with a web that does as it is told and a
// clock that stands still until it is moved.
type bench struct {
	*testing.T
	mon   *monitor.Monitor
	store store.Store
	again func() store.Store // opens it with what it holds, once it is closed
	fault *faulty            // the store as the monitor sees it
	rules *monitor.Rules
	web   *web
	now   time.Time
}

// web is what every feed answers at present.
type web struct {
	docs  map[string]feeds.Document
	errs  map[string]error
	moved map[string]string // settled moves
	again bool              // second looks are wanted

	unchanged bool
}

func (w *web) Begin(feeds.Feed, feeds.State, time.Time) (func(), time.Duration) {
	return func() {}, 0
}

func (w *web) Fetch(_ context.Context, f feeds.Feed, st feeds.State, known feeds.Known) (feeds.Result, error) {
	st.Again = w.again
	st.Moved, st.Settled = w.moved[f.Name], w.moved[f.Name] != ""
	if err := w.errs[f.Name]; err != nil {
		return feeds.Result{State: st}, err
	}
	if w.unchanged {
		return feeds.Result{State: st, Unchanged: true}, nil
	}
	hashes, err := known(1000)
	if err != nil {
		return feeds.Result{State: st}, err
	}
	doc := w.docs[f.Name]
	doc.Items, doc.Unchanged = slices.Clone(doc.Items), nil
	doc.Items = slices.DeleteFunc(doc.Items, func(it feeds.Item) bool {
		if it.Hash != 0 && hashes.Has(it.Hash) {
			doc.Unchanged = append(doc.Unchanged, it.Hash)
			return true
		}
		return false
	})
	return feeds.Result{State: st, Document: doc, Status: 200}, nil
}

// faulty is a store whose disk can fill up, and in which something may happen
// while it is asked.
type faulty struct {
	store.Store
	full      bool
	meanwhile func() // before the answer of the next Lookup; may be nil
	before    func() // the next Commit; may be nil
}

func (f *faulty) Lookup(keys []uint64, ids []monitor.ItemID) (map[uint64]monitor.ItemID, map[monitor.ItemID]monitor.Record, error) {
	urls, items, err := f.Store.Lookup(keys, ids)
	if f.meanwhile != nil {
		do := f.meanwhile
		f.meanwhile = nil
		do()
	}
	return urls, items, err
}

var errFull = errors.New("no space left")

func (f *faulty) Commit(b monitor.Batch) error {
	if f.before != nil {
		do := f.before
		f.before = nil
		do()
	}
	if f.full {
		return errFull
	}
	return f.Store.Commit(b)
}

var contractWatch = monitor.Watch{Name: "contracts", Match: "contract OR deal", Notify: []string{"desk"}}

func newBench(t *testing.T, watches ...monitor.Watch) *bench {
	t.Helper()
	if len(watches) == 0 {
		watches = []monitor.Watch{contractWatch}
	}
	b := &bench{T: t, now: start, web: &web{docs: map[string]feeds.Document{}, errs: map[string]error{}, moved: map[string]string{}}, again: backend(t)}
	entities := map[string]match.Entity{"ice": {Names: []string{"Immigration and Customs Enforcement"}, Acronyms: []string{"ICE"},
		Support: match.Support{Any: []string{"detention", "contract"}}}}
	var rules []match.Rule
	for _, w := range watches {
		rules = append(rules, match.Rule{Name: w.Name, Match: w.Match, Feeds: w.Feeds, Private: w.Sensitive})
	}
	set, problems := match.Compile(entities, rules)
	for _, p := range problems {
		if !p.Warning {
			t.Fatal(p)
		}
	}
	b.rules = &monitor.Rules{Set: set, Entities: entities, Watches: watches, Feeds: map[string]*feeds.Feed{}, Operations: []string{"ops"}}
	for _, name := range []string{"wire", "paper", "blog"} {
		b.rules.Feeds[name] = &feeds.Feed{Name: name, URL: "https://" + name + ".example/feed", Class: "press"}
	}
	b.open()
	t.Cleanup(func() { b.store.Close() })
	return b
}

func (b *bench) open() {
	b.Helper()
	b.store = b.again()
	b.fault = &faulty{Store: b.store}
	b.mon = &monitor.Monitor{Store: b.fault, Fetcher: b.web, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return b.now }}
	b.mon.SetRules(b.rules)
	if err := b.mon.Open(); err != nil {
		b.Fatal(err)
	}
}

// restart closes everything as a crash would and opens it again.
func (b *bench) restart() {
	b.Helper()
	if err := b.store.Close(); err != nil {
		b.Fatal(err)
	}
	b.open()
}

// item is an entry published a minute before now.
func (b *bench) item(name, title string) feeds.Item {
	url := "https://site.example/" + name
	return feeds.Item{GUID: name, Link: url, URL: url, Title: title, Summary: "Summary of " + title + ".", Published: b.now.Add(-time.Minute)}
}

// show sets what a feed lists, newest first.
func (b *bench) show(feed string, items ...feeds.Item) {
	b.web.docs[feed] = feeds.Document{Format: "rss", Title: feed, Items: items}
}

// poll polls feeds and commits.
func (b *bench) poll(names ...string) {
	b.Helper()
	for _, name := range names {
		if _, err := b.mon.Poll(b.Context(), *b.rules.Feeds[name], schedule.Pace{Start: 15 * time.Minute}); err != nil {
			b.Fatal(err)
		}
	}
	if err := b.mon.Settle(); err != nil {
		b.Fatal(err)
	}
}

// prime makes the first polls of the feeds with one dull item each, and an
// hour pass.
func (b *bench) prime(names ...string) {
	b.Helper()
	for _, name := range names {
		b.show(name, b.item("old-"+name, "Nothing in particular at "+name))
	}
	b.poll(names...)
	b.pass(time.Hour)
}

func (b *bench) pass(d time.Duration) { b.now = b.now.Add(d) }

// told lists the news notices of a kind, oldest first.
func (b *bench) told(kind monitor.Kind) []monitor.Notice {
	b.Helper()
	rows, err := b.store.List(monitor.NoticeFilter{})
	if err != nil {
		b.Fatal(err)
	}
	rows = slices.DeleteFunc(rows, func(n monitor.Notice) bool {
		return n.Kind != kind || n.Destination != "desk" || n.Delivery.State == monitor.Folded
	})
	slices.SortFunc(rows, func(x, y monitor.Notice) int { return x.Created.Compare(y.Created) })
	return rows
}

// want checks how many notices of every kind the desk is owed.
func (b *bench) want(alerts, replies, catchups int) {
	b.Helper()
	got := fmt.Sprintf("%d alerts, %d replies, %d catch-ups", len(b.told(monitor.AlertKind)), len(b.told(monitor.ReplyKind)), len(b.told(monitor.CatchupKind)))
	if want := fmt.Sprintf("%d alerts, %d replies, %d catch-ups", alerts, replies, catchups); got != want {
		b.Errorf("told %s, want %s", got, want)
	}
}

// archived counts the items in the archive.
func (b *bench) archived() int {
	b.Helper()
	n := 0
	if err := b.store.ItemsFrom(0, func(monitor.Record) bool { n++; return true }); err != nil {
		b.Fatal(err)
	}
	return n
}

// feeds lists what is stored of all feeds.
func (b *bench) feeds() (out []monitor.FeedRecord) {
	b.Helper()
	if err := b.store.Feeds(monitor.AllFeeds, func(r monitor.FeedRecord) bool { out = append(out, r); return true }); err != nil {
		b.Fatal(err)
	}
	return out
}

// stories lists all stories that are no aliases.
func (b *bench) stories() []monitor.Story {
	b.Helper()
	all, err := b.store.StoriesSince(time.Time{})
	if err != nil {
		b.Fatal(err)
	}
	return slices.DeleteFunc(all, func(s monitor.Story) bool { return s.Into != 0 })
}
