package notify

import (
	"errors"
	"time"
)

// A failure is what an attempt ran into, marked with what to do about it. An
// error without the mark is the far end's last word on the notice.
type failure struct {
	err   error
	kind  failureKind
	after time.Duration
}

type failureKind uint8

const (
	passing failureKind = iota // definitely not delivered; worth another attempt
	unclear                    // perhaps delivered: no answer came
	doubted                    // hardly delivered: the answer says no, and is not quite to be trusted
	broken                     // definitely not delivered, and neither would any other be
)

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// Retry marks err as passing: the notice was certainly not delivered and is
// tried again, after the given pause if that is longer than the usual one. A
// pause above 0 is one that the far end asked for, so the whole destination
// keeps it.
func Retry(err error, after time.Duration) error { return &failure{err, passing, after} }

// Unclear marks err as the loss of an answer: the request went out, and nobody
// here knows whether it was carried out.
func Unclear(err error) error { return &failure{err, unclear, 0} }

// Doubted marks err as an answer that says no and may be wrong, such as a
// server's internal error: the far end is asked where it can be, as after
// Unclear, but where it cannot the notice is tried again for as long as after
// Retry. An outage must not cost a notice because somebody once answered 500
// to what had been done.
func Doubted(err error) error { return &failure{err, doubted, 0} }

// Broken marks err as a fault of the destination itself, such as a revoked
// token or an archived channel: the notice was certainly not delivered, but it
// is not to blame. The destination is paused, for at least the given time, and
// operations is told.
func Broken(err error, after time.Duration) error { return &failure{err, broken, after} }

// RetryAfter reports whether err was made by Retry, and the pause it asks for.
func RetryAfter(err error) (time.Duration, bool) {
	f, ok := errors.AsType[*failure](err)
	if !ok || f.kind != passing {
		return 0, false
	}
	return f.after, true
}

// IsUnclear reports whether err was made by Unclear or Doubted: the notice may
// have been delivered.
func IsUnclear(err error) bool {
	f, ok := errors.AsType[*failure](err)
	return ok && f.kind == unclear || IsDoubted(err)
}

// IsDoubted reports whether err was made by Doubted.
func IsDoubted(err error) bool {
	f, ok := errors.AsType[*failure](err)
	return ok && f.kind == doubted
}

// IsBroken reports whether err was made by Broken, and the pause it asks for.
func IsBroken(err error) (time.Duration, bool) {
	f, ok := errors.AsType[*failure](err)
	if !ok || f.kind != broken {
		return 0, false
	}
	return f.after, true
}
