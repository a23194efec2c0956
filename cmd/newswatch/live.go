package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"newswatch/cmd/newswatch/config"
)

// live runs an errand: in the daemon if one runs on the configured store, else
// here. With --json its lines go out as they are, otherwise to show.
func (a *app) live(ctx context.Context, name string, args any, show func(line []byte) error) error {
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
	for _, path := range socketsOf(cfg) {
		if err := askDaemon(ctx, path, name, args, take); !errors.Is(err, errNoDaemon) {
			return err
		}
	}
	return a.here(ctx, cfg, name, args, take)
}

// systemSocket is where the packaged service listens.
const systemSocket = "/run/newswatch/control.sock"

// socketsOf lists where a daemon with this configuration may listen.
func socketsOf(cfg *config.Config) []string {
	paths := []string{socketPath(cfg.Store.Path)}
	if strings.HasPrefix(cfg.File, "/etc/newswatch/") {
		paths = append([]string{systemSocket}, paths...)
	}
	return paths
}

// here runs an errand in this process, on the store itself.
func (a *app) here(ctx context.Context, cfg *config.Config, name string, args any, take func([]byte) error) error {
	if _, err := os.Stat(cfg.Store.Path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("no store at %s and no daemon running: start newswatch run first, or name the configuration it runs with (--config)", cfg.Store.Path)
	}
	r, err := openRooms(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	d := &desk{store: reader{r.store, r.monitor}, monitor: r.monitor, wake: func() {}, plans: func() []plan { return plansOf(cfg) }}
	err = errands()[name](ctx, d, mustJSON(args), func(v any) error {
		line, err := json.Marshal(v)
		if err != nil {
			return err
		}
		return take(line)
	})
	return errors.Join(err, r.close())
}

// mustJSON encodes arguments, which are structs of plain fields.
func mustJSON(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
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

// decoded returns a function that decodes each line and passes it on.
func decoded[T any](take func(T) error) func([]byte) error {
	return func(line []byte) error {
		var v T
		if err := json.Unmarshal(line, &v); err != nil {
			return err
		}
		return take(v)
	}
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
