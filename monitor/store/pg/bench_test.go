package pg

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/identity"
	"newswatch/monitor/schedule"
	"newswatch/monitor/store"
	"newswatch/monitor/store/bolt"
	"newswatch/monitor/store/pg/pgtest"
)

// benchFeeds is how many feeds the stores of the benchmark hold, groupOf how many
// changed polls share a commit.
const (
	benchFeeds = 10_000
	groupOf    = 50
)

// changed is a group of polls that changed something: a record of 1 KB, forty
// known entries and one new item each, for one in five a story and a notice.
func changed(rnd *rand.Rand, from, n int) (b monitor.Batch) {
	b.URLs = map[uint64]monitor.ItemID{}
	for i := range n {
		at := from + i
		f := rnd.IntN(benchFeeds)
		rec := monitor.FeedRecord{ID: fmt.Sprintf("https://host%05d.example/feed", f), Name: fmt.Sprint("feed", f), Title: strings.Repeat("t", 400),
			State: feeds.State{ETag: strings.Repeat("e", 200)}, Poll: schedule.PollTimes{Last: morning, Success: morning, Next: morning, Polls: uint64(at)}}
		for range 40 {
			rec.Seen = append(rec.Seen, identity.Seen{ID: rnd.Uint64() >> 4, GUID: feeds.ShortHash(rnd.Uint64()), URL: feeds.ShortHash(rnd.Uint64()), Day: 20000, Listed: true, Hash: feeds.ShortHash(rnd.Uint64())})
		}
		id := monitor.FirstID(morning) + monitor.ItemID(at)
		text := make([]byte, 1200)
		for j := range text {
			text[j] = 'a' + byte(rnd.IntN(26))
		}
		b.Feeds = append(b.Feeds, rec)
		b.Items = append(b.Items, monitor.Record{ID: id, Feed: rec.Name, Seen: morning, Item: feeds.Item{Title: "T", Summary: string(text), URL: fmt.Sprint("https://x.example/", at)}})
		b.URLs[rnd.Uint64()>>16] = id // as wide as identity.URLKey
		if i%5 == 0 {
			b.Stories = append(b.Stories, monitor.Story{ID: monitor.StoryID(id), Last: morning, Headline: "T"})
			b.Notices = append(b.Notices, monitor.Notice{Key: fmt.Sprint("k", at), Destination: "desk", Created: morning,
				Delivery: monitor.Delivery{State: monitor.Pending, Due: morning}, Content: monitor.Content{Headline: string(text[:600])}})
		}
	}
	return b
}

// BenchmarkCommit prints how many changed polls a second each store commits in
// groups of fifty, durably, and what of the daemon's processor time one takes:
//
//	go test ./monitor/store/pg -run '^$' -bench Commit -benchtime 150x
func BenchmarkCommit(b *testing.B) {
	server, err := pgtest.Start("-c", "fsync=on", "-c", "full_page_writes=on", "-c", "shared_buffers=256MB", "-c", "max_wal_size=2GB")
	if errors.Is(err, pgtest.ErrNone) {
		b.Skip("not run: " + err.Error())
	}
	if err != nil {
		b.Fatal(err)
	}
	defer server.Stop()
	file, err := bolt.Open(filepath.Join(b.TempDir(), "n.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	base := led(b, dial(b, server.URL, Options{}))
	defer base.Close()
	for _, s := range []struct {
		name string
		store.Store
	}{{"bbolt", file}, {"PostgreSQL", base}} {
		rnd, n := rand.New(rand.NewPCG(1, 1)), 0
		for ; n < benchFeeds; n += 500 {
			if err := s.Commit(changed(rnd, n, 500)); err != nil {
				b.Fatal(err)
			}
		}
		b.Run(s.name, func(b *testing.B) {
			var took, taken time.Duration
			for b.Loop() {
				group := changed(rnd, n, groupOf)
				n += groupOf
				began, before := time.Now(), cpu()
				if err := s.Commit(group); err != nil {
					b.Fatal(err)
				}
				took, taken = took+time.Since(began), taken+cpu()-before
			}
			b.ReportMetric(0, "ns/op") // it would count the making of groups
			b.ReportMetric(float64(b.N*groupOf)/took.Seconds(), "polls/s")
			b.ReportMetric(float64(taken.Microseconds())/float64(b.N*groupOf), "µs-cpu/poll")
		})
	}
}

// cpu is the processor time this process has taken.
func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
