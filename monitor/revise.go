package monitor

import (
	"slices"
	"time"

	"newswatch/feeds"
	"newswatch/monitor/identity"
	"newswatch/monitor/match"
	"newswatch/monitor/story"
)

// settling is how long after an item was first seen its wording may change
// without comment: publishers correct themselves in the first minutes.
const settling = 10 * time.Minute

// maxRevisions bounds the wordings kept of one item; the oldest go first.
const maxRevisions = 20

// revise records that a known item reads as entry i now. It makes a reply only
// if a fact came or went; a watch that matches only now has its first match.
func (j *judge) revise(o *outcome, id ItemID, i int) {
	rec, now := j.item(id), o.list.Entries[i].Item
	if rec == nil || rec.Feed != o.feed.Name {
		// Another feed words the shared item its own way: no revision.
		return
	}
	was, bare := rec.Item, rec.Dropped != 0
	if rec.textKey() == identity.TextKey(now) {
		return
	}
	rec.reword(now, o.at)
	j.putItem(rec)
	matches := j.recall(o, DocOf(now, o.feed, o.at), rec, false, o.matches[i], o.senses[i])
	j.owe(o, rec, o.near[i], matches)
	fresh := slices.ContainsFunc(matches, func(q match.Match) bool { return !rec.matched(q) })
	var facts []string
	if o.at.Sub(rec.Seen) > settling && !bare {
		facts = o.newFacts(was, now)
	}
	rec.setMatches(matches)
	if !fresh && len(facts) == 0 || len(matches) == 0 {
		return
	}
	it := matchedItem{o: o, rec: rec, item: now, outlet: rec.Outlet, matches: matches, facts: facts}
	if rec.Story != 0 {
		it.role = story.Repeat
	}
	it.late = it.lateness(false)
	j.matched(&it)
}

// newFacts returns what differs between two wordings in facts, as far as they are
// archived.
func (o *outcome) newFacts(was, now feeds.Item) []string {
	was.Content, now.Content = identity.Archived(was.Content), identity.Archived(now.Content)
	return o.rules.Set.Facts(DocOf(was, o.feed, o.at)).Diff(o.rules.Set.Facts(DocOf(now, o.feed, o.at)))
}

// reword gives the item its new wording and keeps the one before. A wording that
// comes and goes is one revision, with the last time it went; a change of the
// content alone is none, as is one of a summary that was dropped.
func (r *Record) reword(now feeds.Item, at time.Time) {
	was := Revision{At: at.UTC(), Title: r.Item.Title, Summary: r.Item.Summary}
	bare := r.Dropped != 0
	r.Item, r.Dropped = now, 0
	if was.Title == now.Title && (was.Summary == now.Summary || bare) {
		return
	}
	r.Revisions = slices.DeleteFunc(r.Revisions, func(o Revision) bool { return o.Title == was.Title && o.Summary == was.Summary })
	r.Revisions = append(r.Revisions, was)
	if extra := len(r.Revisions) - maxRevisions; extra > 0 {
		r.Revisions = slices.Delete(r.Revisions, 0, extra)
	}
}

// matched reports whether the watch had matched the record before, as surely.
func (r *Record) matched(q match.Match) bool {
	return slices.ContainsFunc(r.Matches, func(o Matched) bool { return o.Watch == q.Watch && o.Verdict >= q.Verdict })
}
