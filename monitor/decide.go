package monitor

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"newswatch/feeds"
	"newswatch/monitor/match"
	"newswatch/monitor/schedule"
	"newswatch/monitor/story"
)

// A matchedItem is one item that matched, on its way into a story.
type matchedItem struct {
	o       *outcome
	rec     *Record
	item    feeds.Item // as this feed shows it
	outlet  string
	matches []match.Match
	role    story.Role // "" until placed; Repeat for an item seen before
	late    lateness
	facts   []string // a revision's significant changes; nil for a new item

	outlets, independent int // of the story before the item
}

// lateness says whether an item may have a card of its own.
type lateness struct {
	fold bool   // shown in a catch-up card only
	mute bool   // archived without a notice
	why  string // in one line
}

// resurfaced is the age beyond which an item first seen gets no notice: a feed
// that brings back last year's items has no news.
const resurfaced = 7 * 24 * time.Hour

// lateness decides what an item's age and the circumstances of its poll mean.
func (it *matchedItem) lateness(burst bool) lateness {
	o, fresh := it.o, it.o.rules.freshness()
	age := time.Duration(0)
	if !it.item.Published.IsZero() {
		age = o.at.Sub(it.item.Published)
	}
	published := "published " + schedule.InWords(age) + " before it was first seen"
	switch {
	case o.first && age > fresh:
		return lateness{mute: true, why: "first poll of the feed: older than " + schedule.InWords(fresh)}
	case age > max(resurfaced, fresh):
		return lateness{mute: true, why: published}
	case o.first:
		return lateness{fold: true, why: "first poll of the feed"}
	case age > fresh:
		return lateness{fold: true, why: published}
	case o.list.Rekeyed:
		// Those it has shown before were recognised by their text; this one may be new.
		return lateness{fold: true, why: "the feed gave its items new identities"}
	case burst:
		return lateness{fold: true, why: "the feed brought many times its usual number of items at once"}
	case o.longOutage() && age > time.Hour:
		return lateness{fold: true, why: "the feed was not reached for " + schedule.InWords(o.outage)}
	}
	return lateness{}
}

// matched puts a matched item into its story and decides, watch by watch, what
// to send about it.
func (j *judge) matched(it *matchedItem) {
	s := j.place(it)
	it.rec.Story = s.ID
	suppressed, alerted := "", false
	for _, q := range it.matches {
		w := it.o.rules.Watches[q.Rule]
		sw := s.Watch(w.Name)
		if sw == nil {
			s.Watches = append(s.Watches, StoryWatch{Watch: w.Name})
			sw = &s.Watches[len(s.Watches)-1]
		}
		j.watcher.Matched(w.Name, q.Verdict)
		sw.record(q, it)
		if why, ok := j.carryOut(it, s, sw, w, q); ok {
			alerted = true
		} else {
			suppressed = cmp.Or(suppressed, why)
		}
	}
	it.rec.Suppressed = suppressed
	if alerted {
		it.rec.Suppressed = ""
	}
	if it.facts == nil {
		j.recount(it, s)
	}
}

// record notes a match in what the watch knows of the story.
func (sw *StoryWatch) record(q match.Match, it *matchedItem) {
	sw.Matches++
	if sw.At.IsZero() {
		sw.At, sw.Item = it.o.at.UTC(), it.rec.ID
	}
	if q.Verdict > sw.Verdict || sw.Sentence == "" {
		sw.Sentence, sw.Hits, sw.Why = q.Sentence, q.Hits, whyLines(q)
	}
	sw.Verdict = max(sw.Verdict, q.Verdict)
}

// A decision is what becomes of one match.
type decision int

const (
	keep     decision = iota // recorded; the digest and search know it
	alert                    // a card of its own
	fold                     // a line in the next catch-up card
	follow                   // a reply to the story's card
	suppress                 // a folded row says that it was silenced
)

// decide returns what becomes of a match, and why if there is no notice at once.
// It changes nothing.
func decide(w Watch, sw StoryWatch, q match.Match, it *matchedItem, silenced string) (decision, string) {
	switch {
	case q.Verdict == match.Weak && cmp.Or(w.Weak, WeakDigest) != WeakNotify:
		return keep, "weak: it rests on doubtful mentions alone"
	case len(w.Notify) == 0:
		return keep, "the watch notifies nobody"
	case it.late.mute:
		return keep, it.late.why
	case silenced != "":
		return suppress, silenced
	case !sw.Alerted && it.late.fold:
		return fold, it.late.why
	case !sw.Alerted:
		return alert, ""
	case len(it.facts) > 0 && sw.Alert:
		return follow, ""
	case it.role == story.Original && sw.Alert && !it.late.fold:
		return follow, ""
	}
	return keep, "the story has been told"
}

// carryOut decides about one match and carries that out. It returns whether
// there is a notice to send, or why not.
func (j *judge) carryOut(it *matchedItem, s *Story, sw *StoryWatch, w Watch, q match.Match) (why string, sends bool) {
	d, why := decide(w, *sw, q, it, j.silenced(it, s, w))
	if !sw.Alerted {
		sw.Suppressed, sw.Old = why, it.late.mute
	}
	switch d {
	case alert:
		sw.Alerted, sw.Alert = true, true
		j.alert(it, s, sw, w)
	case fold:
		sw.Alerted = true
		j.catchup(it, s, sw, w)
	case follow:
		j.reply(it, s, sw, w)
	case suppress:
		j.suppress(it, s, sw, w, why)
	}
	return why, d != keep && d != suppress
}

// notice returns a notice about a matched item, without key and destination.
func (it *matchedItem) notice(kind Kind, s *Story, w Watch, c Content) Notice {
	return Notice{Kind: kind, Watch: w.Name, Story: s.ID, Priority: cmp.Or(w.Priority, Normal), Created: it.o.at.UTC(), Seen: it.rec.Seen, Content: c}
}

// content is what a card alone says.
func content(c Card) Content { return Content{Headline: c.Headline, Cards: []Card{c}} }

// alert makes the story's card for one watch.
func (j *judge) alert(it *matchedItem, s *Story, sw *StoryWatch, w Watch) {
	n := it.notice(AlertKind, s, w, content(it.card(s, sw, w)))
	for _, dest := range it.o.rules.Recipients(w.Notify) {
		n.Key, n.Destination = sw.card(s, dest), dest
		j.post(n)
	}
}

// suppress leaves a folded row for a silenced match, so that nothing is dropped
// without a trace.
func (j *judge) suppress(it *matchedItem, s *Story, sw *StoryWatch, w Watch, why string) {
	n := it.notice(AlertKind, s, w, content(it.card(s, sw, w)))
	n.Delivery = Delivery{State: Folded, Reason: why}
	for _, dest := range it.o.rules.Recipients(w.Notify) {
		n.Key, n.Destination = noticeKey("held", w.Name, it.rec.ID.String(), dest), dest
		j.post(n)
	}
}

// Changes of a card's counts that come fast share one edit. Until its bucket of
// time has passed, a row is replaced by a fuller one; no deliverer reads it
// before.
const editBucket = time.Minute

// replyBucket is the same for the replies to a story's card, by how many there
// were: they follow a story that has just begun to move in short steps.
func replyBucket(replies int) time.Duration {
	switch replies {
	case 0:
		return 2 * time.Minute
	case 1:
		return 5 * time.Minute
	}
	return 15 * time.Minute
}

// reply follows up the story's card: the first time at once, then at most once
// in a bucket of time, with all that came meanwhile. What came before a restart
// stays in a row of its own, which is no longer known here and must not be
// replaced; nor must a row that is about to be due, which a deliverer may hold.
func (j *judge) reply(it *matchedItem, s *Story, sw *StoryWatch, w Watch) {
	now := it.o.at.UTC()
	due := now
	if sw.ReplyAt.After(now.Add(time.Second)) {
		due = sw.ReplyAt
	} else {
		sw.ReplyAt = now.Add(replyBucket(sw.Replies))
		sw.Replies++
	}
	card := it.card(s, sw, w)
	n := it.notice(ReplyKind, s, w, content(card))
	n.Content.Change, n.Delivery.Due = it.change(), due
	for _, dest := range it.o.rules.Recipients(w.Notify) {
		n.Destination, n.Parent = dest, sw.card(s, dest)
		n.Key = noticeKey("reply", n.Parent, it.rec.ID.String(), it.change())
		if due.After(now) {
			n.Key = noticeKey("reply", n.Parent, due.Format(time.RFC3339Nano), j.opened.UTC().Format(time.RFC3339Nano))
			if before, ok := j.untried(n.Key); ok {
				n.Content.Cards = append(slices.Clone(before.Content.Cards), card)
				n.Content.Change = formatCount(len(n.Content.Cards), "new report", "new reports")
			}
		}
		j.post(n)
	}
}

// untried returns a pending notice, or a reply not yet due, by key.
func (j *judge) untried(key string) (Notice, bool) {
	if n, ok := j.notices[key]; ok {
		return n, true
	}
	n, ok := j.replies[key]
	return n, ok
}

// change says in one line why a reply is sent.
func (it *matchedItem) change() string {
	if len(it.facts) > 0 {
		return "changed: " + joinFacts(it.facts)
	}
	return "independent report by " + it.outlet
}

// joinFacts lists changes, a few of them.
func joinFacts(facts []string) string {
	const most = 4
	out := ""
	for i, f := range facts {
		if i == most {
			return out + fmt.Sprintf(" and %d more", len(facts)-most)
		}
		if i > 0 {
			out += ", "
		}
		out += f
	}
	return out
}

// recount brings the counts on the story's cards up to date where a reprint or
// report has changed them.
func (j *judge) recount(it *matchedItem, s *Story) {
	if s.Outlets() == it.outlets && s.Independent() == it.independent {
		return
	}
	now := it.o.at.UTC()
	for i := range s.Watches {
		sw := &s.Watches[i]
		w, ok := it.o.rules.watch(sw.Watch)
		if !ok || !sw.Alert || sw.Item == it.rec.ID {
			continue
		}
		due := now
		if sw.EditAt.After(now) {
			due = sw.EditAt
		} else {
			sw.EditAt = now.Add(editBucket)
		}
		card := CardOf(s, sw)
		card.Class = it.o.rules.Feed(card.Feed).Class // as the card had it; stories keep none
		n := it.notice(EditKind, s, w, content(card))
		n.Priority, n.Delivery.Due = Low, due
		for _, dest := range it.o.rules.Recipients(w.Notify) {
			n.Destination, n.Parent = dest, sw.card(s, dest)
			n.Key = noticeKey("edit", n.Parent, due.Format(time.RFC3339Nano), "")
			j.post(n)
		}
	}
}

// watch returns the named watch.
func (r *Rules) watch(name string) (Watch, bool) {
	i := slices.IndexFunc(r.Watches, func(w Watch) bool { return w.Name == name })
	if i < 0 {
		return Watch{}, false
	}
	return r.Watches[i], true
}

// post has the next commit write a notice, pending unless it says otherwise.
func (j *judge) post(n Notice) {
	if n.Delivery.State == "" {
		n.Delivery.State = Pending
	}
	if n.Delivery.Due.IsZero() {
		n.Delivery.Due = n.Created
	}
	if n.Delivery.State == Pending && !n.Delivery.Due.After(n.Created) {
		j.urgent = true
	}
	if n.Kind == ReplyKind && n.Delivery.Due.After(n.Created) {
		j.replies[n.Key] = n
	}
	j.notices[n.Key] = n
}
