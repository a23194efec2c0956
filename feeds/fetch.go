package feeds

import (
	"context"
	"time"
)

// State is what one exchange with a feed leaves for the next. It is committed
// together with the items of the exchange that produced it, so that a crash
// can never turn into a 304 that hides an item. The zero value is a feed never
// fetched.
type State struct {
	Of           uint64    `json:"of,omitempty"`            // hash of the configured address that all below belongs to
	ETag         string    `json:"etag,omitempty"`          // byte for byte
	LastModified string    `json:"last_modified,omitempty"` // byte for byte
	Raw          uint64    `json:"raw,omitempty"`           // hash of the body as received
	Body         uint64    `json:"body,omitempty"`          // hash of the body after decompression
	Full         time.Time `json:"full,omitzero"`           // last request without validators
	Distrust     bool      `json:"distrust,omitempty"`      // its 304s were caught hiding items
	Undated      bool      `json:"undated,omitempty"`       // its Last-Modified was caught standing still
	Moved        string    `json:"moved,omitempty"`         // target of a permanent redirect, followed at once once Settled
	MovedSince   time.Time `json:"moved_since,omitzero"`
	MovedPolls   int       `json:"moved_polls,omitempty"`
	Settled      bool      `json:"settled,omitempty"`
	Hub          string    `json:"hub,omitempty"`
	Self         string    `json:"self,omitempty"`
	NotBefore    time.Time `json:"not_before,omitzero"` // the server asked for silence until then
	Quiet        string    `json:"quiet,omitempty"`     // the host that did, if it is not the one asked first
	Wait         int64     `json:"wait,omitempty"`      // seconds between polls the publisher asks for (ttl, max-age), capped
	TTL          int64     `json:"ttl,omitempty"`       // the document's part of Wait, which outlives polls without a document
	SkipHours    []int     `json:"skip_hours,omitempty"`
	SkipDays     []int     `json:"skip_days,omitempty"`
}

// A Result is what one exchange yielded. State is valid beside an error too.
type Result struct {
	State     State
	Unchanged bool     // 304, or a body equal by hash: there is no Document
	Document  Document // when not Unchanged
	Bytes     int64    // received over the wire
	Status    int      // of the last response, 0 if there was none
	Final     string   // address of the last response
}

// A Fetcher yields the items of feeds. Client is the one for HTTP.
type Fetcher interface {
	// Begin asks to start a request to the feed's host now. If it may not,
	// release is nil and wait says when to ask again. Otherwise release must
	// be called once the exchange has ended. Begin never blocks.
	Begin(f Feed, st State, now time.Time) (release func(), wait time.Duration)
	// Fetch makes one exchange. It never takes longer than Settings.Timeout
	// and returns a *FetchError for everything that went wrong outside.
	Fetch(ctx context.Context, f Feed, st State, known func(span uint64) bool) (Result, error)
}

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
	Quarantined Fault = "quarantined" // reading it seems to have ended this program, more than once; see Witness
)

// A FetchError is trouble with one exchange. Its text names host and path of
// the address but neither query nor credentials, and offers a remedy where
// there is one.
type FetchError struct {
	Fault      Fault
	StatusCode int           // 0 if no response came
	RetryAfter time.Duration // 0 if the server did not say; clamped to a day
	Err        error
}

// Error returns the cause alone; callers name the feed.
func (e *FetchError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *FetchError) Unwrap() error { return e.Err }
