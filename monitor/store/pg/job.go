package pg

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// A Job is an exchange that the leader wants made by another daemon, or what came
// of it. Its body is opaque here. Jobs and results are lost with the server's
// memory, which costs a second exchange.
type Job struct {
	ID   int64 // of the leader's making, unlike any other's
	Body []byte
}

func jobColumns(jobs []Job) (ids []int64, bodies [][]byte) {
	for _, j := range jobs {
		ids, bodies = append(ids, j.ID), append(bodies, j.Body)
	}
	return ids, bodies
}

// Offer hands out jobs to daemons that know this version of their bodies.
func (s *session) Offer(wire int, jobs []Job) error {
	ids, bodies := jobColumns(jobs)
	w := s.batch()
	w.Queue(`INSERT INTO job SELECT id, $1, body FROM unnest($2::bigint[], $3::bytea[]) AS x(id, body)`, wire, ids, bodies)
	return s.lead(w)
}

// Collect takes in the results that have come.
func (s *session) Collect() (out []Job, err error) {
	w := s.batch()
	w.Queue(`DELETE FROM result WHERE id IN (SELECT id FROM result LIMIT 500) RETURNING id, body`).Query(func(rows pgx.Rows) error {
		out, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Job])
		return err
	})
	return out, s.lead(w)
}

// Claim takes up to most jobs to be made by this daemon: nobody else gets them.
func (db *DB) Claim(ctx context.Context, wire, most int) ([]Job, error) {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	rows, err := db.pool.Query(ctx, `DELETE FROM job WHERE id IN (SELECT id FROM job WHERE wire=$1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
		RETURNING id, body`, wire, most)
	if err != nil {
		return nil, db.explain(err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Job])
	return out, db.explain(err)
}

// Deliver hands results to the leader, whoever that is by now.
func (db *DB) Deliver(ctx context.Context, results []Job) error {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	ids, bodies := jobColumns(results)
	_, err := db.pool.Exec(ctx, `INSERT INTO result SELECT * FROM unnest($1::bigint[], $2::bytea[]) ON CONFLICT DO NOTHING`, ids, bodies)
	return db.explain(err)
}
