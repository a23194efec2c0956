package pg

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrTermOver is the answer of a store whose term has ended: another daemon may
// lead, or a write ended without an answer, so that nobody knows yet whether it
// was made. What was decided under it is forgotten.
var ErrTermOver = errors.New("this daemon's term as leader is over")

// ErrNoTerm is the answer of a store that was opened to read.
var ErrNoTerm = errors.New("only the leader writes")

// A term is the time in which one daemon leads, with one run of the server: one
// that was started again, or a standby in its place, may have forgotten what it
// said to have written, which the daemon still has in mind.
type term struct {
	fence  int64
	server time.Time       // when the server was started
	ctx    context.Context // ends with the term
	end    context.CancelCauseFunc
	done   sync.WaitGroup // renewal
}

// errOver is why a term ended whose fence is no longer in force.
var errOver = fmt.Errorf("%w: another daemon has taken over, or the server of the database was started anew", ErrTermOver)

// What one daemon may take from another: a lease that has run out, or its own,
// whose fence it raises. The sessions of the former term end first. One whose
// process was stopped amid a write would otherwise hold its locks for as long.
const (
	sqlDepose = `SELECT pg_terminate_backend(a.pid) FROM lead l JOIN pg_stat_activity a ON a.application_name = $2 || l.holder
		AND a.datname = current_database() AND a.pid <> pg_backend_pid() WHERE l.until < now() AND l.holder <> '' OR l.holder = $1`
	sqlTake   = `UPDATE lead SET fence=fence+1, holder=$1, until=now()+$2 WHERE until < now() OR holder=$1 RETURNING fence, pg_postmaster_start_time()`
	sqlRenew  = `UPDATE lead SET until=now()+$3 WHERE fence=$1 AND pg_postmaster_start_time()=$2`
	sqlLeave  = `UPDATE lead SET until='-infinity' WHERE fence=$1`
	sqlFence  = `SELECT 1/(SELECT count(*) FROM (SELECT 1 FROM lead WHERE fence=$1 AND pg_postmaster_start_time()=$2 FOR KEY SHARE) l)`
	sqlMoment = `SELECT extract(epoch FROM clock_timestamp())::float8`
)

// farClock is by how much the clocks of a leader and the database may differ.
const farClock = time.Minute

// Lead begins a term if nobody else leads, and returns nil if somebody does. A
// daemon whose term has just ended begins the next one so: after it, what the
// former term has written can be seen, and nothing more comes of it. The store
// ends the term with Close.
func (db *DB) Lead(ctx context.Context) (*Store, error) {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	have, err := db.usable(ctx)
	if err != nil {
		return nil, err
	}
	if err := db.compareClocks(ctx); err != nil {
		return nil, err
	}
	t := &term{}
	b := &pgx.Batch{}
	b.Queue(sqlDepose, db.name, appName(""))
	b.Queue(sqlTake, db.name, db.ttl).QueryRow(func(r pgx.Row) error { return r.Scan(&t.fence, &t.server) })
	sent := time.Now()
	if err := db.lease.SendBatch(ctx, b).Close(); errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	} else if err != nil {
		return nil, db.explain(err)
	}
	db.pool.Reset() // its sessions of a former term are no more
	t.ctx, t.end = context.WithCancelCause(context.Background())
	s := &Store{&session{DB: db, term: t}}
	t.done.Go(func() { db.renew(t, sent) })
	clear := s.batch() // of what the former term had handed out
	clear.Queue(`DELETE FROM job`)
	clear.Queue(`DELETE FROM result`)
	if err = s.migrate(have); err == nil {
		err = s.send(clear)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// compareClocks refuses to lead with a clock that is far from the database's:
// leases go by that one, what is judged by ours.
func (db *DB) compareClocks(ctx context.Context) error {
	var theirs float64
	before := time.Now()
	if err := db.lease.QueryRow(ctx, sqlMoment).Scan(&theirs); err != nil {
		return db.explain(err)
	}
	ours := before.Add(time.Since(before) / 2)
	if off := ours.Sub(time.UnixMicro(int64(theirs * 1e6))); off.Abs() > farClock {
		return fmt.Errorf("the clock of this machine is %v off that of database %s: set it right (NTP); until then this daemon does not lead", off.Round(time.Second), db.where)
	}
	return nil
}

// renew keeps the lease until the term ends, and ends the term a little before
// the lease may have run out. sent is when it was taken.
func (db *DB) renew(t *term, sent time.Time) {
	margin := min(time.Second, db.ttl/5)
	wait := db.ttl / 3
	for {
		select {
		case <-t.ctx.Done():
			return
		case <-time.After(wait):
		}
		now := time.Now()
		ctx, stop := context.WithDeadline(t.ctx, sent.Add(db.ttl-margin))
		tag, err := db.lease.Exec(ctx, sqlRenew, t.fence, t.server, db.ttl)
		stop()
		switch {
		case t.ctx.Err() != nil:
			return
		case err == nil && tag.RowsAffected() == 0:
			t.end(errOver)
		case err == nil:
			sent, wait = now, db.ttl/3
		case time.Since(sent) >= db.ttl-margin:
			t.end(fmt.Errorf("%w: its lease was not renewed in time: %w", ErrTermOver, db.explain(err)))
		default:
			wait = margin / 2 // soon again
		}
	}
}

// Over is closed when the term has ended; never for a store without one.
func (s *session) Over() <-chan struct{} {
	if s.term == nil {
		return nil
	}
	return s.term.ctx.Done()
}

// Ended says why the term has ended, nil while it lasts.
func (s *session) Ended() error {
	if s.term == nil {
		return nil
	}
	return context.Cause(s.term.ctx)
}

// Fence returns the number of the term, 0 for none. It grows with each.
func (s *session) Fence() int64 {
	if s.term == nil {
		return 0
	}
	return s.term.fence
}

// Close ends the term, if there is one, and lets others lead at once. The
// database stays open.
func (s *session) Close() error {
	if s.term == nil {
		return nil
	}
	over := s.Ended() != nil
	s.term.end(ErrTermOver)
	s.term.done.Wait()
	if over {
		return nil
	}
	ctx, stop := context.WithTimeout(context.Background(), s.ttl)
	defer stop()
	_, err := s.lease.Exec(ctx, sqlLeave, s.term.fence)
	return s.explain(err)
}
