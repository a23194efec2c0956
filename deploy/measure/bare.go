package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// inFlight is how many requests run at a time, in both clients.
const inFlight = 256

// spent is what a round of requests took.
type spent struct {
	CPU  float64 `json:"cpu"` // seconds
	Wall float64 `json:"wall"`
}

// bare asks for every address twice, the second time with the validators of
// the first, reads the bodies packed and throws them away. It prints what each
// round took: the least that polling over net/http can cost.
func bare(ctx context.Context, list string) error {
	urls, err := addresses(list)
	if err != nil {
		return err
	}
	tags := make([]string, len(urls))
	var rounds []spent
	for range 2 {
		t := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 2, MaxConnsPerHost: 2}
		client := &http.Client{Transport: t, Timeout: time.Minute}
		began, before := time.Now(), used()
		var group sync.WaitGroup
		next := make(chan int)
		for range inFlight {
			group.Go(func() {
				for i := range next {
					tags[i] = get(ctx, client, urls[i], tags[i])
				}
			})
		}
		for i := range urls {
			next <- i
		}
		close(next)
		group.Wait()
		rounds = append(rounds, spent{CPU: used() - before, Wall: time.Since(began).Seconds()})
		t.CloseIdleConnections()
	}
	return json.NewEncoder(os.Stdout).Encode(rounds)
}

func get(ctx context.Context, c *http.Client, url, tag string) string {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return ""
	}
	req.Header.Set("Accept-Encoding", "gzip")
	if tag != "" {
		req.Header.Set("If-None-Match", tag)
	}
	resp, err := c.Do(req)
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.Header.Get("Etag")
}

// used is the processor time of this process so far, in seconds.
func used() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return seconds(u.Utime) + seconds(u.Stime)
}

func seconds(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }

// limit runs the bare client on the farm in a process of its own.
func (b *bench) limit(ctx context.Context, f *farm) (first, again spent, err error) {
	self, err := os.Executable()
	if err != nil {
		return first, again, err
	}
	out, err := exec.CommandContext(ctx, self, "-bare", f.list).Output()
	if err != nil {
		return first, again, err
	}
	var rounds []spent
	if err := json.Unmarshal(out, &rounds); err != nil || len(rounds) != 2 {
		return first, again, fmt.Errorf("bare client: %q: %w", out, err)
	}
	return rounds[0], rounds[1], nil
}

// store is the file newswatch keeps its state in.
func (b *bench) store() string { return filepath.Join(b.dir, "newswatch.db") }
