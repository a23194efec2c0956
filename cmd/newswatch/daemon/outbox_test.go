package daemon

import (
	"context"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/store/bolt"
	"newswatch/notify"
)

// owing makes a store that owes n notices to one destination.
func owing(tb testing.TB, n int) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "newswatch.db")
	db, err := bolt.OpenScratch(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	began := time.Now().Add(-time.Minute).UTC()
	var rows []monitor.Notice
	for i := range n {
		title := fmt.Sprintf("Ferry %d is late", i)
		rows = append(rows, monitor.Notice{Key: fmt.Sprintf("%08x%024d", uint32(i)*2654435761, i), Destination: "hook", Kind: monitor.AlertKind,
			Watch: "ferries", Story: monitor.StoryID(i + 1), Created: began, Seen: began,
			Content:  monitor.Content{Headline: title, Cards: []monitor.Card{{Headline: title, URL: "https://paper.example/ferry", Watch: "ferries"}}},
			Delivery: monitor.Delivery{State: monitor.Pending, Due: began.Add(time.Duration(i))}})
		if len(rows) == 25_000 || i == n-1 {
			if err := db.Update(rows); err != nil {
				tb.Fatal(err)
			}
			rows = nil
		}
	}
	return path
}

// taker accepts notices until it has had enough of them.
type taker struct {
	left   atomic.Int64
	enough context.CancelFunc
}

func (k *taker) Notify(context.Context, monitor.Notice, monitor.Receipt) (monitor.Receipt, error) {
	if k.left.Add(-1) == 0 {
		k.enough()
	}
	return monitor.Receipt{ID: "taken"}, nil
}

func (k *taker) Capabilities() notify.Capabilities {
	return notify.Capabilities{Parallel: 32, Bulk: true}
}

// aThousand is how many notices "deliver" delivers.
const aThousand = 1000

// What is done with an outbox all the time.
var outboxWork = map[string]func(tb testing.TB, path string){
	"start": func(tb testing.TB, path string) {
		db, err := bolt.OpenScratch(path)
		if err != nil {
			tb.Fatal(err)
		}
		defer db.Close()
		if _, err := notify.Park(db, map[string]bool{"hook": true}, time.Now().UTC()); err != nil {
			tb.Fatal(err)
		}
		if rows, err := db.Inflight("hook"); err != nil || len(rows) > 0 {
			tb.Fatal(rows, err)
		}
	},
	"list what is due": func(tb testing.TB, path string) {
		withStore(tb, path, func(db *bolt.Store) {
			rows, err := db.Due("hook", time.Now(), 256)
			if err != nil || len(rows) != 256 {
				tb.Fatal(len(rows), err)
			}
			if next, err := db.Next("hook"); err != nil || next.IsZero() {
				tb.Fatal(next, err)
			}
		})
	},
	"deliver": func(tb testing.TB, path string) {
		withStore(tb, path, func(db *bolt.Store) {
			ctx, stop := context.WithCancel(context.Background())
			defer stop()
			k := &taker{enough: stop}
			k.left.Store(aThousand)
			if err := (&notify.Deliverer{Destination: "hook", Notifier: k, Outbox: db}).Run(ctx); err != nil {
				tb.Fatal(err)
			}
		})
	},
}

func withStore(tb testing.TB, path string, do func(*bolt.Store)) {
	tb.Helper()
	db, err := bolt.OpenScratch(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	do(db)
}

// A large outbox is no slower to start with, to look through or to empty than
// a small one that holds as many as are looked at.
func TestOutboxDoesNotSlowWithItsSize(t *testing.T) {
	t.Parallel()
	const small, large, most = 10_000, 100_000, 4
	paths := map[int]string{small: owing(t, small), large: owing(t, large)}
	for name, work := range outboxWork {
		best := map[int]time.Duration{}
		ratio := float64(most) + 1
		for round := 0; round < 8 && (round < 2 || ratio > most); round++ { // the machine is not ours alone
			for _, n := range []int{small, large} {
				began := time.Now()
				work(t, paths[n])
				if took := time.Since(began); best[n] == 0 || took < best[n] {
					best[n] = took
				}
			}
			// Below ten milliseconds it is the file that counts, not what is in it.
			ratio = float64(best[large]) / float64(max(best[small], 10*time.Millisecond))
		}
		if ratio > most {
			t.Errorf("%s: %d notices take %.1f times as long as %d (%v, %v)", name, large, ratio, small, best[large], best[small])
		}
	}
}

// BenchmarkOutbox prints what the work of an outbox costs, on a store that does
// not wait for the disk.
func BenchmarkOutbox(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		for name, work := range outboxWork {
			path := owing(b, n)
			b.Run(fmt.Sprintf("%s of %d", name, n), func(b *testing.B) {
				for b.Loop() {
					work(b, path)
				}
			})
		}
	}
}
