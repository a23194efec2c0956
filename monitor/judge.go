package monitor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"newswatch/feeds"
	"newswatch/monitor/identity"
	"newswatch/monitor/match"
	"newswatch/monitor/senses"
	"newswatch/monitor/story"
)

// A judge decides what outcomes mean: what is new is archived, what matches
// joins its story, and what must be sent becomes notices. It changes only
// memory, and reads nothing but that; Monitor looks up before it and commits
// after it.
type judge struct {
	*pending
	*stories
	watcher  Watcher
	trace    func(Traced)
	silences []activeSilence
	book     senses.Book
	last     ItemID // given to an item

	bundles map[bundleKey]*bundle
	replies map[string]Notice // not yet due, by key: what comes meanwhile is added to them
	fresh   map[string]bool   // operations destinations to be welcomed
	parts   int               // bundles opened because another was full
	opened  time.Time         // when the past was read
	expired time.Time         // as of when what is over was dropped
	forgot  uint16            // the day on which the book dropped what it need not keep
}

// openJudge reads what judging needs to know of the past.
func openJudge(m *Monitor) (*judge, error) {
	now := m.Now()
	j := &judge{pending: m.pending, watcher: m.Watcher, trace: m.Trace, bundles: map[bundleKey]*bundle{}, replies: map[string]Notice{}, opened: now}
	var err error
	if j.stories, err = openStories(m.Store, m.Rules(), now); err != nil {
		return nil, err
	}
	silences, err := m.Store.Silences(now)
	if err != nil {
		return nil, err
	}
	j.silences = m.Rules().activate(silences)
	rows, err := m.Store.Senses()
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		j.book.Restore(r)
	}
	if j.last, err = m.Store.LastItem(); err != nil {
		return nil, err
	}
	if j.last == 0 { // nothing was ever seen
		j.fresh = map[string]bool{}
		for _, dest := range m.Rules().Recipients(m.Rules().Operations) {
			j.fresh[dest] = true
		}
	}
	return j, nil
}

// judge decides what one outcome means, or the next part of a long document. What
// it may ask of the store has been looked up.
func (j *judge) judge(o *outcome) {
	j.expire(o.at)
	j.forget(o)
	if o.changed() {
		j.document(o)
	}
	if o.done.left {
		j.putFeed(o.unfinished())
		return
	}
	j.days.Polls++
	if o.gap != nil {
		j.gaps = append(j.gaps, *o.gap)
		j.watcher.Missed(o.gap.To.Sub(o.gap.From))
	}
	j.announce(o)
	j.putFeed(o.rec)
}

// expireEvery is how often what is over is looked for.
const expireEvery = time.Minute

// expire drops from memory what takes nothing more, at most once a minute. It goes by the time of the
// outcome, so that equal outcomes are judged equally whenever that is.
func (j *judge) expire(now time.Time) {
	if now.Sub(j.expired).Abs() < expireEvery {
		return
	}
	j.expired = now
	j.stories.expire(now)
	for key, n := range j.replies {
		if n.Delivery.Due.Before(now) {
			delete(j.replies, key)
		}
	}
}

// maxAbsences bounds what is kept of an item that comes and goes.
const maxAbsences = 10

// relist records that entry i of those seen before is listed again, if it had been
// withdrawn, and whether it says of itself that it was published at another time.
func (j *judge) relist(o *outcome, i int) {
	rec := j.item(ItemID(o.rec.Seen[i].ID))
	if rec == nil || rec.Withdrawn.IsZero() {
		return
	}
	gone := Absence{From: rec.Withdrawn, To: o.at.UTC()}
	for _, e := range o.list.Entries {
		if was, now := rec.Item.Published, e.Item.Published; e.Seen == i && !was.IsZero() && !now.IsZero() && !was.Equal(now) {
			gone.Was, gone.Now = was.UTC(), now.UTC()
		}
	}
	rec.Withdrawn = time.Time{}
	rec.Absences = append(slices.Clone(rec.Absences), gone)
	rec.Absences = rec.Absences[max(0, len(rec.Absences)-maxAbsences):]
	j.putItem(rec)
}

// withdraw records that an item's feed stopped listing it before older ones.
func (j *judge) withdraw(id uint64, at time.Time) {
	if rec := j.item(ItemID(id)); rec != nil && rec.Withdrawn.IsZero() {
		rec.Withdrawn = at.UTC()
		j.putItem(rec)
	}
}

// entries judges the next entries, up to one, one by one. It returns what has been
// seen of the feed after them.
func (j *judge) entries(o *outcome, seen []identity.Seen, end int) []identity.Seen {
	ids := o.done.ids
	for i := o.done.n; i < end; i++ {
		e, role := o.list.Entries[i], story.Repeat
		again := e.Seen >= 0 && j.usedAgain(e, ItemID(seen[e.Seen].ID))
		if again {
			o.dropGUID(i)
		}
		switch {
		case e.Duplicate >= 0:
			ids[i] = ids[e.Duplicate]
			j.addAddresses(ids[i], o.addresses[i])
		case e.Seen >= 0 && !again:
			ids[i] = ItemID(seen[e.Seen].ID)
			if o.moved(e) {
				j.addAddresses(ids[i], o.addresses[i])
			}
			seen[e.Seen] = seen[e.Seen].Renewed(e.Keys)
			if e.Changed && !o.list.Rekeyed {
				role = RevisionRole
				j.revise(o, ids[i], i)
			}
		default:
			o.done.fresh++
			ids[i], role = j.newItem(o, i, o.done.burst)
			k := e.Keys
			k.ID, k.Day, k.Listed = uint64(ids[i]), DayOf(o.at), true
			seen = append(seen, k)
		}
		if j.trace != nil {
			t := Traced{Feed: o.feed.Name, Item: e.Item, At: e.At, ID: ids[i], Role: role}
			if rec := j.item(ids[i]); rec != nil {
				t.Recalled = rec.Recalled
			}
			j.trace(t)
		}
	}
	return seen
}

// RevisionRole is a known item whose wording has changed.
const RevisionRole story.Role = "revision"

// Traced is what became of one listed item, for replaying the past.
type Traced struct {
	Feed string
	Item feeds.Item
	At   int // its place in the document
	ID   ItemID
	Role story.Role // "" for a new item that matched nothing

	Recalled Recollection // what the book said of it
}

// countNew brings the feed's running figures up to date.
func (o *outcome) countNew(fresh int) {
	r := &o.rec
	if !o.first {
		r.MeanNew += (float64(fresh) - r.MeanNew) / 8
	}
	if fresh == 0 {
		return
	}
	if !r.LastNew.IsZero() && !o.first {
		r.Longest = max(r.Longest, o.at.Sub(r.LastNew))
	}
	r.LastNew = o.at
	r.Items += fresh
	today := DayOf(o.at)
	r.Daily = slices.DeleteFunc(slices.Clone(r.Daily), func(d DayCount) bool { return d.Day+14 <= today })
	if n := len(r.Daily); n > 0 && r.Daily[n-1].Day == today {
		r.Daily[n-1].N += fresh
		return
	}
	r.Daily = append(r.Daily, DayCount{Day: today, N: fresh})
}

// A burst is a document with many times the mean number of new entries.
const (
	burstAtLeast = 20
	burstTimes   = 5

	replacedAtLeast = 5
	replacedShare   = 0.1 // of its entries that were seen before
)

// burst reports whether the document brings so many new items at once that they
// share one card: a backfill, a replaced feed, a true burst.
func (o *outcome) burst() bool {
	return !o.first && (o.fresh() > max(burstAtLeast, int(burstTimes*o.rec.MeanNew)) || o.replaced())
}

// fresh counts the entries that the feed has not shown before.
func (o *outcome) fresh() (n int) {
	for _, e := range o.list.Entries {
		if e.Seen < 0 {
			n++
		}
	}
	return n
}

// replaced reports whether a document that is no feed's has nearly nothing but
// new entries: the site was rebuilt, or a selector finds another list.
func (o *outcome) replaced() bool {
	return !o.feed.Syndicated() && o.feed.Lists() && !o.first && o.list.Overlap <= replacedShare && o.fresh() >= replacedAtLeast && len(o.rec.Seen) >= replacedAtLeast
}

// newItem archives entry i, which its feed has not shown before. It returns the
// ID: that of the item another feed has shown under the same address, if any.
func (j *judge) newItem(o *outcome, i int, burst bool) (ItemID, story.Role) {
	e, addresses, matches := o.list.Entries[i], o.addresses[i], o.matches[i]
	rec := j.sameAddress(e, addresses)
	if rec != nil && o.another(rec, e.Item) {
		rec, e.Shared = nil, true
		addresses = e.Addresses()
	}
	shared := uint64(0)
	matter := j.caseOf(o, e)
	event := matter != nil || rec == nil && o.list.Register && e.Item.GUID != "" && e.Keys.URL != 0
	if e.Shared {
		shared = identity.URLKey(e.Item.URL)
		e.Item.URL = "" // it is still the link to click
		if alias := e.Item.Alias(); event && alias != "" {
			e.Item.Link = e.Item.GUID // its own, where the other is the case's
		}
	}
	outlet := cmp.Or(e.Item.Source, o.feed.Label, o.feed.Name)
	role := story.Role("")
	if rec != nil {
		rec.Sightings = append(rec.Sightings, Sighting{Feed: o.feed.Name, Seen: o.at})
		role = story.Repeat
	} else {
		j.last = max(j.last+1, FirstID(o.at))
		rec = &Record{ID: j.last, Item: e.Item, Feed: o.feed.Name, Outlet: outlet, Seen: o.at.UTC()}
		for _, key := range addresses {
			j.urls[key] = rec.ID
		}
	}
	j.putItem(rec)
	matches = j.recall(o, DocOf(e.Item, o.feed, o.at), rec, event, matches, o.senses[i])
	if !burst {
		j.owe(o, rec, o.near[i], matches)
	}
	if len(matches) > 0 {
		j.days.Matched++
		rec.setMatches(matches)
		it := matchedItem{o: o, rec: rec, item: e.Item, outlet: outlet, matches: matches, role: role, event: event, matter: matter}
		it.late = it.lateness(burst)
		j.matched(&it)
		role = it.role
	}
	if j.byURL(shared) == 0 || matter != nil && rec.Story != 0 && j.find(matter.Story) == nil {
		j.leadTo(rec, shared)
	}
	if len(rec.Sightings) == 0 {
		j.learn(o, rec, o.senses[i])
	}
	return rec.ID, role
}

// setMatches records what watches made of the item, replacing what they made of
// it before.
func (r *Record) setMatches(matches []match.Match) {
	for _, q := range matches {
		made := Matched{Watch: q.Watch, Verdict: q.Verdict, Sentence: q.Sentence, Hits: q.Hits, Why: whyLines(q)}
		if i := slices.IndexFunc(r.Matches, func(o Matched) bool { return o.Watch == q.Watch }); i >= 0 {
			r.Matches[i] = made
		} else {
			r.Matches = append(r.Matches, made)
		}
	}
}

// maxWhy bounds the evidence shown with a match.
const maxWhy = 6

// whyLines writes the evidence of a match, one line each.
func whyLines(q match.Match) []string {
	var out []string
	for _, e := range q.Evidence {
		line := fmt.Sprintf("“%s” in %s", e.Text, e.Place())
		if strings.HasPrefix(e.Clause, "{") && e.Why != "" {
			line += ": " + e.Why
		}
		if !slices.Contains(out, line) {
			out = append(out, line)
		}
		if len(out) == maxWhy {
			break
		}
	}
	return out
}
