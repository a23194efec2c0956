package feeds

import (
	"time"
)

// A Fault says what kind of trouble an exchange met.
type Fault string

// The faults. A Fault decides the feed's health, never whether it is polled
// again, save for Gone.
const (
	Network     Fault = "network"     // no answer: DNS, connection, TLS, time-out
	Refused     Fault = "refused"     // an address that fetch.allow does not permit, or a redirect to no http(s) address
	Blocked     Fault = "blocked"     // 401, 403, 451 or a challenge page
	Throttled   Fault = "throttled"   // 429, or 503 with Retry-After
	Gone        Fault = "gone"        // 410
	Status      Fault = "status"      // any other status that is neither 200 nor 304
	NotAFeed    Fault = "not a feed"  // HTML, empty, JSON of another kind
	Unparseable Fault = "unparseable" // a feed that even repair could not read
	TooLarge    Fault = "too large"   // more bytes, depth or elements than allowed
	Silent      Fault = "silent"      // nothing was pushed for longer than Source.Expect
	Quarantined Fault = "quarantined" // reading it seems to have ended this program, more than once; see fetch.CrashGuard
)

// A FetchError is trouble with one exchange. Its text names host and path of
// the address but neither query nor credentials, and offers a remedy where
// there is one.
type FetchError struct {
	Fault      Fault
	StatusCode int           // 0 if no response came
	RetryAfter time.Duration // 0 if the server did not say; clamped to a day
	Timeout    bool          // no complete answer came within the time that it had
	Err        error
}

// Error returns the cause alone; callers name the feed.
func (e *FetchError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *FetchError) Unwrap() error { return e.Err }
