package monitor

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"newswatch/feeds"
	"newswatch/monitor/identity"
	"newswatch/monitor/schedule"
)

// A FeedRecord is all that is kept of one feed. The zero value is a feed
// never polled.
type FeedRecord struct {
	ID       string             `json:"id"` // feeds.Feed.ID: survives moving, and of a syndicated feed renaming
	Name     string             `json:"name"`
	State    feeds.State        `json:"state"`
	Title    string             `json:"title,omitempty"` // as the feed calls itself
	Site     string             `json:"site,omitempty"`
	Flaw     string             `json:"flaw,omitempty"` // what is wrong with its last document, which was read all the same
	Added    time.Time          `json:"added,omitzero"` // first complete poll; zero means the next one is the first
	Interval time.Duration      `json:"interval,omitempty"`
	Health   schedule.Health    `json:"health"`
	Overlap  float64            `json:"overlap"`        // share of the last document that was known
	Peak     float64            `json:"peak,omitempty"` // the fastest it turned over, in documents an hour; halves every week
	LastNew  time.Time          `json:"last_new,omitzero"`
	Longest  time.Duration      `json:"longest,omitempty"` // longest wait for something new so far
	MeanNew  float64            `json:"usual,omitempty"`   // running mean of new items per changed document
	Items    int                `json:"items,omitempty"`   // new items so far
	Size     int                `json:"size,omitempty"`    // items its last document listed
	Daily    []DayCount         `json:"daily,omitempty"`   // new items per day, oldest first, two weeks
	Brake    schedule.Brake     `json:"brake,omitzero"`    // bounds its new items
	Poll     schedule.PollTimes `json:"-"`                 // kept apart: it changes with every poll
	Held     string             `json:"-"`                 // why its next poll is later than it was to be; "" if it is not
	Seen     []identity.Seen    `json:"-"`                 // kept apart; nil if not read, and then not to be replaced either
}

// A FeedSet is some of the feeds, told by what is stored of them: those that are
// in one of the sets it is made of. That of one feed also has its condition, if
// the feed is in TroubledFeeds.
type FeedSet uint8

// The sets, and all feeds.
const (
	PausedFeeds   FeedSet = 1 << iota // whose server asked for silence, perhaps one that is over, or that moved for good
	HubFeeds                          // that name a hub
	TroubledFeeds                     // that failed when they were polled last, or are in a condition other than OK
	AllFeeds      FeedSet = 0
)

// conditionBits is where the number of the condition begins: its place in
// conditions, counted from 1. They are stored: append, never change their order.
const conditionBits = 3

var conditions = [...]schedule.Condition{schedule.OK, schedule.Degraded, schedule.Blocked, schedule.Gone, schedule.Moved, schedule.Unparseable,
	schedule.Stalled, schedule.Flooding}

// Sets returns the sets that the feed is in.
func (r *FeedRecord) Sets() (s FeedSet) {
	if !r.State.NotBefore.IsZero() || r.State.Settled {
		s |= PausedFeeds
	}
	if r.State.Hub != "" {
		s |= HubFeeds
	}
	if r.Health.State() != schedule.OK || r.Health.Failures > 0 {
		s |= TroubledFeeds | FeedSet(1+slices.Index(conditions[:], r.Health.State()))<<conditionBits
	}
	return s
}

// Condition returns the condition of a feed in the sets; known is false if they
// were stored by a version that did not store it.
func (s FeedSet) Condition() (c schedule.Condition, known bool) {
	n := int(s >> conditionBits)
	switch {
	case s&TroubledFeeds == 0:
		return schedule.OK, true
	case n == 0 || n > len(conditions):
		return "", false
	}
	return conditions[n-1], true
}

// Holds reports whether a feed in the sets of is one of s.
func (s FeedSet) Holds(of FeedSet) bool { return s == AllFeeds || s&of != 0 }

// A DayCount is a number for one day (days since 1970 in UTC).
type DayCount struct {
	Day uint16 `json:"d"`
	N   int    `json:"n"`
}

// Remark is what an operator should know of the feed beside its condition: the
// cause of that, or else what is wrong though the feed can be read. It is ""
// where there is nothing to say.
func (r *FeedRecord) Remark() string {
	distrust, lazy := "", ""
	switch {
	case r.State.Distrust && r.State.Balked > 0:
		distrust = "its server answers the question whether something has changed with an error: it is asked for the whole document each time"
	case r.State.Distrust:
		distrust = "its server said that nothing had changed when something had: it is asked for the whole document each time"
	}
	if wait := time.Duration(r.State.Wait) * time.Second; r.Interval > 0 && wait > 4*r.Interval {
		lazy = fmt.Sprintf("its publisher asks for %d minutes between two polls (ttl or Cache-Control)", int(wait.Minutes()))
	}
	return cmp.Or(r.Health.Cause, r.Held, r.Flaw, distrust, lazy)
}

// stalledFor returns how long a feed has been silent if that is longer than
// it ever was by a wide margin, else 0.
func stalledFor(rec *FeedRecord, now time.Time) time.Duration {
	if rec.LastNew.IsZero() || rec.Items < 5 {
		return 0
	}
	quiet := now.Sub(rec.LastNew)
	if quiet > max(2*rec.Longest, 7*24*time.Hour) {
		return quiet
	}
	return 0
}
