package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

var schemas atomic.Int64

// URL returns the address of an empty schema, which goes when the test ends.
// Without a PostgreSQL the test is skipped. Commits do not wait for the disk.
func URL(t testing.TB) string {
	t.Helper()
	s, err := Shared()
	if errors.Is(err, ErrNone) {
		t.Skip("not run: " + err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("test_%d_%d_%d", os.Getpid(), time.Now().UnixMilli(), schemas.Add(1))
	run := func(sql string) {
		ctx, stop := context.WithTimeout(context.Background(), time.Minute)
		defer stop()
		conn, err := pgx.Connect(ctx, s.URL)
		if err == nil {
			_, err = conn.Exec(ctx, sql)
			err = errors.Join(err, conn.Close(ctx))
		}
		if err != nil {
			t.Error(err)
		}
	}
	run("CREATE SCHEMA " + name)
	if s.Dir == "" { // one of our own goes with all it holds
		t.Cleanup(func() { run("SET client_min_messages=error; DROP SCHEMA " + name + " CASCADE") })
	}
	return With(s.URL, "search_path", name, "synchronous_commit", "off")
}

// With returns an address with more parameters.
func With(address string, pairs ...string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	q := u.Query()
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	u.RawQuery = q.Encode()
	return u.String()
}
