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

// An arrival is one item that matched, on its way into a story.
type arrival struct {
	p       *polled
	rec     *Record
	item    feeds.Item // as this feed shows it
	outlet  string
	matches []match.Match
	role    story.Role // "" until placed; Repeat for an item seen before
	late    lateness
	facts   []string // a revision's significant changes; nil for a new item
	told    bool     // some watch told it
	held    string   // why the first that did not, did not

	outlets, independent int // of the story before the arrival
}

// lateness says whether an item may ping by itself.
type lateness struct {
	fold bool   // told in a catch-up card only
	mute bool   // archived, not told
	why  string // in one line
}

// resurfaced is the age at which an item first seen is told by no card: a feed
// that brings back last year's items has no news.
const resurfaced = 7 * 24 * time.Hour

// lateness decides what an item's age and the circumstances of its poll mean.
func (a *arrival) lateness(storm bool) lateness {
	fresh := a.p.rules.freshness()
	age := time.Duration(0)
	if !a.item.Published.IsZero() {
		age = a.p.at.Sub(a.item.Published)
	}
	switch {
	case a.p.first && age > fresh:
		return lateness{mute: true, why: "first poll of the feed: older than " + schedule.InWords(fresh)}
	case age > max(resurfaced, fresh):
		return lateness{mute: true, why: "published " + schedule.InWords(age) + " before it was first seen"}
	case a.p.first:
		return lateness{fold: true, why: "first poll of the feed"}
	case age > fresh:
		return lateness{fold: true, why: "published " + schedule.InWords(age) + " before it was first seen"}
	case a.p.list.Rekeyed:
		// Those it has shown before were recognised by their text; this one may be new.
		return lateness{fold: true, why: "the feed gave its items new identities"}
	case storm:
		return lateness{fold: true, why: "the feed brought many times its usual number of items at once"}
	case a.p.dark > max(darkAfter, 4*a.p.before.Interval) && age > time.Hour:
		return lateness{fold: true, why: "the feed was not reached for " + schedule.InWords(a.p.dark)}
	}
	return lateness{}
}

// report puts an arrival into its story and decides, watch by watch, what is
// to be told of it.
func (m *Monitor) report(a *arrival) {
	s := m.place(a)
	m.draft.stories[s.ID] = true
	a.rec.Story = s.ID
	for _, q := range a.matches {
		w := a.p.rules.Watches[q.Rule]
		sw := s.Watch(w.Name)
		if sw == nil {
			s.Watches = append(s.Watches, StoryWatch{Watch: w.Name})
			sw = &s.Watches[len(s.Watches)-1]
		}
		if m.Watcher != nil {
			m.Watcher.Matched(w.Name, q.Verdict)
		}
		sw.saw(q, a)
		m.tell(a, s, sw, w, q)
	}
	a.rec.Held = a.held
	if a.told {
		a.rec.Held = ""
	}
	if a.facts == nil {
		m.recount(a, s)
	}
}

// saw records a match in what the watch knows of the story.
func (sw *StoryWatch) saw(q match.Match, a *arrival) {
	sw.Matches++
	if sw.At.IsZero() {
		sw.At, sw.Item = a.p.at.UTC(), a.rec.ID
	}
	if q.Verdict > sw.Verdict || sw.Sentence == "" {
		sw.Sentence, sw.Hits, sw.Why = q.Sentence, q.Hits, whyLines(q)
	}
	sw.Verdict = max(sw.Verdict, q.Verdict)
}

// A route is what becomes of one match.
type route int

const (
	keep   route = iota // recorded; the digest and search know it
	alert               // a card of its own
	fold                // a line in the next catch-up card
	follow              // a reply to the story's card
	hold                // silenced: a folded row says so
)

// routed decides what becomes of a match, and why if it is not told at once.
// It touches nothing.
func routed(w Watch, sw StoryWatch, q match.Match, a *arrival, silenced string) (route, string) {
	switch {
	case q.Verdict == match.Weak && cmp.Or(w.Weak, WeakDigest) != WeakNotify:
		return keep, "weak: it rests on doubtful mentions alone"
	case len(w.Notify) == 0:
		return keep, "the watch notifies nobody"
	case a.late.mute:
		return keep, a.late.why
	case silenced != "":
		return hold, silenced
	case !sw.Told && a.late.fold:
		return fold, a.late.why
	case !sw.Told:
		return alert, ""
	case len(a.facts) > 0 && sw.Alert:
		return follow, ""
	case a.role == story.Original && sw.Alert && !a.late.fold:
		return follow, ""
	}
	return keep, "the story has been told"
}

// tell carries out the decision for one match.
func (m *Monitor) tell(a *arrival, s *Story, sw *StoryWatch, w Watch, q match.Match) {
	r, why := routed(w, *sw, q, a, m.silenced(a, s, w))
	if !sw.Told {
		sw.Held, sw.Old = why, a.late.mute
	}
	if r == keep || r == hold {
		a.held = cmp.Or(a.held, why)
	} else {
		a.told = true
	}
	switch r {
	case alert:
		sw.Told, sw.Alert = true, true
		m.alert(a, s, sw, w)
	case fold:
		sw.Told, sw.Held = true, why
		m.catchup(a, s, sw, w)
	case follow:
		m.reply(a, s, sw, w)
	case hold:
		m.held(a, s, sw, w, why)
	}
}

// alert makes the story's card for one watch.
func (m *Monitor) alert(a *arrival, s *Story, sw *StoryWatch, w Watch) {
	card := a.card(s, sw, w)
	for _, dest := range a.p.rules.Recipients(w.Notify) {
		m.post(Notice{Key: sw.card(s, dest), Destination: dest, Kind: AlertKind, Watch: w.Name, Story: s.ID,
			Priority: cmp.Or(w.Priority, Normal), Created: a.p.at.UTC(), Seen: a.rec.Seen,
			Content: Content{Headline: card.Headline, Cards: []Card{card}}})
	}
}

// held leaves a row that says a match was silenced: nothing drops unseen.
func (m *Monitor) held(a *arrival, s *Story, sw *StoryWatch, w Watch, why string) {
	card := a.card(s, sw, w)
	for _, dest := range a.p.rules.Recipients(w.Notify) {
		m.post(Notice{Key: noticeKey("held", w.Name, a.rec.ID.String(), dest), Destination: dest, Kind: AlertKind, Watch: w.Name,
			Story: s.ID, Priority: cmp.Or(w.Priority, Normal), Created: a.p.at.UTC(), Seen: a.rec.Seen,
			Content:  Content{Headline: card.Headline, Cards: []Card{card}},
			Delivery: Delivery{State: Folded, Reason: why}})
	}
}

// Changes of a card's counts that come fast are folded into one. Until its
// bucket of time has passed, a row is replaced by a fuller one; the deliverers
// do not look at it before.
const editBucket = time.Minute

// replyBucket is the same for the replies to a story's card, by how many there
// were: a story that has just begun to move is told in short steps.
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
// waits in a row of its own, which is no longer known here and must not be
// replaced; a row that is about to be due, a deliverer may hold.
func (m *Monitor) reply(a *arrival, s *Story, sw *StoryWatch, w Watch) {
	now := a.p.at.UTC()
	due := now
	if sw.ReplyAt.After(now.Add(time.Second)) {
		due = sw.ReplyAt
	} else {
		sw.ReplyAt = now.Add(replyBucket(sw.Replies))
		sw.Replies++
	}
	card := a.card(s, sw, w)
	content := Content{Headline: card.Headline, Cards: []Card{card}, Change: a.change()}
	for _, dest := range a.p.rules.Recipients(w.Notify) {
		parent := sw.card(s, dest)
		key := noticeKey("reply", parent, a.rec.ID.String(), a.change())
		if due.After(now) {
			key = noticeKey("reply", parent, due.Format(time.RFC3339Nano), m.loaded.UTC().Format(time.RFC3339Nano))
			if before, ok := m.waiting(key); ok {
				content.Cards = append(slices.Clone(before.Content.Cards), card)
				content.Change = formatCount(len(content.Cards), "new report", "new reports")
			}
		}
		m.post(Notice{Key: key, Destination: dest, Kind: ReplyKind, Watch: w.Name, Story: s.ID, Parent: parent,
			Priority: cmp.Or(w.Priority, Normal), Created: now, Seen: a.rec.Seen, Content: content,
			Delivery: Delivery{Due: due}})
	}
}

// change says in one line why a reply is sent.
func (a *arrival) change() string {
	if len(a.facts) > 0 {
		return "changed: " + joinFacts(a.facts)
	}
	return "independent report by " + a.outlet
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
func (m *Monitor) recount(a *arrival, s *Story) {
	if s.Outlets() == a.outlets && s.Independent() == a.independent {
		return
	}
	now := a.p.at.UTC()
	for i := range s.Watches {
		sw := &s.Watches[i]
		w, ok := a.p.rules.watch(sw.Watch)
		if !ok || !sw.Alert || sw.Item == a.rec.ID {
			continue
		}
		due := now
		if sw.EditAt.After(now) {
			due = sw.EditAt
		} else {
			sw.EditAt = now.Add(editBucket)
		}
		card := CardOf(s, sw)
		card.Class = a.p.rules.Feed(card.Feed).Class // as the card had it; stories keep none
		for _, dest := range a.p.rules.Recipients(w.Notify) {
			parent := sw.card(s, dest)
			m.post(Notice{Key: noticeKey("edit", parent, due.Format(time.RFC3339Nano), ""), Destination: dest, Kind: EditKind,
				Watch: w.Name, Story: s.ID, Parent: parent, Priority: Low, Created: now, Seen: a.rec.Seen,
				Content: Content{Headline: card.Headline, Cards: []Card{card}}, Delivery: Delivery{Due: due}})
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

// post puts a notice into the draft, pending unless it says otherwise.
func (m *Monitor) post(n Notice) {
	if n.Delivery.State == "" {
		n.Delivery.State = Pending
	}
	if n.Delivery.Due.IsZero() {
		n.Delivery.Due = n.Created
	}
	if n.Delivery.State == Pending && !n.Delivery.Due.After(n.Created) {
		m.draft.urgent = true
	}
	if n.Kind == ReplyKind && n.Delivery.Due.After(n.Created) {
		m.replies[n.Key] = n
	}
	m.draft.notices[n.Key] = n
}
