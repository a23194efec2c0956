package fetch

import "newswatch/feeds"

// A Witness notes whose document is being read where the note outlives this
// process. Of what ends a process at once, memory or stack used up, no parser
// can be saved; but the next one can know whose document it was. It is safe for
// concurrent use.
type CrashGuard interface {
	// Quarantined returns why f is not to be polled for now, nil if it may be.
	Quarantined(f feeds.Feed) error
	// Reading is called before a new document of f is decompressed and parsed,
	// done after; whole says that it came to its end, well or badly, and will
	// not be tried once more. Reading may wait, so that a suspect is read alone.
	Reading(f feeds.Feed) (done func(whole bool))
}
