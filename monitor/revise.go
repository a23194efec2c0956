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

// revise records that a known item reads differently now. It is told as a reply
// only if something of weight came or went; a watch that matches only now has
// its first match.
func (m *Monitor) revise(p *polled, id ItemID, now feeds.Item, matches []match.Match) error {
	rec, err := m.item(id)
	if err != nil || rec == nil {
		return err
	}
	if rec.Feed != p.feed.Name {
		// Another feed words the shared item its own way: no revision.
		return nil
	}
	was := rec.Item
	if identity.TextKey(was) == identity.TextKey(now) {
		return nil
	}
	rec.Revisions = append(rec.Revisions, Revision{At: p.at.UTC(), Title: was.Title, Summary: was.Summary})
	if extra := len(rec.Revisions) - maxRevisions; extra > 0 {
		rec.Revisions = slices.Delete(rec.Revisions, 0, extra)
	}
	rec.Item = now
	m.draft.items[id] = rec
	fresh := slices.DeleteFunc(slices.Clone(matches), func(q match.Match) bool { return rec.told(q) })
	var facts []string
	if p.at.Sub(rec.Seen) > settling {
		facts = p.rules.Set.Facts(DocOf(was, p.feed, p.at)).Diff(p.rules.Set.Facts(DocOf(now, p.feed, p.at)))
	}
	rec.match(matches)
	if len(fresh) == 0 && len(facts) == 0 || len(matches) == 0 {
		return nil
	}
	a := arrival{p: p, rec: rec, item: now, outlet: rec.Outlet, matches: matches, facts: facts}
	if rec.Story != 0 {
		a.role = story.Repeat
	}
	a.late = a.lateness(false)
	m.report(&a)
	return nil
}

// told reports whether the watch had matched the record before, as surely.
func (r *Record) told(q match.Match) bool {
	return slices.ContainsFunc(r.Matches, func(o Matched) bool { return o.Watch == q.Watch && o.Verdict >= q.Verdict })
}
