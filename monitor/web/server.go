package web

import (
	"cmp"
	"log/slog"
	"net/http"
	"time"

	"newswatch/monitor"
)

// A Server is the page, the API, the metrics and the health of one daemon. Set
// its fields before Handler and leave them alone afterwards. Reader and Rules
// must be set; whatever else is nil is not offered.
type Server struct {
	Reader  Reader
	Rules   func() *monitor.Rules // those in force
	Metrics *Metrics
	Version string
	Started time.Time
	Now     func() time.Time // nil is time.Now
	Log     *slog.Logger     // nil discards
	Ready   func() error     // why the daemon cannot work at present; nil is always ready

	Listen    string               // as configured: requests may name its host
	PublicURL string               // where a proxy shows the page, "" for nowhere else
	WebSub    http.Handler         // gets /websub/
	FreeBytes func() int64         // bytes of the store's file that will be used again
	Lag       func() time.Duration // how late the most overdue poll is; nil reckons by the store

	// What an editor may do on the page. An error is shown to the editor.
	Silence func(monitor.Silence) error
	Retry   func(destination, key string) error
	Drop    func(destination, key, reason string) error

	past   past
	health feedCache
	open   streams
}

// Handler returns what serves all requests. Its handlers end when the context
// of their request does.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	pages := loadPages()
	for path, methods := range byPath(s.routes()) {
		for method, serve := range methods {
			mux.Handle(method+" "+path, s.answer(pages, serve))
		}
		mux.Handle(path, s.answer(pages, refuseMethod(methods)))
	}
	mux.Handle("/", s.answer(pages, func(*request) error { return notFound("no such page") }))
	mux.Handle("GET /static/", staticFiles())
	if s.Metrics != nil {
		mux.Handle("GET /metrics", s.metrics())
	}
	if s.WebSub != nil {
		mux.Handle("/websub/", s.WebSub)
	}
	return s.guard(mux)
}

// A route is one thing that can be asked for.
type route struct {
	method, path string
	serve        func(*request) error
}

// routes are all of them, save static files, metrics and WebSub.
func (s *Server) routes() []route {
	return []route{
		{"GET", "/healthz", s.serveHealth},
		{"GET", "/readyz", s.serveReady},
		{"GET", "/feed.atom", s.serveAtom},
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
		{"GET", "/{$}", s.showFront},
		{"GET", "/feeds", s.showFeeds},
		{"GET", "/watches", s.showWatches},
		{"GET", "/stories", s.showStories},
		{"GET", "/stories/{id}", s.showStory},
		{"GET", "/outbox", s.showOutbox},
		{"POST", "/outbox/retry", s.postRetry},
		{"POST", "/outbox/drop", s.postDrop},
		{"GET", "/silences", s.showSilences},
		{"POST", "/silences", s.postSilence},
		{"POST", "/silences/{id}/end", s.postUnsilence},
		{"GET", "/explain", s.showExplain},
		{"POST", "/explain", s.postExplain},
	}
}

// byPath gathers the routes of each path by method.
func byPath(routes []route) map[string]map[string]func(*request) error {
	out := map[string]map[string]func(*request) error{}
	for _, r := range routes {
		if out[r.path] == nil {
			out[r.path] = map[string]func(*request) error{}
		}
		out[r.path][r.method] = r.serve
	}
	return out
}

func (s *Server) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

func (s *Server) log() *slog.Logger { return cmp.Or(s.Log, slog.New(slog.DiscardHandler)) }

// zone is where the days of charts begin and what the pages' clocks show.
func (s *Server) zone() *time.Location { return cmp.Or(s.Rules().Zone, time.UTC) }

// Warm reads the past once, so that the first visitor need not wait for it.
// Calling it is optional; it may take a second with a large store.
func (s *Server) Warm() error {
	if _, err := s.stories(); err != nil {
		return err
	}
	_, err := s.feeds()
	return err
}
