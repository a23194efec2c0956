package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A process is a program under measurement.
type process struct {
	cmd  *exec.Cmd
	log  string // file of its standard error
	done chan struct{}
	peak atomic.Int64 // most private memory seen, kB
}

// start runs a program whose complaints go to a file.
func start(ctx context.Context, log, name string, args ...string) (*process, error) {
	f, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	p := &process{cmd: exec.CommandContext(ctx, name, args...), log: log, done: make(chan struct{})}
	p.cmd.Stderr = f
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait() // how it ended is of interest only if nobody asked it to
		close(p.done)
	}()
	go p.watch()
	return p, nil
}

// watch keeps the peak of private memory until the process ends: the kernel
// keeps one only for all that is resident.
func (p *process) watch() {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			p.peak.Store(max(p.peak.Load(), p.status("RssAnon")))
		case <-p.done:
			return
		}
	}
}

// stop asks the process to end, and waits for it.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.done:
		return nil
	case <-time.After(30 * time.Second):
		return errors.Join(errors.New("it did not end within 30 seconds of an interrupt"), p.cmd.Process.Kill())
	}
}

// freeze stops the process dead for d, after which all that became due
// meanwhile is due at once.
func (p *process) freeze(d time.Duration) error {
	if err := p.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	time.Sleep(d)
	return p.cmd.Process.Signal(syscall.SIGCONT)
}

// cpu is the processor time of all threads of the process so far, to the
// nanosecond: /proc tells hundredths of a second.
func (p *process) cpu() (time.Duration, error) {
	const wholeProcess = 2 // CPUCLOCK_SCHED of the kernel's clocks of other processes
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^p.cmd.Process.Pid<<3|wholeProcess), &t); err != nil {
		return 0, p.failed("reading its processor time", err)
	}
	return time.Duration(t.Nano()), nil
}

// status reads a figure from the kernel's description of the process, in kB; 0
// if it is gone.
func (p *process) status(field string) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, field+":"); ok {
			kb, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kb
		}
	}
	return 0
}

// until waits until ok, at most for limit.
func (p *process) until(ctx context.Context, limit time.Duration, what string, ok func() bool) error {
	for end := time.Now().Add(limit); !ok(); {
		if time.Now().After(end) {
			return p.failed("waiting for "+what, fmt.Errorf("not within %s", limit))
		}
		if err := p.pause(ctx, 10*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// pause lets the process run for d.
func (p *process) pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-p.done:
		return p.failed("running", errors.New("it ended by itself"))
	}
}

// failed adds the end of the process's log to an error.
func (p *process) failed(doing string, err error) error {
	text, _ := os.ReadFile(p.log)
	const tail = 2000
	return fmt.Errorf("%s: %w\n%s", doing, err, bytes.TrimSpace(text[max(0, len(text)-tail):]))
}
