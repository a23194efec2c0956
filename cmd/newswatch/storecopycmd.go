package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/spf13/cobra"

	"newswatch/cmd/newswatch/daemon"
	"newswatch/monitor/store"
)

func storeCopy(a *app) *cobra.Command {
	return &cobra.Command{Use: "copy FROM TO", Short: "Move the store from a file to a database, or back; daemons must be stopped",
		Long: `Copy every row of one store into another, which must be empty, read them there
again and compare. Each is a file, or the postgres:// address of a database; a
password comes from PGPASSWORD or ~/.pgpass rather than the command line. FROM
is then marked as moved and refused from now on.`,
		Example: "  newswatch store copy /var/lib/newswatch/newswatch.db postgres://newswatch@db1/newswatch",
		Args:    cobra.ExactArgs(2),
		RunE:    func(c *cobra.Command, args []string) error { return copyStore(c.Context(), a, args[0], args[1]) }}
}

// copied is the outcome of store copy.
type copied struct {
	From string         `json:"from"`
	To   string         `json:"to"`
	Rows map[string]int `json:"rows"`
}

func copyStore(ctx context.Context, a *app, from, to string) (err error) {
	source, err := daemon.OpenMover(ctx, from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	target, err := daemon.OpenMover(ctx, to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	out := copied{From: withoutLogin(from), To: withoutLogin(to), Rows: map[string]int{}}
	sum, err := store.Copy(source, target, func(rows int) { fmt.Fprintf(a.err, "%d rows\n", rows) })
	if err != nil {
		return fmt.Errorf("copy to %s: %w", out.To, err)
	}
	if err := source.Moved(out.To); err != nil {
		return fmt.Errorf("copied, but %s could not be marked as moved: %w", out.From, err)
	}
	total := 0
	for _, table := range store.Tables {
		out.Rows[table] = sum[table].Rows
		total += sum[table].Rows
	}
	if a.json {
		return a.printJSON(out)
	}
	_, err = fmt.Fprintf(a.out, "%d rows copied and compared; name %s in the configuration now\n", total, out.To)
	return err
}

// withoutLogin is a place without a password in it.
func withoutLogin(place string) string {
	u, err := url.Parse(place)
	if err != nil || u.Host == "" && u.User == nil {
		return place
	}
	q := u.Query()
	q.Del("password")
	u.RawQuery = q.Encode()
	return u.Redacted()
}
