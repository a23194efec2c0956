// Package story decides what is the same: whether a report repeats one that is
// known, and which event it belongs to.
//
// An Index holds the reports of the open window in memory and is rebuilt from
// the store at start; equal reports added in equal order make an equal Index.
// It knows no feed, no watch, no alert and no disk.
package story

import "time"

// A Report is one item seen as news of some event.
type Report struct {
	ID        uint64    // the item's; unique and growing with time
	Title     string    // plain text
	Summary   string    // plain text
	Content   string    // plain text, may be ""
	URL       string    // canonical, may be ""
	Alias     string    // another canonical address of it, such as a guid that is one; may be ""
	Award     string    // number of the public award it is about, as its source or its text has it; "" for none
	Outlet    string    // who published it: a feed's name, or the source an aggregator names
	Published time.Time // never zero: first seen where the feed does not say
	Seen      time.Time // first seen, never falling as ID grows; zero means Published
}

// seen is the time by which the window forgets r.
func (r Report) seen() time.Time {
	if r.Seen.IsZero() {
		return r.Published
	}
	return r.Seen
}

// A Role is what a report is to its story.
type Role string

// The roles.
const (
	First    Role = "first"   // it opened the story
	Repeat   Role = "repeat"  // the same item once more
	Reprint  Role = "reprint" // the same text from another outlet, or a wire's credited copy
	Original Role = "report"  // told independently
)

// A Reason is one piece of evidence for joining a report to a story.
type Reason struct {
	Kind  string  `json:"kind"`  // url, title, text, similar, names, case, award
	With  uint64  `json:"with"`  // the report it was compared with; 0 for the story as a whole
	Score float64 `json:"score"` // 0 to 1
	Why   string  `json:"why"`   // one line for people
}

// A Placement is where a report belongs.
type Placement struct {
	Story   uint64   // the story it joins, 0 for a new one
	Role    Role     // First if and only if Story is 0
	Of      uint64   // the report it repeats or reprints, 0 for none
	Reasons []Reason // why it joins; empty for a new story
	Merge   []uint64 // other stories this report shows to be the same as Story
}

// OfCase is the kind of the reason for which an event joins its case: its feed
// says so.
const OfCase = "case"
