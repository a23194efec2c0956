package web

import (
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

	"newswatch/monitor"
	"newswatch/monitor/api"
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

// storeOf writes a past into a store of its own, with two gaps of each feed.
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
	return s
}

// BenchmarkFirstByte asks for each page with 10,000 stories and 2,000 feeds in
// the past, in a store on disk, every cache as stale as it may be: the clock
// moves ten seconds between requests. /watches/try is a query that finds every
// second of 20,000 items that are much alike.
func BenchmarkFirstByte(b *testing.B) {
	now := testNow
	p, r := manyStories(10_000, 2_000, now)
	stored := storeOf(b, p)
	s := &Server{Server: &api.Server{Reader: stored, Rules: func() *monitor.Rules { return r }, Now: func() time.Time { return now }},
		Metrics: NewMetrics("test")}
	h := s.Handler()
	began := time.Now()
	if err := s.Warm(); err != nil {
		b.Fatal(err)
	}
	b.Logf("warming took %v", time.Since(began).Round(time.Millisecond))
	for _, path := range []string{"/", "/?days=7", "/feeds", "/feeds?q=feed-19", "/watches", "/stories", "/stories?watch=ice-any", "/outbox", "/explain?what=ICE+agents",
		"/search?q=contract", "/watches/edit?name=ice-any", "/silences", "/feeds/one?name=feed-0001",
		"/watches/try contract", "/feed.atom", "/api/v1/status", "/api/v1/feeds", "/api/v1/stories", "/metrics"} {
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
}

// cpu is the processor time this process has taken.
func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
