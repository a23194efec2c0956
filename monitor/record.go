package monitor

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"newswatch/feeds"
	"newswatch/monitor/identity"
	"newswatch/monitor/match"
	"newswatch/monitor/schedule"
	"newswatch/monitor/senses"
	"newswatch/monitor/story"
	"newswatch/monitor/text"
)

// An ItemID names an archived item for good. IDs grow with the time at which
// items were first seen. It prints in base 36.
type ItemID uint64

// String returns the ID as people and programs see it, "" for none.
func (id ItemID) String() string { return StoryID(id).String() }

// Time returns when the item was first seen, to the millisecond.
func (id ItemID) Time() time.Time { return time.UnixMilli(int64(id >> identity.IDBits)).UTC() }

// FirstID is the lowest ID an item first seen at t can have, 0 before 1970.
func FirstID(t time.Time) ItemID { return ItemID(max(0, t.UnixMilli())) << identity.IDBits }

// A Record is one item as archived: every item seen is kept, matched or not.
type Record struct {
	ID         ItemID         `json:"ID"`
	Item       feeds.Item     `json:"Item"`
	Feed       string         `json:"Feed"`   // name of the feed that showed it first
	Outlet     string         `json:"Outlet"` // its publisher
	Seen       time.Time      `json:"Seen"`
	Sightings  []Sighting     `json:"Sightings"` // other feeds that showed the same address
	Matches    []Matched      `json:"Matches"`
	Story      StoryID        `json:"Story"` // 0 if nothing matched
	Role       story.Role     `json:"Role"`
	Of         ItemID         `json:"Of"` // the item it repeats or reprints
	Reasons    []story.Reason `json:"Reasons"`
	Revisions  []Revision     `json:"Revisions"`           // earlier wordings, oldest first
	Also       []uint64       `json:"Also,omitempty"`      // keys of further addresses it has had, see identity.URLKey
	Withdrawn  time.Time      `json:"Withdrawn"`           // when the feed stopped listing it before older items; zero if it did not
	Absences   []Absence      `json:"absences,omitempty"`  // when it was withdrawn before and came back, oldest first
	Suppressed string         `json:"Held"`                // why no watch has alerted; "" if one has, or none matched
	Decisions  []Decision     `json:"Decisions,omitempty"` // what each watch had each destination told
	Copy       *Copy          `json:"copy,omitempty"`      // nil if no web archive was to keep its page
	Article    *Article       `json:"article,omitempty"`   // nil if it was not to be read
	Recalled   Recollection   `json:"recalled,omitempty"`  // what the book of senses said when the item was judged
	Labels     []Label        `json:"labels,omitempty"`    // what readers said of it, oldest first
	Dropped    uint64         `json:"dropped,omitempty"`   // identity.TextKey of the item before its texts were dropped; 0 while they are there
}

// DropTexts takes out what the item, its article and its earlier wordings say
// beyond titles, and reports whether there was anything. By what is left it is
// recognised as before. An article that is still to be read stays.
func (r *Record) DropTexts() bool {
	article := r.Article != nil && r.Article.Text != "" && !r.Article.Owed
	wordings := slices.ContainsFunc(r.Revisions, func(v Revision) bool { return v.Summary != "" })
	if r.Item.Summary == "" && r.Item.Content == "" && !article && !wordings {
		return false
	}
	r.Dropped = r.textKey()
	r.Item.Summary, r.Item.Content = "", ""
	if article {
		bare := *r.Article
		bare.Text = ""
		r.Article = &bare
	}
	r.Revisions = slices.Clone(r.Revisions)
	for i := range r.Revisions {
		r.Revisions[i].Summary = ""
	}
	return true
}

// textKey is the identity.TextKey of the item as it was shown last.
func (r *Record) textKey() uint64 { return cmp.Or(r.Dropped, identity.TextKey(r.Item)) }

// A Sighting is a feed that showed an item another feed had shown before.
type Sighting struct {
	Feed string    `json:"feed"`
	Seen time.Time `json:"seen"`
}

// A Revision is the wording an item had until At.
type Revision struct {
	At      time.Time `json:"at"`
	Title   string    `json:"title"`
	Summary string    `json:"summary"`
}

// An Absence is a time in which a feed did not list an item, though it listed
// older ones.
type Absence struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	Was  time.Time `json:"was,omitzero"` // when it had been published as it said before; zero unless it says otherwise now
	Now  time.Time `json:"now,omitzero"`
}

// InWords says what happened, in one line.
func (a Absence) InWords() string {
	const form = "2 Jan 2006 15:04 MST"
	out := "not listed from " + a.From.UTC().Format(form) + " to " + a.To.UTC().Format(form)
	if !a.Now.IsZero() {
		out += "; it came back dated " + a.Now.UTC().Format(form) + ", before that " + a.Was.UTC().Format(form)
	}
	return out
}

// Matched is what one watch made of an item when it was judged.
type Matched struct {
	Watch    string        `json:"watch"`
	Verdict  match.Verdict `json:"verdict"`
	Sentence string        `json:"sentence,omitempty"`
	Hits     []text.Range  `json:"hits,omitempty"`
	Why      []string      `json:"why,omitempty"`
}

// A Story is one event, and everything reported of it.
type Story struct {
	ID       StoryID      `json:"id"`
	Headline string       `json:"headline"`
	URL      string       `json:"url,omitempty"`
	First    time.Time    `json:"first"` // first report seen
	Last     time.Time    `json:"last"`  // last report seen
	Items    []StoryItem  `json:"items"` // in the order seen; the first maxStoryItems
	More     int          `json:"more,omitempty"`
	Watches  []StoryWatch `json:"watches"`
	Told     []Telling    `json:"told,omitempty"`    // by destination
	Changes  []Change     `json:"changes,omitempty"` // oldest first
	Aliases  []StoryID    `json:"aliases,omitempty"` // stories merged into this one
	Apart    []ItemID     `json:"apart,omitempty"`   // items an editor split off
	Claim    Claim        `json:"claim,omitzero"`    // who works on it
	Into     StoryID      `json:"into,omitempty"`    // set when this story was merged into another: it is then only an alias
}

// A StoryItem is one report of a story.
type StoryItem struct {
	ID        ItemID         `json:"id"`
	Feed      string         `json:"feed"`
	Outlet    string         `json:"outlet"`
	Name      string         `json:"name,omitempty"` // what people know the outlet by, if not by Outlet
	Title     string         `json:"title"`
	Lang      string         `json:"lang,omitempty"`
	URL       string         `json:"url,omitempty"`
	Published time.Time      `json:"published,omitzero"`
	Role      story.Role     `json:"role"`
	Of        ItemID         `json:"of,omitempty"`
	Reasons   []story.Reason `json:"reasons,omitempty"`
}

// A StoryWatch is what one watch had to say about a story so far.
type StoryWatch struct {
	Watch      string        `json:"watch"`
	Verdict    match.Verdict `json:"verdict"` // the best so far
	Item       ItemID        `json:"item"`    // its first match
	At         time.Time     `json:"at"`
	Matches    int           `json:"matches"`
	Alerted    bool          `json:"told,omitempty"` // some destination was told for it
	Suppressed string        `json:"held,omitempty"` // why it was not told, in one line
	Old        bool          `json:"old,omitempty"`  // not told because it was old when first seen: no digest lists it
	Sentence   string        `json:"sentence,omitempty"`
	Hits       []text.Range  `json:"hits,omitempty"`
	Why        []string      `json:"why,omitempty"`
	Entities   []string      `json:"entities,omitempty"` // named beyond doubt by what matched so far
	Clauses    int           `json:"clauses,omitempty"`  // of the query that Sentence and Why are evidence for
	Doubt      string        `json:"doubt,omitempty"`    // why a mention means what it is taken for, where a reader could doubt it

	// Of rows of versions that had a card for every watch; see Story.adopt.
	Alert   bool      `json:"alert,omitempty"`
	Under   StoryID   `json:"under,omitempty"`
	ReplyAt time.Time `json:"reply_at,omitzero"`
	Replies int       `json:"replies,omitempty"`
	EditAt  time.Time `json:"edit_at,omitzero"`
}

// Outlets counts the different outlets that reported the story.
func (s *Story) Outlets() int {
	seen := map[string]bool{}
	for _, it := range s.Items {
		seen[it.Outlet] = true
	}
	return len(seen) + s.More
}

// Independent counts the outlets that reported the story in their own words.
func (s *Story) Independent() int {
	seen := map[string]bool{}
	for _, it := range s.Items {
		if it.Role == story.First || it.Role == story.Original {
			seen[it.Outlet] = true
		}
	}
	return len(seen)
}

// Watch returns what the named watch has said of the story, nil if nothing.
func (s *Story) Watch(name string) *StoryWatch {
	for i := range s.Watches {
		if s.Watches[i].Watch == name {
			return &s.Watches[i]
		}
	}
	return nil
}

// A Gap is a time in which a feed was not seen, or in which it may have shown
// items that went unseen.
type Gap struct {
	Feed string    `json:"feed"`
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	Lost bool      `json:"lost"`           // items may have come and gone unseen, or were left out
	Left int       `json:"left,omitempty"` // how many new entries were left out
	Why  string    `json:"why"`
}

// Reason says in one line why items may be missing.
func (g Gap) Reason() string {
	if g.Left > 0 {
		return g.Why + ": " + formatCount(g.Left, "new entry", "new entries") + " left out"
	}
	return g.Why
}

// A Silence suppresses alerts until it ends. At least one of
// Watch, Story, Feed and Query is set; all that are set must apply.
type Silence struct {
	ID      string    `json:"id"`
	Watch   string    `json:"watch,omitempty"`
	Story   StoryID   `json:"story,omitempty"`
	Feed    string    `json:"feed,omitempty"`
	Query   string    `json:"query,omitempty"`
	Until   time.Time `json:"until"`
	Reason  string    `json:"reason,omitempty"`
	By      string    `json:"by,omitempty"`
	Created time.Time `json:"created"`
}

// A Batch is the outcome of one or more polls, or of another decision: all of
// it is committed, or none.
type Batch struct {
	Feeds    []FeedRecord      // replace what is stored; Known only where it is not nil
	Polls    []FeedPoll        // of feeds of which nothing else is new
	Items    []Record          // new or changed
	URLs     map[uint64]ItemID // by keys of 48 bits, identity.URLKey
	Stories  []Story           // new or changed
	Notices  []Notice
	Gaps     []Gap
	Days     []DayTotal
	Slots    map[string]string // the last slot enqueued, by name of digest
	Silences []Silence         // new or changed; one with a zero Until is removed
	Reads    []Read            // new or changed, by Read.Key; one with a zero Due is removed
	Senses   []senses.Row      // new or changed counts; one of zero is removed
}

// A FeedPoll is when the feed with an ID was polled.
type FeedPoll struct {
	ID   string
	Poll schedule.PollTimes
}

// Empty reports whether committing b would write nothing.
func (b *Batch) Empty() bool {
	return len(b.Feeds)+len(b.Polls)+len(b.Items)+len(b.Stories)+len(b.Notices)+len(b.Gaps)+
		len(b.Days)+len(b.Slots)+len(b.Silences)+len(b.URLs)+len(b.Senses)+len(b.Reads) == 0
}

// A DayTotal is added to what is stored for its day.
type DayTotal struct {
	Day     uint16 `json:"day"`
	Polls   int    `json:"polls"`
	Items   int    `json:"items"`
	New     int    `json:"new"`
	Matched int    `json:"matched"`
	Notices int    `json:"notices"`
}

// Store is the state on disk as Monitor needs it; monitortest.RunStore checks
// that an implementation keeps to this. It is safe for concurrent
// use. What a method returns is the caller's to keep and change.
type Store interface {
	// Feed returns the record of the feed, but for Seen; a zero
	// record but for ID if nothing is.
	Feed(id string) (FeedRecord, error)
	// Known returns the entries known of the feed.
	Seen(id string) ([]identity.Seen, error)
	// Lookup returns the items first seen under addresses, given by their keys,
	// and all of these and those with the IDs, as far as they are kept. A key or
	// an ID may come more than once.
	Lookup(keys []uint64, ids []ItemID) (byURL map[uint64]ItemID, items map[ItemID]Record, err error)
	// StoriesSince returns the stories with a report since t, by ID.
	StoriesSince(t time.Time) ([]Story, error)
	// LastItem returns the greatest ID stored, 0 for none.
	LastItem() (ItemID, error)
	// Silences returns those that have not ended by now.
	Silences(now time.Time) ([]Silence, error)
	// Reads returns the articles and copies that are owed, by Read.Key.
	Reads() ([]Read, error)
	// Senses returns the counts of the book of senses, in any order.
	Senses() ([]senses.Row, error)
	// Commit writes the batch in one durable transaction. A notice whose key
	// is stored is replaced while it is pending and untried, and otherwise
	// left alone.
	Commit(b Batch) error
}

// DayOf returns the day of t in UTC, counted from 1970.
func DayOf(t time.Time) uint16 { return uint16(t.Unix() / 86400) }

// formatCount writes "1 story", "3 stories".
func formatCount(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
