package store

import (
	"io"
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/schedule"
)

// A Store is all of the state on disk, by role. monitor.Store is what the
// Monitor needs of it. Implementations are safe for concurrent use; every method
// is one durable transaction or a read.
type Store interface {
	monitor.Store
	Outbox
	Archive
	Ledger
	Notes
	io.Closer
}

// An Outbox is the notices, and what was learned about their destinations.
// Package notify says what its deliverers need of it, method by method.
type Outbox interface {
	Due(dest string, now time.Time, max int) ([]monitor.Notice, error)
	Inflight(dest string) ([]monitor.Notice, error)
	Next(dest string) (time.Time, error)
	Notice(dest, key string) (n monitor.Notice, ok bool, err error)
	Update(ns []monitor.Notice) error
	Breaker(dest string) (monitor.Breaker, error)
	SetBreaker(dest string, b monitor.Breaker) error

	// List returns rows: first what is under way, by destination and due time,
	// then the rest, newest first.
	List(q monitor.NoticeFilter) ([]monitor.Notice, error)
	// Counts returns how many rows every destination has in every state.
	Counts() (map[string]map[monitor.State]int, error)
}

// An Archive is the items seen and the stories they made.
type Archive interface {
	// Item returns an archived item.
	Item(id monitor.ItemID) (monitor.Record, bool, error)
	// ByURL returns the item first seen under the address of a key, see
	// identity.URLKey.
	ByURL(key uint64) (monitor.ItemID, bool, error)
	// Story returns a story, or the one it was merged into.
	Story(id monitor.StoryID) (monitor.Story, bool, error)
	// ItemsFrom calls fn for every item whose ID is at least from, oldest first,
	// until fn returns false. fn may take its time and use the store.
	ItemsFrom(from monitor.ItemID, fn func(monitor.Record) bool) error
	// ItemsBefore is ItemsFrom backwards, of the IDs less than before; 0 starts
	// at the newest.
	ItemsBefore(before monitor.ItemID, fn func(monitor.Record) bool) error
	// ItemsWith is ItemsBefore for the items whose ID is at least from, less those
	// of which the store knows that they have not the words that are looked for:
	// may, which gets keys of match.AppendWordKeys, reports whether items with
	// only such words are of interest.
	ItemsWith(from, before monitor.ItemID, may func(has func(key uint64) bool) bool, fn func(monitor.Record) bool) error
}

// A Ledger is what digests and pages account for.
type Ledger interface {
	// Feeds calls fn for every feed of a set, by address and without what was
	// seen of it, until fn returns false. fn may take its time and use the store.
	Feeds(which monitor.FeedSet, fn func(monitor.FeedRecord) bool) error
	// Sets returns the sets, and so the conditions, of the feeds that are in any.
	Sets() (map[string]monitor.FeedSet, error)
	// Polls returns when every feed was polled and is due, by address.
	Polls() (map[string]schedule.PollTimes, error)
	GapsSince(t time.Time) ([]monitor.Gap, error)
	DaysSince(t time.Time) ([]monitor.DayTotal, error)
	// FailedDeliveries returns notices that died or were not confirmed since t.
	FailedDeliveries(t time.Time) ([]monitor.Notice, error)
	// Slot returns the last slot a digest was told for, "" for none.
	Slot(digest string) (string, error)
}

// Notes are small values under names, such as leases, that no batch is about.
type Notes interface {
	// Note returns a value, nil for none.
	Note(name string) ([]byte, error)
	// PutNote stores a value; nil removes it.
	PutNote(name string, v []byte) error
}

// A Maintainer is a store that can be measured, checked and copied while it is
// in use. A backend that has tools of its own for that need not be one.
type Maintainer interface {
	// Stats measures the store, and walks whole tables if deep is set.
	Stats(deep bool) (Stats, error)
	// Check reads every row and returns one error for each fault.
	Check() []error
	// Prune forgets what is older than before and returns how many rows that
	// were, working in short transactions.
	Prune(before time.Time) (removed int, err error)
	// DropTexts takes the texts (monitor.Record.DropTexts) out of the items first
	// seen before a time, working in short transactions, and returns of how many. It
	// looks at each item once: one that is reworded later keeps that wording.
	DropTexts(before time.Time) (dropped int, err error)
	// Backup writes a consistent copy.
	Backup(w io.Writer) (n int64, err error)
	// Damaged lists the rows that were set aside because they could not be read,
	// and Forget removes one by its ID, if there is one.
	Damaged() ([]Damaged, error)
	Forget(id string) (found bool, err error)
	// IndexWords makes some of what ItemsWith knows, in a short transaction, and
	// reports whether there is more to do.
	IndexWords() (more bool, err error)
	// Full reports whether the disk is full and only deliveries may write.
	Full() bool
}

// TextsNote is the name of the note that holds how far DropTexts has come: the ID of
// the first item that it has not looked at.
const TextsNote = "texts"

// DropStep is how many items DropTexts reads in one transaction.
const DropStep = 200

// A Damaged is a row that could not be read and was set aside.
type Damaged struct {
	ID    string    `json:"id"` // names it to those who remove it
	Table string    `json:"table"`
	Key   string    `json:"key"` // for people; of the outbox: destination, space, key
	At    time.Time `json:"at"`  // when it was met
	Bytes []byte    `json:"bytes"`
}

// Notice returns the destination and key of a row of the outbox.
func (d Damaged) Notice() (dest, key string) {
	dest, key, _ = strings.Cut(d.Key, " ")
	return dest, key
}

// Stats are the figures of a store.
type Stats struct {
	Bytes     int64 `json:"bytes"` // length of the file
	Free      int64 `json:"free"`  // bytes of it in free pages, to be reused
	Items     int   `json:"items"`
	Stories   int   `json:"stories"`
	KnownUsed int   `json:"known_used"`  // bytes by which items are recognised: known entries and addresses
	KnownSize int   `json:"known_bytes"` // the same with what their pages have left
}
