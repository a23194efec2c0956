package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const articlePage = `<!doctype html><html lang="en"><head><title>Agency leans on a cloud - Harbor Wire</title><meta property="article:published_time" content="2026-11-24T04:10:00Z"><meta name="author" content="Jane Roe"></head>` +
	`<body><nav><a href="/">Home</a></nav><article><h1>Agency leans on a cloud</h1><p>The agency moved its case files to a cloud of the vendor in March, according to three contracts that were published on Monday.</p>` +
	`<p>Officials said the migration would be finished before the end of the fiscal year, and declined to say what it had cost so far.</p></article></body></html>`

// TestFeedsRead reads pages of a server and from files.
func TestFeedsRead(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/robots.txt":
			_, _ = w.Write([]byte("User-agent: *\nDisallow: /closed"))
		case "/story", "/closed/story":
			_, _ = w.Write([]byte(articlePage))
		case "/moved":
			http.Redirect(w, r, "/", http.StatusFound)
		case "/":
			_, _ = w.Write([]byte(articlePage))
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer server.Close()
	lost := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	defer lost.Close()
	dir := t.TempDir()
	config, saved := filepath.Join(dir, "config.yaml"), filepath.Join(dir, "saved.html")
	for name, text := range map[string]string{config: "fetch: {allow: [127.0.0.0/8], spacing: 0s}\nwatches: []\nfeeds: []\n", saved: articlePage} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) (exit int, out, errs string) {
		var o, e bytes.Buffer
		exit = newswatch(t.Context(), streams{strings.NewReader("<title>Log in</title><input type=password>"), &o, &e}, append([]string{"feeds", "read", "--config", config}, args...))
		return exit, o.String(), e.String()
	}
	for _, c := range []struct {
		args []string
		exit int
		want string
	}{
		{[]string{server.URL + "/story"}, 0, "Agency leans on a cloud\n2026-11-24 04:10, by Jane Roe, 47 words\n\nThe agency moved"},
		{[]string{saved}, 0, "three contracts that were published on Monday.\n\nOfficials said"},
		{[]string{server.URL + "/moved"}, 1, "elsewhere: redirected to the home page"},
		{[]string{server.URL + "/closed/story"}, 1, "forbids it in line 2"},
		{[]string{server.URL + "/none"}, 1, "404"},
		{[]string{lost.URL + "/story"}, 1, "does not answer what its robots.txt allows"},
		{[]string{"-"}, 1, "login: "},
		{[]string{"--url", "::", saved}, 1, "--url: "},
		{[]string{filepath.Join(dir, "none.html")}, 1, "none.html"},
	} {
		exit, out, errs := run(c.args...)
		if exit != c.exit || !strings.Contains(out+errs, c.want) || strings.Contains(out, "Home") || c.exit == 1 && out != "" {
			t.Errorf("%q: exit %d, want %d and %q\n%s%s", c.args, exit, c.exit, c.want, out, errs)
		}
	}
	_, out, _ := run("--json", "--url", "https://harbor-wire.example/story", saved)
	var got map[string]any
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{"type": "article", "url": "https://harbor-wire.example/story", "title": "Agency leans on a cloud", "published": "2026-11-24T04:10:00Z", "lang": "en", "words": 47.0, "partial": false, "reason": ""} {
		if got[name] != want {
			t.Errorf("%s: got %v, want %v", name, got[name], want)
		}
	}
}
