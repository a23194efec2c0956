// Package console writes notices to a terminal, or to whatever stands in for
// one, the way people like to read them.
//
// It does not know whether anybody is reading.
package console

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"time"

	"newswatch/monitor"
	"newswatch/notify"
	"newswatch/notify/render"
)

// Config is a console destination. There is nothing to set.
type Config struct{}

// Validate finds no mistakes.
func (Config) Validate() []error { return nil }

// Split returns the one channel that c stands for.
func (c Config) Split() []notify.Part { return []notify.Part{{Config: c}} }

// Open is New with the environment's output.
func (Config) Open(e notify.Environment) (notify.Notifier, error) { return New(e.Out, e.Zone), nil }

// A Notifier writes notices one after the other. It is safe for concurrent
// use.
type Notifier struct {
	mu     sync.Mutex // guards w: a notice is written whole
	w      io.Writer
	zone   *time.Location
	colour bool
}

var (
	_ notify.Notifier = (*Notifier)(nil)
	_ notify.Capable  = (*Notifier)(nil)
	_ notify.Config   = Config{}
)

// New returns the way to w, with times in zone; nil is UTC. It uses colour if
// w is a terminal and the environment has no NO_COLOR (no-color.org).
func New(w io.Writer, zone *time.Location) *Notifier {
	return &Notifier{w: w, zone: zone, colour: Colour(w)}
}

// Colour reports whether w is a terminal that may be written to in colour.
func Colour(w io.Writer) bool {
	if os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	f, ok := w.(*os.File)
	return ok && isTerminal(f)
}

// Capabilities reports that what is written stays written, and that a flood does
// no harm.
func (n *Notifier) Capabilities() notify.Capabilities { return notify.Capabilities{Bulk: true} }

// Notify writes the notice with a line under it.
func (n *Notifier) Notify(_ context.Context, m monitor.Notice, _ monitor.Receipt) (monitor.Receipt, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	text := render.Text(m, render.Options{Width: n.width(), Colour: n.colour, Zone: n.zone})
	if _, err := fmt.Fprintf(n.w, "%s\n", text); err != nil {
		return monitor.Receipt{}, notify.Retry(fmt.Errorf("console: %w", err), 0)
	}
	return monitor.Receipt{ID: m.Key, At: time.Now()}, nil
}

// The columns of a page: no wider than reads well, and 80 where nobody says.
const (
	defaultWidth = 80
	maxWidth     = 100
)

func (n *Notifier) width() int {
	if f, ok := n.w.(*os.File); ok {
		if cols := terminalWidth(f); cols > 0 {
			return min(cols, maxWidth)
		}
	}
	if cols, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && cols > 0 {
		return min(cols, maxWidth)
	}
	return defaultWidth
}
