package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"newswatch/monitor"
	"newswatch/monitor/api"
)

// FuzzServer sends whatever there is to every route: nothing may fail, what
// is JSON must be JSON, and no page may hold what was sent as markup.
func FuzzServer(f *testing.F) {
	f.Add(uint8(0), "/", "q=x&limit=3&page=2", `{"title":"ICE agents"}`, "application/json")
	f.Add(uint8(1), "/explain", "what=https://a.example/b&watch=ice-any", "what=<script>", "application/x-www-form-urlencoded")
	f.Add(uint8(9), "/stories/0", "days=1&offset=99999999", `{"published":"2026-01-01T00:00:00Z","tags":[""]}`, "application/json")
	f.Add(uint8(13), "/../%2e%2e//x", "%zz=%", "{", "multipart/form-data; boundary=x")
	f.Add(uint8(20), "/silences", "hours=-1&state=dead", "watch=ice-any&hours=8&back=//x", "application/x-www-form-urlencoded")
	p, r := newsroom(testNow)
	s := &Server{Server: &api.Server{Reader: p, Rules: func() *monitor.Rules { return r }, Now: fixed(testNow), Orders: done},
		Metrics: NewMetrics("test")}
	h := s.Handler()
	routes := allRoutes(s)
	f.Fuzz(func(t *testing.T, which uint8, path, query, body, media string) {
		rt := routes[int(which)%len(routes)]
		if rt.Path == "/api/v1/events" {
			return
		}
		for _, p := range []string{strings.NewReplacer("{$}", "", "{id}", url.PathEscape(path)).Replace(rt.Path), path} {
			u, err := url.Parse("http://localhost" + p)
			if err != nil || u.Host != "localhost" || u.Path == "/api/v1/events" {
				continue
			}
			req := &http.Request{Method: rt.Method, URL: &url.URL{Path: u.Path, RawQuery: query}, Host: "localhost", Header: http.Header{"Content-Type": {media}, "Accept": {"text/html"}},
				Body: http.NoBody, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, RemoteAddr: "127.0.0.1:1"}
			if rt.Method == http.MethodPost {
				req = httptest.NewRequest(http.MethodPost, "http://localhost/", strings.NewReader(body))
				req.URL, req.Header = &url.URL{Path: u.Path, RawQuery: query}, http.Header{"Content-Type": {media}, "Accept": {"text/html"}}
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, req)
			if w.Code >= 500 {
				t.Errorf("%s %s?%s: %d %s", rt.Method, p, query, w.Code, w.Body)
			}
			switch media, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";"); media {
			case "application/json":
				if !json.Valid(w.Body.Bytes()) {
					t.Errorf("%s: no JSON: %.200s", p, w.Body)
				}
			case "text/html":
				if w.Code < 300 || w.Code >= 400 { // the mux writes redirects itself
					inert(t, p, w.Body.Bytes())
				}
			}
		}
	})
}
