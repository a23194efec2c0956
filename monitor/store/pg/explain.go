package pg

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// Codes of the server's errors (PostgreSQL manual, appendix A).
const (
	codeFence    = "22012" // division by zero, by the fence
	codeStale    = "2201E" // logarithm of zero, by Update
	codeUnclear  = "40003"
	codeNoTable  = "42P01"
	codeReadOnly = "25006"
	codeDiskFull = "53100"
)

// remedies say what can be done, by code.
var remedies = map[string]string{
	"28P01":      "the password in store.url is wrong, or the user is not there",
	"28000":      "the server lets this user or machine not in: look at its pg_hba.conf",
	"3D000":      "there is no such database: create it (createdb)",
	"42501":      "the user may not do that: make it the owner of the database",
	codeReadOnly: "this server is a standby and takes no writes: name the primary in store.url, or all servers and target_session_attrs=read-write",
	"53300":      "the server has no connection left: raise max_connections, or end what holds them",
	codeDiskFull: "the disk of the server is full: free some space; nothing is lost, newswatch goes on trying",
	codeNoTable:  "the tables of newswatch are not there: start newswatch run with this configuration first",
	"08P01":      "store.url must lead to PostgreSQL itself: a pooler in transaction mode knows no sessions (or have it pass on these parameters and pool sessions)",
	"57P03":      "the server is starting or stopping",
}

// explain adds to an error what was asked and what can be done about it.
func (db *DB) explain(err error) error {
	if err == nil {
		return nil
	}
	if pe, ok := errors.AsType[*pgconn.PgError](err); ok {
		if remedy := remedies[pe.Code]; remedy != "" {
			return &dbError{fmt.Sprintf("database %s: %s (%s): %s", db.where, pe.Message, pe.Code, remedy), err}
		}
		return &dbError{fmt.Sprintf("database %s: %s (%s)", db.where, pe.Message, pe.Code), err}
	}
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return &dbError{fmt.Sprintf("database %s: no answer (%s): see whether it runs, and whether store.url names it", db.where, op), err}
	}
	if _, ok := errors.AsType[net.Error](err); ok || errors.Is(err, context.DeadlineExceeded) {
		return &dbError{fmt.Sprintf("database %s: no answer in time: see how it and the way to it are (%s)", db.where, lastLine(err)), err}
	}
	return &dbError{fmt.Sprintf("database %s: %s", db.where, lastLine(err)), err}
}

// lastLine is an error of pgx, which lists each address tried on a line of its
// own, in one.
func lastLine(err error) string {
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

// A dbError is a failure in one line.
type dbError struct {
	text  string
	cause error
}

func (e *dbError) Error() string { return e.text }
func (e *dbError) Unwrap() error { return e.cause }

// certain reports whether a failed write has certainly written nothing: the
// server itself said so.
func certain(err error) bool {
	pe, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pe.SeverityUnlocalized == "ERROR" && pe.Code != codeUnclear && !strings.HasPrefix(pe.Code, "08") && !strings.HasPrefix(pe.Code, "57P")
}

func hasCode(err error, code string) bool {
	pe, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pe.Code == code
}
