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
	"newswatch/monitor/story"
)

// judge takes one poll into the draft: what is new is archived, what matches
// joins its story, and what must be told becomes notices. It reads the store
// and changes only memory; commit makes it so, or load undoes it.
func (m *Monitor) judge(p *polled) error {
	m.forget(p.at)
	delete(m.polls, p.rec.ID)
	m.draft.days.Polls++
	if p.gap != nil {
		m.draft.gaps = append(m.draft.gaps, *p.gap)
		if m.Watcher != nil {
			m.Watcher.Missed(p.gap.To.Sub(p.gap.From))
		}
	}
	m.announce(p)
	if p.err == nil && !p.res.Unchanged {
		if err := m.admit(p); err != nil {
			return err
		}
	}
	m.remember(&p.rec)
	m.draft.feeds[p.rec.ID] = p.rec
	return nil
}

// admit takes the entries of a changed document.
func (m *Monitor) admit(p *polled) error {
	known := slices.Clone(p.rec.Seen)
	for i := range known {
		if p.list.Listed[i] && !known[i].Listed {
			if err := m.returned(ItemID(known[i].ID)); err != nil {
				return err
			}
		}
		known[i].Listed = p.list.Listed[i] || p.partial && known[i].Listed
		if known[i].Listed {
			known[i].Day = DayOf(p.at)
		}
	}
	known, fresh, err := m.entries(p, known)
	if err != nil {
		return err
	}
	for _, i := range p.list.Withdrawn {
		if err := m.withdraw(ItemID(known[i].ID), p.at); err != nil {
			return err
		}
	}
	p.rec.Seen = identity.Retain(known, DayOf(p.at), cmp.Or(p.rules.Keep, defaultKeep))
	p.count(fresh)
	m.draft.days.Items += len(p.list.Entries) + len(p.res.Document.Unchanged)
	m.draft.days.New += fresh
	if m.Watcher != nil {
		m.Watcher.Seen(len(p.list.Entries)+len(p.res.Document.Unchanged), fresh)
	}
	return nil
}

// entries takes the entries one by one. It returns what is known of the feed
// after them, and how many were new.
func (m *Monitor) entries(p *polled, known []identity.Seen) (_ []identity.Seen, fresh int, err error) {
	storm := p.storm()
	ids := make([]ItemID, len(p.list.Entries))
	for i, e := range p.list.Entries {
		switch {
		case e.Duplicate >= 0:
			ids[i] = ids[e.Duplicate]
			if err := m.note(e, ids[i]); err != nil {
				return nil, 0, err
			}
			m.trace(p, e, ids[i], story.Repeat)
			continue
		case e.Seen >= 0:
			ids[i] = ItemID(known[e.Seen].ID)
			if was := known[e.Seen]; was.URL != e.Keys.URL || was.GUID != e.Keys.GUID {
				if err := m.note(e, ids[i]); err != nil {
					return nil, 0, err
				}
			}
			known[e.Seen] = known[e.Seen].Renewed(e.Keys)
			role := story.Repeat
			if e.Changed && !p.list.Rekeyed {
				role = RevisionRole
				if err := m.revise(p, ids[i], e.Item, p.matches[i]); err != nil {
					return nil, 0, err
				}
			}
			m.trace(p, e, ids[i], role)
			continue
		}
		fresh++
		id, role, err := m.newcomer(p, e, p.matches[i], storm)
		if err != nil {
			return nil, 0, err
		}
		k := e.Keys
		k.ID, k.Day, k.Listed = uint64(id), DayOf(p.at), true
		known, ids[i] = append(known, k), id
		m.trace(p, e, id, role)
	}
	return known, fresh, nil
}

// RevisionRole is a known item whose wording has changed.
const RevisionRole story.Role = "revision"

// Traced is what became of one listed item, for those who replay the past.
type Traced struct {
	Feed string
	Item feeds.Item
	At   int // its place in the document
	ID   ItemID
	Role story.Role // "" for a new item that matched nothing
}

// trace tells the tracer, if there is one.
func (m *Monitor) trace(p *polled, e identity.Entry, id ItemID, role story.Role) {
	if m.Trace != nil {
		m.Trace(Traced{Feed: p.feed.Name, Item: e.Item, At: e.At, ID: id, Role: role})
	}
}

// count brings the feed's running figures up to date.
func (p *polled) count(fresh int) {
	r := &p.rec
	if !p.first {
		r.Usual += (float64(fresh) - r.Usual) / 8
	}
	if fresh == 0 {
		return
	}
	if !r.LastNew.IsZero() && !p.first {
		r.Longest = max(r.Longest, p.at.Sub(r.LastNew))
	}
	r.LastNew = p.at
	r.Items += fresh
	today := DayOf(p.at)
	r.Daily = slices.DeleteFunc(slices.Clone(r.Daily), func(d DayCount) bool { return d.Day+14 <= today })
	if n := len(r.Daily); n > 0 && r.Daily[n-1].Day == today {
		r.Daily[n-1].N += fresh
		return
	}
	r.Daily = append(r.Daily, DayCount{Day: today, N: fresh})
}

// A storm is a document with many times the usual novelty.
const (
	stormAtLeast = 20
	stormTimes   = 5
)

// storm reports whether the poll brought so much at once that it is told in
// one card: a backfill, a replaced feed, a real burst.
func (p *polled) storm() bool {
	fresh := 0
	for _, e := range p.list.Entries {
		if e.Seen < 0 {
			fresh++
		}
	}
	return !p.first && fresh > max(stormAtLeast, int(stormTimes*p.rec.Usual))
}

// newcomer archives an entry its feed has not shown before, and returns its
// ID: that of the item another feed has shown under the same address, if any.
func (m *Monitor) newcomer(p *polled, e identity.Entry, matches []match.Match, storm bool) (ItemID, story.Role, error) {
	rec, err := m.sameAddress(e)
	if err != nil {
		return 0, "", err
	}
	if rec != nil && p.another(rec, e.Item) {
		rec, e.Shared = nil, true
	}
	if e.Shared {
		e.Item.URL = "" // it is still the link to click
	}
	outlet := p.feed.Name
	if e.Item.Source != "" {
		outlet = e.Item.Source
	}
	role := story.Role("")
	if rec != nil {
		rec.Sightings = append(rec.Sightings, Sighting{Feed: p.feed.Name, Seen: p.at})
		role = story.Repeat
	} else {
		rec = &Record{ID: m.newID(p.at), Item: e.Item, Feed: p.feed.Name, Outlet: outlet, Seen: p.at.UTC()}
		for _, key := range e.Addresses() {
			m.draft.urls[key] = rec.ID
		}
	}
	m.draft.items[rec.ID] = rec
	if len(matches) == 0 {
		return rec.ID, role, nil
	}
	m.draft.days.Matched++
	rec.match(matches)
	c := arrival{p: p, rec: rec, item: e.Item, outlet: outlet, matches: matches, role: role}
	c.late = c.lateness(storm)
	m.report(&c)
	return rec.ID, c.role, nil
}

// item returns an archived item, from the draft if it is being changed, to be
// changed in place. It returns nil for one that is no longer kept.
func (m *Monitor) item(id ItemID) (*Record, error) {
	if rec, ok := m.draft.items[id]; ok {
		return rec, nil
	}
	rec, ok, err := m.Store.Item(id)
	if err != nil {
		return nil, fmt.Errorf("item %s: %w", id, err)
	}
	if !ok {
		return nil, nil
	}
	return &rec, nil
}

// match adds to the record what the watches made of it, replacing what they
// made of it before.
func (r *Record) match(matches []match.Match) {
	for _, q := range matches {
		made := Matched{Watch: q.Watch, Verdict: q.Verdict, Sentence: q.Sentence, Hits: q.Hits, Why: whyLines(q)}
		if i := slices.IndexFunc(r.Matches, func(o Matched) bool { return o.Watch == q.Watch }); i >= 0 {
			r.Matches[i] = made
		} else {
			r.Matches = append(r.Matches, made)
		}
	}
}

// maxWhy bounds the evidence told with a match.
const maxWhy = 6

// whyLines tells the evidence of a match, one line each.
func whyLines(q match.Match) []string {
	var out []string
	for _, e := range q.Evidence {
		line := fmt.Sprintf("“%s” in the %s", e.Text, e.Zone)
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

// newID returns an ID greater than any before.
func (m *Monitor) newID(now time.Time) ItemID {
	m.last = max(m.last+1, FirstID(now))
	return m.last
}
