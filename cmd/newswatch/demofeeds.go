package main

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// demoFeeds is a feed server on loopback whose feeds list what they are given.
type demoFeeds struct {
	listener net.Listener
	server   *http.Server

	mu    sync.Mutex
	items map[string][]demoItem // by feed, newest first
}

type demoItem struct {
	Title string    `xml:"title"`
	Link  string    `xml:"link"`
	GUID  string    `xml:"guid"`
	Text  string    `xml:"description"`
	Date  string    `xml:"pubDate"`
	at    time.Time `xml:"-"`
}

type demoRSS struct {
	XMLName xml.Name   `xml:"rss"`
	Version string     `xml:"version,attr"`
	Title   string     `xml:"channel>title"`
	Link    string     `xml:"channel>link"`
	Items   []demoItem `xml:"channel>item"`
}

func newDemoFeeds() (*demoFeeds, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	d := &demoFeeds{listener: l, items: map[string][]demoItem{}}
	d.server = &http.Server{Handler: d, ReadHeaderTimeout: 5 * time.Second}
	return d, nil
}

// serve answers until ctx ends.
func (d *demoFeeds) serve(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() { d.server.Close() })()
	if err := d.server.Serve(d.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (d *demoFeeds) url() string { return "http://" + d.listener.Addr().String() }

// publish puts an item on top of a feed.
func (d *demoFeeds) publish(feed, title, text string, age time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := time.Now().Add(-age)
	slug := strings.Join(strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return r < 'a' || r > 'z' }), "-")
	d.items[feed] = append([]demoItem{{Title: title, Text: text, GUID: feed + "/" + slug, at: at, Date: at.UTC().Format(time.RFC1123Z),
		Link: "https://" + feed + ".example/" + slug}}, d.items[feed]...)
}

// ServeHTTP answers with the feed of that name, or 304 to who has it.
func (d *demoFeeds) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	feed := strings.TrimPrefix(r.URL.Path, "/")
	if feed == "broken" {
		http.Error(w, "<html><title>Down for maintenance</title></html>", http.StatusServiceUnavailable)
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	tag := fmt.Sprintf("%q", fmt.Sprint(feed, len(d.items[feed])))
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", "application/rss+xml")
	fmt.Fprint(w, xml.Header)
	// A client that leaves half way is no concern of the demo.
	_ = xml.NewEncoder(w).Encode(demoRSS{Version: "2.0", Title: feed, Link: "https://" + feed + ".example/", Items: d.items[feed]})
}
