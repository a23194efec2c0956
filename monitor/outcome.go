package monitor

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/urls"
	"newswatch/monitor/identity"
	"newswatch/monitor/match"
	"newswatch/monitor/schedule"
)

// An outcome is one exchange with a feed, until it is judged.
type outcome struct {
	feed      feeds.Feed
	reading   *reading   // of before
	before    FeedRecord // as it was
	rec       FeedRecord // as it will be
	res       feeds.Result
	err       error
	down      bool  // our own network failed, which counts against no feed
	bytes     int64 // of Monitor.room that are taken by its document
	began     time.Time
	at        time.Time // ended; of a later part of a document, when that is judged
	rules     *Rules
	list      identity.Listing
	matches   [][]match.Match // beside list.Entries
	senses    [][]match.Sense // beside list.Entries: how its words decide the entities it mentions
	near      []int           // beside list.Entries: a watch that its article could make match; -1 for none, -2 if it is not to be read
	addresses [][]uint64      // beside list.Entries, of those that may need them
	first     bool            // the feed's first complete poll
	newest    string          // title of the item listed first
	listed    int             // how many entries the document lists
	partial   bool            // pushed: what the document leaves out is no less listed
	gap       *Gap
	outage    time.Duration // how long the feed had not been reached
	done      progress
}

// account updates the feed's record for what the exchange showed: state,
// health, interval and next due time. blame is for a host that did not answer.
func (o *outcome) account(pace schedule.Pace, blame schedule.Blame) {
	o.before, o.down = o.rec, blame == schedule.Ours
	r := &o.rec
	r.Poll.Last = o.at
	r.Poll.Polls++
	r.State = o.res.State
	if o.err != nil {
		o.failed(pace, blame)
		return
	}
	if !o.before.Poll.Success.IsZero() {
		o.outage = o.at.Sub(o.before.Poll.Success)
	}
	r.Poll.Success = o.at
	if !o.res.Unchanged {
		o.read()
		if o.listed > 0 && r.Overlap < 1 && !o.first {
			r.Peak = pace.Peak(r.Peak, 1-r.Overlap, o.outage, o.at.Sub(r.LastNew))
		}
	} else if r.Items > 0 {
		r.Overlap = 1
	}
	r.Brake = r.Brake.Drained(o.maxNew(), o.at)
	switch {
	case r.Brake.Holds(): // what it makes up is no reason to ask it more often
		r.Interval, r.Peak = pace.Start, 0
	case pace.Exact == nil:
		r.Interval = pace.Adapt(r.Interval, r.Overlap, r.Peak)
	}
	moved := ""
	if r.State.Settled {
		moved = urls.WithoutSecrets(r.State.Moved)
	}
	r.Health = r.Health.Succeeded(moved, stalledFor(r, o.at), o.flooding(), o.at)
	r.Poll.Next = pace.Next(r.ID, r.Interval, 0, r.State.NextAllowed(o.at), o.began)
	if again := later(o.at.Add(secondLook), r.State.NextAllowed(o.at)); r.State.Again {
		r.Poll.Next = earlier(r.Poll.Next, again)
	}
}

// secondLook is how soon a page is looked at again to see whether a change holds.
const secondLook = time.Minute

// failed accounts for an exchange that yielded nothing.
func (o *outcome) failed(pace schedule.Pace, blame schedule.Blame) {
	r := &o.rec
	o.err = r.missing(o.err)
	f := schedule.NewFailure(o.err, blame, o.rec.Poll.Success.IsZero(), o.at)
	r.Health = r.Health.Failed(f)
	failures := int(r.Health.Failures)
	if o.down {
		failures = 0
	}
	next := pace.Next(r.ID, r.Interval, failures, r.State.NextAllowed(o.at), o.began)
	r.Poll.Next = f.Postpone(r.ID, next, r.Health)
}

// missing adds to a failure to read a document what there was before: where a
// site is rebuilt a selector finds nothing, which is no quiet day.
func (r *FeedRecord) missing(err error) error {
	e, ok := errors.AsType[*feeds.FetchError](err)
	if !ok || e.Fault != feeds.Unparseable || r.Size == 0 {
		return err
	}
	with := *e
	with.Err = fmt.Errorf("%w; %s until %s", e.Err, formatCount(r.Size, "item", "items"), r.Poll.Success.UTC().Format("2 Jan 15:04 UTC"))
	return &with
}

// read compares the document with what its feed has shown before.
func (o *outcome) read() {
	r, doc := &o.rec, o.res.Document
	o.list = identity.Identify(r.Seen, doc, o.at)
	if len(doc.Items) > 0 {
		o.newest = doc.Items[0].Title
	}
	o.listed, o.res.Document.Items = doc.Listed(), nil // the entries hold them; many outcomes may wait to be judged
	if o.partial {
		return
	}
	o.first = r.Added.IsZero()
	r.Title, r.Site, r.Flaw, r.Size = doc.Title, doc.URL, doc.Flaws(), o.listed
	r.Overlap = o.list.Overlap
	if !o.feed.Lists() {
		r.Overlap = 1 // what it says once it does not say again
	}
	if o.first {
		r.Added = o.at
		r.Overlap = 1
	} else if o.listed > 0 && r.Overlap == 0 && len(r.Seen) > 0 {
		o.gap = &Gap{Feed: r.Name, From: o.before.Poll.Success, To: o.at, Lost: true,
			Why: "the document shares no item with the one before"}
	}
}

// changed reports whether there is a document to be judged.
func (o *outcome) changed() bool { return o.err == nil && !o.res.Unchanged }

// outageAfter is how long a feed must have been out of reach for the time to be
// recorded as a gap.
const outageAfter = 2 * time.Hour

// longOutage reports whether the feed was out of reach for longer than its
// interval explains.
func (o *outcome) longOutage() bool {
	asked := o.feed.Kind != feeds.KindPush || o.feed.How().Expect > 0 // else others push when they like
	return asked && o.outage > max(outageAfter, 4*o.before.Interval)
}

// evaluate runs the watches over the entries never seen and those whose wording
// has changed, computes the addresses that judge looks up, and leaves out what
// exceeds the bounds of a feed.
func (o *outcome) evaluate() {
	if o.gap == nil && o.longOutage() {
		o.gap = &Gap{Feed: o.rec.Name, From: o.before.Poll.Success, To: o.at, Why: o.before.outageCause()}
	}
	o.boundReworded()
	o.matches = make([][]match.Match, len(o.list.Entries))
	o.senses = make([][]match.Sense, len(o.list.Entries))
	o.addresses, o.near = make([][]uint64, len(o.list.Entries)), make([]int, len(o.list.Entries))
	for i, e := range o.list.Entries {
		if o.isNew(e) || e.Changed {
			o.matches[i], o.senses[i], o.near[i] = o.match(e.Item)
		}
		if e.Seen < 0 || o.moved(e) {
			o.addresses[i] = e.Addresses()
		}
	}
	o.brake()
}

// isNew reports whether the feed has never shown the entry.
func (o *outcome) isNew(e identity.Entry) bool { return e.Seen < 0 && e.Duplicate < 0 }

// moved reports whether an entry seen before has another address or guid now.
func (o *outcome) moved(e identity.Entry) bool {
	if e.Seen < 0 {
		return false
	}
	was := o.rec.Seen[e.Seen]
	return was.URL != e.Keys.URL || was.GUID != e.Keys.GUID
}

// references returns the addresses and items that judging the outcome, or the next
// part of it, may ask the store for.
func (o *outcome) references() (keys []uint64, ids []ItemID) {
	if !o.changed() {
		return nil, nil
	}
	seen := o.rec.Seen
	if o.done.n == 0 {
		for i, listed := range o.list.Listed {
			if listed && !seen[i].Listed {
				ids = append(ids, ItemID(seen[i].ID))
			}
		}
		for _, i := range o.list.Withdrawn {
			ids = append(ids, ItemID(seen[i].ID))
		}
	}
	for i, end := o.done.n, o.partEnd(); i < end; i++ {
		e := o.list.Entries[i]
		if e.Seen >= 0 && (e.Changed || o.moved(e)) {
			ids = append(ids, ItemID(seen[e.Seen].ID))
		}
		keys = append(keys, o.addresses[i]...)
		if e.Shared && e.Seen < 0 {
			keys = append(keys, identity.URLKey(e.Item.URL)) // of the case it may be of
		}
	}
	return keys, ids
}

// outageCause says why a feed was out of reach.
func (r *FeedRecord) outageCause() string {
	if r.Health.Cause != "" {
		return r.Health.Cause
	}
	return "newswatch was not running"
}

// DocOf is an item as the watch language sees it.
func DocOf(it feeds.Item, f feeds.Feed, now time.Time) *match.Doc {
	return &match.Doc{Title: it.Title, Summary: it.Summary, Body: it.Content, URL: cmp.Or(it.URL, it.Link), Feed: f.Name, FeedTags: f.Tags,
		Class: f.Class, Tags: it.Tags, Authors: it.Authors, Lang: it.Lang, Published: it.Published, Now: now, Fields: TypedFields(it.Fields)}
}

// TypedFields are an item's fields as the watch language sees them.
func TypedFields(f *feeds.Fields) *match.Fields {
	if f == nil {
		return nil
	}
	texts := map[string]string{"agency": f.Agency, "vendor": f.Vendor, "award_id": f.AwardID, "action": f.Action, "naics": f.NAICS, "psc": f.PSC}
	if f.Office != "" && !strings.Contains(f.Agency, f.Office) {
		texts["agency"] += " / " + f.Office
	}
	return &match.Fields{Amount: f.Amount, Deadline: f.Deadline, Texts: texts}
}

// significant reports whether the outcome holds anything that must not wait for
// the next checkpoint.
func (o *outcome) significant() bool {
	return o.err != nil || !o.res.Unchanged || o.gap != nil || o.rec.Health != o.before.Health
}

// kind names the outcome for people and metrics.
func (o *outcome) kind() string {
	switch {
	case o.err != nil:
		return "failed"
	case o.res.Unchanged:
		return "unchanged"
	}
	return "changed"
}

// result sums the outcome up for the caller of Poll.
func (o *outcome) result() PollResult {
	r := PollResult{Poll: o.rec.Poll, Result: o.kind(), Items: o.listed, Err: o.err, Down: o.err != nil && o.down}
	for i, e := range o.list.Entries {
		if o.isNew(e) {
			r.New++
			if len(o.matches[i]) > 0 {
				r.Matched++
			}
		}
	}
	return r
}
