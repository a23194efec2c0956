package fetch

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"newswatch/feeds"
)

// A script is a server that remembers its requests.
type script struct {
	*httptest.Server
	mu   sync.Mutex
	seen []*http.Request
}

// serve starts a server that answers with h and ends with the test.
func serve(t testing.TB, h http.HandlerFunc) *script {
	t.Helper()
	s := &script{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.seen = append(s.seen, r)
		s.mu.Unlock()
		h(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// last returns the latest request.
func (s *script) last(t testing.TB) *http.Request {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.seen) == 0 {
		t.Fatal("no request came")
	}
	return s.seen[len(s.seen)-1]
}

// paths returns what was asked for, in order.
func (s *script) paths() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, r := range s.seen {
		all = append(all, r.URL.Path)
	}
	return strings.Join(all, " ")
}

// A clock is set by the test.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	c.now = c.now.Add(d)
	c.mu.Unlock()
}

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// local allows what tests serve from.
var local = []string{"127.0.0.0/8"}

// client returns a client on a clock that stands at noon.
func client(t testing.TB, s feeds.Settings) (*Client, *clock) {
	t.Helper()
	if s.Timeout == 0 {
		s.Timeout = 5 * time.Minute // a busy machine is no slow server
	}
	c, err := NewClient(s, "1.2")
	if err != nil {
		t.Fatal(err)
	}
	at := &clock{now: noon}
	c.Now = at.Now
	t.Cleanup(c.Close)
	return c, at
}

// fetch makes one exchange that must end well.
func fetch(t testing.TB, c *Client, url string, st feeds.State) feeds.Result {
	t.Helper()
	res, err := c.Fetch(context.Background(), feeds.Feed{URL: url}, st, nil)
	if err != nil {
		t.Fatalf("Fetch: %v", err)
	}
	return res
}

// rss is a feed with an item for each title.
func rss(titles ...string) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Harbour News</title><link>https://harbour.example/</link>`)
	for _, title := range titles {
		fmt.Fprintf(&b, `<item><title>%s</title><link>https://harbour.example/%x</link><guid>g-%x</guid></item>`, title, title, title)
	}
	b.WriteString(`</channel></rss>`)
	return b.String()
}

// zip compresses text.
func zip(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.Bytes()
}

// deflate compresses text to zlib's format, or without its header.
func deflate(text string, header bool) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	if !header {
		return string(b.Bytes()[2 : b.Len()-4])
	}
	return b.String()
}

// quiet is for servers whose complaints are expected.
var quiet = log.New(io.Discard, "", 0)
