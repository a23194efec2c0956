package monitor

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"newswatch/feeds"
	"newswatch/monitor/identity"
	"newswatch/monitor/match"
	"newswatch/monitor/schedule"
)

// A Monitor polls feeds and decides which notices to send. Set its fields before Open
// and leave them alone afterwards; Poll may then be called concurrently, for
// different feeds, while Run runs.
type Monitor struct {
	Store   Store
	Fetcher feeds.Fetcher
	Log     *slog.Logger
	Now     func() time.Time
	Watcher Watcher      // observes what happens, for metrics; may be nil
	Wake    func()       // called after a commit that holds notices; may be nil
	Owe     func()       // called after a commit that changes which articles and copies are owed; may be nil
	Trace   func(Traced) // called with every listed item as it is judged, in order; may be nil

	rules   atomic.Pointer[Rules]
	in      chan *outcome
	rest    chan *outcome       // of which a part has been judged
	room    *semaphore.Weighted // for documents between parsing and judging, in bytes
	untaken atomic.Int64        // outcomes on their way through in, or being judged
	took    chan struct{}       // holds a token after outcomes were judged
	network schedule.Network
	pending *pending

	mu    sync.Mutex // held while outcomes are judged and committed; Poll does not take it
	judge *judge

	owed owed
}

// A Watcher observes what happens. Its methods are called concurrently.
type Watcher interface {
	Polled(result string, took time.Duration)
	Seen(items, fresh int)
	Matched(watch string, v match.Verdict)
	Missed(gap time.Duration)
}

// Rules is what the configuration says about judging. It is immutable; SetRules
// swaps it whole.
type Rules struct {
	Set        *match.Set
	Entities   map[string]match.Entity
	Watches    []Watch                // Match.Rule indexes them
	Feeds      map[string]*feeds.Feed // by name; not to be changed
	Articles   Articles
	Freshness  time.Duration       // 0 is a day
	Operations []string            // destinations for news about newswatch itself
	Expand     map[string][]string // a destination's outbox names, if they are not just its own: one per mail recipient
	Zone       *time.Location      // nil is UTC
	Digests    []string            // what a welcome says of the digests, one line each
	Page       string              // address of the page, for links; "" for none
	MaxNew     int                 // new entries an hour that are taken of a feed without a MaxNew of its own; 0 is 250
	Keep       time.Duration       // how long a feed's entries are kept after they were listed last; 0 is 400 days
	Archive    time.Duration       // how long texts are kept after an item was first seen; 0 is as long as the item
}

// The defaults of Rules.
const (
	defaultFreshness = 24 * time.Hour
	defaultKeep      = 400 * 24 * time.Hour
)

// keep returns the configured or the default bound.
func (r *Rules) keep() time.Duration { return cmp.Or(r.Keep, defaultKeep) }

// freshness returns the configured or the default bound.
func (r *Rules) freshness() time.Duration { return cmp.Or(r.Freshness, defaultFreshness) }

// Recipients returns the outbox names that a list of destinations stands for.
func (r *Rules) Recipients(names []string) []string {
	var out []string
	for _, n := range names {
		if to, ok := r.Expand[n]; ok {
			out = append(out, to...)
		} else {
			out = append(out, n)
		}
	}
	return out
}

// Configured reports whether dest is the outbox name of a destination.
func (r *Rules) Configured(dest string) bool {
	for _, names := range r.Expand {
		if slices.Contains(names, dest) {
			return true
		}
	}
	return false
}

// Feed returns a feed by name; of one that is not configured only the name is
// known.
func (r *Rules) Feed(name string) feeds.Feed {
	if f := r.Feeds[name]; f != nil {
		return *f
	}
	return feeds.Feed{Name: name}
}

// SetRules swaps the rules; polls under way finish with the old ones.
func (m *Monitor) SetRules(r *Rules) {
	if m.pending != nil {
		if err := m.adopt(r); err != nil {
			m.Log.Error("what is kept of feeds could not be moved to their new identities: they are new", "err", err)
		}
	}
	m.rules.Store(r)
	m.activateSilences(r)
}

// adopt gives feeds that are named by a variable what is kept of them under the
// credential that stood in its place.
func (m *Monitor) adopt(r *Rules) error {
	var b Batch
	for _, f := range r.Feeds {
		if f.ID() == f.FormerID() {
			continue
		}
		rec, err := m.Store.Feed(f.ID())
		if err == nil && rec.Poll.Last.IsZero() {
			if rec, err = m.Store.Feed(f.FormerID()); err == nil && !rec.Poll.Last.IsZero() {
				rec.Seen, err = m.Store.Seen(rec.ID)
				rec.ID = f.ID()
				b.Feeds = append(b.Feeds, rec)
			}
		}
		if err != nil {
			return err
		}
	}
	if len(b.Feeds) == 0 {
		return nil
	}
	return m.Store.Commit(b)
}

// Rules returns the rules in force.
func (m *Monitor) Rules() *Rules { return m.rules.Load() }

// Open reads what the monitor needs to know of the past. Call it once, before
// Poll and Run, and after SetRules.
func (m *Monitor) Open() error {
	m.in, m.rest, m.took = make(chan *outcome, queuedOutcomes), make(chan *outcome, longDocuments), make(chan struct{}, 1)
	m.room = semaphore.NewWeighted(documentBytes)
	if m.Watcher == nil {
		m.Watcher = noWatcher{}
	}
	m.pending = newPending(m.Store)
	if err := m.adopt(m.Rules()); err != nil {
		return err
	}
	reads, err := m.Store.Reads()
	if err != nil {
		return err
	}
	m.owed.restore(reads)
	return m.reload()
}

// reload reads the past anew, and forgets whatever was decided but not
// committed. The caller holds mu, or is Open.
func (m *Monitor) reload() error {
	j, err := openJudge(m)
	if err == nil {
		m.pending.reset()
		m.judge = j
	}
	return err
}

// A Polled is what became of one poll.
type PollResult struct {
	Poll    schedule.PollTimes // with the next due time
	Result  string             // unchanged, changed or failed
	Items   int                // listed
	New     int
	Matched int
	Err     error // what went wrong outside; the poll was accounted for all the same
	Down    bool  // Err is taken for a failure of our own network, as hardly any host answers
}

// Poll makes one exchange with a feed and hands its outcome to Run. It returns
// an error only if the store cannot be read or ctx has ended.
func (m *Monitor) Poll(ctx context.Context, f feeds.Feed, pace schedule.Pace) (PollResult, error) {
	began := m.Now()
	rec, reading, err := m.record(f)
	if err != nil {
		return PollResult{}, err
	}
	var unread error
	var taken int64
	res, err := m.Fetcher.Fetch(ctx, f, rec.State, func(size int) (feeds.Hashes, error) {
		size = min(size, documentBytes)
		if unread = m.room.Acquire(ctx, int64(size)); unread == nil {
			taken += int64(size)
			unread = m.loadSeen(&rec)
		}
		return identity.ListedHashes(rec.Seen), unread
	})
	if err == nil && !res.Unchanged {
		unread = m.loadSeen(&rec) // a fetcher need not have asked
	}
	if cmp.Or(ctx.Err(), unread) != nil {
		m.pending.end(reading)
		m.room.Release(taken)
		return PollResult{}, cmp.Or(ctx.Err(), unread)
	}
	o := &outcome{feed: f, reading: reading, rec: rec, res: res, err: err, bytes: taken, began: began, at: m.Now(), rules: m.Rules()}
	o.account(pace, m.network.Observe(f.URL, err, o.at))
	o.evaluate()
	m.Watcher.Polled(o.kind(), o.at.Sub(began))
	return o.result(), m.hand(ctx, o)
}

// Push takes in a document, or only its new entries, that a hub has pushed: it
// goes the same way as one that was fetched.
func (m *Monitor) Push(ctx context.Context, f feeds.Feed, doc feeds.Document) (PollResult, error) {
	rec, reading, err := m.record(f)
	if err != nil {
		return PollResult{}, err
	}
	if err := m.loadSeen(&rec); err != nil {
		m.pending.end(reading)
		return PollResult{}, err
	}
	now := m.Now()
	o := &outcome{feed: f, reading: reading, rec: rec, before: rec, res: feeds.Result{State: rec.State, Document: doc}, partial: true, began: now, at: now, rules: m.Rules()}
	o.read()
	o.evaluate()
	return o.result(), m.hand(ctx, o)
}

// Fill takes in what a program has pushed to a feed of KindPush, and returns once
// that is committed: what it returns nil for survives, and the same item once
// more changes nothing.
func (m *Monitor) Fill(f feeds.Feed, doc feeds.Document) (PollResult, error) {
	for {
		o, err := m.filled(f, doc)
		if err != nil {
			return PollResult{}, err
		}
		out := o.result()
		forgotten, err := m.judgeGroup([]*outcome{o}, func() error { return m.commit(false) })
		if forgotten == 0 || err != nil {
			return out, err
		}
	}
}

// filled is the outcome of a push to a feed of KindPush.
func (m *Monitor) filled(f feeds.Feed, doc feeds.Document) (*outcome, error) {
	rec, reading, err := m.record(f)
	if err != nil {
		return nil, err
	}
	if err := m.loadSeen(&rec); err != nil {
		m.pending.end(reading)
		return nil, err
	}
	now := m.Now()
	st := rec.State
	st.Of, st.Pushed = f.Of(), now.UTC()
	o := &outcome{feed: f, reading: reading, rec: rec, res: feeds.Result{State: st, Document: doc}, began: now, at: now, rules: m.Rules(), done: progress{whole: true}}
	o.account(schedule.PushPace(f), schedule.Unsure)
	o.evaluate()
	return o, nil
}

// record returns the newest record of a feed, for an outcome.
func (m *Monitor) record(f feeds.Feed) (FeedRecord, *reading, error) {
	rec, r, err := m.pending.begin(f.ID())
	rec.Name = f.Name
	return rec, r, err
}

// loadSeen reads the entries seen of a feed into a record that came without
// them.
func (m *Monitor) loadSeen(rec *FeedRecord) (err error) {
	if rec.Seen != nil {
		return nil
	}
	if rec.Seen, err = m.Store.Seen(rec.ID); rec.Seen == nil {
		rec.Seen = []identity.Seen{}
	}
	return err
}

// hand passes an outcome on to be judged. One that changed nothing waits for
// the next checkpoint instead: it costs no transaction.
func (m *Monitor) hand(ctx context.Context, o *outcome) error {
	if !o.significant() {
		m.pending.putUnchanged(o)
		m.room.Release(o.bytes)
		return nil
	}
	m.untaken.Add(1)
	select {
	case m.in <- o:
		return nil
	case <-ctx.Done():
		m.pending.end(o.reading)
		m.judged(o)
		return ctx.Err()
	}
}

// Freshen brings a record read from the store up to what has happened since the
// last commit.
func (m *Monitor) Freshen(rec *FeedRecord) { m.pending.freshen(rec) }

// noWatcher is the Watcher of a Monitor without one.
type noWatcher struct{}

func (noWatcher) Polled(string, time.Duration)  {}
func (noWatcher) Seen(int, int)                 {}
func (noWatcher) Matched(string, match.Verdict) {}
func (noWatcher) Missed(time.Duration)          {}
