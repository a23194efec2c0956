// Package api is what programs see of newswatch: JSON types, and the handlers
// that answer with them from a Reader. Page, control socket and command line use
// it; a test holds openapi.json against it.
//
// It knows no store and no destination.
package api

import (
	"cmp"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/report"
)

// A Server answers programs in JSON. Set its fields before Handler and leave them
// alone afterwards. Reader and Rules must be set.
type Server struct {
	Reader  Reader
	Rules   func() *monitor.Rules // those in force
	Version string
	Started time.Time
	Now     func() time.Time // nil is time.Now
	Log     *slog.Logger     // nil discards

	// What an editor may do. An error is shown to the editor; nil is not offered.
	Silence func(monitor.Silence) error
	Retry   func(destination, key string) error
	Drop    func(destination, key, reason string) error

	storyCache storyCache
	feedCache  feedCache
	streams    streams
}

// A Reader is what is stored, as pages and commands show it.
type Reader interface {
	report.Ledger
	Story(id monitor.StoryID) (monitor.Story, bool, error)
	Item(id monitor.ItemID) (monitor.Record, bool, error)
	ByURL(key uint64) (monitor.ItemID, bool, error)
	ItemsBefore(before monitor.ItemID, fn func(monitor.Record) bool) error
	List(q monitor.NoticeFilter) ([]monitor.Notice, error)
	Counts() (map[string]map[monitor.State]int, error)
	Breaker(dest string) (monitor.Breaker, error)
	Size() int64
}

// A Route is one thing that can be asked for.
type Route struct {
	Method, Path string
	Serve        func(*Request) error
}

// Routes are all of them.
func (s *Server) Routes() []Route {
	return []Route{
		{"GET", "/api/v1/status", s.serveStatus},
		{"GET", "/api/v1/feeds", s.serveFeeds},
		{"GET", "/api/v1/watches", s.serveWatches},
		{"GET", "/api/v1/stories", s.serveStories},
		{"GET", "/api/v1/stories/{id}", s.serveStory},
		{"GET", "/api/v1/outbox", s.serveOutbox},
		{"GET", "/api/v1/explain", s.serveExplain},
		{"POST", "/api/v1/match", s.serveMatch},
		{"GET", "/api/v1/events", s.serveEvents},
		{"GET", "/api/v1/openapi.json", s.serveOpenAPI},
	}
}

// Handler returns what serves the routes.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	answer := func(serve func(*Request) error) http.Handler { return s.Answer(serve, refuseJSON) }
	Mount(mux, s.Routes(), answer)
	mux.Handle("/", answer(func(*Request) error { return NotFound("no such page") }))
	return mux
}

// Mount registers routes, and refuses the methods that their paths do not take.
func Mount(mux *http.ServeMux, routes []Route, answer func(func(*Request) error) http.Handler) {
	for path, methods := range byPath(routes) {
		for method, serve := range methods {
			mux.Handle(method+" "+path, answer(serve))
		}
		mux.Handle(path, answer(refuseMethod(methods)))
	}
}

// byPath gathers the routes of each path by method.
func byPath(routes []Route) map[string]map[string]func(*Request) error {
	out := map[string]map[string]func(*Request) error{}
	for _, r := range routes {
		if out[r.Path] == nil {
			out[r.Path] = map[string]func(*Request) error{}
		}
		out[r.Path][r.Method] = r.Serve
	}
	return out
}

// Answer turns a function that answers or fails into a handler. refuse tells the
// asker of a failure.
func (s *Server) Answer(serve func(*Request) error, refuse func(*Request, *Refusal)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		r := &Request{hr, w}
		err := serve(r)
		if err == nil || hr.Context().Err() != nil {
			return
		}
		no, ok := errors.AsType[*Refusal](err)
		if !ok {
			s.Logger().Error("request failed", "path", hr.URL.Path, "err", err)
			no = &Refusal{Status: http.StatusInternalServerError, Message: "newswatch could not read what it knows: its log says why"}
		}
		if no.allow != "" {
			w.Header().Set("Allow", no.allow)
		}
		refuse(r, no)
	})
}

func refuseJSON(r *Request, no *Refusal) {
	_ = r.JSON(no.Status, map[string]string{"error": no.Message})
}

// Time returns the present.
func (s *Server) Time() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

// Logger returns Log, or one that discards.
func (s *Server) Logger() *slog.Logger { return cmp.Or(s.Log, slog.New(slog.DiscardHandler)) }

// Zone is where the days of charts begin.
func (s *Server) Zone() *time.Location { return cmp.Or(s.Rules().Zone, time.UTC) }

// Warm reads the past once, so that the first visitor need not wait for it.
// Calling it is optional; it may take a second with a large store.
func (s *Server) Warm() error {
	if _, err := s.Snapshot(); err != nil {
		return err
	}
	_, err := s.FeedList()
	return err
}
