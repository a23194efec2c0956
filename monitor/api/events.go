package api

import (
	"fmt"
	"hash/fnv"
	"maps"
	"net/http"
	"slices"
	"sync/atomic"
	"time"
)

// How often a stream looks for changes, how often it says that it lives, how
// long one write may take, and how many streams there may be.
const (
	eventEvery = 3 * time.Second
	eventAlive = 20 * time.Second
	eventWrite = 30 * time.Second // a reader that takes nothing for so long is gone
	maxStreams = 200
)

// streams counts the open streams of events.
type streams struct{ n atomic.Int64 }

// serveEvents streams a line whenever stories or the outbox have changed: what
// is new, a page then asks for itself (server-sent events, as in the HTML
// standard).
func (s *Server) serveEvents(r *Request) error {
	if s.streams.n.Add(1) > maxStreams {
		s.streams.n.Add(-1)
		r.Writer.Header().Set("Retry-After", "60")
		return Refuse(http.StatusServiceUnavailable, "too many pages are open: this one is refreshed by reloading it")
	}
	defer s.streams.n.Add(-1)
	state, err := s.state()
	if err != nil {
		return err
	}
	h := r.Writer.Header()
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
func (r *Request) event(text string) error {
	conn := http.NewResponseController(r.Writer)
	_ = conn.SetWriteDeadline(time.Now().Add(eventWrite)) // a recorder in a test has none
	if _, err := fmt.Fprint(r.Writer, text); err != nil {
		return err
	}
	return conn.Flush()
}

// follow tells of changes until the asker or the server leaves, or the store
// cannot be read: the page will then ask again, and be told.
func (s *Server) follow(r *Request, state string) {
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
	snap, err := s.Snapshot()
	if err != nil {
		return "", err
	}
	counts, err := s.Reader.Counts()
	if err != nil {
		return "", err
	}
	sum := fnv.New64a()
	for _, dest := range slices.Sorted(maps.Keys(counts)) {
		for _, state := range AllStates {
			fmt.Fprintf(sum, "%s %s %d\n", dest, state, counts[dest][state])
		}
	}
	return fmt.Sprintf("%d-%x", snap.version, sum.Sum64()), nil
}
