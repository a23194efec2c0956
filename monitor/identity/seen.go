package identity

import (
	"cmp"
	"slices"
	"time"

	"newswatch/feeds"
)

// IDBits is how many low bits of an item's ID tell items of one millisecond
// apart; the bits above are that millisecond, at which it was first seen.
const IDBits = 20

// Seen is one entry a feed has shown: the keys by which it is recognised, any of
// which suffices. A key is as short as feeds.ShortHash makes it; 0 is none.
type Seen struct {
	ID    uint64 // the item's; see IDBits
	GUID  uint64
	URL   uint64
	Title uint64 // normalised title with its day
	Text  uint64 // fingerprint of the plain text: title and summary
	Hash  uint64 // hash of the entry's bytes when last listed; 0 if the scanner could not tell
	Day   uint16 // last listed, days since 1970 in UTC

	Listed bool // in the last document
}

// Renewed returns the entry with the keys it shows now; a key it no longer
// shows stays.
func (k Seen) Renewed(now Seen) Seen {
	k.GUID = cmp.Or(now.GUID, k.GUID)
	k.URL = cmp.Or(now.URL, k.URL)
	k.Title = cmp.Or(now.Title, k.Title)
	k.Text, k.Hash = now.Text, now.Hash
	return k
}

// ListedHashes returns the hashes of the entries that the last document listed.
func ListedHashes(seen []Seen) feeds.Hashes {
	hashes := make([]uint64, 0, len(seen))
	for _, k := range seen {
		if k.Listed {
			hashes = append(hashes, k.Hash)
		}
	}
	return feeds.NewHashes(hashes)
}

// maxSeen bounds the entries kept of one feed, all of which a poll holds in
// memory. Two hundred and fifty new items a day reach it in a year; of a wire of
// 5,000 a day three weeks are kept.
const maxSeen = 100_000

// Retain returns those of seen that are kept on a day: those listed within keep,
// and of more than maxSeen those listed last. It reuses seen.
func Retain(seen []Seen, today uint16, keep time.Duration) []Seen {
	seen = slices.DeleteFunc(seen, func(k Seen) bool { return time.Duration(int(today)-int(k.Day))*24*time.Hour > keep })
	extra := len(seen) - maxSeen
	if extra <= 0 {
		return seen
	}
	slices.SortStableFunc(seen, func(a, b Seen) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.ID, b.ID)) })
	return slices.Delete(seen, 0, extra)
}
