package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
)

// stream takes what a handler sends while it still runs.
type stream struct {
	mu sync.Mutex
	*httptest.ResponseRecorder
}

func (s *stream) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ResponseRecorder.Write(b)
}

// states returns what has been sent so far.
func (s *stream) states() (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for line := range strings.Lines(s.Body.String()) {
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			out = append(out, strings.TrimSpace(data))
		}
	}
	return out
}

// TestEvents changes the outbox, then a story, and wants each to be told once.
func TestEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, r := manyStories(10, 3, time.Now())
		s := &Server{Server: &api.Server{Reader: p, Rules: func() *monitor.Rules { return r }}}
		h := s.Handler()
		ctx, stop := context.WithCancel(t.Context())
		w := &stream{ResponseRecorder: httptest.NewRecorder()}
		var ended sync.WaitGroup
		ended.Go(func() {
			h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/api/v1/events", nil))
		})
		time.Sleep(time.Minute)
		if got := w.states(); len(got) != 1 {
			t.Errorf("nothing changed, told %q", got)
		}
		p.mu.Lock()
		p.notices = append(p.notices, notice(monitor.Dead))
		p.mu.Unlock()
		time.Sleep(time.Minute)
		p.add(fakeStory{at: time.Now(), headline: "New", watch: []string{"ice-any"}, reports: []fakeReport{{outlet: "a", feed: "a", url: "https://a.example.org/new"}}}, 99)
		time.Sleep(time.Minute)
		got := w.states()
		if len(got) != 3 || len(slices.Compact(got)) != 3 {
			t.Errorf("told %q, want three different states", got)
		}
		stop()
		ended.Wait()
	})
}
