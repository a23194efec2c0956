package feeds

import (
	"slices"
	"time"
)

// MaxSilence bounds what a server or a publisher can ask for: more than a day
// is a mistake.
const MaxSilence = 24 * time.Hour

// NextAllowed returns the earliest time at which the feed may be polled again
// after a poll at last, by what its server and its publisher asked for:
// Retry-After, Cache-Control, ttl, skipHours and skipDays. Save for
// Retry-After it is never later than a day after last. It is a lower bound:
// when to poll is up to the schedule.
func (s State) NextAllowed(last time.Time) time.Time {
	end := last.Add(MaxSilence)
	next := last.Add(min(time.Duration(s.Wait)*time.Second, MaxSilence))
	for next.Before(end) && s.skips(next.UTC()) {
		next = next.Truncate(time.Hour).Add(time.Hour)
	}
	if s.NotBefore.After(next) {
		next = s.NotBefore
	}
	if next.After(end) {
		return end // a NotBefore later than that was written by a clock gone wrong
	}
	return next
}

// skips reports whether the publisher asked not to be polled in t's hour.
func (s State) skips(t time.Time) bool {
	return slices.Contains(s.SkipHours, t.Hour()) || slices.Contains(s.SkipDays, int(t.Weekday()))
}

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
	Distrust     bool      `json:"distrust,omitempty"`      // its 304s were caught hiding items, or conditional requests are errors to it
	Balked       int       `json:"balked,omitempty"`        // conditional requests in a row answered with an error, where the same without validators was answered well
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
	Kept         *Kept     `json:"kept,omitempty"`  // by the reader of the feed's kind
	Again        bool      `json:"again,omitempty"` // a second look is wanted soon
	Pushed       time.Time `json:"pushed,omitzero"` // of KindPush: when something was, or was first waited for
	Spent        Spent     `json:"spent,omitzero"`  // of Source.Requests
}

// Equal reports whether two states say the same, without reflection.
func (s *State) Equal(o *State) bool {
	return s.Of == o.Of && s.ETag == o.ETag && s.LastModified == o.LastModified && s.Raw == o.Raw && s.Body == o.Body &&
		s.Full.Equal(o.Full) && s.Distrust == o.Distrust && s.Balked == o.Balked && s.Undated == o.Undated &&
		s.Moved == o.Moved && s.MovedSince.Equal(o.MovedSince) && s.MovedPolls == o.MovedPolls && s.Settled == o.Settled &&
		s.Hub == o.Hub && s.Self == o.Self && s.NotBefore.Equal(o.NotBefore) && s.Quiet == o.Quiet &&
		s.Wait == o.Wait && s.TTL == o.TTL && slices.Equal(s.SkipHours, o.SkipHours) && slices.Equal(s.SkipDays, o.SkipDays) &&
		s.Kept.equal(o.Kept) && s.Again == o.Again && s.Pushed.Equal(o.Pushed) && s.Spent.N == o.Spent.N && s.Spent.Since.Equal(o.Spent.Since)
}

func (k *Kept) equal(o *Kept) bool {
	if k == nil || o == nil || k == o {
		return k == o
	}
	return k.Items == o.Items && slices.Equal(k.Lines, o.Lines) && slices.Equal(k.Added, o.Added) && slices.Equal(k.Removed, o.Removed)
}

// Kept is what the reader of one kind of feed keeps for the next document.
type Kept struct {
	Items   string   `json:"items,omitempty"` // KindList: the selector that was found, where none is given
	Lines   []string `json:"lines,omitempty"` // KindPage: the text that others are compared with
	Added   []string `json:"added,omitempty"` // KindPage: a change that was seen once and is yet to be confirmed
	Removed []string `json:"removed,omitempty"`
}

// Spent is how many requests were made since their time began.
type Spent struct {
	N     int       `json:"n"`
	Since time.Time `json:"since,omitzero"`
}
