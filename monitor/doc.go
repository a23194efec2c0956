// Package monitor turns items into stories, alerts and notices: what is new,
// what matters, what repeats.
//
// It reads what was seen, judges without touching anything, and commits the
// whole outcome of a poll in one transaction; after that nothing is lost. It
// does not know how items are fetched, how state is written or how a message
// travels.
package monitor
