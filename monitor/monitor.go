package monitor

import (
	"cmp"
	"context"
	"log/slog"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"newswatch/feeds"
	"newswatch/monitor/identity"
	"newswatch/monitor/match"
	"newswatch/monitor/schedule"
	"newswatch/monitor/story"
)

// A Monitor polls feeds and decides what to tell. Set its fields before Open
// and leave them alone afterwards; Poll may then be called concurrently, for
// different feeds, while Run runs.
type Monitor struct {
	Store   Store
	Fetcher feeds.Fetcher
	Log     *slog.Logger
	Now     func() time.Time
	Watcher Watcher      // told of what happens, for metrics; may be nil
	Wake    func()       // called after a commit that holds notices; may be nil
	Trace   func(Traced) // told of every listed item as it is judged, in order; may be nil

	rules   atomic.Pointer[Rules]
	in      chan polled
	untaken atomic.Int64  // polls on their way through in
	took    chan struct{} // holds a token after a poll was taken
	network schedule.Network

	mu       sync.Mutex // guards everything below: held from reading what was seen to committing it
	index    *story.Index
	open     map[StoryID]*Story // stories of the window, and aliases of merged ones
	silences []Silence
	last     ItemID
	forgot   time.Time // by what time what is over was last forgotten
	draft    *draft
	rounds   map[roundKey]*round
	loaded   time.Time                     // when the past was last read from the store
	replies  map[string]Notice             // replies not yet due, by key: what comes meanwhile is added to them
	overlay  map[string]FeedRecord         // newer than the store's: waiting for a commit
	polls    map[string]schedule.PollTimes // newer than the store's: written at checkpoints
	days     DayTotal                      // not yet in a batch
}

// A Watcher is told what happens. Its methods are called concurrently.
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
	Watches    []Watch               // Match.Rule indexes them
	Feeds      map[string]feeds.Feed // by name
	Freshness  time.Duration         // 0 is a day
	Operations []string              // destinations for news about newswatch itself
	Expand     map[string][]string   // a destination's outbox names, if they are not just its own: one per mail recipient
	Zone       *time.Location        // nil is UTC
	Keep       time.Duration         // how long what was seen is remembered; 0 is 400 days
}

// The defaults of Rules.
const (
	defaultFreshness = 24 * time.Hour
	defaultKeep      = 400 * 24 * time.Hour
	storyWindow      = 72 * time.Hour // a story takes new reports for this long after its last
)

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

// Feed returns a feed by name; of one that is not configured only the name is
// known.
func (r *Rules) Feed(name string) feeds.Feed {
	f := r.Feeds[name]
	f.Name = name
	return f
}

// SetRules swaps the rules; polls under way finish with the old ones.
func (m *Monitor) SetRules(r *Rules) { m.rules.Store(r) }

// Rules returns the rules in force.
func (m *Monitor) Rules() *Rules { return m.rules.Load() }

// Open reads what the monitor needs to know of the past. Call it once, before
// Poll and Run, and after SetRules.
func (m *Monitor) Open() error {
	m.in, m.took = make(chan polled, queuedPolls), make(chan struct{}, 1)
	m.polls = map[string]schedule.PollTimes{}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.load()
}

// load rebuilds the stories of the window from the store, and forgets whatever
// was decided but not committed.
func (m *Monitor) load() error {
	now := m.Now()
	stories, err := m.Store.StoriesSince(now.Add(-storyWindow))
	if err != nil {
		return err
	}
	if m.silences, err = m.Store.Silences(now); err != nil {
		return err
	}
	m.index = story.NewIndex(storyWindow)
	m.open = make(map[StoryID]*Story, len(stories))
	m.overlay = map[string]FeedRecord{}
	m.rounds = map[roundKey]*round{}
	m.replies, m.loaded = map[string]Notice{}, now
	m.draft = newDraft()
	m.forgot = time.Time{}
	return m.restore(stories)
}

// A Polled result is what became of one poll.
type Polled struct {
	Poll    schedule.PollTimes // with the next due time
	Result  string             // unchanged, changed, failed or skipped
	Items   int                // listed
	New     int
	Matched int
	Err     error // what went wrong outside; the poll was accounted for all the same
	Down    bool  // Err is taken for a failure of our own network, as hardly any host answers
}

// Poll makes one exchange with a feed and hands its outcome to Run. It returns
// an error only if the store cannot be read or ctx has ended.
func (m *Monitor) Poll(ctx context.Context, f feeds.Feed, pace schedule.Pace) (Polled, error) {
	began := m.Now()
	rec, err := m.record(f)
	if err != nil {
		return Polled{}, err
	}
	res, err := m.Fetcher.Fetch(ctx, f, rec.State, m.listed(&rec))
	if ctx.Err() != nil {
		return Polled{}, ctx.Err()
	}
	if err == nil && !res.Unchanged {
		if err := m.know(&rec); err != nil {
			return Polled{}, err
		}
	}
	p := polled{feed: f, rec: rec, res: res, err: err, began: began, at: m.Now(), rules: m.Rules()}
	p.account(pace, m.network.Observe(f.URL, err, p.at))
	p.match()
	if m.Watcher != nil {
		m.Watcher.Polled(p.result(), p.at.Sub(began))
	}
	return p.outcome(), m.hand(ctx, p)
}

// Push takes in a document, or only its new entries, that a hub has pushed: it
// goes the same way as one that was fetched.
func (m *Monitor) Push(ctx context.Context, f feeds.Feed, doc feeds.Document) (Polled, error) {
	rec, err := m.record(f)
	if err == nil {
		err = m.know(&rec)
	}
	if err != nil {
		return Polled{}, err
	}
	now := m.Now()
	p := polled{feed: f, rec: rec, before: rec, res: feeds.Result{State: rec.State, Document: doc}, partial: true, began: now, at: now, rules: m.Rules()}
	p.read()
	p.match()
	return p.outcome(), m.hand(ctx, p)
}

// listed returns a function that knows the entries of the last document by the
// hash of their bytes. Most polls never call it.
func (m *Monitor) listed(rec *FeedRecord) func(span uint64) bool {
	var spans map[uint64]bool
	return func(span uint64) bool {
		if spans == nil {
			spans = map[uint64]bool{}
			// If they cannot be read, Poll will say so.
			_ = m.know(rec)
			for _, k := range rec.Seen {
				if k.Listed && k.Hash != 0 {
					spans[k.Hash] = true
				}
			}
		}
		return spans[identity.FeedKey(span)]
	}
}

// know reads the known entries into a record that came without them.
func (m *Monitor) know(rec *FeedRecord) error {
	if rec.Seen != nil {
		return nil
	}
	known, err := m.Store.Seen(rec.ID)
	if err == nil {
		rec.Seen = known
		if known == nil {
			rec.Seen = []identity.Seen{}
		}
	}
	return err
}

// remember keeps a record until it is committed. The caller holds mu.
func (m *Monitor) remember(rec *FeedRecord) {
	if rec.Seen == nil {
		rec.Seen = m.overlay[rec.ID].Seen // read from the store it may be older
	}
	m.overlay[rec.ID] = *rec
}

// record returns what is known of a feed, with what is not yet committed.
func (m *Monitor) record(f feeds.Feed) (FeedRecord, error) {
	m.mu.Lock()
	rec, ok := m.overlay[f.URL]
	poll, fresh := m.polls[f.URL]
	m.mu.Unlock()
	if !ok {
		var err error
		if rec, err = m.Store.Feed(f.URL); err != nil {
			return FeedRecord{}, err
		}
	}
	if fresh {
		rec.Poll = poll
	}
	rec.Name = f.Name
	return rec, nil
}

// hand passes a poll on to be committed. One that changed nothing waits for
// the next checkpoint instead: it costs no transaction.
func (m *Monitor) hand(ctx context.Context, p polled) error {
	if !p.worth() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.polls[p.rec.ID] = p.rec.Poll
		m.days.Polls++
		if !reflect.DeepEqual(p.rec.State, p.before.State) {
			m.remember(&p.rec)
		}
		return nil
	}
	m.untaken.Add(1)
	select {
	case m.in <- p:
		return nil
	case <-ctx.Done():
		m.tookOne()
		return ctx.Err()
	}
}

// tookOne counts a poll off that hand had counted in.
func (m *Monitor) tookOne() {
	m.untaken.Add(-1)
	m.ring()
}

// ring lets one Settle look again.
func (m *Monitor) ring() {
	select {
	case m.took <- struct{}{}:
	default: // it will look anyway
	}
}

// Freshen brings records read from the store up to what has happened since the
// last commit, in place.
func (m *Monitor) Freshen(recs []FeedRecord) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range recs {
		if rec, ok := m.overlay[recs[i].ID]; ok {
			rec.Seen = nil
			recs[i] = rec
		}
		if poll, ok := m.polls[recs[i].ID]; ok {
			recs[i].Poll = poll
		}
	}
}
