package monitor

import (
	"time"

	"newswatch/feeds/urls"
	"newswatch/monitor/match"
)

// A WebArchive names a public web archive that keeps copies of pages. The zero
// value is none.
type WebArchive string

// Wayback is the Wayback Machine, or what the configuration has in its place.
const Wayback WebArchive = "wayback"

// A Copy is what became of asking a web archive to keep the page behind an item.
type Copy struct {
	For   string    `json:"for"`            // the watch
	Owed  bool      `json:"owed,omitempty"` // it is still to be asked for
	Tries int       `json:"tries,omitempty"`
	At    time.Time `json:"at,omitzero"`    // of the last try
	URL   string    `json:"url,omitempty"`  // where it lies, "" until it does
	Taken time.Time `json:"taken,omitzero"` // as the archive says
	Cause string    `json:"cause,omitempty"`
}

// stale is how long before the asking a copy was taken that is said to be old.
const stale = 24 * time.Hour

// InWords says what became of it, without the time and the address.
func (c *Copy) InWords() string {
	switch {
	case c.URL != "" && c.At.Sub(c.Taken) > stale:
		return "the web archive gave a copy that it had taken before, " + c.Taken.UTC().Format("2 Jan 2006 15:04 MST")
	case c.URL != "":
		return "kept by the web archive"
	case c.Owed && c.Cause != "":
		return "to be asked for again: " + c.Cause
	case c.Owed:
		return "to be asked for"
	}
	return "no copy: " + c.Cause
}

// A Copying is what one try to have a page kept brought.
type Copying struct {
	At    time.Time
	URL   string // "" if it was not kept
	Taken time.Time
	Cause string        // why it was not kept
	Again bool          // another try may do better
	After time.Duration // and is to wait at least so long
}

// copyTries are the pauses after each try that failed; after the last it is given
// up.
var copyTries = [...]time.Duration{10 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour}

// oweCopy has a web archive asked for the page behind an item that a watch
// matched surely, once and for all. What is no news is not worth a copy, and what
// is not public is nobody's.
func (j *judge) oweCopy(it *matchedItem, w Watch, q match.Match) {
	address := it.rec.Item.ArticleURL()
	if w.Archive == "" || w.Sensitive || q.Verdict != match.Strong || it.late.mute || it.idle(q) || it.rec.Copy != nil || !urls.Public(address) {
		return
	}
	it.rec.Copy = &Copy{For: w.Name, Owed: true}
	j.putItem(it.rec)
	j.putRead(Read{Item: it.rec.ID, URL: address, Copy: true, Due: it.o.at.UTC()})
}

// Copies are the copies that a Monitor owes. Its methods are safe for concurrent
// use.
type Copies struct{ *Monitor }

// Owed returns those that are to be asked for, by when they are due.
func (c Copies) Owed() []Read { return c.owed.due(true) }

// Begin counts a try to have the page behind an item kept. It returns the row as it
// then is; false if the copy is not owed any more.
func (c Copies) Begin(id ItemID) (r Read, ok bool, err error) {
	return c.owed.begin(c.Monitor, Read{Item: id, Copy: true}.Key(), copyTries[:])
}

// End takes in what a try has brought.
func (c Copies) End(id ItemID, got Copying) error {
	r, ok := c.owed.of(Read{Item: id, Copy: true}.Key())
	if !ok {
		return nil
	}
	return c.change(func(j *judge) error {
		if err := j.fetch(id); err != nil {
			return err
		}
		rec := j.item(id)
		again := rec != nil && rec.Copy != nil && got.URL == "" && got.Again && r.Tries <= len(copyTries)
		j.putRead(r.tried(again, got.At, got.After))
		if rec == nil || rec.Copy == nil { // not kept any more
			return nil
		}
		rec.Copy = &Copy{For: rec.Copy.For, Owed: again, Tries: r.Tries, At: got.At.UTC(), URL: got.URL, Taken: got.Taken, Cause: got.Cause}
		j.putItem(rec)
		return nil
	})
}
