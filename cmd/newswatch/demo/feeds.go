package demo

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

// Feeds is a feed server on loopback whose feeds list what they are given.
type Feeds struct {
	listener net.Listener
	server   *http.Server

	mu    sync.Mutex
	items map[string][]feedItem // by feed, newest first
}

type feedItem struct {
	Title string    `xml:"title"`
	Link  string    `xml:"link"`
	GUID  string    `xml:"guid"`
	Text  string    `xml:"description"`
	Date  string    `xml:"pubDate"`
	at    time.Time `xml:"-"`
}

type rssDocument struct {
	XMLName xml.Name   `xml:"rss"`
	Version string     `xml:"version,attr"`
	Title   string     `xml:"channel>title"`
	Link    string     `xml:"channel>link"`
	Items   []feedItem `xml:"channel>item"`
}

func NewFeeds() (*Feeds, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	d := &Feeds{listener: l, items: map[string][]feedItem{}}
	d.server = &http.Server{Handler: d, ReadHeaderTimeout: 5 * time.Second}
	return d, nil
}

// Serve answers until ctx ends.
func (d *Feeds) Serve(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() { d.server.Close() })()
	if err := d.server.Serve(d.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// URL returns what the addresses of all feeds begin with.
func (d *Feeds) URL() string { return "http://" + d.listener.Addr().String() }

// Publish puts an item on top of a feed.
func (d *Feeds) Publish(feed, title, text string, age time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := time.Now().Add(-age)
	slug := strings.Join(strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return r < 'a' || r > 'z' }), "-")
	d.items[feed] = append([]feedItem{{Title: title, Text: text, GUID: feed + "/" + slug, at: at, Date: at.UTC().Format(time.RFC1123Z),
		Link: "https://" + feed + ".example/" + slug}}, d.items[feed]...)
}

// Titles lists the titles of all items published.
func (d *Feeds) Titles() (all []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, items := range d.items {
		for _, it := range items {
			all = append(all, it.Title)
		}
	}
	return all
}

// ServeHTTP answers with the feed of that name, or 304 to who has it.
func (d *Feeds) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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
	_ = xml.NewEncoder(w).Encode(rssDocument{Version: "2.0", Title: feed, Link: "https://" + feed + ".example/", Items: d.items[feed]})
}
