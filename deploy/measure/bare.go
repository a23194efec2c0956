package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// A request is one address, and when in every round it is asked for.
type request struct {
	at  time.Duration
	url string
	tag *atomic.Pointer[string] // the last answer's ETag; nil before it
}

// bare polls what is listed in a file until ctx ends, each address at its time
// in every round. It reads bodies packed and throws them away: the least that
// polling over net/http at this pace can cost.
func bare(ctx context.Context, list string, every time.Duration) error {
	requests, err := readRequests(list)
	if err != nil {
		return err
	}
	client := &http.Client{
		Transport: &http.Transport{DisableCompression: true, MaxIdleConns: 2 * len(requests), MaxIdleConnsPerHost: 2, MaxConnsPerHost: 2},
		Timeout:   30 * time.Second,
	}
	for round := time.Now(); ; round = round.Add(every) {
		for i := range requests {
			r := &requests[i]
			if wait := time.Until(round.Add(r.at)); wait > 0 {
				time.Sleep(wait)
			}
			if ctx.Err() != nil {
				return nil
			}
			go r.send(ctx, client)
		}
	}
}

// send makes the request. Two of the same never overlap, since rounds are
// longer than answers take.
func (r *request) send(ctx context.Context, client *http.Client) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url, nil)
	if err != nil {
		return
	}
	req.Header.Set("Accept-Encoding", "gzip")
	if tag := r.tag.Load(); tag != nil {
		req.Header.Set("If-None-Match", *tag)
	}
	resp, err := client.Do(req)
	if err != nil {
		return // the farm counts what arrived
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err == nil {
		tag := resp.Header.Get("Etag")
		r.tag.Store(&tag)
	}
}

func readRequests(path string) (requests []request, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		at, url, _ := strings.Cut(s.Text(), " ")
		d, err := time.ParseDuration(at)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		requests = append(requests, request{at: d, url: url, tag: new(atomic.Pointer[string])})
	}
	return requests, nil
}

// A pace is when the feeds were asked for, each within one round.
type pace []time.Time

// evenly is the pace of polls that are spread out evenly, those of a host too.
func evenly(feeds int, every time.Duration) pace {
	const stride = 7919 // a prime: neighbours share a host
	p, first := make(pace, feeds), time.Now()
	for i := range p {
		p[i] = first.Add(time.Duration(i*stride%feeds) * every / time.Duration(feeds))
	}
	return p
}

// width is how long a round of requests takes, the last twentieth left out. It
// may lie anywhere in time.
func (p pace) width(every time.Duration) time.Duration {
	first := slices.MinFunc(p, time.Time.Compare)
	var at []time.Duration
	for _, t := range p {
		at = append(at, t.Sub(first)%every)
	}
	slices.Sort(at)
	return at[len(at)*19/20] - at[0]
}

// write lists the requests of a pace for the bare client.
func (b *bench) write(p pace) (string, error) {
	urls := b.farm.URLs()
	first := slices.MinFunc(p, time.Time.Compare)
	requests := make([]request, len(urls))
	for i, u := range urls {
		requests[i] = request{at: p[i].Sub(first) % b.every, url: u}
	}
	slices.SortFunc(requests, func(x, y request) int { return cmp.Compare(x.at, y.at) })
	var s strings.Builder
	for _, r := range requests {
		fmt.Fprintln(&s, r.at, r.url)
	}
	path := filepath.Join(b.dir, "requests")
	return path, os.WriteFile(path, []byte(s.String()), 0o600)
}
