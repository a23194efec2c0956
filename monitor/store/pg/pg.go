// Package pg is the store of several machines: the monitor's state and the
// outbox in a PostgreSQL database. It is the only package that imports pgx.
//
// One daemon leads, for a term; see Lead. Every write is one pipeline with one
// Sync, that is one implicit transaction in one round trip, and begins with the
// fence of its term: a write of a term that is over is refused by the database.
// There are no transactions of several round trips: a client that is stopped
// amid one would hold its locks.
package pg

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"newswatch/monitor/store"
)

// patience is how long a statement may take, seen from here.
const patience = 30 * time.Second

// sessions is how many connections a daemon uses at most, besides the one for
// its lease.
const sessions = 8

// A DB is a connection to the database of a store. It is safe for concurrent
// use.
type DB struct {
	name  string // of this process, among all that use the database
	where string // host and database, for people
	ttl   time.Duration
	pool  *pgxpool.Pool
	lease *pgxpool.Pool // one connection, for what must not wait for others
}

// Options are what Open is told besides the address.
type Options struct {
	Name string        // of this process, unlike any other's; "" is that of a command, which never leads
	TTL  time.Duration // how long a leader that is not heard of leads on; 0 is 15 s
}

// Open connects to the database at a postgres:// address. The error says in one
// line what is wrong, and does not hold the password.
func Open(ctx context.Context, address string, o Options) (*DB, error) {
	cfg, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("store.url: %w", err)
	}
	c := cfg.ConnConfig
	db := &DB{name: o.Name, where: fmt.Sprintf("%s/%s", server(c.Host, c.Port), c.Database), ttl: cmp.Or(o.TTL, 15*time.Second)}
	c.ConnectTimeout = cmp.Or(c.ConnectTimeout, 5*time.Second)
	for param, v := range map[string]string{
		"application_name": appName(cmp.Or(o.Name, "command")), "statement_timeout": "30s", "lock_timeout": "10s",
		"idle_in_transaction_session_timeout": "10s",
		"tcp_keepalives_idle":                 "5", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3", "tcp_user_timeout": "20s",
	} {
		c.RuntimeParams[param] = cmp.Or(c.RuntimeParams[param], v)
	}
	c.RuntimeParams["application_name"] = appName(cmp.Or(o.Name, "command"))
	cfg.MaxConns, cfg.AfterConnect = sessions, useBodyArrays
	one := cfg.Copy()
	one.MaxConns = 1
	one.ShouldPing = func(context.Context, pgxpool.ShouldPingParams) bool { return true } // whoever takes over ends it
	if db.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return nil, db.explain(err)
	}
	if db.lease, err = pgxpool.NewWithConfig(ctx, one); err != nil {
		db.pool.Close()
		return nil, db.explain(err)
	}
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	if err := db.pool.Ping(ctx); err != nil {
		db.Close()
		return nil, db.explain(err)
	}
	return db, nil
}

// server names a server for people, without the port that is usual.
func server(host string, port uint16) string {
	if port == 5432 {
		return host
	}
	return net.JoinHostPort(host, strconv.Itoa(int(port)))
}

// appName is what a daemon's sessions are known by in the database.
func appName(daemon string) string { return "newswatch/" + daemon }

// Close ends all sessions.
func (db *DB) Close() {
	db.pool.Close()
	db.lease.Close()
}

// Name returns the name of this process.
func (db *DB) Name() string { return db.name }

// Where returns host and database, without credentials.
func (db *DB) Where() string { return db.where }

//go:embed schema.sql
var schema string

// version is that of schema.sql.
const version = 2

// migrations[i] takes a database from version i+1 to i+2. Append; never edit.
var migrations = []string{
	`CREATE TABLE words (last bigint PRIMARY KEY, stale boolean NOT NULL, filter bytea NOT NULL)`,
}

// Prepare makes the tables of a database that has none. Several may call it at
// once.
func (db *DB) Prepare(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	// One simple query of several statements is one transaction.
	_, err := db.lease.Exec(ctx, `SELECT pg_advisory_xact_lock(778829319); DO $make$ BEGIN
		IF to_regclass('meta') IS NULL THEN `+schema+` END IF; END $make$`, pgx.QueryExecModeSimpleProtocol)
	return db.explain(err)
}

// ErrNewer means that a later version of newswatch wrote the database.
var ErrNewer = errors.New("install that one here too")

// Usable refuses a database that this program cannot use: one without tables, one
// that was copied elsewhere, one of a later version.
func (db *DB) Usable(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	_, err := db.usable(ctx)
	return err
}

func (db *DB) usable(ctx context.Context) (have int, err error) {
	var moved string
	switch err = db.lease.QueryRow(ctx, `SELECT version, moved FROM meta`).Scan(&have, &moved); {
	case err != nil:
		return 0, db.explain(err)
	case moved != "":
		return 0, &store.MovedError{From: db.where, To: moved}
	case have > version:
		return 0, fmt.Errorf("the database %s was written by a newer newswatch (version %d, this one knows %d): %w", db.where, have, version, ErrNewer)
	}
	return have, nil
}

// migrate brings the tables to this program's version in one transaction.
func (s *session) migrate(have int) error {
	if have == version {
		return nil
	}
	b := s.batch()
	for _, step := range migrations[have-1:] {
		b.Queue(step)
	}
	b.Queue(`UPDATE meta SET version=$1`, version)
	if err := s.send(b); err != nil {
		return fmt.Errorf("migration of the tables from version %d to %d: %w", have, version, err)
	}
	return nil
}
