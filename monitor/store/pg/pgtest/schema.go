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

var (
	schemas atomic.Int64
	emptied = make(chan string, 100) // schemas that tests have left, without rows
)

// sqlEmpty takes all rows out of a schema, and ends its leader's term. Making the
// tables anew would take a hundred times as long.
const sqlEmpty = `DO $$ DECLARE t text; BEGIN
	FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename NOT IN ('meta', 'lead') LOOP
		EXECUTE format('DELETE FROM %I', t);
	END LOOP;
	UPDATE meta SET moved='';
	UPDATE lead SET until='-infinity', holder='';
END $$`

// URL returns the address of a schema without rows, which is free again when the
// test ends. Without a PostgreSQL the test is skipped. Commits do not wait for the
// disk.
func URL(t testing.TB) string {
	t.Helper()
	s, err := Shared()
	if errors.Is(err, ErrNone) {
		t.Skip("not run: " + err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	name := ""
	select {
	case name = <-emptied:
	default:
		name = fmt.Sprintf("test_%d_%d_%d", os.Getpid(), time.Now().UnixMilli(), schemas.Add(1))
		if err := run(s.URL, "CREATE SCHEMA "+name); err != nil {
			t.Fatal(err)
		}
	}
	address := With(s.URL, "search_path", name, "synchronous_commit", "off")
	t.Cleanup(func() {
		if s.Dir == "" { // not ours: nothing stays there
			if err := run(s.URL, "SET client_min_messages=error; DROP SCHEMA "+name+" CASCADE"); err != nil {
				t.Error(err)
			}
			return
		}
		if run(address, sqlEmpty) == nil { // else the test has left no tables, or somebody in them
			select {
			case emptied <- name:
			default:
			}
		}
	})
	return address
}

// run runs a statement.
func run(address, sql string) error {
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql)
	return errors.Join(err, conn.Close(ctx))
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
