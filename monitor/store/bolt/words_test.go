package bolt

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/match"
)

// An archive is a store of items of made-up words, one in five hundred of which has a
// rare one.
type archive struct {
	*Store
	rnd   *rand.Rand
	words []string
	first time.Time
	items int
}

func newArchive(s *Store) *archive {
	a := &archive{Store: s, rnd: rand.New(rand.NewPCG(1, 2)), first: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)}
	for range 20_000 {
		var w strings.Builder
		for range 3 {
			w.WriteByte("bdfgklmnprstvz"[a.rnd.IntN(14)])
			w.WriteByte("aeiou"[a.rnd.IntN(5)])
		}
		a.words = append(a.words, w.String())
	}
	return a
}

// text makes a text of n words, most of which are common.
func (a *archive) text(n int) string {
	out := make([]string, n)
	for i := range out {
		f := a.rnd.Float64()
		out[i] = a.words[int(f*f*f*f*f*float64(len(a.words)))]
	}
	return strings.Join(out, " ")
}

func (a *archive) record(i int) monitor.Record {
	at := a.first.Add(time.Duration(i) * time.Second)
	rec := monitor.Record{ID: monitor.FirstID(at), Seen: at, Feed: "wire", Outlet: "wire",
		Item: feeds.Item{Title: a.text(9), Summary: a.text(40), URL: fmt.Sprintf("https://wire.example/%d", i), Link: fmt.Sprintf("https://wire.example/%d", i)}}
	if i%500 == 250 {
		rec.Item.Summary += " Zebrafinches escaped"
	}
	return rec
}

func (a *archive) grow(tb testing.TB, n int) {
	tb.Helper()
	for a.items < n {
		var b monitor.Batch
		for range min(500, n-a.items) {
			b.Items = append(b.Items, a.record(a.items))
			a.items++
		}
		if err := a.Commit(b); err != nil {
			tb.Fatal(err)
		}
	}
}

func (a *archive) index(tb testing.TB) {
	tb.Helper()
	for {
		more, err := a.IndexWords()
		if err != nil {
			tb.Fatal(err)
		}
		if !more {
			return
		}
	}
}

// find returns what a query finds among the items from one on and before another,
// and how many were read for it.
func (a *archive) find(tb testing.TB, query string, from, before monitor.ItemID, all bool) (found []monitor.ItemID, read int) {
	tb.Helper()
	set, problems := match.Compile(nil, []match.Rule{{Name: "q", Match: query}})
	if set.Len() != 1 {
		tb.Fatal(query, problems)
	}
	last := before
	look := func(rec monitor.Record) bool {
		if rec.ID < from || last != 0 && rec.ID >= last {
			tb.Fatalf("%q: item %v after %v", query, rec.ID, last)
		}
		last = rec.ID
		read++
		if len(set.Match(rec.Doc(feeds.Feed{}, rec.Seen))) > 0 {
			found = append(found, rec.ID)
		}
		return true
	}
	var err error
	if all {
		err = a.ItemsBefore(before, func(rec monitor.Record) bool { return rec.ID >= from && look(rec) })
	} else {
		err = a.ItemsWith(from, before, match.NewSieve(set).May, look)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return found, read
}

// findIn returns what a query finds among records from one ID on and before another.
func findIn(t *testing.T, every []monitor.Record, query string, from, before monitor.ItemID) (found []monitor.ItemID) {
	t.Helper()
	set, problems := match.Compile(nil, []match.Rule{{Name: "q", Match: query}})
	if set.Len() != 1 {
		t.Fatal(query, problems)
	}
	for _, rec := range every {
		if rec.ID >= from && (before == 0 || rec.ID < before) && len(set.Match(rec.Doc(feeds.Feed{}, rec.Seen))) > 0 {
			found = append(found, rec.ID)
		}
	}
	return found
}

// A search finds what it would find by reading everything, at any state of the
// index, and where that knows all it reads little.
func TestSearchByWords(t *testing.T) {
	s, err := OpenScratch(filepath.Join(t.TempDir(), "n.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	a := newArchive(s)
	id := func(i int) monitor.ItemID { return a.record(i).ID }
	agrees := func(state string) {
		t.Helper()
		var every []monitor.Record
		if err := a.ItemsBefore(0, func(rec monitor.Record) bool { every = append(every, rec); return true }); err != nil {
			t.Fatal(err)
		}
		queries := []string{"zebrafinch", "zebra*", "NOT zebrafinch AND " + a.words[15_000], "walrus", `"zebrafinches escaped"`, "/zebraf[a-z]+/"}
		for range 3 {
			w := func() string { return a.words[a.rnd.IntN(len(a.words))] }
			queries = append(queries, w(), w()+" AND "+w(), w()+" OR "+w(), w()[:4]+"*")
		}
		for _, q := range queries {
			for _, of := range [][2]monitor.ItemID{{0, 0}, {id(300), 0}, {id(150), id(750)}, {id(1100), id(1101)}, {id(1499), id(10)}} {
				want := findIn(t, every, q, of[0], of[1])
				if got, _ := a.find(t, q, of[0], of[1], false); !slices.Equal(got, want) {
					t.Fatalf("%s: %q between %v finds %v, want %v", state, q, of, got, want)
				}
			}
		}
	}
	a.grow(t, 900)
	agrees("no index")
	a.index(t)
	agrees("an index")
	a.grow(t, 1500)
	agrees("a part is not indexed")
	a.index(t)
	if found, read := a.find(t, "zebrafinch", 0, 0, false); len(found) != 3 || read > 3*runItems+1500%runItems {
		t.Errorf("it found %d items in %d, want 3 in a few runs", len(found), read)
	}
	if found, read := a.find(t, "walrus", 0, 0, false); len(found) != 0 || read > 1500%runItems+runItems {
		t.Errorf("it read %d items for a word that none has", read)
	}
	changed := a.record(42)
	changed.Item.Title = "Walrus seen in the harbour"
	if err := a.Commit(monitor.Batch{Items: []monitor.Record{changed}}); err != nil {
		t.Fatal(err)
	}
	agrees("an item has changed")
	if found, _ := a.find(t, "walrus", 0, 0, false); len(found) != 1 {
		t.Errorf("the changed item is found %d times", len(found))
	}
	a.index(t)
	agrees("the change is indexed")
	if found, _ := a.find(t, "walrus", 0, 0, false); len(found) != 1 {
		t.Errorf("the changed item is found %d times once that is indexed", len(found))
	}
	if err := s.update(func(tx *bbolt.Tx) error { // one bit of a filter is damaged
		k, v := tx.Bucket(bucketWords).Cursor().First()
		v = bytes.Clone(v)
		v[20] ^= 1
		return tx.Bucket(bucketWords).Put(bytes.Clone(k), v)
	}); err != nil {
		t.Fatal(err)
	}
	agrees("a filter is damaged")
	if _, err := a.Prune(a.record(300).Seen); err != nil {
		t.Fatal(err)
	}
	agrees("older items are forgotten")
	a.grow(t, 1800)
	a.index(t)
	agrees("it has gone on")
}

var searched = flag.Int("items", 100_000, "how many items BenchmarkSearch looks through")

// BenchmarkSearch looks for a word that one in five hundred items has, by the index
// of words and by reading everything, and says what the index costs in bytes.
func BenchmarkSearch(b *testing.B) {
	items := *searched
	s, err := OpenScratch(filepath.Join(b.TempDir(), "n.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	a := newArchive(s)
	a.grow(b, items)
	began := time.Now()
	a.index(b)
	indexing := time.Since(began)
	rows, filters := 0, 0
	if err := s.view(func(tx *bbolt.Tx) error {
		rows = tx.Bucket(bucketItems).Stats().LeafInuse
		filters = tx.Bucket(bucketWords).Stats().LeafInuse + 4096*tx.Bucket(bucketWords).Stats().LeafOverflowN
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	for _, query := range []string{"zebrafinch", "walrus", a.words[10_000] + " AND " + a.words[12_000]} {
		for _, all := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/all=%t", strings.ReplaceAll(query, " ", "_"), all), func(b *testing.B) {
				read := 0
				for b.Loop() {
					_, read = a.find(b, query, 0, 0, all)
				}
				b.ReportMetric(float64(read), "read")
				b.ReportMetric(100*float64(filters)/float64(rows), "%-bytes")
				b.ReportMetric(float64(indexing.Microseconds())/float64(items), "us-indexing/item")
			})
		}
	}
}
