package feeds

import (
	"context"
	"time"
)

// A Result is what one exchange yielded. State is valid beside an error too.
type Result struct {
	State     State
	Unchanged bool     // 304, or a body equal by hash: there is no Document
	Document  Document // when not Unchanged
	Bytes     int64    // received over the wire
	Status    int      // of the last response, 0 if there was none
	Final     string   // address of the last response
}

// Known returns the hashes of the entries that a feed's last document listed, once
// there is room for a document of size bytes.
type Known func(size int) (Hashes, error)

// A Fetcher yields the items of feeds. Client is the one for HTTP.
type Fetcher interface {
	// Begin asks to start a request to the feed's host now. If it may not,
	// release is nil and wait says when to ask again. Otherwise release must
	// be called once the exchange has ended. Begin never blocks.
	Begin(f Feed, st State, now time.Time) (release func(), wait time.Duration)
	// Fetch makes one exchange. It never takes longer than Settings.Timeout
	// and returns a *FetchError for everything that went wrong outside. Between
	// a document that has changed and reading it, known is called for the entries
	// that need not be read again; its error ends the exchange and is returned
	// as it is. nil knows none.
	Fetch(ctx context.Context, f Feed, st State, known Known) (Result, error)
}
