package web

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
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

// BenchmarkFirstByte asks for each page with 10,000 stories and 2,000 feeds in
// the past, every cache as stale as it may be: the clock moves ten seconds
// between requests.
func BenchmarkFirstByte(b *testing.B) {
	now := testNow
	p, r := manyStories(10_000, 2_000, now)
	s := &Server{Server: &api.Server{Reader: p, Rules: func() *monitor.Rules { return r }, Now: func() time.Time { return now }},
		Metrics: NewMetrics("test")}
	h := s.Handler()
	began := time.Now()
	if err := s.Warm(); err != nil {
		b.Fatal(err)
	}
	b.Logf("warming took %v", time.Since(began).Round(time.Millisecond))
	for _, path := range []string{"/", "/?days=7", "/feeds", "/feeds?q=feed-19", "/watches", "/stories", "/stories?watch=ice-any", "/outbox", "/explain?what=ICE+agents",
		"/search?q=contract", "/watches/edit?name=ice-any", "/silences", "/feeds/one?name=feed-0001",
		"/feed.atom", "/api/v1/status", "/api/v1/feeds", "/api/v1/stories", "/metrics"} {
		b.Run(path, func(b *testing.B) {
			sum := time.Duration(0)
			for b.Loop() {
				now = now.Add(10 * time.Second)
				req := httptest.NewRequest(http.MethodGet, "http://127.0.0.1"+path, nil)
				w := &firstByte{ResponseRecorder: httptest.NewRecorder()}
				began := time.Now()
				h.ServeHTTP(w, req)
				if w.Code != http.StatusOK {
					b.Fatalf("%s: %d", path, w.Code)
				}
				sum += w.at.Sub(began)
			}
			b.ReportMetric(float64(sum.Microseconds())/float64(b.N)/1000, "ms-to-first-byte")
		})
	}
}
