package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"newswatch/cmd/newswatch/config"
	"newswatch/cmd/newswatch/daemon"
)

// call makes a request to the daemon, or to this process if none runs on the
// configured store. With --json its lines go out as they are, otherwise to show.
func (a *app) call(ctx context.Context, name string, args any, show func(line []byte) error) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	take := show
	if a.json || show == nil {
		take = func(line []byte) error {
			_, err := a.out.Write(append(line, '\n'))
			return err
		}
	}
	return daemon.Call(ctx, cfg, version(), name, args, take)
}

func (a *app) printJSON(v any) error { return json.NewEncoder(a.out).Encode(v) }

// table collects rows and prints them aligned; nothing but a remark if there
// are none.
type table struct {
	w    *tabwriter.Writer
	rows int
}

func newTable(out io.Writer, head ...string) *table {
	t := &table{w: tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)}
	fmt.Fprintln(t.w, strings.Join(head, "\t"))
	return t
}

func (t *table) row(cells ...string) {
	t.rows++
	fmt.Fprintln(t.w, strings.Join(cells, "\t"))
}

// end prints the table, or what to say of an empty one.
func (t *table) end(err io.Writer, empty string) error {
	if t.rows == 0 {
		_, e := fmt.Fprintln(err, empty)
		return e
	}
	return t.w.Flush()
}

// ago says how long before now a time was, or how far ahead it lies.
func ago(t, now time.Time) string {
	switch d := now.Sub(t); {
	case t.IsZero():
		return "never"
	case d < 0:
		return "in " + span(-d)
	case d < time.Second:
		return "now"
	default:
		return span(d) + " ago"
	}
}

// span writes a duration in its largest unit.
func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%dd", int(d.Hours()/24))
}

// since reads a flag such as 24h or 7d as the time that long ago.
func since(flag string, now time.Time) (time.Time, error) {
	if flag == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.DateOnly, flag); err == nil {
		return t, nil
	}
	d, err := config.ParseDuration(flag)
	if err != nil {
		return time.Time{}, usageError{fmt.Errorf("--since %q: give a duration such as 24h or 7d, or a date such as 2026-11-24", flag)}
	}
	return now.Add(-d), nil
}
