package daemon

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/fetch"
	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/monitor/schedule"
	"newswatch/monitor/store/bolt"
)

// A newsstand serves one feed of 35 entries in 45 KB; its mode says how.
type newsstand struct {
	mode  string
	serve atomic.Int64 // requests so far
	tail  string       // the entries that never change
}

func newNewsstand(mode string) *newsstand {
	n := &newsstand{mode: mode}
	for i := range 34 {
		n.tail += n.entry(fmt.Sprint("{n}/old-", i))
	}
	n.tail += "</channel></rss>"
	return n
}

func (n *newsstand) entry(id string) string {
	return "<item><title>Council votes on harbour item " + id + "</title><link>https://example.org/" + id + "</link><guid>https://example.org/" + id +
		"</guid><pubDate>Tue, 24 Nov 2026 08:00:00 GMT</pubDate><description><![CDATA[" +
		strings.Repeat("<p>The council voted on the contract for the <b>harbour</b>, five to four.</p> ", 15) + "]]></description></item>"
}

func (n *newsstand) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i := n.serve.Add(1)
	w.Header().Set("Etag", `"one"`)
	if n.mode == "304" && r.Header.Get("If-None-Match") != "" {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	top, feed := "first", "0"
	switch n.mode {
	case "new":
		top = fmt.Sprint("new-", i)
		w.Header().Set("Etag", fmt.Sprintf("%q", top))
	case "cold":
		feed = r.URL.RawQuery
	}
	io.WriteString(w, "<rss version=\"2.0\"><channel><title>Stand</title>"+n.entry(feed+"/"+top)+strings.ReplaceAll(n.tail, "{n}", feed))
}

// stand opens a monitor with a thousand terms on a store that does not wait
// for the disk, whose speed is not what is measured.
func stand(b *testing.B) *monitor.Monitor {
	db, err := bolt.OpenScratch(filepath.Join(b.TempDir(), "n.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	client, err := fetch.NewClient(feeds.Settings{Allow: []string{"127.0.0.0/8"}}, "bench")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(client.Close)
	var rules []match.Rule
	for i := range 100 {
		var terms []string
		for j := range 10 {
			terms = append(terms, fmt.Sprintf("term%dx%d", i, j))
		}
		rules = append(rules, match.Rule{Name: fmt.Sprint("w", i), Match: strings.Join(terms, " OR ")})
	}
	set, problems := match.Compile(nil, rules)
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	m := &monitor.Monitor{Store: db, Fetcher: client, Log: slog.New(slog.DiscardHandler), Now: time.Now}
	m.SetRules(&monitor.Rules{Set: set, Watches: make([]monitor.Watch, len(rules))})
	if err := m.Open(); err != nil {
		b.Fatal(err)
	}
	return m
}

// BenchmarkPoll is one poll from request to store, beside a bare client that
// reads the same answers and throws them away. The server's share is in both.
func BenchmarkPoll(b *testing.B) {
	for _, mode := range []string{"304", "same", "new", "cold"} {
		server := httptest.NewServer(newNewsstand(mode))
		var limit float64
		b.Run(mode+"/bare", func(b *testing.B) {
			limit = bare(b, server.URL, mode)
		})
		b.Run(mode+"/newswatch", func(b *testing.B) {
			m := stand(b)
			n := 0
			poll := func() {
				f := feeds.Feed{Name: "f", URL: server.URL}
				if mode == "cold" {
					f.URL += fmt.Sprint("?", n)
				}
				if _, err := m.Poll(context.Background(), f, schedule.Pace{Start: time.Minute}); err != nil {
					b.Fatal(err)
				}
				if n++; n%10 == 1 { // Poll waits once a few more are to be judged
					if err := m.Settle(); err != nil {
						b.Fatal(err)
					}
				}
			}
			poll()
			b.ReportAllocs()
			for b.Loop() {
				poll()
			}
			if limit > 0 {
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/limit, "x-bare")
			}
		})
		server.Close()
	}
}

// bare returns the nanoseconds of one request.
func bare(b *testing.B, url, mode string) float64 {
	for b.Loop() {
		req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
		if err != nil {
			b.Fatal(err)
		}
		if mode == "304" {
			req.Header.Set("If-None-Match", `"one"`)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	return float64(b.Elapsed().Nanoseconds()) / float64(b.N)
}
