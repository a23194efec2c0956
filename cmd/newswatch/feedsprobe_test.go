package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"newswatch/feeds"
)

// TestProbe asks a server that is particular for a feed.
func TestProbe(t *testing.T) {
	const feed = `<rss version="2.0"><channel><title>T</title><item><title>A</title><guid>1</guid></item></channel></rss>`
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		anything, compatible := r.Header.Get("Accept") == "*/*", strings.Contains(r.UserAgent(), "compatible; newswatch/")
		lets := map[string]bool{"/all": true, "/accept": anything, "/agent": compatible, "/both": anything && compatible}
		if !lets[r.URL.Path] || r.Header.Get("X-Key") != "open" && r.URL.Path != "/all" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = w.Write([]byte(feed))
	}))
	defer server.Close()
	config := filepath.Join(t.TempDir(), "config.yaml")
	text := "fetch: {allow: [127.0.0.0/8], spacing: 0s}\nwatches: []\nfeeds:\n"
	for _, name := range []string{"accept", "agent", "both", "never"} {
		text += "  - {name: " + name + ", url: \"" + server.URL + "/" + name + "\", headers: {X-Key: open}}\n"
	}
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		which, advice string
		asked, exit   int
	}{
		{server.URL + "/all", "Nothing needs to be changed.", 1, 0},
		{"accept", `headers: {Accept: "*/*"}`, 2, 0},
		{"agent", `headers: {User-Agent: "Mozilla/5.0 (compatible; newswatch/`, 3, 0},
		{"both", `headers: {Accept: "*/*", User-Agent: "Mozilla/5.0 (compatible; newswatch/`, 4, 0},
		{"never", "no way worked: ask the publisher", 4, 1},
		{"nonsense", "nonsense is no configured feed and no address", 0, 1},
	} {
		asked = 0
		var out, errs bytes.Buffer
		exit := newswatch(t.Context(), streams{strings.NewReader(""), &out, &errs}, []string{"feeds", "probe", c.which, "--config", config})
		if exit != c.exit || asked != c.asked || !strings.Contains(errs.String(), c.advice) || strings.Contains(out.String()+errs.String(), "open") {
			t.Errorf("%s: exit %d after %d requests, want %d and %d\n%s%s", c.which, exit, asked, c.exit, c.asked, &out, &errs)
		}
	}
}

// TestProbeTriesOlderTLS: where there is TLS, and the feed does not say so already.
func TestProbeTriesOlderTLS(t *testing.T) {
	for address, want := range map[string]int{"https://example.org/f": 1, "http://example.org/f": 0} {
		n := 0
		for _, w := range waysTo(feeds.Feed{URL: address}, "1") {
			if w.feed.TLS == feeds.LegacyTLS {
				n++
			}
		}
		if n != want {
			t.Errorf("%s: %d ways with older TLS, want %d", address, n, want)
		}
	}
	var errs bytes.Buffer
	a := &app{streams: streams{err: &errs}}
	if err := a.advise(4, way{"with older TLS", feeds.Feed{TLS: feeds.LegacyTLS}, ""}, feeds.Feed{}); err != nil || !strings.Contains(errs.String(), "  tls: legacy\n") {
		t.Errorf("%q, %v", &errs, err)
	}
}

// TestNeighbours holds which other addresses a feed is looked for at: none that
// would learn its secrets or carry them in clear.
func TestNeighbours(t *testing.T) {
	secret := map[string]feeds.Secret{"X-Key": "open"}
	for _, c := range []struct {
		feed feeds.Feed
		want string
	}{
		{feeds.Feed{URL: "http://example.org/f?a=b"}, "https://example.org/f?a=b http://www.example.org/f?a=b"},
		{feeds.Feed{URL: "https://www.example.org/f"}, "http://www.example.org/f https://example.org/f"},
		{feeds.Feed{URL: "https://example.org/f", Headers: secret}, ""},
		{feeds.Feed{URL: "http://example.org/f", Headers: secret}, "https://example.org/f"},
		{feeds.Feed{URL: "https://me:pw@example.org/f"}, ""},
		{feeds.Feed{URL: "http://127.0.0.1/f"}, ""},
		{feeds.Feed{URL: "http://example.org:8080/f"}, ""},
	} {
		var got []string
		for _, w := range neighbours(c.feed) {
			got = append(got, w.feed.URL)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.feed.URL, got, c.want)
		}
	}
}
