package main

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// listen is where the measured daemon's page is.
const listen = "127.0.0.1:18487"

// configure writes a configuration for the farm's feeds: a hundred watches of
// ten words each, and one that reports.
func (b *bench) configure(f *farm, schedule string) (string, error) {
	urls, err := addresses(f.list)
	if err != nil {
		return "", err
	}
	var s strings.Builder
	fmt.Fprintf(&s, "store: {path: %q}\nhttp: {listen: %q}\n", b.store(), listen)
	fmt.Fprintf(&s, "fetch: {allow: [127.0.0.0/8], spacing: 0s, per_host: 2, concurrency: %d, schedule: %q, timeout: 10s}\nfeeds:\n", inFlight, schedule)
	for i, u := range urls {
		fmt.Fprintf(&s, "  - {url: %q, name: f%d}\n", u, i+1)
	}
	s.WriteString("watches:\n  - {name: signal, match: " + signalWord + ", notify: [desk]}\n")
	words := rand.New(rand.NewPCG(1, 2))
	for i := range 100 {
		var terms []string
		for range 10 {
			terms = append(terms, word(words))
		}
		fmt.Fprintf(&s, "  - {name: w%d, match: %q, notify: [desk]}\n", i, strings.Join(terms, " OR "))
	}
	fmt.Fprintf(&s, "destinations:\n  - {name: desk, budget: 10000/h, slack: {token: xoxb-measure, channel: C1, api_url: \"%s/api/\"}}\n", f.admin)
	s.WriteString("operations: {notify: []}\n")
	path := filepath.Join(b.dir, "config.yaml")
	return path, os.WriteFile(path, []byte(s.String()), 0o600)
}

// signalWord is the word that published items carry, and no other.
const signalWord = "zebrafinch"

// word makes a word that is in no feed.
func word(r *rand.Rand) string {
	const consonants, vowels = "bdfgklmnprstvz", "aeiou"
	var s []byte
	for range 4 {
		s = append(s, consonants[r.IntN(len(consonants))], vowels[r.IntN(len(vowels))])
	}
	return string(s)
}

// cost is what one run of newswatch took.
type cost struct {
	cpu, wall float64 // seconds
	rss, own  float64 // peaks, MB: resident, and of that without mapped files
}

// once polls every feed one time.
func (b *bench) once(ctx context.Context, config string) (c cost, err error) {
	cmd := command(ctx, b.newswatch, "once", "--json", "--config", config)
	cmd.Stderr = nil
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return c, err
	}
	watched, stop := context.WithCancel(ctx)
	peak := make(chan float64, 1)
	go func() { peak <- watchMemory(watched, cmd.Process.Pid) }()
	err = cmd.Wait()
	stop()
	c.own = <-peak
	if err != nil {
		return c, fmt.Errorf("newswatch once: %w", err)
	}
	c.wall = time.Since(began).Seconds()
	c.cpu = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		c.rss = float64(u.Maxrss) / 1024
	}
	return c, nil
}

// watchMemory returns the most private memory the process has had by the end
// of ctx, in MB.
func watchMemory(ctx context.Context, pid int) (peak float64) {
	for pause(ctx, 20*time.Millisecond) == nil {
		peak = max(peak, status(pid, "RssAnon"))
	}
	return peak
}

// status reads a figure of the process in MB, 0 if it is gone.
func status(pid int, field string) float64 {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if rest, ok := strings.CutPrefix(s.Text(), field+":"); ok {
			kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1024
		}
	}
	return 0
}

// clockTick is the unit of /proc/PID/stat, 1/100 s on every Linux.
const clockTick = 100

// cpuOf is the processor time of a running process so far, in seconds.
func cpuOf(pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	user, _ := strconv.ParseFloat(fields[11], 64)
	system, _ := strconv.ParseFloat(fields[12], 64)
	return (user + system) / clockTick
}

// rounds runs once as often as the bench says, each time after prepare.
func (b *bench) rounds(ctx context.Context, config string, prepare func(i int) error) (cpu, wall, rss, own []float64, err error) {
	for i := range b.runs {
		if prepare != nil {
			if err := prepare(i); err != nil {
				return nil, nil, nil, nil, err
			}
		}
		c, err := b.once(ctx, config)
		if err != nil {
			return nil, nil, nil, nil, err
		}
		cpu, wall, rss, own = append(cpu, c.cpu), append(wall, c.wall), append(rss, c.rss), append(own, c.own)
	}
	return cpu, wall, rss, own, nil
}

// forget removes the store.
func (b *bench) forget(int) error { return os.RemoveAll(b.store()) }

// daemon starts newswatch run; end it with Interrupt and Wait.
func (b *bench) daemon(ctx context.Context, config string) (*exec.Cmd, error) {
	log, err := os.Create(filepath.Join(b.dir, "log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := command(ctx, b.newswatch, "run", "--config", config)
	cmd.Stderr = log
	return cmd, cmd.Start()
}
