package webarchive

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/fetch"
)

const page = "https://agency.example/notice?id=7"

// Every way in which archives say where a copy lies, and every way in which they
// refuse.
func TestSave(t *testing.T) {
	header := func(status int, pairs ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i < len(pairs); i += 2 {
				w.Header().Add(pairs[i], pairs[i+1])
			}
			w.WriteHeader(status)
		}
	}
	const place = "/web/20261129022400/" + page
	taken := time.Date(2026, 11, 29, 2, 24, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		copied bool
		cause  string
		again  bool
		after  time.Duration
	}{
		"redirected to the copy": {answer: header(302, "Location", place), copied: true},
		"content location":       {answer: header(200, "Content-Location", place), copied: true},
		"memento":                {answer: header(200, "Link", `<https://agency.example/notice>; rel="original", <BASE/web/20100101000000/https://agency.example/>; rel="first memento"; datetime="x", <BASE`+place+`>; rel="memento"; datetime="y"`), copied: true},
		"a page that is large": {answer: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Location", place)
			_, _ = w.Write(make([]byte, 9<<20))
		}, copied: true},
		"says nothing":      {answer: header(200), cause: "without saying where", again: true},
		"somewhere else":    {answer: header(200, "Content-Location", "/save/"), cause: "without saying where", again: true},
		"an odd date":       {answer: header(200, "Content-Location", "/web/20261399999999/x"), cause: "without saying where", again: true},
		"no page there":     {answer: header(404), cause: "it has vanished"},
		"may not":           {answer: header(403), cause: "may not keep it"},
		"too many":          {answer: header(429), cause: "fewer requests", again: true, after: time.Hour},
		"too many, for now": {answer: header(429, "Retry-After", "120"), cause: "fewer requests", again: true, after: 2 * time.Minute},
		"broken":            {answer: header(503, "Retry-After", "60"), cause: "503", again: true, after: time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := ""
			var s *httptest.Server
			s = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Path, "/web/") {
					return
				}
				asked = r.RequestURI
				c.answer(based{w, s.URL}, r)
			}))
			defer s.Close()
			client, err := fetch.NewClient(feeds.Settings{Allow: []string{"127.0.0.1/32"}, Spacing: time.Millisecond}, "test")
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			got, err := Archive{Base: s.URL, Client: client}.Save(t.Context(), page+"#top")
			if asked != "/save/"+page {
				t.Errorf("asked for %s", asked)
			}
			if c.copied {
				if err != nil || got.URL != s.URL+place || !got.Taken.Equal(taken) {
					t.Errorf("%+v, %v", got, err)
				}
				return
			}
			e, ok := errors.AsType[*Error](err)
			if !ok || !strings.Contains(e.Cause, c.cause) || e.Again != c.again || e.After.Round(time.Second) != c.after {
				t.Errorf("%+v, want %q, again %v after %v", err, c.cause, c.again, c.after)
			}
		})
	}
}

// based writes BASE in a header as the address of the server.
type based struct {
	http.ResponseWriter
	base string
}

func (b based) WriteHeader(status int) {
	for _, vs := range b.Header() {
		for i := range vs {
			vs[i] = strings.ReplaceAll(vs[i], "BASE", b.base)
		}
	}
	b.ResponseWriter.WriteHeader(status)
}

func TestCheck(t *testing.T) {
	for base, good := range map[string]bool{Wayback: true, "http://127.0.0.1:8080/spn": true, "https://web.archive.org/": false, "web.archive.org": false, "ftp://x": false, "https://x/?a": false, "": false} {
		if err := Check(base); (err == nil) != good {
			t.Errorf("%q: %v", base, err)
		}
	}
}
