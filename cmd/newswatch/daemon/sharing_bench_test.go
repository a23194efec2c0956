package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor/store/pg"
	"newswatch/monitor/store/pg/pgtest"
)

// aSecond is how many exchanges the benchmark asks for.
const aSecond = 1000

// BenchmarkExchanges has two daemons make a thousand exchanges a second for a
// leader, with answers of 3 KB, and prints how long one takes from asking to the
// answer, and which share of a processor the database needs for them:
//
//	go test ./cmd/newswatch/daemon -run '^$' -bench Exchanges -benchtime 10000x
func BenchmarkExchanges(b *testing.B) {
	server, err := pgtest.Start("-c", "fsync=on", "-c", "full_page_writes=on", "-c", "shared_buffers=256MB")
	if errors.Is(err, pgtest.ErrNone) {
		b.Skip("not run: " + err.Error())
	}
	if err != nil {
		b.Fatal(err)
	}
	defer server.Stop()
	ctx, stop := context.WithCancel(b.Context())
	s := farm(b, ctx, server.URL)
	took := make([]time.Duration, b.N)
	var all sync.WaitGroup
	before, began := serverCPU(b, server.PID), time.Now()
	for i := range b.N {
		if wait := time.Until(began.Add(time.Duration(i) * time.Second / aSecond)); wait > 0 {
			time.Sleep(wait)
		}
		all.Go(func() {
			asked := time.Now()
			f := feeds.Feed{Name: "plain", URL: fmt.Sprintf("https://host%d.example/feed", i)}
			if res, err := s.Fetch(ctx, f, feeds.State{}, nil); err != nil || res.Document.Title != "afar" {
				b.Errorf("%q, %v", res.Document.Title, err)
			}
			took[i] = time.Since(asked)
		})
	}
	all.Wait()
	lasted, used := time.Since(began), serverCPU(b, server.PID)-before
	stop()
	slices.Sort(took)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(b.N)/lasted.Seconds(), "exchanges/s")
	b.ReportMetric(used.Seconds()/lasted.Seconds(), "cores-of-database")
	b.ReportMetric(float64(took[b.N/2].Milliseconds()), "ms-median")
	b.ReportMetric(float64(took[b.N*99/100].Milliseconds()), "ms-99%")
	if _, lost, late := s.counts(); lost+late > 0 {
		b.Errorf("%d lost, %d late", lost, late)
	}
}

// farm is a leader without slots of its own, and two daemons that help it until
// ctx ends.
func farm(b *testing.B, ctx context.Context, address string) *sharing {
	b.Helper()
	open := func(name string) *pg.DB {
		db, err := pg.Open(ctx, address, pg.Options{Name: name})
		if err == nil {
			err = db.Prepare(ctx)
		}
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(db.Close)
		return db
	}
	term, err := open("leader").Lead(ctx)
	if err != nil || term == nil {
		b.Fatal(term, err)
	}
	b.Cleanup(func() { term.Close() })
	client := &fetcher{version: "test"}
	if err := client.use(feeds.Settings{Concurrency: 1}); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { client.Load().Close() })
	quiet := slog.New(slog.DiscardHandler)
	s := newSharing(client, term, quiet)
	s.own <- struct{}{}
	s.others.Store(2 * 500)
	go func() { _ = s.run(ctx) }() // it ends with ctx
	for i := range 2 {
		db := open(fmt.Sprint("helper", i))
		h := &helper{client: afar{}, db: db, store: db.Reader(), log: quiet, slots: 500}
		go func() { _ = h.run(ctx) }() // likewise
	}
	return s
}

// afar is a fetcher whose servers take a fifth of a second.
type afar struct{}

func (afar) Begin(feeds.Feed, feeds.State, time.Time) (func(), time.Duration) {
	return func() {}, 0
}

func (afar) Fetch(_ context.Context, f feeds.Feed, st feeds.State, _ feeds.Known) (feeds.Result, error) {
	time.Sleep(200 * time.Millisecond)
	it := feeds.Item{GUID: f.URL, Title: f.URL, Summary: strings.Repeat(f.URL, 100)}
	return feeds.Result{State: st, Document: feeds.Document{Title: "afar", Items: []feeds.Item{it}}, Status: 200}, nil
}

// serverCPU is the processor time that a server and its processes have taken.
func serverCPU(b *testing.B, pid int) (total time.Duration) {
	b.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		b.Skip("processor time cannot be read here")
	}
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(text), ") ")
		fields := strings.Fields(rest) // from the third one on, see proc(5)
		number := func(i int) int {
			n, _ := strconv.Atoi(fields[i-3])
			return n
		}
		if own := filepath.Base(filepath.Dir(path)) == strconv.Itoa(pid); own {
			total += time.Duration(number(14)+number(15)+number(16)+number(17)) * 10 * time.Millisecond
		} else if number(4) == pid {
			total += time.Duration(number(14)+number(15)) * 10 * time.Millisecond
		}
	}
	return total
}
