package web

import (
	"fmt"
	"hash/fnv"
	"maps"
	"net/http"
	"slices"
	"sync/atomic"
	"time"
)

// How often a stream looks for changes, how often it says that it lives, and
// how many there may be.
const (
	eventEvery = 3 * time.Second
	eventAlive = 20 * time.Second
	maxStreams = 200
)

// streams counts the open streams of events.
type streams struct{ n atomic.Int64 }

// serveEvents streams a line whenever stories or the outbox have changed: what
// is new, a page then asks for itself (server-sent events, as in the HTML
// standard).
func (s *Server) serveEvents(r *request) error {
	if s.open.n.Add(1) > maxStreams {
		s.open.n.Add(-1)
		r.w.Header().Set("Retry-After", "60")
		return refuse(http.StatusServiceUnavailable, "too many pages are open: this one is refreshed by reloading it")
	}
	defer s.open.n.Add(-1)
	state, err := s.state()
	if err != nil {
		return err
	}
	h := r.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	conn := http.NewResponseController(r.w)
	send := func(event string) error {
		// The server's own deadline is for answers that end.
		_ = conn.SetWriteDeadline(time.Now().Add(requestTime))
		if _, err := fmt.Fprint(r.w, event); err != nil {
			return err
		}
		return conn.Flush()
	}
	if r.Method == http.MethodHead || send("retry: 10000\nevent: state\ndata: "+state+"\n\n") != nil {
		return nil
	}
	tick := time.NewTicker(eventEvery)
	defer tick.Stop()
	quiet := time.Duration(0)
	for {
		select {
		case <-r.Context().Done():
			return nil
		case <-tick.C:
		}
		now, err := s.state()
		event := ""
		switch {
		case err != nil:
			return nil // the page will ask again, and be told
		case now != state:
			state, event = now, "event: state\ndata: "+now+"\n\n"
		case quiet >= eventAlive:
			event = ": alive\n\n"
		}
		if quiet += eventEvery; event == "" {
			continue
		}
		quiet = 0
		if send(event) != nil {
			return nil
		}
	}
}

// state is a short text that differs whenever a page would look different.
func (s *Server) state() (string, error) {
	past, err := s.stories()
	if err != nil {
		return "", err
	}
	counts, err := s.Reader.Counts()
	if err != nil {
		return "", err
	}
	sum := fnv.New64a()
	for _, dest := range slices.Sorted(maps.Keys(counts)) {
		for _, state := range states {
			fmt.Fprintf(sum, "%s %s %d\n", dest, state, counts[dest][state])
		}
	}
	return fmt.Sprintf("%d-%x", past.version, sum.Sum64()), nil
}
