package monitor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// carryOut decides about an item at one destination and carries that out.
func (j *judge) carryOut(it *matchedItem, s *Story, dest string, l *listeners) {
	l.sort()
	t := s.telling(dest)
	d, why := decide(it, t, l)
	n := it.notice(s, dest, l)
	switch d {
	case alert:
		j.alert(it, s, t, n)
	case fold:
		n.Key = j.catchup(it, s, n)
	case follow:
		n.Key = j.reply(it, s, t, n)
	case suppress:
		n.Kind, n.Key = AlertKind, noticeKey("held", n.Watch, it.rec.ID.String(), dest)
		n.Delivery = Delivery{State: Folded, Reason: why}
		j.post(n)
	}
	for _, h := range l.open {
		made := Decision{Watch: h.watch.Name, Destination: dest, Why: why}
		if d != keep {
			made.As, made.Key = kindOf[d], cmp.Or(n.Key, s.telling(dest).Card)
			sw := s.Watch(h.watch.Name)
			sw.Alerted, sw.Suppressed, sw.Old = true, "", false
		}
		it.rec.note(made)
	}
	for _, h := range l.silenced {
		it.rec.note(Decision{Watch: h.watch.Name, Destination: dest, Why: h.silence})
	}
}

// kindOf is how a decision reaches people.
var kindOf = map[decision]Kind{alert: AlertKind, fold: CatchupKind, follow: ReplyKind}

// sort puts the watches in the order in which they are named: by priority, then
// as configured.
func (l *listeners) sort() {
	slices.SortStableFunc(l.open, func(a, b heard) int { return a.watch.compare(b.watch) })
}

// notice returns a notice about a matched item for those who listen, without
// kind and key.
func (it *matchedItem) notice(s *Story, dest string, l *listeners) Notice {
	for_ := l.open
	if len(for_) == 0 {
		for_ = l.silenced
	}
	c := it.card(s, for_)
	return Notice{Destination: dest, Watch: c.Watch, Watches: c.Watches, Story: s.ID, Priority: cmp.Or(for_[0].watch.Priority, Normal),
		Created: it.o.at.UTC(), Seen: it.rec.Seen, Content: Content{Headline: c.Headline, Cards: []Card{c}}}
}

// alert makes the story's card at a destination. t is what was told there
// before, by a catch-up; nil for nothing.
func (j *judge) alert(it *matchedItem, s *Story, t *Telling, n Notice) {
	if t != nil {
		n.Content.Cards[0].Follows = t.Catchup
	}
	t = s.tell(n)
	t.Card, t.Item, t.Subject = cardKey(s.ID, n.Destination), it.rec.ID, Subject(n)
	n.Kind, n.Key = AlertKind, t.Card
	j.post(n)
}

// Subject is the one line that a notice about a story goes under: the watches,
// then the headline.
func Subject(n Notice) string { return "[" + Tag(n.Watch, n.Watches) + "] " + n.Content.Headline }

// Changes of a card's counts that come fast share one edit. Until its bucket of
// time has passed, a row is replaced by a fuller one; no deliverer reads it
// before.
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
// stays in a row of its own, which is no longer known here and must not be
// replaced; nor must a row that is about to be due, which a deliverer may hold.
// It returns the key of the reply.
func (j *judge) reply(it *matchedItem, s *Story, t *Telling, n Notice) string {
	now := it.o.at.UTC()
	due := now
	if t.ReplyAt.After(now.Add(time.Second)) {
		due = t.ReplyAt
	} else {
		t.ReplyAt = now.Add(replyBucket(t.Replies))
		t.Replies++
	}
	change := it.change(t.unnamed(n.Watches))
	n.Kind, n.Parent, n.Delivery.Due = ReplyKind, t.Card, due
	n.Content.Change, n.Content.Thread = change, t.Subject
	n.Key = noticeKey("reply", n.Parent, it.rec.ID.String(), change)
	if due.After(now) {
		n.Key = noticeKey("reply", n.Parent, due.Format(time.RFC3339Nano), j.opened.UTC().Format(time.RFC3339Nano))
		if before, ok := j.untried(n.Key); ok {
			n.Content.Cards = append(slices.Clone(before.Content.Cards), n.Content.Cards...)
			n.Content.Change = formatCount(len(n.Content.Cards), "update", "updates")
			if before.Priority.rank() > n.Priority.rank() {
				n.Priority = before.Priority
			}
		}
	}
	s.tell(n)
	j.post(n)
	return n.Key
}

// untried returns a pending notice, or a reply not yet due, by key.
func (j *judge) untried(key string) (Notice, bool) {
	if n, ok := j.notices[key]; ok {
		return n, true
	}
	n, ok := j.replies[key]
	return n, ok
}

// change says in one line why a reply is sent. also are the watches that had
// not told the story there before.
func (it *matchedItem) change(also []string) string {
	var said []string
	switch {
	case len(it.facts) > 0:
		said = append(said, "changed: "+joinFacts(it.facts))
	case it.develops():
		said = append(said, "report by "+it.outletName())
	}
	if len(also) > 0 {
		said = append(said, "also "+strings.Join(also, ", "))
	}
	return strings.Join(said, "; ")
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

// recount brings the cards that tell the story up to date where a report has
// changed their counts, or a watch is named that was not.
func (j *judge) recount(it *matchedItem, s *Story) {
	counts := it.facts == nil && (s.Outlets() != it.outlets || s.Independent() != it.independent)
	for i := range s.Told {
		t := &s.Told[i]
		if t.Card == "" || t.Item == it.rec.ID || !counts && len(t.Watches) == t.Shown {
			continue
		}
		j.edit(s, t, it.o.rules, it.o.at.UTC(), it.rec.Seen)
	}
}

// edit brings the card of a story at one destination up to date.
func (j *judge) edit(s *Story, t *Telling, r *Rules, now, seen time.Time) {
	due := now
	if t.EditAt.After(now) {
		due = t.EditAt
	} else {
		t.EditAt = now.Add(editBucket)
	}
	t.Shown = len(t.Watches)
	card := s.card(t.Item, t.Watches)
	card.Class = r.Feed(card.Feed).Class // as the card had it; stories keep none
	j.post(Notice{Kind: EditKind, Key: noticeKey("edit", t.Card, due.Format(time.RFC3339Nano), ""), Destination: t.Destination,
		Watch: card.Watch, Watches: card.Watches, Story: s.ID, Parent: t.Card, Priority: Low, Created: now, Seen: seen,
		Content: Content{Headline: card.Headline, Cards: []Card{card}}, Delivery: Delivery{Due: due}})
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
