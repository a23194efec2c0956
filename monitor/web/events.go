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
	if r.Method == http.MethodHead || r.event("retry: 10000\nevent: state\ndata: "+state+"\n\n") != nil {
		return nil
	}
	s.follow(r, state)
	return nil
}

// event sends a part of a stream at once. The server's own deadline for
// writing is for answers that end: a stream gets a new one each time.
func (r *request) event(text string) error {
	conn := http.NewResponseController(r.w)
	_ = conn.SetWriteDeadline(time.Now().Add(requestTime)) // a recorder in a test has none
	if _, err := fmt.Fprint(r.w, text); err != nil {
		return err
	}
	return conn.Flush()
}

// follow tells of changes until the asker or the server leaves, or the store
// cannot be read: the page will then ask again, and be told.
func (s *Server) follow(r *request, state string) {
	tick := time.NewTicker(eventEvery)
	defer tick.Stop()
	for quiet := time.Duration(0); ; quiet += eventEvery {
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
		}
		now, err := s.state()
		if err != nil {
			return
		}
		if now != state {
			state, quiet = now, 0
			err = r.event("event: state\ndata: " + now + "\n\n")
		} else if quiet >= eventAlive {
			quiet = 0
			err = r.event(": alive\n\n")
		}
		if err != nil {
			return
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
