package pg

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"newswatch/monitor/store"
)

// A Store is the database as the leader of a term sees it, or as anybody does
// who only reads. It is safe for concurrent use.
type Store struct{ *session }

// A session is what keeps the rows, whatever they mean: the database under a
// term, and its maintenance.
type session struct {
	*DB
	term *term // nil to read
	size sizeCache
	runs runs
}

var (
	_ store.Store      = (*Store)(nil)
	_ store.Maintainer = (*Store)(nil)
)

// Reader returns a store without a term: all it may write is rows of the outbox
// that nobody has changed meanwhile.
func (db *DB) Reader() *Store { return &Store{&session{DB: db}} }

// batch begins a write: with the fence, so that none of it counts once another
// leads.
func (s *session) batch() *pgx.Batch {
	b := &pgx.Batch{}
	if s.term != nil {
		b.Queue(sqlFence, s.term.fence, s.term.server)
	}
	return b
}

// send makes a write, whole or not at all. The first error that leaves open
// which ends the term.
func (s *session) send(b *pgx.Batch) error {
	if err := s.Ended(); err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	err := s.pool.SendBatch(ctx, b).Close()
	if err == nil || s.term == nil {
		return s.explain(err)
	}
	if hasCode(err, codeFence) {
		s.term.end(errOver)
		return s.Ended()
	}
	if !certain(err) {
		s.term.end(fmt.Errorf("%w: a write ended without an answer: %w", ErrTermOver, s.explain(err)))
		return s.Ended()
	}
	return s.explain(err)
}

// lead is send for what only a leader may write.
func (s *session) lead(b *pgx.Batch) error {
	if s.term == nil {
		return ErrNoTerm
	}
	return s.send(b)
}

// read calls fn with the rows of a query, one by one.
func (s *session) read(fn func(pgx.Rows) error, sql string, args ...any) error {
	if err := s.Ended(); err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return s.explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return err
		}
	}
	return s.explain(rows.Err())
}

// decode reads the JSON of a row.
func decode(table string, key any, body []byte, v any) error {
	if err := store.DecodeJSON(body, v); err != nil {
		return damaged(table, key, err)
	}
	return nil
}

func damaged(table string, key any, cause error) error {
	return &store.RowError{Table: table, Key: fmt.Append(nil, key), Cause: cause}
}
