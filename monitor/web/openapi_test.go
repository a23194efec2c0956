package web

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"newswatch/monitor"
	"newswatch/monitor/api"
)

// described is what the test needs of an OpenAPI document.
type described struct {
	Paths map[string]map[string]struct {
		Parameters  []struct{ Name, In string }
		RequestBody *struct{ Content map[string]any }
		Responses   map[string]struct {
			Content map[string]struct{ Schema json.RawMessage }
		}
	}
}

// TestOpenAPI holds the description against the routes, and what they answer
// against the schemas.
func TestOpenAPI(t *testing.T) {
	var d described
	if err := json.Unmarshal(api.OpenAPI, &d); err != nil {
		t.Fatal(err)
	}
	p, r := newsroom(testNow)
	s := &Server{Server: &api.Server{Reader: p, Rules: func() *monitor.Rules { return r }, Now: fixed(testNow), Started: testNow},
		Metrics: NewMetrics("test")}
	served := map[string]bool{"GET /metrics": true}
	for _, rt := range allRoutes(s) {
		if !rt.SocketOnly && (strings.HasPrefix(rt.Path, "/api/") || rt.Path == "/healthz" || rt.Path == "/readyz" || rt.Path == "/feed.atom") {
			served[rt.Method+" "+rt.Path] = true
		}
	}
	for path, ops := range d.Paths {
		for method := range ops {
			key := strings.ToUpper(method) + " " + path
			if !served[key] {
				t.Errorf("%s is described but not served", key)
			}
			delete(served, key)
		}
	}
	for key := range served {
		t.Errorf("%s is served but not described", key)
	}
	story := storyWith(t, p, 5)
	item := story.Items[0]
	ask1 := map[string][]string{
		"/api/v1/stories/{id}": {"/api/v1/stories/" + story.ID.String(), "/api/v1/stories/0", "/api/v1/stories/!"},
		"/api/v1/stories":      {"/api/v1/stories", "/api/v1/stories?limit=2&watch=ice-any", "/api/v1/stories?since=2026-11-24T00:00:00Z", "/api/v1/stories?since=now"},
		"/api/v1/explain":      {"/api/v1/explain?what=" + item.ID.String(), "/api/v1/explain?what=" + item.URL, "/api/v1/explain?what=https://valley-dispatch.example.org/never", "/api/v1/explain?what=ICE+storm", "/api/v1/explain"},
		"/api/v1/feeds":        {"/api/v1/feeds", "/api/v1/feeds?state=blocked", "/api/v1/feeds?q=county&limit=3"},
		"/api/v1/outbox":       {"/api/v1/outbox", "/api/v1/outbox?state=dead&destination=hook", "/api/v1/outbox?limit=0"},
	}
	h := s.Handler()
	for path, ops := range d.Paths {
		for method := range ops {
			targets := ask1[path]
			if targets == nil {
				targets = []string{path}
			}
			if path == "/api/v1/events" {
				continue
			}
			for _, target := range targets {
				body := ""
				switch {
				case path == "/api/v1/preview":
					body = `{"query":"ICE OR contract","since":"7d","watch":"ice-any"}`
				case method == "post":
					body = `{"title":"Palantir helps ICE agents in Denver","feed":"union-wire","published":null}`
				}
				w := ask(h, strings.ToUpper(method), target, body, "Content-Type", "application/json")
				holds(t, path, method, w.Code, w.Header().Get("Content-Type"), w.Body.Bytes())
			}
		}
	}
}

// holds checks one answer against its schema.
func holds(t *testing.T, path, method string, status int, media string, body []byte) {
	t.Helper()
	response := "200"
	if status != 200 {
		response = "default"
	}
	media, _, _ = strings.Cut(media, ";")
	if media != "application/json" {
		return
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(api.OpenAPI))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	at := "openapi.json#/paths/" + strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(path) + "/" + method +
		"/responses/" + response + "/content/application~1json/schema"
	schema, err := c.Compile(at)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if err := schema.Validate(v); err != nil {
		t.Errorf("%s %s, %d: %v\n%.300s", method, path, status, err, body)
	}
}

// storyWith returns a story of n reports.
func storyWith(t *testing.T, p *fakePast, n int) monitor.Story {
	t.Helper()
	for id := range p.stories {
		if s, _, err := p.Story(id); err != nil {
			t.Fatal(err)
		} else if len(s.Items) == n {
			return s
		}
	}
	t.Fatalf("no story has %d reports", n)
	return monitor.Story{}
}
