package notify

import (
	"context"
	"errors"
	"net"
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
	retryKind    failureKind = iota // definitely not delivered; worth another attempt
	unknownKind                     // perhaps delivered: no answer came
	doubtfulKind                    // hardly delivered: the answer says no, and is not quite to be trusted, or there is none at all
	downKind                        // definitely not delivered, and neither would any other be
)

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// Retry marks err as passing: the notice was certainly not delivered and is
// tried again, after the given pause if that is longer than the usual one. A
// pause above 0 is one that the far end asked for, so the whole destination
// keeps it.
func Retry(err error, after time.Duration) error { return &failure{err, retryKind, after} }

// Unknown marks err as the loss of an answer: the request went out, and nobody
// here knows whether it was carried out.
func Unknown(err error) error { return &failure{err, unknownKind, 0} }

// Unanswered marks err as the end, by cause, of an exchange whose request was
// sent whole. A connection that closes without a byte of answer is the sign of
// an outage, and the notice waits for its end: as Doubtful. Where an answer had
// begun, or the time to wait for one was over, as Unknown.
func Unanswered(err, cause error, answered bool) error {
	timeout, ok := errors.AsType[net.Error](cause)
	if answered || ok && timeout.Timeout() || errors.Is(cause, context.Canceled) {
		return Unknown(err)
	}
	return Doubtful(err)
}

// Doubtful marks err as an answer that says no and may be wrong, such as a
// server's internal error: the far end is asked where it can be, as after
// Unknown, but where it cannot the notice is tried again for as long as after
// Retry. An outage must not cost a notice because somebody once answered 500
// to what had been done.
func Doubtful(err error) error { return &failure{err, doubtfulKind, 0} }

// Down marks err as a fault of the destination itself, such as a revoked
// token or an archived channel: the notice was certainly not delivered, but it
// is not to blame. The destination is paused, for at least the given time, and
// operations is told.
func Down(err error, after time.Duration) error { return &failure{err, downKind, after} }

// RetryAfter reports whether err was made by Retry, and the pause it asks for.
func RetryAfter(err error) (time.Duration, bool) {
	f, ok := errors.AsType[*failure](err)
	if !ok || f.kind != retryKind {
		return 0, false
	}
	return f.after, true
}

// IsUnknown reports whether err was made by Unknown or Doubtful: the notice may
// have been delivered.
func IsUnknown(err error) bool {
	f, ok := errors.AsType[*failure](err)
	return ok && f.kind == unknownKind || IsDoubtful(err)
}

// IsDoubtful reports whether err was made by Doubtful.
func IsDoubtful(err error) bool {
	f, ok := errors.AsType[*failure](err)
	return ok && f.kind == doubtfulKind
}

// IsDown reports whether err was made by Down, and the pause it asks for.
func IsDown(err error) (time.Duration, bool) {
	f, ok := errors.AsType[*failure](err)
	if !ok || f.kind != downKind {
		return 0, false
	}
	return f.after, true
}
