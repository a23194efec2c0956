package fetch

import "newswatch/feeds"

// A CrashGuard records whose document is being read, where the record outlives
// this process. Nothing protects a parser from what ends the process at once
// (memory or stack used up), but the next process can learn whose document it
// was. It is safe for concurrent use.
type CrashGuard interface {
	// Quarantined returns why f is not to be polled for now, nil if it may be.
	Quarantined(f feeds.Feed) error
	// Reading is called before a new document of f is decompressed and parsed,
	// done after; whole says that it came to its end, well or badly, and will
	// not be tried once more. Reading may wait, so that a suspect is read alone.
	Reading(f feeds.Feed) (done func(whole bool))
}
