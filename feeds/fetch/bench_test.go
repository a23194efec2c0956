package fetch

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"newswatch/feeds"
)

// canned starts a server that gives the same bytes to every request, so that
// next to nothing of what is measured is its own.
func canned(b *testing.B, response string) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { recite(conn, response) })
		}
	})
	b.Cleanup(func() { l.Close(); wg.Wait() })
	return "http://" + l.Addr().String() + "/feed"
}

func recite(conn net.Conn, response string) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return
		}
		if len(line) == 2 {
			if _, err := io.WriteString(conn, response); err != nil {
				return
			}
		}
	}
}

// bare is the limit to compare with: net/http, the same request, the body
// read and thrown away.
func bare(b *testing.B, url string, header http.Header) {
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	defer client.CloseIdleConnections()
	for b.Loop() {
		req, err := http.NewRequest(http.MethodGet, url, nil)
		if err != nil {
			b.Fatal(err)
		}
		req.Header = header
		resp, err := client.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
}

func poll1(b *testing.B, url string, st feeds.State) {
	c, err := NewClient(feeds.Settings{Allow: local}, "bench")
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	f := feeds.Feed{URL: url}
	st.Of, st.Full = feeds.Hash([]byte(url)), c.Now()
	for b.Loop() {
		res, err := c.Fetch(context.Background(), f, st, nil)
		if err != nil || !res.Unchanged {
			b.Fatal(res, err)
		}
	}
}

// A warm poll that is answered 304, beside a bare client.
func BenchmarkFetch304(b *testing.B) {
	url := canned(b, "HTTP/1.1 304 Not Modified\r\nDate: Wed, 04 Mar 2026 12:00:00 GMT\r\nEtag: \"1\"\r\n\r\n")
	b.Run("newswatch", func(b *testing.B) { poll1(b, url, feeds.State{ETag: `"1"`}) })
	b.Run("bare", func(b *testing.B) { bare(b, url, http.Header{"If-None-Match": {`"1"`}}) })
}

// A poll that is answered with the same 50 kB as before, gzipped: hashed as
// it came, never unpacked.
func BenchmarkFetchSame(b *testing.B) {
	var titles []string
	for i := range 300 {
		titles = append(titles, fmt.Sprintf("Council votes %d to %d on harbour item %x", i%9, i%4, i*2654435761))
	}
	text := rss(titles...)
	body := string(zip(text))
	url := canned(b, fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Type: application/rss+xml\r\nContent-Length: %d\r\n\r\n%s", len(body), body))
	b.Logf("%d bytes, %d compressed", len(text), len(body))
	b.Run("newswatch", func(b *testing.B) { poll1(b, url, feeds.State{Raw: feeds.Hash([]byte(body))}) })
	b.Run("bare", func(b *testing.B) { bare(b, url, http.Header{"Accept-Encoding": {"gzip"}}) })
	b.Run("repacked", func(b *testing.B) { poll1(b, url, feeds.State{Raw: 1, Body: feeds.Hash([]byte(strings.Clone(text)))}) })
}
