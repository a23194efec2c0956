package notify

import (
	"context"
	"errors"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
)

// A Secret is a credential that cannot print itself.
type Secret = feeds.Secret

// A Notifier is one way to one destination.
type Notifier interface {
	// Notify makes one attempt, bounded by ctx. It returns a receipt once the
	// far end has accepted the notice. An error is final for this notice
	// unless it says otherwise: see Retry, Unknown and Down. parent is the
	// receipt of the alert that a reply or edit belongs to, zero if there is
	// none.
	Notify(ctx context.Context, n monitor.Notice, parent monitor.Receipt) (monitor.Receipt, error)
}

// A Prober is a Notifier whose far end can be asked whether a notice arrived.
type Prober interface {
	// Probe looks for the notice since its last attempt began. It returns
	// ErrCannotProbe where the far end will not say, and an error marked by
	// Unknown where it was asked and gave no answer that can be used.
	Probe(ctx context.Context, n monitor.Notice) (r monitor.Receipt, found bool, err error)
}

// ErrCannotProbe means that nobody can tell whether a notice arrived.
var ErrCannotProbe = errors.New("the destination cannot be asked")

// ErrCannotEdit is what Notify returns for an edit where the far end turns out
// not to change messages. What the edit says is not lost: the digest says it.
var ErrCannotEdit = errors.New("the destination cannot change a message")

// Capabilities say what a destination can do beyond taking a message.
type Capabilities struct {
	Timeout   time.Duration // of one attempt; 0 is 2m
	Edits     bool          // an EditKind notice changes the parent; otherwise edits are folded unsent
	Parallel  int           // attempts at a time; 0 is 1
	PerSecond float64       // attempts a second, 0 for no bound
	Bulk      bool          // a program reads it: a flood is not folded
	Lists     int           // stories that one card can show, 0 for as many as a card holds
}

// Capable is a Notifier that can do more than the zero Capabilities.
type Capable interface{ Capabilities() Capabilities }

// An Outbox is the notices on disk. Its implementations are safe for
// concurrent use; every method is one durable transaction or a read.
type Outbox interface {
	// Due lists up to max notices of dest that are Pending or Unknown and due
	// by now, in order of due time, then of creation. A notice with a Parent
	// is left out while the parent is itself Pending, Inflight or Unknown.
	Due(dest string, now time.Time, max int) ([]monitor.Notice, error)
	// Inflight lists the notices of dest that are Inflight: right after start,
	// those whose attempt was cut off by the end of the last run.
	Inflight(dest string) ([]monitor.Notice, error)
	// Next returns the earliest due time of dest, zero if nothing waits.
	Next(dest string) (time.Time, error)
	// Notice returns one row.
	Notice(dest, key string) (n monitor.Notice, ok bool, err error)
	// Update writes all rows or none. A row with Rev 0 is new and is ignored
	// if its key exists; for any other, Rev must be the stored row's, or
	// monitor.ErrStale is returned and nothing is written. The stored Rev is one
	// more, and Update sets it in ns.
	Update(ns []monitor.Notice) error
	// Breaker returns and SetBreaker stores what was learned about a destination.
	Breaker(dest string) (monitor.Breaker, error)
	SetBreaker(dest string, g monitor.Breaker) error
}
