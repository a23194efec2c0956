package web

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/senses"
	"newswatch/monitor/store"
)

var testNow = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// newServer serves a small past.
func newServer(t testing.TB) (*Server, *fakePast) {
	t.Helper()
	p, r := manyStories(40, 12, testNow)
	return &Server{Server: &api.Server{Reader: p, Rules: func() *monitor.Rules { return r }, Labelled: &store.Labelled{Notes: p}, Version: "test", Started: testNow.Add(-time.Hour), Now: func() time.Time { return testNow }},
		Metrics: NewMetrics("test"), Listen: "127.0.0.1:8087"}, p
}

// ask sends one request to a handler.
func ask(h http.Handler, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "127.0.0.1:8087"
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestAnswers(t *testing.T) {
	s, _ := newServer(t)
	h := s.Handler()
	tests := map[string]struct {
		method, target, body, media string
		status                      int
		want                        string
	}{
		"health":            {"GET", "/healthz", "", "", 200, "ok"},
		"ready":             {"GET", "/readyz", "", "", 200, "ready"},
		"metrics":           {"GET", "/metrics", "", "", 200, `newswatch_feed_state{state="ok"} 12`},
		"status":            {"GET", "/api/v1/status", "", "", 200, `"feeds":{"ok":12}`},
		"feeds":             {"GET", "/api/v1/feeds", "", "", 200, `[{"name":"feed-0000"`},
		"feeds in a state":  {"GET", "/api/v1/feeds?state=gone", "", "", 200, `[]`},
		"watches":           {"GET", "/api/v1/watches", "", "", 200, `"name":"azure-at-ice"`},
		"stories":           {"GET", "/api/v1/stories?limit=3", "", "", 200, `"outlets":2`},
		"stories, bad":      {"GET", "/api/v1/stories?limit=x", "", "", 400, `{"error":"limit must be a number`},
		"no such story":     {"GET", "/api/v1/stories/zzz", "", "", 404, `{"error":"no story has that ID`},
		"outbox":            {"GET", "/api/v1/outbox", "", "", 200, "[]"},
		"outbox, bad state": {"GET", "/api/v1/outbox?state=x", "", "", 400, `{"error":`},
		"unknown":           {"GET", "/api/v1/nothing", "", "", 404, `{"error":"no such page"}`},
		"wrong method":      {"DELETE", "/api/v1/feeds", "", "", 405, `{"error":"method DELETE`},
		"match":             {"POST", "/api/v1/match", `{"title":"ICE agents rely on Microsoft Azure cloud"}`, "application/json", 200, `{"matches":[{"watch":"azure-at-ice","verdict":"strong"`},
		"match nothing":     {"POST", "/api/v1/match", `{"title":"Weather"}`, "application/json; charset=utf-8", 200, `{"matches":[]}`},
		"match a form":      {"POST", "/api/v1/match", `title=x`, "application/x-www-form-urlencoded", 415, `{"error":`},
		"match no JSON":     {"POST", "/api/v1/match", `{`, "application/json", 400, `{"error":`},
		"match two":         {"POST", "/api/v1/match", `{}{}`, "application/json", 400, `{"error":"one document`},
		"explain nothing":   {"GET", "/api/v1/explain", "", "", 400, `{"error":"nothing to explain`},
		"explain a text":    {"GET", "/api/v1/explain?what=ICE+storm+warning", "", "", 200, `"kind":"text"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := ask(h, tt.method, tt.target, tt.body, "Content-Type", tt.media)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.want) {
				t.Errorf("%s %s: %d %.300s\nwant %d with %s", tt.method, tt.target, w.Code, w.Body, tt.status, tt.want)
			}
		})
	}
}

// The Server matches an item at the address by which the daemon would know it.
func TestMatchedDocHasItsCanonicalAddress(t *testing.T) {
	for raw, want := range map[string]string{
		"http://www.paper.example/ferry/?utm_source=x": "https://paper.example/ferry",
		"no address": "no address",
		"":           "",
	} {
		if got := (api.Doc{URL: raw}).Query(&monitor.Rules{}, testNow).URL; got != want {
			t.Errorf("Query of %q has the address %q, want %q", raw, got, want)
		}
	}
}

// allRoutes are those of pages and Server.
func allRoutes(s *Server) []api.Route { return append(s.routes(), s.Server.Routes()...) }

// done are orders that are carried out at once.
var done = api.Orders{
	Silence: func(monitor.Silence) error { return nil },
	Retry:   func(n monitor.Notice) (monitor.Notice, error) { return n, nil },
	Drop:    func(n monitor.Notice, _ string) (monitor.Notice, error) { return n, nil },
	Label: func(o monitor.LabelOrder) ([]monitor.Label, error) {
		if o.Item != 13368 { // abc in base 36
			return nil, errors.New("no such item is kept")
		}
		return []monitor.Label{{Watch: "ice-any", Entity: o.Entity, Relevant: o.Relevant, By: o.By}}, nil
	},
	Claim: func(id monitor.StoryID, by string) (monitor.Claim, error) { return monitor.Claim{By: "bob"}, nil },
	Tally: func(string) senses.Tally {
		return senses.Tally{All: senses.Count{Entity: 3, Other: 1}, Feeds: []senses.FeedTally{{Feed: "wire", Count: senses.Count{Entity: 3}}}}
	},
}

// What is unusual today stands above all else on the front page.
func TestUnusualOnTheFrontPage(t *testing.T) {
	s, _ := newServer(t)
	s.Unusual = func() []monitor.Unusual {
		return []monitor.Unusual{{Watch: "ice-any", Kind: "spike", Line: "ice-any: 9 stories of 6 outlets in a day"}}
	}
	body := ask(s.Handler(), "GET", "/", "").Body.String()
	if at := strings.Index(body, "ice-any: 9 stories of 6 outlets"); at < 0 || at > strings.Index(body, `class="columns"`) {
		t.Errorf("not above the stories:\n%.3000s", body)
	}
}
