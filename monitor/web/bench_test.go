package web

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/schedule"
	"newswatch/monitor/store"
	"newswatch/monitor/store/bolt"
)

// firstByte notes when the answer begins.
type firstByte struct {
	*httptest.ResponseRecorder
	at time.Time
}

func (w *firstByte) WriteHeader(status int) {
	if w.at.IsZero() {
		w.at = time.Now()
	}
	w.ResponseRecorder.WriteHeader(status)
}

func (w *firstByte) Write(b []byte) (int, error) {
	if w.at.IsZero() {
		w.at = time.Now()
	}
	return w.ResponseRecorder.Write(b)
}

// storeOf writes a past into a store of its own, with two gaps of each feed and
// 80,000 items that nobody was told of.
func storeOf(b *testing.B, p *fakePast) *bolt.Store {
	b.Helper()
	s, err := bolt.Open(filepath.Join(b.TempDir(), "n.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	var batch monitor.Batch
	if err := p.Feeds(monitor.AllFeeds, func(rec monitor.FeedRecord) bool {
		rec.Seen = p.seen[rec.ID]
		batch.Feeds = append(batch.Feeds, rec)
		for i := range 2 {
			from := testNow.AddDate(0, 0, -i*7-1)
			batch.Gaps = append(batch.Gaps, monitor.Gap{Feed: rec.Name, From: from, To: from.Add(time.Hour), Why: "connection refused"})
		}
		return true
	}); err != nil {
		b.Fatal(err)
	}
	batch.Items, batch.URLs, batch.Notices = slices.Collect(maps.Values(p.items)), p.urls, p.notices
	if batch.Stories, err = p.StoriesSince(time.Time{}); err != nil {
		b.Fatal(err)
	}
	if err := s.Commit(batch); err != nil {
		b.Fatal(err)
	}
	for day := range 20 {
		var quiet monitor.Batch
		for i := range 4000 {
			id := monitor.FirstID(testNow.AddDate(0, 0, -day)) - monitor.ItemID(20*i+7)
			quiet.Items = append(quiet.Items, monitor.Record{ID: id, Seen: id.Time(), Feed: fmt.Sprintf("feed-%04d", i%2000), Outlet: "Gazette",
				Item: feeds.Item{Title: fmt.Sprintf("Council hears of street %d on day %d", i, day), Link: fmt.Sprintf("https://gazette.example/%d/%d", day, i),
					Summary: "Residents spoke for an hour about parking, lamps and the price of bread before the vote was put off."}})
		}
		if err := s.Commit(quiet); err != nil {
			b.Fatal(err)
		}
	}
	for more := true; more; {
		var err error
		if more, err = s.IndexWords(); err != nil {
			b.Fatal(err)
		}
	}
	return s
}

// trouble has an outage end a moment ago: every feed is in trouble, and of
// 20,000 notices every thousandth did not arrive.
func trouble(b *testing.B, s *bolt.Store) {
	b.Helper()
	var batch monitor.Batch
	if err := s.Feeds(monitor.AllFeeds, func(rec monitor.FeedRecord) bool {
		rec.Health = schedule.Health{Condition: schedule.Degraded, Since: testNow.Add(-time.Hour), Cause: "connection refused", Failures: 4, FirstFail: testNow.Add(-2 * time.Hour)}
		batch.Feeds = append(batch.Feeds, rec)
		return true
	}); err != nil {
		b.Fatal(err)
	}
	for i := range 20_000 {
		n := notice(monitor.Sent)
		if n.Key = fmt.Sprintf("%012x", i); i%1000 == 0 {
			n.Delivery.State = monitor.Dead
		}
		batch.Notices = append(batch.Notices, n)
	}
	if err := s.Commit(batch); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkFirstByte asks for each page with 100,000 items, 10,000 stories and
// 2,000 feeds in the past, in a store on disk, every cache as stale as it may be: the clock
// moves ten seconds between requests. /watches/try is a query that finds every
// second of 20,000 items that are much alike.
func BenchmarkFirstByte(b *testing.B) {
	now := testNow
	p, r := manyStories(10_000, 2_000, now)
	stored := storeOf(b, p)
	s := &Server{Server: &api.Server{Reader: stored, Labelled: &store.Labelled{Notes: stored}, Rules: func() *monitor.Rules { return r }, Now: func() time.Time { return now }},
		Metrics: NewMetrics("test")}
	h := s.Handler()
	began := time.Now()
	if err := s.Warm(); err != nil {
		b.Fatal(err)
	}
	b.Logf("warming took %v", time.Since(began).Round(time.Millisecond))
	ask := func(path string) {
		b.Run(path, func(b *testing.B) {
			sum, size, before := time.Duration(0), 0, cpu()
			for b.Loop() {
				now = now.Add(10 * time.Second)
				address, typed, tried := strings.Cut(path, " ")
				req := httptest.NewRequest(http.MethodGet, "http://127.0.0.1"+address, nil)
				if tried {
					req = httptest.NewRequest(http.MethodPost, "http://127.0.0.1"+address, strings.NewReader(url.Values{"match": {typed}}.Encode()))
					req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				}
				req.Header.Set("Accept-Encoding", "gzip")
				w := &firstByte{ResponseRecorder: httptest.NewRecorder()}
				began := time.Now()
				h.ServeHTTP(w, req)
				if w.Code != http.StatusOK {
					b.Fatalf("%s: %d", path, w.Code)
				}
				sum += w.at.Sub(began)
				size = w.Body.Len()
			}
			b.ReportMetric(float64(size)/1024, "KB")
			b.ReportMetric(float64((cpu()-before).Microseconds())/float64(b.N)/1000, "ms-cpu")
			b.ReportMetric(float64(sum.Microseconds())/float64(b.N)/1000, "ms-to-first-byte")
		})
	}
	for _, path := range []string{"/", "/?days=7", "/feeds", "/feeds?q=feed-19", "/watches", "/stories", "/stories?watch=ice-any", "/outbox", "/explain?what=ICE+agents",
		"/search?q=contract", "/search?q=bread+lamps&as=items", "/search?q=zebra", "/watches/edit?name=ice-any", "/silences", "/feeds/one?name=feed-0001", "/labels",
		"/watches/try contract", "/watches/try zebra", "/feed.atom", "/feed.atom?q=contract", "/search?q=contract&format=csv", "/api/v1/status", "/api/v1/feeds", "/api/v1/stories",
		"/api/v1/stories?limit=10000", "/api/v1/watches", "/api/v1/outbox", "/api/v1/explain?what=ICE+agents", "/metrics"} {
		ask(path)
	}
	trouble(b, stored)
	for _, path := range []string{"/", "/?days=30", "/feeds", "/outbox", "/outbox?state=dead", "/api/v1/status", "/api/v1/outbox", "/api/v1/outbox?state=dead", "/metrics"} {
		ask(path)
	}
}

// cpu is the processor time this process has taken.
func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
