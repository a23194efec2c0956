package pg

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// A Daemon is one process that uses the database.
type Daemon struct {
	Name    string
	Seen    time.Time // when it was heard of last, by the database's clock
	Now     time.Time // by the same clock
	Leads   bool
	Slots   int    // exchanges it makes for the leader at a time
	Version string // of the program
	Config  string // fingerprint of its configuration
}

// forgetDaemon is after what time a daemon that is not heard of is forgotten.
const forgetDaemon = 10 * time.Minute

// Announce says that this daemon is there. It is to be called every few
// seconds.
func (db *DB) Announce(ctx context.Context, d Daemon) error {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	b := &pgx.Batch{}
	b.Queue(`INSERT INTO daemon (name, seen, slots, version, config) VALUES ($1, now(), $2, $3, $4)
		ON CONFLICT (name) DO UPDATE SET seen=now(), slots=$2, version=$3, config=$4`, db.name, d.Slots, d.Version, d.Config)
	b.Queue(`DELETE FROM daemon WHERE seen < now() - $1::interval`, forgetDaemon)
	return db.explain(db.pool.SendBatch(ctx, b).Close())
}

// Depart says that this daemon goes.
func (db *DB) Depart(ctx context.Context) error {
	_, err := db.pool.Exec(ctx, `DELETE FROM daemon WHERE name=$1`, db.name)
	return db.explain(err)
}

// Daemons lists the daemons by name.
func (db *DB) Daemons(ctx context.Context) ([]Daemon, error) {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	rows, err := db.pool.Query(ctx, `SELECT d.name, d.seen, now(), l.name IS NOT NULL, d.slots, d.version, d.config
		FROM daemon d LEFT JOIN (SELECT holder AS name FROM lead WHERE until > now()) l USING (name) ORDER BY d.name`)
	if err != nil {
		return nil, db.explain(err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Daemon])
	return out, db.explain(err)
}

// What one process asks of the leader, and the answer, are opaque here.
const (
	answerLook = 200 * time.Millisecond // between two looks for an answer
	requestAge = time.Minute            // after which nobody waits for one any more
)

// ErrUnanswered means that no leader has answered in time. It may still do what
// was asked.
var ErrUnanswered = errors.New("no leader has answered: newswatch status shows the daemons")

// Ask has the leader answer a request, and waits for that until ctx ends.
func (db *DB) Ask(ctx context.Context, request []byte) (answer []byte, err error) {
	id := rand.Text()
	if _, err := db.pool.Exec(ctx, `INSERT INTO request (id, body) VALUES ($1, $2)`, id, request); err != nil {
		return nil, db.explain(err)
	}
	for {
		select {
		case <-ctx.Done():
			return nil, ErrUnanswered
		case <-time.After(answerLook):
		}
		err := db.pool.QueryRow(ctx, `SELECT answer FROM request WHERE id=$1 AND done IS NOT NULL`, id).Scan(&answer)
		switch {
		case err == nil:
			return answer, nil
		case ctx.Err() != nil:
			return nil, ErrUnanswered
		case !errors.Is(err, pgx.ErrNoRows):
			return nil, db.explain(err)
		}
	}
}

// Answer does what others ask, oldest first, and stores each answer. What was done
// by a leader that ended before it could say so is done again.
func (s *Store) Answer(do func(request []byte) (answer []byte)) error {
	type request struct {
		id   string
		body []byte
	}
	var open []request
	err := s.read(func(rows pgx.Rows) error {
		var r request
		err := rows.Scan(&r.id, &r.body)
		open = append(open, r)
		return err
	}, `SELECT id, body FROM request WHERE done IS NULL AND asked > now() - $1::interval ORDER BY asked LIMIT 100`, requestAge)
	if err != nil {
		return err
	}
	for _, r := range open {
		w := s.batch()
		w.Queue(`UPDATE request SET done=now(), answer=$2 WHERE id=$1`, r.id, do(r.body))
		w.Queue(`DELETE FROM request WHERE asked < now() - $1::interval`, 10*requestAge)
		if err := s.lead(w); err != nil {
			return fmt.Errorf("request %s: %w", r.id, err)
		}
	}
	return nil
}
