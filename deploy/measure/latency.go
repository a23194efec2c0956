package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"time"
)

// latency: a daemon polls all feeds every interval, a hundredth of them failing
// and a few hanging; items are published on healthy ones and the time until
// Slack has accepted their alerts is taken.
func latency(ctx context.Context, b *bench) (err error) {
	f, config, err := b.stage(ctx, b.feeds, fmt.Sprintf("@every %s", b.interval), "-fail-share", "0.01", "-hang-share", "0.005",
		"-lat-median", "120ms", "-lat-sigma", "0.4", "-lat-max", "400ms")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	// What is known beforehand is told in catch-up cards; the farm's items are
	// of today. A first pass takes them in.
	if _, err := b.once(ctx, config); err != nil {
		return err
	}
	cmd, err := b.daemon(ctx, config)
	if err != nil {
		return err
	}
	defer func() { _ = cmd.Process.Signal(os.Interrupt); _ = cmd.Wait() }()
	if err := pause(ctx, 2*b.interval); err != nil {
		return err
	}
	before, began := cpuOf(cmd.Process.Pid), time.Now()
	told, err := b.announce(ctx, f)
	if err != nil {
		return err
	}
	share := (cpuOf(cmd.Process.Pid) - before) / time.Since(began).Seconds()
	waits, lost, err := f.waits(told)
	if err != nil {
		return err
	}
	half, whole := b.interval.Seconds()/2, b.interval.Seconds()
	line(fmt.Sprintf("publish to alert, %d feeds every %s, median of %d", b.feeds, b.interval, len(waits)), sec(quantile(waits, 0.5)), sec(half+0.2), "")
	line("  99th percentile", sec(quantile(waits, 0.99)), sec(whole+1), "")
	line("  never told", fmt.Sprint(lost), "0", "")
	line("  share of one core", fmt.Sprintf("%.1f %%", 100*share), "", "")
	line("  memory, all / without mapped files", mb(status(cmd.Process.Pid, "VmRSS"))+" / "+mb(status(cmd.Process.Pid, "RssAnon")), "64 MB", "")
	return nil
}

// announcements are published one after the other, so that the destination's
// own pace of a message a second does not count.
const announcements = 60

// announce publishes items and waits until the last should have been told. It
// returns when each was published, by a word of its title.
func (b *bench) announce(ctx context.Context, f *farm) (map[string]time.Time, error) {
	urls, err := addresses(f.list)
	if err != nil {
		return nil, err
	}
	r := rand.New(rand.NewPCG(3, 4))
	told := map[string]time.Time{}
	for len(told) < announcements {
		feed := r.IntN(len(urls))
		if !healthy(ctx, urls[feed]) {
			continue
		}
		words := []string{signalWord}
		for range 8 {
			words = append(words, word(r))
		}
		if told[words[1]], err = f.publish(feed+1, strings.Join(words, " ")); err != nil {
			return nil, err
		}
		if err := pause(ctx, 1500*time.Millisecond+time.Duration(r.IntN(1000))*time.Millisecond); err != nil {
			return nil, err
		}
	}
	return told, pause(ctx, b.interval+10*time.Second)
}

// healthy tells the feeds that neither fail nor hang.
func healthy(ctx context.Context, url string) bool {
	ctx, stop := context.WithTimeout(ctx, 2*time.Second)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, url, nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// waits returns how long each item took to reach Slack, in seconds, and how
// many never did.
func (f *farm) waits(told map[string]time.Time) (waits []float64, lost int, err error) {
	text, err := f.ask("/received")
	if err != nil {
		return nil, 0, err
	}
	var got []struct {
		Nanos int64  `json:"unix_ns"`
		Body  string `json:"body"`
	}
	if err := json.Unmarshal(text, &got); err != nil {
		return nil, 0, err
	}
	for word, at := range told {
		last := len(waits)
		for _, m := range got {
			if strings.Contains(m.Body, word) {
				waits = append(waits, time.Unix(0, m.Nanos).Sub(at).Seconds())
				break
			}
		}
		if len(waits) == last {
			lost++
		}
	}
	return waits, lost, nil
}
