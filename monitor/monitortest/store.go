package monitortest

import (
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/identity"
	"newswatch/monitor/match"
	"newswatch/monitor/schedule"
	"newswatch/monitor/senses"
)

// A Store is what the suite asks of a store: all that a Monitor does, and the
// rows of the outbox that its commits leave.
type Store interface {
	monitor.Store
	Notice(dest, key string) (n monitor.Notice, ok bool, err error)
}

var _ Store = (*Memory)(nil)

// RunStore checks that a store keeps the promises of monitor.Store. open
// returns a store and a way to close it and open it again with what it holds,
// and closes it when its test ends.
func RunStore(t *testing.T, open func(t testing.TB) (s Store, reopen func() Store)) {
	t.Run("does what the model does", func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) {
			s, reopen := open(t)
			d := &drill{T: rt, store: s, reopen: reopen}
			rt.Repeat(map[string]func(*rapid.T){
				"commit": d.commit, "checkpoint": d.checkpoint, "restart": d.restart, "": d.compare,
			})
			if c, ok := d.store.(io.Closer); ok {
				if err := c.Close(); err != nil {
					rt.Fatal(err)
				}
			}
		})
	})
	t.Run("shows a batch whole or not at all", func(t *testing.T) {
		s, _ := open(t)
		wholeBatches(t, s)
	})
}

// A drill does the same to a store and to the model.
type drill struct {
	*rapid.T
	store  Store
	reopen func() Store
	model  Memory
}

// morning is when the suite's first item is seen.
var morning = time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC)

// minute draws a time of that morning.
func minute(t *rapid.T, what string) time.Time {
	return morning.Add(time.Duration(rapid.IntRange(0, 90).Draw(t, what)) * time.Minute)
}

// few draws one of a few numbers, so that batches meet each other's rows.
func few(t *rapid.T, what string) int { return rapid.IntRange(1, 6).Draw(t, what) }

func (d *drill) commit(t *rapid.T) {
	var b monitor.Batch
	for range rapid.IntRange(0, 2).Draw(t, "feeds") {
		f := drawFeed(t)
		if !slices.ContainsFunc(b.Feeds, func(o monitor.FeedRecord) bool { return o.ID == f.ID }) {
			b.Feeds = append(b.Feeds, f)
		}
	}
	b.URLs = map[uint64]monitor.ItemID{}
	for range rapid.IntRange(0, 3).Draw(t, "items") {
		rec := drawItem(t)
		b.Items = append(b.Items, rec)
		b.URLs[identity.URLKey(rec.Item.URL)] = rec.ID
	}
	for range rapid.IntRange(0, 2).Draw(t, "stories") {
		b.Stories = append(b.Stories, monitor.Story{ID: monitor.StoryID(few(t, "story")), First: morning, Last: minute(t, "last"),
			Headline: rapid.StringN(0, 20, -1).Draw(t, "headline")})
	}
	for range rapid.IntRange(0, 2).Draw(t, "notices") {
		b.Notices = append(b.Notices, drawNotice(t))
	}
	for range rapid.IntRange(0, 1).Draw(t, "silences") {
		q := monitor.Silence{ID: fmt.Sprint("s", few(t, "silence")), Watch: "w", Created: morning}
		if rapid.Bool().Draw(t, "lasts") {
			q.Until = minute(t, "until")
		}
		b.Silences = append(b.Silences, q)
	}
	for range rapid.IntRange(0, 1).Draw(t, "reads") {
		r := monitor.Read{Item: itemID(few(t, "item")), URL: itemURL(few(t, "url")), Tries: few(t, "tries"), Copy: rapid.Bool().Draw(t, "copy")}
		if rapid.Bool().Draw(t, "owed") {
			r.Due = minute(t, "due")
		}
		b.Reads = append(b.Reads, r)
	}
	for range rapid.IntRange(0, 2).Draw(t, "senses") {
		r := senses.Row{EntityName: "azure", Scope: senses.Feed, Of: fmt.Sprint("f", few(t, "feed"))}
		r.Count.Other = uint32(rapid.IntRange(0, 2).Draw(t, "count")) // none removes it
		b.Senses = append(b.Senses, r)
	}
	d.both(b)
}

// checkpoint writes the times of polls that changed nothing.
func (d *drill) checkpoint(t *rapid.T) {
	f := drawFeed(t)
	d.both(monitor.Batch{Polls: []monitor.FeedPoll{{ID: f.ID, Poll: f.Poll}}})
}

func (d *drill) restart(*rapid.T) { d.store = d.reopen() }

func (d *drill) both(b monitor.Batch) {
	if err := d.model.Commit(b); err != nil {
		d.Fatalf("the model: %v", err)
	}
	if err := d.store.Commit(b); err != nil {
		d.Fatalf("Commit: %v", err)
	}
}

func drawFeed(t *rapid.T) monitor.FeedRecord {
	f := monitor.FeedRecord{
		ID: feedID(few(t, "feed")), Name: "wire", Added: morning, Interval: 15 * time.Minute,
		State: feeds.State{ETag: rapid.StringN(0, 8, -1).Draw(t, "etag")},
		Poll:  schedule.PollTimes{Last: minute(t, "last"), Next: minute(t, "next"), Polls: uint64(few(t, "polls"))},
	}
	for range rapid.IntRange(0, 4).Draw(t, "known") {
		k := identity.Seen{
			ID: uint64(itemID(few(t, "item"))), GUID: feeds.ShortHash(rapid.Uint64().Draw(t, "guid")),
			URL: feeds.ShortHash(identity.URLKey(itemURL(few(t, "url")))), Day: uint16(20_000 + few(t, "day")), Listed: rapid.Bool().Draw(t, "listed"),
		}
		if k.Listed {
			k.Hash = feeds.ShortHash(rapid.Uint64().Draw(t, "span"))
		}
		f.Seen = append(f.Seen, k)
	}
	return f
}

func drawItem(t *rapid.T) monitor.Record {
	n := few(t, "item")
	rec := monitor.Record{ID: itemID(n), Feed: "wire", Outlet: "Wire", Seen: morning.Add(time.Duration(n) * time.Second),
		Item: feeds.Item{GUID: rapid.StringN(0, 8, -1).Draw(t, "guid"), URL: itemURL(n), Title: rapid.StringN(0, 40, -1).Draw(t, "title"),
			Content: rapid.StringN(0, 200, -1).Draw(t, "content"), Published: minute(t, "published")}}
	if rapid.Bool().Draw(t, "matched") {
		rec.Matches = []monitor.Matched{{Watch: "w", Verdict: match.Strong, Sentence: rec.Item.Title}}
		rec.Story = monitor.StoryID(n)
	}
	return rec
}

func drawNotice(t *rapid.T) monitor.Notice {
	state := rapid.SampledFrom([]monitor.State{monitor.Pending, monitor.Pending, monitor.Folded}).Draw(t, "state")
	return monitor.Notice{Key: fmt.Sprint("k", few(t, "key")), Destination: rapid.SampledFrom([]string{"desk", "hook"}).Draw(t, "destination"),
		Kind: monitor.AlertKind, Created: morning, Seen: morning,
		Content:  monitor.Content{Headline: rapid.StringN(0, 20, -1).Draw(t, "headline")},
		Delivery: monitor.Delivery{State: state, Due: minute(t, "due"), Attempts: rapid.IntRange(0, 1).Draw(t, "attempts")}}
}

func feedID(n int) string         { return fmt.Sprintf("https://site%d.example/feed", n) }
func itemURL(n int) string        { return fmt.Sprintf("https://site.example/%d", n) }
func itemID(n int) monitor.ItemID { return monitor.FirstID(morning) + monitor.ItemID(n) }

// compare asks the store and the model the same questions.
func (d *drill) compare(t *rapid.T) {
	for n := 0; n <= 7; n++ {
		same(t, "Feed", one(d.store.Feed(feedID(n))), one(d.model.Feed(feedID(n))))
		same(t, "Known", one(d.store.Seen(feedID(n))), one(d.model.Seen(feedID(n))))
		keys, ids := []uint64{identity.URLKey(itemURL(n))}, []monitor.ItemID{itemID(n)}
		same(t, "Lookup of an item", lookup(d.store, nil, ids), lookup(&d.model, nil, ids))
		same(t, "Lookup of an address", lookup(d.store, keys, nil), lookup(&d.model, keys, nil))
		for _, dest := range []string{"desk", "hook"} {
			k := fmt.Sprint("k", n)
			same(t, "Notice", two(d.store.Notice(dest, k)), two(d.model.Notice(dest, k)))
		}
	}
	var keys []uint64
	var ids []monitor.ItemID
	for range rapid.IntRange(0, 4).Draw(t, "asked") {
		keys = append(keys, identity.URLKey(itemURL(few(t, "url"))))
		ids = append(ids, itemID(few(t, "item")))
	}
	same(t, "Lookup", lookup(d.store, keys, ids), lookup(&d.model, keys, ids))
	since := minute(t, "since")
	same(t, "StoriesSince", one(d.store.StoriesSince(since)), one(d.model.StoriesSince(since)))
	same(t, "Silences", one(d.store.Silences(since)), one(d.model.Silences(since)))
	same(t, "Senses", one(sortedSenses(d.store)), one(sortedSenses(&d.model)))
	same(t, "Reads", one(d.store.Reads()), one(d.model.Reads()))
	same(t, "LastItem", one(d.store.LastItem()), one(d.model.LastItem()))
}

func sortedSenses(s Store) ([]senses.Row, error) {
	rows, err := s.Senses()
	slices.SortFunc(rows, func(a, b senses.Row) int { return strings.Compare(a.Of, b.Of) })
	return rows, err
}

// An answer is what a method returned.
type answer struct {
	Value any
	OK    bool
	Err   error
}

// lookup is what Lookup returned.
func lookup(s monitor.Store, keys []uint64, ids []monitor.ItemID) answer {
	byURL, items, err := s.Lookup(keys, ids)
	return answer{Value: []any{byURL, items}, Err: err}
}

func one[V any](v V, err error) answer          { return answer{Value: v, Err: err} }
func two[V any](v V, ok bool, err error) answer { return answer{Value: v, OK: ok, Err: err} }

func same(t *rapid.T, what string, got, want answer) {
	if reflect.DeepEqual(got, want) {
		return // as nearly always, and much quicker
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.EquateErrors()); diff != "" {
		t.Fatalf("%s (-want +got)\n%s", what, diff)
	}
}

// wholeBatches commits while others read: whoever finds one row of a batch
// finds them all.
func wholeBatches(t *testing.T, s Store) {
	const batches = 50
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for ended := false; !ended; {
				select {
				case <-done:
					ended = true // and one last look
				default:
				}
				last, err := s.LastItem()
				if err != nil || last == 0 {
					continue
				}
				n := int(last - itemID(0))
				key := identity.URLKey(itemURL(n))
				byURL, items, _ := s.Lookup([]uint64{key}, []monitor.ItemID{last})
				_, found := items[last]
				_, named := byURL[key]
				_, owed, _ := s.Notice("desk", fmt.Sprint("k", n))
				rec, _ := s.Feed(feedID(1))
				if !found || !named || !owed || rec.Items < n {
					t.Errorf("item %d without the rest of its batch: item %v, address %v, notice %v, feed at %d", n, found, named, owed, rec.Items)
					return
				}
			}
		})
	}
	for n := 1; n <= batches; n++ {
		err := s.Commit(monitor.Batch{
			Feeds:   []monitor.FeedRecord{{ID: feedID(1), Items: n}},
			Items:   []monitor.Record{{ID: itemID(n), Feed: "wire", Seen: morning, Item: feeds.Item{URL: itemURL(n)}}},
			URLs:    map[uint64]monitor.ItemID{identity.URLKey(itemURL(n)): itemID(n)},
			Notices: []monitor.Notice{{Key: fmt.Sprint("k", n), Destination: "desk", Created: morning, Delivery: monitor.Delivery{State: monitor.Pending, Due: morning}}},
		})
		if err != nil {
			t.Error(err)
			break
		}
	}
	close(done)
	readers.Wait()
}
