package monitor

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"newswatch/monitor/match"
	"newswatch/monitor/text"
)

// A StoryID names a story for good: the ID of the item that opened it. It
// prints in base 36.
type StoryID uint64

// String returns the ID as people and programs see it, "" for none.
func (id StoryID) String() string {
	if id == 0 {
		return ""
	}
	return strconv.FormatUint(uint64(id), 36)
}

// ParseStoryID reads what String wrote.
func ParseStoryID(s string) (StoryID, error) {
	n, err := strconv.ParseUint(s, 36, 64)
	return StoryID(n), err
}

// A Kind is what a notice is about.
type Kind string

// The kinds. A reader sees all but Edit as messages; an Edit carries new
// counts to an alert that was delivered and is sent only where the destination
// can change a message.
const (
	AlertKind      Kind = "alert"
	ReplyKind      Kind = "reply"
	EditKind       Kind = "edit"
	CatchupKind    Kind = "catchup"
	DigestKind     Kind = "digest"
	OperationsKind Kind = "operations"
)

// A State is where a notice stands on its way out. See Notice for the arrows.
type State string

// The states of a notice.
const (
	Pending     State = "pending"     // owed; to be tried when due
	Inflight    State = "inflight"    // an attempt may have left the process
	Unknown     State = "unknown"     // an attempt left, its answer did not arrive
	Sent        State = "sent"        // accepted: there is a receipt
	Unconfirmed State = "unconfirmed" // sent again after an unknown, and unknown again
	Dead        State = "dead"        // refused for good, too old, or dropped by an operator
	Folded      State = "folded"      // part of another notice (Delivery.Into), or of the digest
	Parked      State = "parked"      // its destination is not configured at present
)

// A Notice is one message owed to one destination: a row of the outbox. What
// is above Delivery is frozen when the row is made; only Delivery changes.
type Notice struct {
	Key         string    `json:"key"` // deterministic and unique; travels with every attempt
	Destination string    `json:"destination"`
	Kind        Kind      `json:"kind"`
	Watch       string    `json:"watch,omitempty"`   // the first of Watches
	Watches     []string  `json:"watches,omitempty"` // that it tells for, by priority, then in the order of the configuration
	Story       StoryID   `json:"story,omitempty"`
	Parent      string    `json:"parent,omitempty"` // key of the alert a reply or edit belongs to
	Priority    Priority  `json:"priority,omitempty"`
	Created     time.Time `json:"created"`       // when the decision fell
	Seen        time.Time `json:"seen,omitzero"` // when the item behind it was first seen
	Content     Content   `json:"content"`
	Delivery    Delivery  `json:"delivery"`
}

// Delivery is what became of a notice so far.
type Delivery struct {
	State     State     `json:"state"`
	Due       time.Time `json:"due,omitzero"`        // when to act next, while Pending or Unknown
	Attempts  int       `json:"attempts,omitempty"`  // requests begun
	Ambiguous int       `json:"ambiguous,omitempty"` // of these, how many may have arrived though no receipt came
	Lost      int       `json:"lost,omitempty"`      // of those, how many ended without an answer
	Cut       int       `json:"cut,omitempty"`       // of those, how many ended because newswatch did
	Asked     int       `json:"asked,omitempty"`     // questions about the last attempt that had no answer
	Started   time.Time `json:"started,omitzero"`    // of the last attempt
	Renewed   time.Time `json:"renewed,omitzero"`    // its age counts from here: an operator tried it again, or its destination came back
	Reason    string    `json:"reason,omitempty"`    // why it waits, died or was folded, in one line
	Into      string    `json:"into,omitempty"`      // Folded: key of the notice that shows it, "" for the digest
	Receipt   Receipt   `json:"receipt,omitzero"`    // Sent
	Rev       uint32    `json:"rev,omitempty"`       // counts writes; Outbox.Update refuses a stale one
}

// A Receipt is what a destination answered.
type Receipt struct {
	ID      string    `json:"id,omitempty"`      // Slack timestamp, mail Message-ID, webhook-id
	Channel string    `json:"channel,omitempty"` // Slack channel, mail recipient
	Detail  string    `json:"detail,omitempty"`  // the answer in its own words
	Subject string    `json:"subject,omitempty"` // mail: of the message, for replies to it
	At      time.Time `json:"at,omitzero"`
}

// Content is what a notice says, as data; every destination renders it.
type Content struct {
	Headline string   `json:"headline"`         // one line: the story's headline, or what happened
	Cards    []Card   `json:"cards,omitempty"`  // one in an alert, reply or edit; many, strongest first, in a catch-up
	More     int      `json:"more,omitempty"`   // stories that a catch-up counts without listing them
	Change   string   `json:"change,omitempty"` // reply: what is new, in one line
	Thread   string   `json:"thread,omitempty"` // reply: the subject of the card it follows
	Page     string   `json:"page,omitempty"`   // where all that is told can be read, http(s) or ""
	Digest   *Digest  `json:"digest,omitempty"`
	Lines    []string `json:"lines,omitempty"` // operations: the particulars
}

// A Card is one story as shown to people.
type Card struct {
	Story       StoryID       `json:"story"`
	Item        ItemID        `json:"item,omitempty"` // the report it is shown through
	Headline    string        `json:"headline"`
	Lang        string        `json:"lang,omitempty"` // of headline and sentence, as in BCP 47; "" if the feed does not say
	URL         string        `json:"url,omitempty"`  // http(s) or ""
	Outlet      string        `json:"outlet"`
	Feed        string        `json:"feed"`
	Class       string        `json:"class,omitempty"`
	Published   time.Time     `json:"published,omitzero"`
	Seen        time.Time     `json:"seen"`
	Watch       string        `json:"watch"`              // the first of Watches
	Watches     []string      `json:"watches,omitempty"`  // all that matched and tell here, by priority, then in the order of the configuration
	Verdict     match.Verdict `json:"verdict"`            // the surest of theirs
	Sentence    string        `json:"sentence,omitempty"` // the hit sentence
	Hits        []text.Range  `json:"hits,omitempty"`     // hits within Sentence, in order, not overlapping
	Why         []string      `json:"why,omitempty"`      // evidence, one line each
	Doubt       string        `json:"doubt,omitempty"`    // why a mention means what it is taken for, where a reader could doubt it; one short line
	Claimed     string        `json:"claimed,omitempty"`  // who works on the story
	Follows     time.Time     `json:"follows,omitzero"`   // of the catch-up that told the story first, if one did
	Outlets     int           `json:"outlets"`
	Independent int           `json:"independent"`
	Also        []Mention     `json:"also,omitempty"`         // other reports of the story, newest first, a few
	Reports     []Report      `json:"reports,omitempty"`      // digest: its reports that are no reprints, oldest first
	MoreReports int           `json:"more_reports,omitempty"` // of these, how many are not listed
}

// A Report is one report of a story that is no reprint.
type Report struct {
	Outlet string    `json:"outlet"`
	Title  string    `json:"title"`
	URL    string    `json:"url,omitempty"`
	At     time.Time `json:"at"` // published, or first seen where that is not known
}

// A Mention is another report of a story.
type Mention struct {
	Outlet string `json:"outlet"`
	Title  string `json:"title"`
	URL    string `json:"url,omitempty"`
}

// A Digest is the account of one slot.
type Digest struct {
	Name             string           `json:"name"`
	Slot             string           `json:"slot"` // the local date and time it stands for, 2026-11-24T07:00
	Zone             string           `json:"zone"`
	From             time.Time        `json:"from"`
	To               time.Time        `json:"to"`
	Late             bool             `json:"late,omitempty"`   // made after its slot because the daemon was down
	Missed           int              `json:"missed,omitempty"` // earlier slots merged into this one
	Feeds            int              `json:"feeds"`
	FeedsOK          int              `json:"feeds_ok"`
	Items            int              `json:"items"`   // new items seen in the period
	Watches          []DigestWatch    `json:"watches"` // in configured order, all of the digest's
	Possible         []Card           `json:"possible,omitempty"`
	More             DigestMore       `json:"more,omitzero"`
	CoverageGaps     []CoverageGap    `json:"blind,omitempty"`
	FailedDeliveries []FailedDelivery `json:"trouble,omitempty"`
	Unusual          []string         `json:"unusual,omitempty"`  // spikes and silences of watches, one line each
	Silences         []string         `json:"silences,omitempty"` // one line each
	Audit            []string         `json:"audit,omitempty"`    // weekly remarks, one line each
	Days             []string         `json:"days,omitempty"`     // local dates of the chart, oldest first
}

// DigestMore counts what a digest has too much of to list.
type DigestMore struct {
	Possible     int `json:"possible,omitempty"`
	CoverageGaps int `json:"blind,omitempty"`
}

// A DigestWatch is one watch's part of a digest.
type DigestWatch struct {
	Name    string `json:"name"`
	Stories []Card `json:"stories,omitempty"` // most outlets first
	More    int    `json:"more,omitempty"`    // stories counted but not listed
	Beside  int    `json:"beside,omitempty"`  // stories listed under another watch, which names this one
	PerDay  []int  `json:"per_day,omitempty"` // stories per day, beside Digest.Days
}

// A Blind is a time in which a feed was not seen, and whom that touched.
type CoverageGap struct {
	Feed    string    `json:"feed"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to,omitzero"` // zero while it lasts
	Why     string    `json:"why"`
	Watches []string  `json:"watches,omitempty"` // none means all
}

// FailedDelivery is a notice that did not reach its destination as it should.
type FailedDelivery struct {
	Destination string `json:"destination"`
	Headline    string `json:"headline"`
	State       State  `json:"state"`
	Reason      string `json:"reason"`
}

// ErrStale means that somebody else has changed a row of the outbox meanwhile.
var ErrStale = errors.New("the notice was changed meanwhile")

// A Breaker is what was learned about a destination, kept across restarts.
type Breaker struct {
	Until     time.Time   `json:"until,omitzero"`     // no attempt before
	Reason    string      `json:"reason,omitempty"`   // why, or the last failure
	Failures  int         `json:"failures,omitempty"` // in a row, of the destination itself
	Down      int         `json:"broken,omitempty"`   // how many of these it called its own fault
	Since     time.Time   `json:"since,omitzero"`     // of the first of them
	Announced bool        `json:"told,omitempty"`     // operations was notified that it fails
	Sent      []time.Time `json:"sent,omitempty"`     // messages that went out within the budget's period, oldest first
}

// Tag names watches for a line that has little room: the first, and how many
// there are besides, as in "azure-at-ice +2".
func Tag(first string, all []string) string {
	if len(all) < 2 {
		return first
	}
	return fmt.Sprintf("%s +%d", first, len(all)-1)
}

// AllWatches returns the watches a notice tells for; rows of earlier versions
// have but the first.
func AllWatches(n Notice) []string {
	if len(n.Watches) == 0 && n.Watch != "" {
		return []string{n.Watch}
	}
	return n.Watches
}

// Tells returns the stories that the notice shows.
func (n Notice) Tells() []StoryID {
	ids := []StoryID{n.Story}
	for _, c := range n.Content.Cards {
		ids = append(ids, c.Story)
	}
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id StoryID) bool { return id == 0 })
}

// A Query selects notices of the outbox.
type NoticeFilter struct {
	Destination string    // "" for all
	States      []State   // none for all
	Since       time.Time // last written since; zero for all
	Story       StoryID   // that show this story; 0 for all
	Limit       int       // 0 for 1,000
}
