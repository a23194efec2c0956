package monitor

import (
	"context"
	"errors"
	"time"

	"newswatch/feeds"
	"newswatch/monitor/identity"
	"newswatch/monitor/match"
	"newswatch/monitor/schedule"
)

// polled is one exchange with a feed on its way to being committed.
type polled struct {
	feed    feeds.Feed
	before  FeedRecord // as it was
	rec     FeedRecord // as it will be
	res     feeds.Result
	err     error
	down    bool // our own network failed, which counts against nobody
	began   time.Time
	at      time.Time // ended
	rules   *Rules
	list    identity.Listing
	matches [][]match.Match // beside list.entries
	first   bool            // the feed's first complete poll
	newest  string          // title of the item listed first
	partial bool            // pushed: what the document leaves out is no less listed
	gap     *Gap
	dark    time.Duration // how long the feed had not been reached
}

// account updates the feed's record for what the exchange showed: state,
// health, interval and next due time. down says that our own network failed,
// which counts against nobody.
func (p *polled) account(pace schedule.Pace, down bool) {
	p.before, p.down = p.rec, down
	r := &p.rec
	r.Poll.Last = p.at
	r.Poll.Polls++
	r.State = p.res.State
	if p.err != nil {
		p.failed(pace, down)
		return
	}
	if !p.before.Poll.Success.IsZero() {
		p.dark = p.at.Sub(p.before.Poll.Success)
	}
	r.Poll.Success = p.at
	if !p.res.Unchanged {
		p.read()
		if listed := len(p.list.Entries) + len(p.res.Document.Unchanged); listed > 0 && p.list.Overlap < 1 && !p.first {
			r.Peak = pace.Peak(r.Peak, 1-p.list.Overlap, p.dark, p.at.Sub(r.LastNew))
		}
	} else if r.Items > 0 {
		r.Overlap = 1
	}
	if pace.Exact == nil {
		r.Interval = pace.Adapt(r.Interval, r.Overlap, r.Peak)
	}
	moved := ""
	if r.State.Settled {
		moved = r.State.Moved
	}
	r.Health = r.Health.Succeeded(moved, stalledFor(r, p.at), p.at)
	r.Poll.Next = pace.Next(r.ID, r.Interval, 0, r.State.NextAllowed(p.at), p.began)
}

// failed accounts for an exchange that yielded nothing.
func (p *polled) failed(pace schedule.Pace, down bool) {
	r := &p.rec
	f := schedule.NewFailure(p.err, down, p.at)
	r.Health = r.Health.Failed(f)
	failures := int(r.Health.Failures)
	if down {
		failures = 0
	}
	next := pace.Next(r.ID, r.Interval, failures, r.State.NextAllowed(p.at), p.began)
	r.Poll.Next = f.Postpone(r.ID, next, r.Health)
}

// read holds the document against what is known of the feed.
func (p *polled) read() {
	r, doc := &p.rec, p.res.Document
	p.list = identity.Identify(r.Seen, doc, p.at)
	if len(doc.Items) > 0 {
		p.newest = doc.Items[0].Title
	}
	p.res.Document.Items = nil // the entries hold them; many polls may wait to be judged
	if p.partial {
		return
	}
	p.first = r.Added.IsZero()
	r.Title, r.Site, r.Flaw = doc.Title, doc.URL, doc.Flaws()
	r.Overlap = p.list.Overlap
	listed := len(p.list.Entries) + len(doc.Unchanged)
	if p.first {
		r.Added = p.at
		r.Overlap = 1
	} else if listed > 0 && p.list.Overlap == 0 && len(r.Seen) > 0 {
		p.gap = &Gap{Feed: r.Name, From: p.before.Poll.Success, To: p.at, Lost: true,
			Why: "the document shares no item with the one before"}
	}
}

// darkAfter is how long a feed must have been out of reach for the time to be
// worth a line in the ledger.
const darkAfter = 2 * time.Hour

// match runs the watches over what may be news: entries never seen, and those
// whose wording changed.
func (p *polled) match() {
	if p.gap == nil && p.dark > max(darkAfter, 4*p.before.Interval) {
		p.gap = &Gap{Feed: p.rec.Name, From: p.before.Poll.Success, To: p.at, Why: p.before.darkness()}
	}
	p.matches = make([][]match.Match, len(p.list.Entries))
	for i, e := range p.list.Entries {
		if e.Seen < 0 && e.Duplicate < 0 || e.Changed {
			p.matches[i] = p.rules.match(e.Item, p.feed, p.at)
		}
	}
}

// darkness says why a feed was out of reach.
func (r *FeedRecord) darkness() string {
	if r.Health.Cause != "" {
		return r.Health.Cause
	}
	return "newswatch was not running"
}

// match runs the watches over one item.
func (r *Rules) match(it feeds.Item, f feeds.Feed, now time.Time) []match.Match {
	return r.Set.Match(DocOf(it, f, now))
}

// DocOf is an item as the watch language sees it.
func DocOf(it feeds.Item, f feeds.Feed, now time.Time) *match.Doc {
	return &match.Doc{Title: it.Title, Summary: it.Summary, Body: it.Content, URL: it.URL, Feed: f.Name, FeedTags: f.Tags,
		Class: f.Class, Tags: it.Tags, Authors: it.Authors, Lang: it.Lang, Published: it.Published, Now: now}
}

// worth reports whether the poll changed anything that must not wait for the
// next checkpoint.
func (p *polled) worth() bool {
	return p.err != nil || !p.res.Unchanged || p.gap != nil || p.rec.Health != p.before.Health
}

// result names the outcome for people and metrics.
func (p *polled) result() string {
	switch {
	case p.err != nil:
		return "failed"
	case p.res.Unchanged:
		return "unchanged"
	}
	return "changed"
}

// outcome sums the poll up for its caller.
func (p *polled) outcome() Polled {
	o := Polled{Poll: p.rec.Poll, Result: p.result(), Items: len(p.list.Entries) + len(p.res.Document.Unchanged), Err: p.err, Down: p.err != nil && p.down}
	for i, e := range p.list.Entries {
		if e.Seen < 0 && e.Duplicate < 0 {
			o.New++
			if len(p.matches[i]) > 0 {
				o.Matched++
			}
		}
	}
	return o
}

// Group commit: the fsync is the dear part of a poll that changed something,
// so several share one. A group that holds notices is not kept waiting.
const (
	groupPolls  = 100
	groupWait   = time.Second
	queuedPolls = 16 // that wait to be judged, their documents in memory
)

// Run commits what Poll hands over, several polls in one transaction, until
// ctx ends; then it commits what is left and returns. A commit that fails is
// logged and its polls are forgotten: their feeds are asked again with the
// validators of before, so nothing is lost.
func (m *Monitor) Run(ctx context.Context) error {
	timer := time.NewTimer(groupWait)
	defer timer.Stop()
	waiting := 0
	for {
		select {
		case p := <-m.in:
			urgent := m.take(p)
			if waiting++; waiting == 1 {
				timer.Reset(groupWait)
			}
			if waiting < groupPolls && !(urgent && len(m.in) == 0) {
				continue
			}
		case <-timer.C:
		case <-ctx.Done():
			return m.drain()
		}
		if waiting > 0 {
			waiting = 0
			m.flush()
		}
	}
}

// drain commits what workers handed over before they stopped, and the
// checkpoint.
func (m *Monitor) drain() error {
	for {
		select {
		case p := <-m.in:
			m.take(p)
		default:
			return m.Checkpoint()
		}
	}
}

// take judges one poll into the draft. It reports whether the draft now holds
// a notice to be sent at once.
func (m *Monitor) take(p polled) bool {
	defer m.tookOne()
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.judge(&p); err != nil {
		// Half judged, it must not be committed: the group is forgotten, and
		// its feeds are asked again as if these polls had not been.
		m.Log.Error("polls not judged, they will be repeated", "feed", p.feed.Name, "err", errors.Join(err, m.load()))
		return false
	}
	return m.draft.urgent
}

// flush commits the draft and logs a failure.
func (m *Monitor) flush() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.commit(); err != nil {
		m.Log.Error("commit failed: its polls will be repeated", "err", err)
	}
}

// Checkpoint commits the draft together with what changed nothing but the time
// of the last poll. The caller calls it every few minutes, and before it
// closes the store.
func (m *Monitor) Checkpoint() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, poll := range m.polls {
		m.draft.polls = append(m.draft.polls, FeedRecord{ID: id, Poll: poll})
	}
	for id, rec := range m.overlay {
		if _, ok := m.draft.feeds[id]; !ok {
			m.draft.feeds[id] = rec
		}
	}
	if err := m.commit(); err != nil {
		return err
	}
	clear(m.polls)
	return nil
}

// Settle judges and commits all that Poll and Push have handed over so far. It
// needs no Run, but may be called beside it: then it waits for what Run has
// already taken upon itself.
func (m *Monitor) Settle() error {
	m.Absorb()
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.commit()
}

// Absorb judges what Settle would, and leaves it to the next Settle or
// Checkpoint to commit: many polls then share a transaction.
func (m *Monitor) Absorb() {
	for m.untaken.Load() > 0 {
		select {
		case p := <-m.in:
			m.take(p)
		case <-m.took:
		}
	}
	m.ring() // another may wait, and the token may have been its
}
