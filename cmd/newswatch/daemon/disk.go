package daemon

import (
	"fmt"
	"time"

	"newswatch/monitor"
)

// A diskWatch tells operations when the store's disk has filled up, and when
// there is space again. The message is written into the space that the reserve
// has left.
type diskWatch struct {
	since time.Time // the disk is full; zero while it is not, or before operations were told
}

// check compares the store with what was told last.
func (w *diskWatch) check(d *Daemon, now time.Time) {
	full := d.Store.Full()
	if full == !w.since.IsZero() {
		return
	}
	since, c := now, monitor.Content{
		Headline: "the disk of the store is full",
		Lines: []string{"polls are not recorded until there is space; nothing is lost that feeds still list then",
			"what is owed goes out, from a reserve kept for that", "free some space around " + d.Store.Path()},
	}
	if !full {
		since, c = w.since, monitor.Content{Headline: "the disk of the store has space again",
			Lines: []string{"it had been full since " + w.since.UTC().Format("Mon 2 Jan 2006, 15:04 MST")}}
	}
	if err := d.delivery.Announce(fmt.Sprintf("disk-full-%v-%d", full, since.Unix()), c, ""); err != nil {
		d.Log.Error("operations not told of the full disk", "err", err)
		return
	}
	w.since = time.Time{}
	if full {
		w.since = now
	}
}
