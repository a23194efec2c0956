package main

import (
	"context"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"newswatch/deploy/measure/farm"
)

func TestTable(t *testing.T) {
	figures := table{}
	for _, v := range []float64{0.3, 0.1, 0.2} {
		figures.add(sameSpread, newswatch, v)
		figures.add(sameSpread, other, 2*v)
	}
	figures.add(sameSpread, bareClient, 12.34)
	var b strings.Builder
	figures.print(&b, "old", "new")
	for _, want := range []string{"newswatch is old, -vs is new", "0.200 (0.100 to 0.300)", "0.400 (0.200 to 0.600)", " 12.3 ", " 0.50\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, b.String())
		}
	}
	for _, r := range rows {
		if !strings.Contains(b.String(), "\n"+r) {
			t.Errorf("the table lacks the row %q", r)
		}
	}
}

// TestBareClientKeepsThePace: what the farm was asked is written, read again
// and sent at the same times of the next rounds, with validators.
func TestBareClientKeepsThePace(t *testing.T) {
	f, err := farm.Start(farm.Options{Feeds: 20})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := &bench{dir: t.TempDir(), farm: f, feeds: 20, every: time.Second}
	var asked pace
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	for i := range 20 {
		asked = append(asked, noon.Add(time.Duration(i%4)*time.Second+time.Duration(i)*10*time.Millisecond))
	}
	if got := asked.width(b.every); got != 190*time.Millisecond {
		t.Errorf("a round takes %s, want 190ms", got)
	}
	list, err := b.write(asked)
	if err != nil {
		t.Fatal(err)
	}
	requests, err := readRequests(list)
	if err != nil || len(requests) != 20 || !slices.IsSortedFunc(requests, func(x, y request) int { return int(x.at - y.at) }) {
		t.Fatalf("requests %v: %v", requests, err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 2500*time.Millisecond)
	defer stop()
	if err := bare(ctx, list, b.every); err != nil {
		t.Fatal(err)
	}
	if n := f.Counts(); n.Full != 20 || n.Unchanged < 20 {
		t.Errorf("the farm was asked %+v, want 20 answers in full and then 304", n)
	}
}

func TestAProgramThatEndsIsAFailure(t *testing.T) {
	p := shell(t, "echo out of luck >&2; exit 3")
	err := p.pause(t.Context(), 20*time.Second)
	if err == nil || !strings.Contains(err.Error(), "ended by itself") || !strings.Contains(err.Error(), "out of luck") {
		t.Errorf("error %v, want that it ended, and what it said", err)
	}
}

// shell runs a script as the program under measurement.
func shell(t *testing.T, script string) *process {
	t.Helper()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell to measure")
	}
	p, err := start(t.Context(), t.TempDir()+"/log", sh, "-c", script)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestProcessorTimeOfAProcess(t *testing.T) {
	p := shell(t, "while :; do :; done")
	defer p.stop()
	before, err := p.cpu()
	if err != nil {
		t.Fatal(err)
	}
	spent := func() bool { now, err := p.cpu(); return err == nil && now > before+20*time.Millisecond }
	if err := p.until(t.Context(), 20*time.Second, "the loop to use the processor", spent); err != nil {
		t.Error(err)
	}
	if p.status("VmHWM") == 0 {
		t.Error("a running process has no memory")
	}
}
