// Command measure runs newswatch as a daemon against thousands of synthetic
// feeds on this machine (package farm) and prints what its polls cost, beside a
// bare HTTP client that sends as many requests in the same time: evenly spread,
// or in the same bursts.
//
//	go run ./deploy/measure                     # 2,000 feeds, three runs, about five minutes
//	go run ./deploy/measure -quick              # 500 feeds, one run, under one minute
//	go run ./deploy/measure -feeds 20000 -runs 1 # a quarter of an hour
//	go run ./deploy/measure -bin OLD -vs NEW    # two programs, in turn
//
// Costs are processor time, user and system, as the kernel counts it for the
// measured process alone, and memory is what that process has for itself. A
// machine that is doing something else spoils both by a tenth or two; ratios
// between columns suffer least. It needs Linux, and nothing but the loopback
// network.
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
	"runtime"
	"syscall"
	"time"

	"newswatch/deploy/measure/farm"
)

// A bench is what all runs share.
type bench struct {
	dir    string // thrown away at the end
	farm   *farm.Farm
	hook   *farm.Receiver
	feeds  int
	every  time.Duration // between two polls of a feed
	rounds int           // that a steady window lasts
	runs   int
	told   int // entries that latency is measured with
	table  table
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := measure(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

func measure(ctx context.Context) error {
	b := &bench{rounds: 2, told: 20, table: table{}}
	flag.IntVar(&b.feeds, "feeds", 2000, "how many feeds are polled")
	flag.IntVar(&b.runs, "runs", 3, "how often everything is measured")
	flag.DurationVar(&b.every, "every", 0, "time between two polls of a feed; without it, 500 polls a second")
	bin := flag.String("bin", "", "the program to measure; without it, newswatch is built from this tree")
	vs := flag.String("vs", "", "another build of it, measured in turn")
	quick := flag.Bool("quick", false, "500 feeds, one run, short windows")
	replay := flag.String("replay", "", "be the bare client: send the requests listed in this file, again and again")
	flag.Parse()
	if *replay != "" {
		return bare(ctx, *replay, b.every)
	}
	if runtime.GOOS != "linux" {
		return errors.New("it reads /proc and needs 127.0.0.1 to 127.0.0.250: run it on Linux")
	}
	if *quick {
		b.runs, b.rounds, b.told = 1, 1, 10
		if !given("feeds") {
			b.feeds = 500
		}
	}
	if b.feeds < 10 || b.runs < 1 {
		return errors.New("at least 10 feeds and one run")
	}
	if b.every == 0 {
		const pollsPerSecond = 500
		b.every = max(2*time.Second, (time.Duration(b.feeds) * time.Second / pollsPerSecond).Round(time.Second))
	}
	return b.all(ctx, *bin, *vs)
}

func given(name string) (found bool) {
	flag.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}

// all makes what the runs share, runs them and prints the table.
func (b *bench) all(ctx context.Context, bin, vs string) (err error) {
	if b.dir, err = os.MkdirTemp("", "measure-*"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	if bin == "" {
		bin = filepath.Join(b.dir, "newswatch")
		progress("building newswatch")
		cmd := exec.CommandContext(ctx, "go", "build", "-o", bin, "newswatch/cmd/newswatch")
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("building newswatch: %w; run measure in the checkout, or name a program by -bin", err)
		}
	}
	progress("making up %d feeds", b.feeds)
	if b.farm, err = farm.Start(farm.Options{Feeds: b.feeds, Seed: 1}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.farm.Close()) }()
	if b.hook, err = farm.Receive(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.hook.Close()) }()
	began := time.Now()
	for run := range b.runs {
		if err := b.run(ctx, run, bin, vs); err != nil {
			return err
		}
	}
	fmt.Printf("%d feeds of %.0f KB, each polled every %s; %s: median (lowest to highest); %d cores, %s, took %s\n\n",
		b.feeds, float64(b.farm.MeanSize())/1e3, b.every, count(b.runs, "run"), runtime.NumCPU(), runtime.Version(), time.Since(began).Round(time.Second))
	b.table.print(os.Stdout, bin, vs)
	return nil
}

// run measures each program once, the two newswatches in changing order, and
// then the bare client in the bursts of the last.
func (b *bench) run(ctx context.Context, run int, bin, vs string) error {
	columns := []struct{ name, bin string }{{newswatch, bin}, {other, vs}}
	if vs == "" {
		columns = columns[:1]
	} else if run%2 == 1 {
		columns[0], columns[1] = columns[1], columns[0]
	}
	var burst pace
	for _, c := range columns {
		progress("run %d of %d: %s", run+1, b.runs, c.bin)
		var err error
		if burst, err = b.life(ctx, c.name, c.bin); err != nil {
			return fmt.Errorf("%s: %w", c.bin, err)
		}
	}
	progress("run %d of %d: bare client", run+1, b.runs)
	if err := b.bareLife(ctx, burst); err != nil {
		return fmt.Errorf("bare client: %w", err)
	}
	return nil
}

// progress tells on standard error what is going on.
func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "measure: "+format+"\n", args...)
}
