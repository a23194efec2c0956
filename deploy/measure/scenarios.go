package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// plain: every server does conditional GET, nothing waits.
func plain(ctx context.Context, b *bench) (err error) {
	const n = 2000
	f, config, err := b.stage(ctx, n, "15m")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	first, again, err := b.limit(ctx, f)
	if err != nil {
		return err
	}
	cpu, wall, rss, own, err := b.rounds(ctx, config, b.forget)
	if err != nil {
		return err
	}
	line("cold poll of 2,000 feeds, CPU per feed", ms(median(cpu)/n*1e3), "2.9 ms", ms(first.CPU/n*1e3))
	line("  wall", sec(median(wall)), "", sec(first.Wall))
	line("  peak memory, all / without mapped files", mb(median(rss))+" / "+mb(median(own)), "", "")
	if err := b.room(ctx, config); err != nil {
		return err
	}
	if cpu, wall, _, _, err = b.rounds(ctx, config, nil); err != nil {
		return err
	}
	line("warm poll, all 304, CPU per feed", ms(median(cpu)/n*1e3), "0.07 ms", ms(again.CPU/n*1e3))
	line("  wall", sec(median(wall)), "", sec(again.Wall))
	return nil
}

// room tells what a seen item takes of the file: what it is recognised by, and
// its archived text.
func (b *bench) room(ctx context.Context, config string) error {
	cmd := command(ctx, b.newswatch, "store", "stats", "--json", "--config", config)
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("newswatch store stats: %w", err)
	}
	var st struct {
		Bytes float64 `json:"bytes"`
		Items float64 `json:"items"`
		Used  float64 `json:"known_used"`
		Pages float64 `json:"known_bytes"`
	}
	if err := json.Unmarshal(out, &st); err != nil || st.Items == 0 {
		return fmt.Errorf("newswatch store stats: %q: %w", out, err)
	}
	line("  file per seen item, to know it again / with room in pages", fmt.Sprintf("%.0f / %.0f B", st.Used/st.Items, st.Pages/st.Items), "40 B", "")
	line("  file per seen item, with its archived text", fmt.Sprintf("%.0f B", st.Bytes/st.Items), "", "")
	return nil
}

// secure: every poll needs a new connection and a handshake, as it mostly is
// out there.
func secure(ctx context.Context, b *bench) error {
	authority := filepath.Join(b.dir, "authority.pem")
	if err := os.Setenv("SSL_CERT_FILE", authority); err != nil {
		return err
	}
	defer os.Unsetenv("SSL_CERT_FILE")
	return b.warm(ctx, "warm poll of 2,000 hosts over HTTPS, all 304, CPU per feed", "0.45 ms", "", "-tls", authority, "-hosts", "2000",
		"-idle-timeout", "3s")
}

// commits: how fast polls that changed something are written.
func commits(ctx context.Context, _ *bench) error {
	cmd := command(ctx, "go", "test", "newswatch/monitor/store", "-run", "^$", "-bench", "Commit", "-benchtime", "200x")
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s: %w", out, err)
	}
	for l := range strings.Lines(string(out)) {
		if name, rest, ok := strings.Cut(l, "-"); ok && strings.Contains(name, "polls=50") {
			f := strings.Fields(rest)
			line("polls committed, 100,000 feeds in the file, in fifties", f[len(f)-2]+" /s", "3000 /s", "")
		}
	}
	return nil
}

// same: no server does conditional GET, none has anything new.
func same(ctx context.Context, b *bench) error {
	return b.warm(ctx, "warm poll, every server sends the same body, CPU per feed", "0.08 ms", "", "-no-cond-share", "1")
}

// real: latency, and 45 % of the servers ignore conditional GET.
func real(ctx context.Context, b *bench) error {
	return b.warm(ctx, "warm poll, real, CPU per feed", "0.17 ms", "1.50 s", "-no-cond-share", "0.45",
		"-lat-median", "120ms", "-lat-sigma", "0.4", "-lat-max", "400ms")
}

func (b *bench) warm(ctx context.Context, work, demand, wallDemand string, args ...string) (err error) {
	const n = 2000
	f, config, err := b.stage(ctx, n, "15m", args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	_, again, err := b.limit(ctx, f)
	if err != nil {
		return err
	}
	if _, err := b.once(ctx, config); err != nil {
		return err
	}
	cpu, wall, _, _, err := b.rounds(ctx, config, nil)
	if err != nil {
		return err
	}
	line(work, ms(median(cpu)/n*1e3), demand, ms(again.CPU/n*1e3))
	line("  wall", sec(median(wall)), wallDemand, sec(again.Wall))
	return nil
}

// oneNew: every feed has one new item.
func oneNew(ctx context.Context, b *bench) (err error) {
	const n = 2000
	f, config, err := b.stage(ctx, n, "15m")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	if _, err := b.once(ctx, config); err != nil {
		return err
	}
	churn := func(i int) error {
		_, err := f.ask(fmt.Sprintf("/churn?share=1&seed=%d", i+1))
		return err
	}
	cpu, _, _, _, err := b.rounds(ctx, config, churn)
	if err != nil {
		return err
	}
	line("every feed has one new item, CPU per feed", ms(median(cpu)/n*1e3), "0.55 ms", "")
	return nil
}

// many: ten thousand feeds, cold and warm, and a restart of the daemon.
func many(ctx context.Context, b *bench) (err error) {
	const n = 10_000
	f, config, err := b.stage(ctx, n, "1m")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	_, again, err := b.limit(ctx, f)
	if err != nil {
		return err
	}
	cold, err := b.once(ctx, config)
	if err != nil {
		return err
	}
	line("10,000 feeds, cold, peak memory, all / without mapped files", mb(cold.rss)+" / "+mb(cold.own), "128 MB", "")
	line("  CPU per feed", ms(cold.cpu/n*1e3), "2.9 ms", "")
	if info, err := os.Stat(b.store()); err == nil {
		line("  file", mb(float64(info.Size())/(1<<20)), "", "")
	}
	cpu, wall, rss, own, err := b.rounds(ctx, config, nil)
	if err != nil {
		return err
	}
	line("10,000 feeds, warm, all 304, CPU per feed", ms(median(cpu)/n*1e3), "0.045 ms", ms(again.CPU/n*1e3))
	line("  wall", sec(median(wall)), "", sec(again.Wall))
	line("  peak memory, all / without mapped files", mb(median(rss))+" / "+mb(median(own)), "", "")
	return b.restart(ctx, f, config)
}

// restart starts the daemon on a full store: how soon it is ready, that it
// asks with validators, and what it then holds.
func (b *bench) restart(ctx context.Context, f *farm, config string) error {
	if _, err := f.ask("/reset"); err != nil {
		return err
	}
	began := time.Now()
	cmd, err := b.daemon(ctx, config)
	if err != nil {
		return err
	}
	defer func() { _ = cmd.Process.Signal(os.Interrupt); _ = cmd.Wait() }()
	for range 1000 {
		if resp, err := http.Get("http://" + listen + "/readyz"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				break
			}
		}
		if err := pause(ctx, 5*time.Millisecond); err != nil {
			return err
		}
	}
	line("restart with 10,000 feeds, ready after", sec(time.Since(began).Seconds()), "0.5 s", "")
	if err := pause(ctx, 75*time.Second); err != nil {
		return err
	}
	c, err := f.counts()
	if err != nil {
		return err
	}
	line("  first polls: 304 / 200", fmt.Sprintf("%d / %d", c.S304, c.S200), "none 200", "")
	line("  memory after 75 s, all / without mapped files", mb(status(cmd.Process.Pid, "VmRSS"))+" / "+mb(status(cmd.Process.Pid, "RssAnon")), "64 MB", "")
	return nil
}

// idle: a daemon whose feeds are not due.
func idle(ctx context.Context, b *bench) (err error) {
	f, config, err := b.stage(ctx, 2000, "15m")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	if _, err := b.once(ctx, config); err != nil {
		return err
	}
	cmd, err := b.daemon(ctx, config)
	if err != nil {
		return err
	}
	defer func() { _ = cmd.Process.Signal(os.Interrupt); _ = cmd.Wait() }()
	if err := pause(ctx, 10*time.Second); err != nil {
		return err
	}
	before := cpuOf(cmd.Process.Pid)
	const window = time.Minute
	if err := pause(ctx, window); err != nil {
		return err
	}
	share := (cpuOf(cmd.Process.Pid) - before) / window.Seconds()
	line("daemon with 2,000 feeds, share of one core", fmt.Sprintf("%.2f %%", 100*share), "1 %", "")
	line("  memory, all / without mapped files", mb(status(cmd.Process.Pid, "VmRSS"))+" / "+mb(status(cmd.Process.Pid, "RssAnon")), "", "")
	return nil
}

// stage starts a farm, forgets what was, and writes a configuration.
func (b *bench) stage(ctx context.Context, feeds int, schedule string, args ...string) (*farm, string, error) {
	f, err := b.serve(ctx, feeds, args...)
	if err != nil {
		return nil, "", err
	}
	config, err := b.configure(f, schedule)
	if err = errors.Join(err, b.forget(0)); err != nil {
		return nil, "", errors.Join(err, f.close())
	}
	return f, config, nil
}

// quantile returns the value below which a share q of v lies.
func quantile(v []float64, q float64) float64 {
	if len(v) == 0 {
		return 0
	}
	v = slices.Sorted(slices.Values(v))
	return v[min(len(v)-1, int(q*float64(len(v))))]
}
