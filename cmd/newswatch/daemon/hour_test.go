package daemon

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/fetch"
	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/monitor/schedule"
	"newswatch/monitor/store/bolt"
)

// hourFeeds is how many feeds the hour below has; NEWSWATCH_HOUR_FEEDS sets
// another number, and prints what it cost.
const hourFeeds = 100

// ether is a network in which every feed has something new once in twenty
// minutes, one in a hundred fails and one in two hundred never answers.
type ether struct{ asked atomic.Int64 }

func (w *ether) RoundTrip(r *http.Request) (*http.Response, error) {
	w.asked.Add(1)
	h := fnv.New32a()
	io.WriteString(h, r.URL.String())
	if h.Sum32()%200 == 7 {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	resp := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Request: r, Body: http.NoBody}
	if h.Sum32()%100 == 3 {
		resp.StatusCode = http.StatusInternalServerError
		return resp, nil
	}
	latest := int(time.Now().Unix()+int64(h.Sum32()%1200)) / 1200
	tag := fmt.Sprintf("%q", strconv.Itoa(latest))
	resp.Header.Set("Etag", tag)
	if r.Header.Get("If-None-Match") == tag {
		resp.StatusCode = http.StatusNotModified
		return resp, nil
	}
	var doc strings.Builder
	doc.WriteString(`<rss version="2.0"><channel><title>f</title>`)
	for i := range 20 {
		fmt.Fprintf(&doc, "<item><title>Harbour report %d</title><guid>%s/%d</guid></item>", latest-i, r.URL, latest-i)
	}
	doc.WriteString("</channel></rss>")
	resp.Body = io.NopCloser(strings.NewReader(doc.String()))
	return resp, nil
}

// An hour of polls every minute passes in a bubble: each feed is asked as often
// as it should be, what hangs holds nobody up, and nothing is left behind.
func TestAnHourOfPolling(t *testing.T) {
	n := hourFeeds
	if s := os.Getenv("NEWSWATCH_HOUR_FEEDS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	before, files, cpu := runtime.NumGoroutine(), openFiles(t), processorTime()
	path := filepath.Join(t.TempDir(), "n.db")
	synctest.Test(t, func(t *testing.T) { pollForAnHour(t, n, path) })
	after := runtime.NumGoroutine()
	for end := time.Now().Add(5 * time.Second); after > before && time.Now().Before(end); after = runtime.NumGoroutine() {
		time.Sleep(10 * time.Millisecond) // what is ending may need a moment on a busy machine
	}
	if after > before {
		t.Errorf("%d goroutines before, %d after", before, after)
	}
	if after := openFiles(t); after > files {
		t.Errorf("%d open files before, %d after", files, after)
	}
	t.Logf("%d feeds: %.1f s of processor time, the network's share included", n, processorTime()-cpu)
}

func pollForAnHour(t *testing.T, n int, path string) {
	db, err := bolt.OpenScratch(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	client, err := fetch.NewClient(feeds.Settings{Spacing: 1, Timeout: 10 * time.Second}, "test")
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	network := &ether{}
	client.Transport = network
	set, problems := match.Compile(nil, []match.Rule{{Name: "w", Match: "zebrafinch"}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	m := &monitor.Monitor{Store: db, Fetcher: client, Log: slog.New(slog.DiscardHandler), Now: time.Now}
	m.SetRules(&monitor.Rules{Set: set, Watches: make([]monitor.Watch, 1)})
	if err := m.Open(); err != nil {
		t.Fatal(err)
	}
	var sources []schedule.Source
	for i := range n {
		f := feeds.Feed{Name: fmt.Sprint("f", i), URL: fmt.Sprintf("http://host%d.example/feed", i)}
		sources = append(sources, schedule.Source{Feed: &f, Pace: schedule.Pace{Exact: func(at time.Time) time.Time { return at.Add(time.Minute) }}})
	}
	p := newPoller(&poller{monitor: m, fetcher: client, log: m.Log, workers: fixed(256)}, sources, nil, time.Now())
	ctx, stop := context.WithTimeout(t.Context(), time.Hour)
	defer stop()
	var group sync.WaitGroup
	group.Go(func() {
		if err := p.run(ctx); err != nil {
			t.Error(err)
		}
	})
	group.Go(func() {
		if err := m.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	time.Sleep(59 * time.Minute)
	var mem runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&mem)
	t.Logf("after 59 minutes: %d requests, %d goroutines, %.1f MB of heap in use, %.1f MB from the system, %d collections",
		network.asked.Load(), runtime.NumGoroutine(), float64(mem.HeapAlloc)/(1<<20), float64(mem.Sys)/(1<<20), mem.NumGC)
	group.Wait()
	// Failing feeds are asked as often: Exact is the operator's word. Hanging
	// ones take ten seconds more each time.
	if got := network.asked.Load(); got < int64(n)*50 || got > int64(n)*61 {
		t.Errorf("%d requests in an hour for %d feeds every minute", got, n)
	}
	polls, err := db.Polls()
	if err != nil {
		t.Fatal(err)
	}
	if len(polls) != n {
		t.Errorf("the store knows %d feeds, want %d", len(polls), n)
	}
}

func openFiles(t *testing.T) int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Log("descriptors not counted:", err)
	}
	return len(entries)
}

// processorTime is what this process has used so far, in seconds.
func processorTime() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}
