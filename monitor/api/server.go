// Package api is what programs see of newswatch: JSON types, the handlers that
// answer with them from a Reader, and the Client that asks them.
//
// One table of routes, Server.Routes, serves the page's host and the control
// socket alike; a route marked SocketOnly is missing on the former. The command
// line asks through a Client: Dial for a daemon's socket, Local for a Server in
// its own process.
//
//	GET    status, feeds, watches, stories, stories/ID, outbox, explain, events, openapi.json
//	POST   match, preview, push/NAME
//	those who may: POST feeds, watches, discover; PATCH and DELETE feeds/NAME, watches/NAME
//	socket only:
//	GET    search, evidence, silences, senses/ENTITY, labels/suggestions, store/stats, store/damaged, store/backup
//	POST   silences, labels, poll, feeds/NAME/push, outbox/retry, outbox/drop, stories/ID/split, stories/ID/merge, stories/ID/claim, digest, reload
//	DELETE silences/ID
//
// Lists are JSON arrays; where there is more, a Link header names the rest, and
// Client follows it. A failure is {"error": ...} with status 400 where the
// request is wrong, 404 where what it names is not there, 409 where it cannot be
// done. openapi.json describes what is not socket only, held by a test.
//
// The package knows no store and no destination.
package api

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/identity"
	"newswatch/monitor/report"
	"newswatch/monitor/senses"
	"newswatch/monitor/store"
)

// A Server answers programs in JSON. Set its fields before Handler and leave them
// alone afterwards. Reader and Rules must be set.
type Server struct {
	Reader Reader
	Rules  func() *monitor.Rules // those in force
	// Labelled lists the items that readers labelled. It must be set where labels are
	// shown or made.
	Labelled *store.Labelled
	Version  string
	Started  time.Time
	Now      func() time.Time // nil is time.Now
	Log      *slog.Logger     // nil discards

	Articles Reading

	// Permit says who asks for a change of the configuration, or refuses it; nil
	// refuses all. The owner of the socket may do everything.
	Permit func(*http.Request) (who string, err error)

	Orders
	Maintainer store.Maintainer // nil offers neither statistics nor a backup

	// Team returns the daemons that share the store; nil where one has it alone.
	Team func() (Team, error)
	// Forward has another process answer, as Remote, what changes something. It is
	// nil where this one may.
	Forward func(ctx context.Context, request []byte) (answer []byte, err error)

	storyCache  storyCache
	rosterCache rosterCache
	previews    turnstile
	looks       turnstile
	streams     streams
}

// A Reader is what is stored, as pages and commands show it.
type Reader interface {
	report.Ledger
	Feed(id string) (monitor.FeedRecord, error)
	Sets() (map[string]monitor.FeedSet, error)
	Seen(id string) ([]identity.Seen, error)
	Lookup(keys []uint64, ids []monitor.ItemID) (byURL map[uint64]monitor.ItemID, items map[monitor.ItemID]monitor.Record, err error)
	Story(id monitor.StoryID) (monitor.Story, bool, error)
	Item(id monitor.ItemID) (monitor.Record, bool, error)
	ByURL(key uint64) (monitor.ItemID, bool, error)
	ItemsBefore(before monitor.ItemID, fn func(monitor.Record) bool) error
	ItemsWith(from, before monitor.ItemID, may func(has func(key uint64) bool) bool, fn func(monitor.Record) bool) error
	List(q monitor.NoticeFilter) ([]monitor.Notice, error)
	Notice(dest, key string) (monitor.Notice, bool, error)
	Counts() (map[string]map[monitor.State]int, error)
	Breaker(dest string) (monitor.Breaker, error)
	Size() int64
}

// Orders are what an operator may have done. The error of an order is shown to
// the operator; an order that is nil is not offered.
type Orders struct {
	Silence func(monitor.Silence) error // starts one, or ends one whose Until is zero
	// Retry makes a row of the outbox due at once, Drop gives it up. Both return
	// the row as stored.
	Retry  func(monitor.Notice) (monitor.Notice, error)
	Drop   func(n monitor.Notice, reason string) (monitor.Notice, error)
	Split  func(story monitor.StoryID, item monitor.ItemID) (monitor.StoryID, error)
	Merge  func(into, from monitor.StoryID) error
	Label  func(monitor.LabelOrder) ([]monitor.Label, error)
	Claim  func(story monitor.StoryID, by string) (before monitor.Claim, err error)
	Tally  func(entity string) senses.Tally // what is known of an entity's mentions
	Digest func(DigestOrder) (monitor.Notice, error)
	Reload func(context.Context) (changes []string, err error)
	// Edit changes the configuration file and puts it into force. ConfigFile says
	// which one that is.
	Edit       func(context.Context, Edit) (Edited, error)
	ConfigFile func() (ConfigFile, error)
	// Look lists what can be read at an address.
	Look func(ctx context.Context, address string) ([]Offer, error)
	// Push takes items in that a program pushes to a feed, and returns once they are
	// committed.
	Push func(feed string, items []byte) (monitor.PollResult, error)
	// Poll makes a feed, "" for all, due at once. It returns the names of those that
	// are, and does not wait for them.
	Poll func(ctx context.Context, feed string) ([]string, error)
}

// A Route is one thing that can be asked for.
type Route struct {
	Method, Path string
	Serve        func(*Request) error
	SocketOnly   bool // missing where a browser could reach it
}

// changes reports whether what is asked for changes the store. A reload is for the
// process that is asked.
func (r Route) changes() bool {
	return r.SocketOnly && r.Method != http.MethodGet && r.Path != reloadPath
}

const reloadPath = "/api/v1/reload"

// Routes are all there are.
func (s *Server) Routes() []Route {
	e := Editor{s}
	return []Route{
		{"GET", "/api/v1/status", s.serveStatus, false},
		{"GET", "/api/v1/feeds", s.serveFeeds, false},
		{"GET", "/api/v1/watches", s.serveWatches, false},
		{"GET", "/api/v1/stories", s.serveStories, false},
		{"GET", "/api/v1/stories/{id}", s.serveStory, false},
		{"GET", "/api/v1/outbox", s.serveOutbox, false},
		{"GET", "/api/v1/explain", s.serveExplain, false},
		{"POST", "/api/v1/match", s.serveMatch, false},
		{"POST", "/api/v1/preview", e.postPreview, false},
		{"POST", "/api/v1/push/{name}", e.postPush, false},
		{"GET", "/api/v1/events", s.serveEvents, false},
		{"GET", "/api/v1/openapi.json", serveOpenAPI, false},

		{"POST", "/api/v1/feeds", e.change(FeedSection, EditAdd), false},
		{"PATCH", "/api/v1/feeds/{name}", e.change(FeedSection, EditSet), false},
		{"DELETE", "/api/v1/feeds/{name}", e.change(FeedSection, EditRemove), false},
		{"POST", "/api/v1/watches", e.change(WatchSection, EditAdd), false},
		{"PATCH", "/api/v1/watches/{name}", e.change(WatchSection, EditSet), false},
		{"DELETE", "/api/v1/watches/{name}", e.change(WatchSection, EditRemove), false},
		{"POST", "/api/v1/discover", e.postLook, false},

		{"GET", "/api/v1/search", s.serveSearch, true},
		{"GET", "/api/v1/evidence", func(r *Request) error { return serveEvidence(s, r) }, true},
		{"GET", "/api/v1/silences", s.serveSilences, true},
		{"POST", "/api/v1/silences", s.postSilence, true},
		{"DELETE", "/api/v1/silences/{id}", s.deleteSilence, true},
		{"POST", "/api/v1/poll", e.postPoll, true},
		{"POST", "/api/v1/outbox/retry", s.postRetry, true},
		{"POST", "/api/v1/outbox/drop", s.postDrop, true},
		{"POST", "/api/v1/feeds/{name}/push", e.postTrusted, true},
		{"POST", "/api/v1/stories/{id}/split", e.postSplit, true},
		{"POST", "/api/v1/stories/{id}/merge", e.postMerge, true},
		{"POST", "/api/v1/stories/{id}/claim", Feedback{s}.postClaim, true},
		{"POST", "/api/v1/labels", Feedback{s}.postLabel, true},
		{"GET", "/api/v1/labels/suggestions", Feedback{s}.serveSuggestions, true},
		{"GET", "/api/v1/senses/{entity}", Feedback{s}.serveSenses, true},
		{"POST", "/api/v1/digest", s.postDigest, true},
		{"POST", reloadPath, s.postReload, true},
		{"GET", "/api/v1/store/stats", s.serveStats, true},
		{"GET", "/api/v1/store/damaged", s.serveDamaged, true},
		{"DELETE", "/api/v1/store/damaged/{id}", s.deleteDamaged, true},
		{"GET", "/api/v1/store/backup", s.serveBackup, true},
	}
}

// Handler serves the routes that are not socket only.
func (s *Server) Handler() http.Handler {
	return s.handler(slices.DeleteFunc(s.Routes(), func(r Route) bool { return r.SocketOnly }))
}

// SocketHandler serves all routes, to whoever may do everything: the owner of
// the control socket.
func (s *Server) SocketHandler() http.Handler {
	routes := s.Routes()
	for i := range routes {
		serve := routes[i].Serve
		if s.Forward != nil && routes[i].changes() {
			serve = Remote{s}.forward
		}
		routes[i].Serve = func(r *Request) error {
			r.owner = true
			return told(serve(r))
		}
	}
	return s.handler(routes)
}

// told has the owner of the socket read an error whole, which a browser does not.
func told(err error) error {
	if _, refused := errors.AsType[*Refusal](err); refused || err == nil {
		return err
	}
	return Refuse(http.StatusInternalServerError, "%v", err)
}

func (s *Server) handler(routes []Route) http.Handler {
	mux := http.NewServeMux()
	answer := func(serve func(*Request) error) http.Handler { return s.Answer(serve, refuseJSON) }
	Mount(mux, routes, answer)
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
		r := &Request{Request: hr, Writer: w}
		err := serve(r)
		if err == nil || hr.Context().Err() != nil {
			return
		}
		if broken, ok := errors.AsType[*brokenOff](err); ok {
			s.Logger().Error("answer broke off", "path", hr.URL.Path, "err", broken.cause)
			panic(http.ErrAbortHandler) // the asker sees that the rest is missing
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
	roster, err := s.Roster()
	if err != nil {
		return err
	}
	_, err = roster.Gaps()
	return err
}

func refuseJSON(r *Request, no *Refusal) {
	e := &Error{Message: no.Message, Problem: no.problem}
	e.ByHand, _ = errors.AsType[*ByHand](no.cause)
	if bad, ok := errors.AsType[*BadEdit](no.cause); ok {
		e.Problems = bad.Problems
	}
	_ = r.JSON(no.Status, e)
}
