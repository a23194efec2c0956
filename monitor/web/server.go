// Package web is what people and their machines see in a browser or a scrape:
// the pages, the feed of alerts, metrics and health. It serves package api below
// /api/.
//
// It only reads, save for what an editor asks for on a page. It knows no store
// and no destination.
package web

import (
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
)

// A Server is the pages, the metrics and the health of one daemon, beside its
// API, which it serves too. Set its fields before Handler and leave them alone
// afterwards. The API must be set; whatever else is nil is not offered.
type Server struct {
	*api.Server
	Metrics *Metrics
	Ready   func() error // why the daemon cannot work at present; nil is always ready

	Listen    string                        // as configured: requests may name its host
	PublicURL string                        // where a proxy shows the page, "" for nowhere else
	Hosts     []string                      // further names by which the page may be asked
	WebSub    http.Handler                  // gets /websub/
	FreeBytes func() int64                  // bytes of the store's file that will be used again
	Fence     func() int64                  // of this daemon's term as leader of several; nil if it does not lead, or is alone
	Jobs      func() (open, lost, late int) // exchanges handed out to other daemons; nil for none
	Lag       func() time.Duration          // how late the most overdue poll is; nil reckons by the store

	// Quiet lists the configured destinations and whether each is in its quiet
	// hours at now; nil counts only destinations that have been owed something.
	Quiet func(now time.Time) map[string]bool

	Unusual func() []monitor.Unusual // of the last day; nil looks for nothing

	// Edits says that the page may change the configuration. AuthHeader is the
	// header in which a proxy at AuthFrom names who asks, "" for no such proxy: then
	// everybody may do everything. A header from elsewhere is nobody's.
	Edits      bool
	AuthHeader string
	AuthFrom   []netip.Prefix

	pages *pages
}

// Handler returns what serves all requests. Its handlers end when the context
// of their request does.
func (s *Server) Handler() http.Handler {
	s.pages = loadPages(s.base())
	s.Permit = s.permit
	mux := http.NewServeMux()
	api.Mount(mux, s.routes(), s.answer)
	mux.Handle("/", s.answer(func(*api.Request) error { return api.NotFound("no such page") }))
	mux.Handle("/api/", s.Server.Handler())
	mux.Handle("GET /static/", staticFiles())
	if s.Metrics != nil {
		mux.Handle("GET /metrics", s.metrics())
	}
	if s.WebSub != nil {
		mux.Handle("/websub/", s.WebSub)
	}
	return s.guard(s.below(mux))
}

// base is the path of PublicURL, "" for none: what all links begin with. It is
// safe within HTML and headers.
func (s *Server) base() string {
	u, err := url.Parse(s.PublicURL)
	if err != nil {
		return ""
	}
	return strings.TrimRight((&url.URL{Path: u.Path}).EscapedPath(), "/")
}

// below serves next below the path of PublicURL as well as without it: some
// proxies take the path off, and who asks directly follows links that have it.
func (s *Server) below(next http.Handler) http.Handler {
	if s.base() == "" {
		return next
	}
	stripped := http.StripPrefix(s.base(), next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.EscapedPath(); {
		case path == s.base():
			http.Redirect(w, r, s.base()+"/", http.StatusMovedPermanently)
		case strings.HasPrefix(path, s.base()+"/"):
			stripped.ServeHTTP(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// answer turns a function that answers or fails into a handler of pages.
func (s *Server) answer(serve func(*api.Request) error) http.Handler {
	return s.Answer(serve, s.showError)
}

func route(method, path string, serve func(*api.Request) error) api.Route {
	return api.Route{Method: method, Path: path, Serve: serve}
}

// routes are all of them, save the API, static files, metrics and WebSub.
func (s *Server) routes() []api.Route {
	return slices.Concat(editPages{s}.routes(), searchPages{s}.routes(), storyPages{s}.routes(), []api.Route{
		route("GET", "/healthz", s.serveHealth),
		route("GET", "/readyz", s.serveReady),
		route("GET", "/feed.atom", s.serveAtom),
		route("GET", "/{$}", s.showDashboard),
		route("GET", "/feeds", s.showFeeds),
		route("GET", "/watches", s.showWatches),
		route("GET", "/stories", s.showStories),
		route("GET", "/stories/{id}", s.showStory),
		route("POST", "/stories/{id}/claim", acting(s, s.postClaim)),
		route("POST", "/labels", acting(s, s.postLabel)),
		route("GET", "/outbox", s.showOutbox),
		route("GET", "/told/{key}", s.showTold),
		route("POST", "/outbox/retry", acting(s, s.postRetry)),
		route("POST", "/outbox/drop", acting(s, s.postDrop)),
		route("GET", "/silences", s.showSilences),
		route("POST", "/silences", acting(s, s.postSilence)),
		route("POST", "/silences/{id}/end", acting(s, s.postUnsilence)),
		route("GET", "/explain", s.showExplain),
		route("POST", "/explain", s.postExplain),
	})
}

func (s *Server) serveHealth(r *api.Request) error {
	return r.Send(http.StatusOK, "text/plain; charset=utf-8", []byte("ok\n"))
}

func (s *Server) serveReady(r *api.Request) error {
	status, text := http.StatusOK, "ready\n"
	if s.Ready != nil {
		if err := s.Ready(); err != nil {
			status, text = http.StatusServiceUnavailable, "not ready: "+err.Error()+"\n"
		}
	}
	if s.Team == nil {
		return r.Send(status, "text/plain; charset=utf-8", []byte(text))
	}
	team, err := s.Team()
	if err != nil {
		status, text = http.StatusServiceUnavailable, "not ready: "+err.Error()+"\n"
	}
	return r.JSON(status, struct {
		Leader string `json:"leader"`
		Status string `json:"status"`
	}{team.Leader, strings.TrimSpace(text)})
}
