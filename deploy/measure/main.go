// Command measure runs newswatch against a farm of synthetic feeds and prints
// what polling costs beside what it may cost and what a bare HTTP client pays
// for the same requests in the same run.
//
//	NEWSWATCH_SHARED=folder go run ./deploy/measure [-only plain,real] [-runs 3]
//
// The folder holds the farm's source in farm/. Without it measure says so and
// succeeds. Figures are medians of processor time, user and system, as the
// kernel counts it for the whole process; wall times mean little on a machine
// that is doing something else.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A measurement is one scenario: what it runs, and how it prints.
type measurement struct {
	name string
	run  func(context.Context, *bench) error
}

var measurements = []measurement{
	{"plain", plain}, {"same", same}, {"real", real}, {"new", oneNew}, {"secure", secure}, {"commits", commits}, {"many", many}, {"idle", idle}, {"latency", latency},
}

// A bench is what the scenarios share.
type bench struct {
	dir       string // thrown away at the end
	newswatch string // the program under test
	farm      string // the farm's program
	runs      int
	interval  time.Duration // between polls, for latency
	feeds     int           // of latency
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := measure(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

func measure(ctx context.Context) (err error) {
	b := &bench{}
	only := flag.String("only", "", "scenarios, separated by commas; all if empty")
	list := flag.String("bare", "", "poll the addresses listed in this file with a bare client, and print what it took")
	flag.IntVar(&b.runs, "runs", 3, "repetitions of each figure")
	flag.DurationVar(&b.interval, "interval", time.Minute, "between polls, when measuring latency")
	flag.IntVar(&b.feeds, "feeds", 10_000, "feeds, when measuring latency")
	flag.StringVar(&b.newswatch, "newswatch", "", "the program to measure; built from this tree if empty")
	flag.Parse()
	if *list != "" {
		return bare(ctx, *list)
	}
	shared := os.Getenv("NEWSWATCH_SHARED")
	if shared == "" {
		fmt.Println("skipped: set NEWSWATCH_SHARED to the folder that holds farm/")
		return nil
	}
	if b.dir, err = os.MkdirTemp("", "measure-*"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	if err := b.build(ctx, filepath.Join(shared, "farm")); err != nil {
		return err
	}
	fmt.Printf("%-58s %12s %12s %12s\n", "", "newswatch", "demand", "bare client")
	for _, m := range measurements {
		if *only != "" && !slices.Contains(strings.Split(*only, ","), m.name) {
			continue
		}
		if err := m.run(ctx, b); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	return nil
}

// build makes the programs.
func (b *bench) build(ctx context.Context, farm string) error {
	b.farm = filepath.Join(b.dir, "feedfarm")
	if err := command(ctx, "go", "build", "-C", farm, "-o", b.farm, ".").Run(); err != nil {
		return fmt.Errorf("building the farm: %w", err)
	}
	if b.newswatch != "" {
		return nil
	}
	b.newswatch = filepath.Join(b.dir, "newswatch")
	if err := command(ctx, "go", "build", "-o", b.newswatch, "newswatch/cmd/newswatch").Run(); err != nil {
		return fmt.Errorf("building newswatch: %w", err)
	}
	return nil
}

// command is a program whose complaints are shown.
func command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// line prints one figure beside its demand and the bare client's; "" for none.
func line(work, got, demand, limit string) {
	fmt.Printf("%-58s %12s %12s %12s\n", work, got, demand, limit)
}

func ms(f float64) string { return fmt.Sprintf("%.3f ms", f) }
func mb(f float64) string { return fmt.Sprintf("%.0f MB", f) }
func sec(d float64) string {
	return fmt.Sprintf("%.2f s", d)
}

// median returns the middle of v, 0 for none.
func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}
