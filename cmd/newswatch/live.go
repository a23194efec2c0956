package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"newswatch/cmd/newswatch/config"
	"newswatch/cmd/newswatch/daemon"
	"newswatch/monitor/api"
	"newswatch/monitor/trial"
)

// ask has a client asked: of the daemon, or of this process if none runs on the
// configured store. See daemon.Ask.
func (a *app) ask(ask func(*api.Client) error) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	return daemon.Ask(cfg, version(), ask)
}

// call makes one request and prints the answer, see answer.
func (a *app) call(ctx context.Context, method, path string, body any, show func(json.RawMessage) error) error {
	return a.ask(func(c *api.Client) error { return c.Each(ctx, method, path, body, a.answer(show)) })
}

// callFirst is call for the first so many elements of a list, 0 for 1000: the
// server gives 10000 at a time.
func (a *app) callFirst(ctx context.Context, n int, path string, q url.Values, show func(json.RawMessage) error) error {
	n = cmp.Or(n, 1000)
	q.Set("limit", strconv.Itoa(min(n, 10_000)))
	enough := errors.New("enough")
	take := a.answer(show)
	err := a.ask(func(c *api.Client) error {
		return c.Each(ctx, "GET", path+"?"+q.Encode(), nil, func(v json.RawMessage) error {
			if n--; n == 0 {
				return cmp.Or(take(v), enough)
			}
			return take(v)
		})
	})
	if errors.Is(err, enough) {
		return nil
	}
	return err
}

// tabulate makes a GET and has put write each element of the answer to a sheet.
func tabulate(ctx context.Context, a *app, path string, sheet *api.Sheet, put func(json.RawMessage) error) error {
	err := a.ask(func(c *api.Client) error { return c.Each(ctx, "GET", path, nil, put) })
	if err != nil {
		return err
	}
	return sheet.Flush()
}

// answer returns what takes the elements of an answer: with --json they go out
// as they are, otherwise to show.
func (a *app) answer(show func(json.RawMessage) error) func(json.RawMessage) error {
	if !a.json {
		return show
	}
	return func(v json.RawMessage) error {
		_, err := a.out.Write(append(v, '\n'))
		return err
	}
}

// decoded returns a function that decodes each element and passes it on.
func decoded[T any](take func(T) error) func(json.RawMessage) error {
	return func(raw json.RawMessage) error {
		var v T
		if err := json.Unmarshal(raw, &v); err != nil {
			return err
		}
		return take(v)
	}
}

// draw shows the place of a mistake in a query, if that is why it was refused.
func draw(query string, err error) error {
	if no, ok := errors.AsType[*api.Error](err); ok && no.Problem != nil {
		return usageError{errors.New(trial.Draw(query, *no.Problem))}
	}
	return err
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
