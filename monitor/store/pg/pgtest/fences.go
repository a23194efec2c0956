package pgtest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// sqlWatch has triggers note, with every statement that changes what only a leader
// may write, the fence in force and whether its holder wrote it. A write holds its
// fence until it is committed, so the notes are in the order of the terms.
const sqlWatch = `
CREATE TABLE fence_note (n bigserial PRIMARY KEY, fence bigint NOT NULL, own boolean NOT NULL);
CREATE FUNCTION note_fence() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	INSERT INTO fence_note (fence, own) SELECT fence, current_setting('application_name') = 'newswatch/' || holder FROM lead;
	RETURN NULL;
END $$;
DO $$ DECLARE t text; BEGIN
	FOREACH t IN ARRAY ARRAY['feed', 'known', 'poll', 'item', 'address', 'story', 'gap', 'day', 'slot', 'silence'] LOOP
		EXECUTE format('CREATE TRIGGER note_fence AFTER INSERT OR UPDATE OR DELETE ON %I EXECUTE FUNCTION note_fence()', t);
	END LOOP;
END $$`

const sqlWatched = `SELECT count(*), count(DISTINCT fence), count(*) FILTER (WHERE NOT own), count(*) FILTER (WHERE fence < before)
	FROM (SELECT fence, own, lag(fence) OVER (ORDER BY n) AS before FROM fence_note) n`

// Fences are what was written to a database while it was watched.
type Fences struct {
	Statements, Terms int
	Foreign           int // statements of others than the leader
	Fallen            int // statements under a lower fence than one before
}

// WatchFences watches the tables of a store, until the function it returns is
// called.
func WatchFences(t testing.TB, address string) func() Fences {
	t.Helper()
	if err := run(address, sqlWatch); err != nil {
		t.Fatal(err)
	}
	return func() (f Fences) {
		t.Helper()
		ctx, stop := context.WithTimeout(context.Background(), time.Minute)
		defer stop()
		conn, err := pgx.Connect(ctx, address)
		if err == nil {
			err = conn.QueryRow(ctx, sqlWatched).Scan(&f.Statements, &f.Terms, &f.Foreign, &f.Fallen)
			err = errors.Join(err, conn.Close(ctx), run(address, "DROP FUNCTION note_fence CASCADE; DROP TABLE fence_note"))
		}
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
}
