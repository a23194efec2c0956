package farm

import (
	"bytes"
	"compress/gzip"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Counts are what a farm was asked since it started.
type Counts struct {
	Requests  int64 // those that hang included
	Full      int64 // answered with 200
	Unchanged int64 // answered with 304
	Failed    int64 // answered with 500
	Feeds     int   // asked for at least once
	Last      time.Time
}

type tally struct{ requests, full, unchanged, failed, last atomic.Int64 }

// Counts returns what was asked so far.
func (f *Farm) Counts() Counts {
	c := Counts{Requests: f.count.requests.Load(), Full: f.count.full.Load(), Unchanged: f.count.unchanged.Load(), Failed: f.count.failed.Load()}
	if last := f.count.last.Load(); last != 0 {
		c.Last = time.Unix(0, last)
	}
	for _, x := range f.feeds {
		if x.asked.Load() != 0 {
			c.Feeds++
		}
	}
	return c
}

// Forget makes every feed one that was never asked for.
func (f *Farm) Forget() {
	for _, x := range f.feeds {
		x.asked.Store(0)
	}
}

// Asked returns when each feed was last asked for, number 1 first; the zero
// time for never.
func (f *Farm) Asked() []time.Time {
	times := make([]time.Time, len(f.feeds))
	for i, x := range f.feeds {
		if at := x.asked.Load(); at != 0 {
			times[i] = time.Unix(0, at)
		}
	}
	return times
}

// ServeHTTP answers for the feed at /NUMBER/feed.
func (f *Farm) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	number, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > len(f.feeds) || rest != "feed" {
		http.NotFound(w, r)
		return
	}
	x, m, now := f.feeds[n-1], f.manners.Load(), time.Now().UnixNano()
	f.count.requests.Add(1)
	f.count.last.Store(now)
	x.asked.Store(now)
	switch broken := x.fate.broken; {
	case broken < m.Hanging:
		<-r.Context().Done()
		return
	case !x.wait(r, m.Latency):
		return
	case broken < m.Hanging+m.Failing:
		f.count.failed.Add(1)
		http.Error(w, "the database is gone", http.StatusInternalServerError)
		return
	}
	f.answer(w, r, x, x.fate.stubborn < m.Stubborn)
}

// wait takes the time of the feed's server, a tenth more or less, and reports
// whether the client waited as well.
func (x *feed) wait(r *http.Request, median time.Duration) bool {
	if median == 0 {
		return true
	}
	t := time.NewTimer(time.Duration(float64(median) * x.fate.slowness * (0.9 + rand.Float64()/5)))
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// answer sends the document, or says that the client has it.
func (f *Farm) answer(w http.ResponseWriter, r *http.Request, x *feed, stubborn bool) {
	v, h := x.served.Load(), w.Header()
	if !stubborn || !x.fate.silent {
		h.Set("Etag", v.etag)
		h.Set("Last-Modified", v.modified.Format(http.TimeFormat))
	}
	if !stubborn && v.knownTo(r) {
		f.count.unchanged.Add(1)
		w.WriteHeader(http.StatusNotModified)
		return
	}
	f.count.full.Add(1)
	h.Set("Content-Type", "application/xml")
	h.Set("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		h.Set("Content-Length", strconv.Itoa(len(v.packed)))
		_, _ = w.Write(v.packed) // a client that went away is no concern of the farm
		return
	}
	h.Set("Content-Length", strconv.Itoa(v.size))
	if z, err := gzip.NewReader(bytes.NewReader(v.packed)); err == nil {
		_, _ = io.Copy(w, z)
	}
}

// knownTo reports whether the client's validators are those of v (RFC 9110,
// section 13.1): If-None-Match decides alone where it is given.
func (v *version) knownTo(r *http.Request) bool {
	if tags := r.Header.Get("If-None-Match"); tags != "" {
		for tag := range strings.SplitSeq(tags, ",") {
			if tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/"); tag == v.etag || tag == "*" {
				return true
			}
		}
		return false
	}
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	return err == nil && !v.modified.After(since)
}
