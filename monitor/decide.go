package monitor

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/plain"
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
	event   bool     // its feed is a register, and it one event of a case
	waited  []string // watches that matched it before, and told nothing until now
	matter  *Record  // another event of the same case; nil if none is known

	outlets, independent int // of the story before the item
}

// lateness says whether an item may have a card of its own.
type lateness struct {
	fold bool   // told in a catch-up card only
	mute bool   // archived, not told
	old  bool   // mute, and nothing that a digest would list either
	why  string // in one line
}

// resurfaced is the age at which items that a feed brings in a burst are told by
// no card, only by the next digest: it shows its archive, which is no news. One
// of that age among few has a place in a catch-up: agencies date what they put
// online late.
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
		return lateness{mute: true, old: true, why: "first poll of the feed: older than " + schedule.InWords(fresh)}
	case age > max(resurfaced, fresh) && burst:
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

// matched puts a matched item into its story and decides, destination by
// destination, what is to be said of it.
func (j *judge) matched(it *matchedItem) {
	s := j.place(it)
	it.rec.Story = s.ID
	if len(it.waited) > 0 {
		it.role = it.rec.Role
	}
	var tell audience
	for _, q := range it.matches {
		w := it.o.rules.Watches[q.Rule]
		sw := s.Watch(w.Name)
		if sw == nil {
			s.Watches = append(s.Watches, StoryWatch{Watch: w.Name})
			sw = &s.Watches[len(s.Watches)-1]
		}
		sw.record(q, it)
		if slices.Contains(it.waited, w.Name) {
			sw.Matches--
		} else {
			j.watcher.Matched(w.Name, q.Verdict)
		}
		j.oweCopy(it, w, q)
		gate, why := admit(w, q, it, j.silenced(it, s, w))
		if wait := it.rec.waiting(w.Name); gate == open && wait != "" {
			gate, why = barred, wait
		}
		if !sw.Alerted {
			sw.Suppressed, sw.Old = why, it.late.old || it.idle(q)
		}
		if gate == barred {
			it.rec.note(Decision{Watch: w.Name, Why: why})
			continue
		}
		tell.add(it.o.rules.Recipients(w.Notify), heard{w, q, why}, gate)
	}
	for _, dest := range tell.order {
		j.carryOut(it, s, dest, tell.of[dest])
	}
	it.rec.Suppressed = it.rec.held()
	if len(it.facts) > 0 {
		s.change(it)
	}
	j.recount(it, s)
}

// record notes a match in what the watch knows of the story.
func (sw *StoryWatch) record(q match.Match, it *matchedItem) {
	sw.Matches++
	if sw.At.IsZero() {
		sw.At, sw.Item = it.o.at.UTC(), it.rec.ID
	}
	if q.Verdict > sw.Verdict || sw.Sentence == "" {
		sw.Sentence, sw.Hits, sw.Why = q.Sentence, q.Hits, whyLines(q)
		sw.Clauses, sw.Doubt = clauses(q), doubt(q)
	}
	sw.Verdict = max(sw.Verdict, q.Verdict)
	sw.name(entitiesOf(q))
}

// name adds to the entities that the watch's matches name.
func (sw *StoryWatch) name(entities []string) {
	for _, e := range entities {
		if !slices.Contains(sw.Entities, e) {
			sw.Entities = append(sw.Entities, e)
		}
	}
}

// entitiesOf returns the entities that a match names beyond doubt.
func entitiesOf(q match.Match) (names []string) {
	for _, e := range q.Evidence {
		if name, ok := strings.CutPrefix(e.Clause, "{"); ok && e.Strength == match.Strong.String() {
			names = append(names, strings.TrimSuffix(name, "}"))
		}
	}
	return names
}

// A gate is what a watch's own settings and silences say about a match.
type gate int

const (
	open     gate = iota
	silenced      // it is told nobody, and a row says so
	barred        // it tells nobody; digest and search know it
)

// admit decides whether a match may be told at all, and says why if not. It
// touches nothing.
func admit(w Watch, q match.Match, it *matchedItem, silence string) (gate, string) {
	switch {
	case q.Verdict == match.Weak && cmp.Or(w.Weak, WeakDigest) != WeakNotify:
		return barred, "weak: it rests on doubtful mentions alone"
	case len(w.Notify) == 0:
		return barred, "the watch notifies nobody"
	case it.idle(q):
		return barred, idleWhy
	case it.late.mute:
		return barred, it.late.why
	case silence != "":
		return silenced, silence
	}
	return open, ""
}

const idleWhy = "a modification of an award by no money, for which the query does not ask"

// idle reports whether the item tells of a modification of an award that changes
// no sum, and the query of the match asks neither for such actions nor for sums.
// Of those there are many, and they are no news.
func (it *matchedItem) idle(q match.Match) bool {
	f := it.item.Fields
	return f != nil && f.Action == "modification" && f.Amount != nil && *f.Amount == 0 &&
		!slices.ContainsFunc(q.Evidence, func(e match.Evidence) bool {
			return e.Zone == match.FieldZone && (e.Clause == "action" || e.Clause == "amount")
		})
}

// An audience is who may be told of an item, and for which watches.
type audience struct {
	order []string // destinations, as the watches name them
	of    map[string]*listeners
}

// listeners are the watches that would tell one destination.
type listeners struct {
	open, silenced []heard
}

// A heard is a match with its watch.
type heard struct {
	watch   Watch
	match   match.Match
	silence string // why the watch is silent
}

func (a *audience) add(dests []string, h heard, g gate) {
	for _, dest := range dests {
		l := a.of[dest]
		if l == nil {
			if a.of == nil {
				a.of = map[string]*listeners{}
			}
			l = &listeners{}
			a.of[dest], a.order = l, append(a.order, dest)
		}
		if g == silenced {
			l.silenced = append(l.silenced, h)
		} else {
			l.open = append(l.open, h)
		}
	}
}

// A decision is what becomes of an item at one destination.
type decision int

const (
	keep     decision = iota // nothing new there; a card's counts may change
	alert                    // a card of its own
	fold                     // a line in the next catch-up card
	follow                   // a reply to the story's card
	suppress                 // all its watches are silenced: a folded row says so
)

// decide returns what becomes of an item at a destination, and why if it is not
// told at once. t is what the destination has been told of the story, nil for
// nothing. It touches nothing.
func decide(it *matchedItem, t *Telling, l *listeners) (decision, string) {
	switch {
	case len(l.open) == 0:
		return suppress, l.silenced[0].silence
	case t != nil && !it.develops() && len(t.unnamed(names(l.open))) == 0:
		return keep, "the story has been told"
	case it.late.fold:
		return fold, it.late.why
	case t == nil || t.Card == "":
		return alert, ""
	}
	return follow, ""
}

// headlineBytes bounds what of an event's text stands for its headline.
const headlineBytes = 200

// headline is what the item is listed under: its title, or the text of an event
// whose title is that of its case.
func (it *matchedItem) headline() string {
	ofCase := func(r story.Reason) bool { return r.Kind == story.OfCase }
	if said := cmp.Or(it.item.Summary, it.item.Content); said != "" && slices.ContainsFunc(it.rec.Reasons, ofCase) {
		return plain.Shorten(strings.Join(strings.Fields(said), " "), headlineBytes)
	}
	return it.item.Title
}

// develops reports whether the item takes its story further: it is no reprint,
// or something of weight in it has changed.
func (it *matchedItem) develops() bool {
	return len(it.facts) > 0 || it.role == story.Original || it.role == story.First
}

// namedWithin reports whether the sentence shown with a match has a long name.
func namedWithin(q match.Match) bool {
	return slices.ContainsFunc(q.Evidence, func(e match.Evidence) bool {
		return e.Why == match.LongName && strings.Contains(q.Sentence, e.Text)
	})
}

// clauses counts the parts of its query that a match shows evidence for: the
// more there are, the stricter it is.
func clauses(q match.Match) int {
	var seen []string
	for _, e := range q.Evidence {
		if !slices.Contains(seen, e.Clause) {
			seen = append(seen, e.Clause)
		}
	}
	return len(seen)
}

// doubt says in one line why a mention means what it is taken for, where the
// sentence shown with it does not say so: "" for names and plain words.
func doubt(q match.Match) string {
	for _, e := range q.Evidence {
		if !strings.HasPrefix(e.Clause, "{") {
			continue
		}
		switch {
		case e.Strength == match.Weak.String():
			return e.Text + ": " + e.Why
		case e.Strength == match.Strong.String() && e.Why == match.NamedElsewhere && !namedWithin(q):
			return e.Text + ": named in full in the same item"
		}
	}
	return ""
}
