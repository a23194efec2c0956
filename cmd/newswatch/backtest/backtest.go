package backtest

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"newswatch/cmd/newswatch/config"
	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/monitor/report"
	"newswatch/monitor/store"
	"newswatch/monitor/store/bolt"
	"newswatch/monitor/story"
)

// A replay runs items of the past through the monitor as the daemon would have
// run them, on a clock of its own and a store that is thrown away. Nothing is
// sent.
type replay struct {
	cfg   *config.Config
	store store.Store
	mon   *monitor.Monitor
	clock time.Time
	plans []config.Digest

	// Items that no watch matched have no story in the daemon. A second index
	// groups all items, so that the outcome can be compared with the past.
	all    *story.Index
	shadow map[monitor.ItemID]monitor.StoryID
	joined map[monitor.StoryID]monitor.StoryID // stories of all merged away, and into which

	batch []int // n of the items of the poll under way
	held  int   // polls judged since the last commit
	group int   // how many polls share a transaction
	out   []Outcome
	byID  map[monitor.ItemID][]listing

	texts  texts
	labels []label // of readers, in order of time; those before the clock have been said
	ids    map[int]monitor.ItemID
}

// A label is what a reader said of item n.
type label struct {
	monitor.Label
	n int
}

// A listing is one showing of an item.
type listing struct {
	n    int
	seen time.Time
}

// Outcome is what became of one item.
type Outcome struct {
	Type    string        `json:"type"` // "item"
	N       int           `json:"n"`
	ID      string        `json:"id"`
	Story   string        `json:"story"`
	Role    string        `json:"role"`
	Matches []match.Match `json:"matches"`

	title, feed string
	id          monitor.ItemID
}

// Notice is one message that would have been sent.
type Notice struct {
	Type        string    `json:"type"` // "notice"
	At          time.Time `json:"at"`
	Destination string    `json:"destination"`
	Kind        string    `json:"kind"`
	Watch       string    `json:"watch"`   // the first of Watches
	Watches     []string  `json:"watches"` // all that it tells for
	Story       string    `json:"story"`
	Items       []int     `json:"items"`

	Headline string
}

// newReplay opens a throw-away monitor for a configuration.
func newReplay(cfg *config.Config) (r *replay, cleanUp func() error, err error) {
	dir, err := os.MkdirTemp("", "newswatch-backtest-")
	if err != nil {
		return nil, nil, err
	}
	db, err := bolt.OpenScratch(filepath.Join(dir, "backtest.db"))
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	r = &replay{cfg: cfg, store: db, plans: cfg.Digests, group: replayGroup, all: story.NewIndex(0), shadow: map[monitor.ItemID]monitor.StoryID{},
		joined: map[monitor.StoryID]monitor.StoryID{}, byID: map[monitor.ItemID][]listing{}, ids: map[int]monitor.ItemID{}}
	r.mon = &monitor.Monitor{Store: db, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return r.clock }, Trace: r.trace}
	r.mon.SetRules(cfg.Rules())
	cleanUp = func() error { return errors.Join(db.Close(), os.RemoveAll(dir)) }
	return r, cleanUp, nil
}

// Run runs items through a configuration and returns what became of each
// and the messages that would have been sent.
func Run(ctx context.Context, cfg *config.Config, items []Item) (done []Outcome, notices []Notice, err error) {
	r, cleanUp, err := newReplay(cfg)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, cleanUp()) }()
	if err := r.run(ctx, items); err != nil {
		return nil, nil, err
	}
	return r.finish()
}

// run replays the items, which must be in order of time: those of one feed
// that were seen at one time are one poll.
func (r *replay) run(ctx context.Context, items []Item) error {
	if len(items) > 0 {
		r.clock = items[0].Seen
	}
	r.texts = textsOf(items)
	for _, it := range items {
		for _, l := range it.labels {
			r.labels = append(r.labels, label{l, it.n})
		}
	}
	slices.SortStableFunc(r.labels, func(a, b label) int { return a.At.Compare(b.At) })
	if err := r.mon.Open(); err != nil {
		return err
	}
	for from := 0; from < len(items); {
		to := from + 1
		for to < len(items) && items[to].Feed == items[from].Feed && items[to].Seen.Equal(items[from].Seen) {
			to++
		}
		if err := r.poll(ctx, items[from:to]); err != nil {
			return err
		}
		from = to
	}
	if err := r.textsUntil(r.clock.AddDate(0, 0, 2)); err != nil {
		return err
	}
	if err := r.mon.CloseBundles(); err != nil {
		return err
	}
	return r.digestsUntil(r.clock.Add(time.Minute))
}

// poll replays one poll.
func (r *replay) poll(ctx context.Context, items []Item) error {
	seen := items[0].Seen
	if err := r.textsUntil(seen); err != nil {
		return err
	}
	if err := r.digestsUntil(seen); err != nil {
		return err
	}
	if err := r.labelUntil(seen); err != nil {
		return err
	}
	r.advance(seen)
	doc := feeds.Document{}
	r.batch = r.batch[:0]
	for i := range items {
		doc.Items = append(doc.Items, items[i].item())
		r.batch = append(r.batch, items[i].n)
	}
	f := r.mon.Rules().Feed(items[0].Feed)
	f.URL = cmp.Or(f.URL, "backtest:"+f.Name)
	if _, err := r.mon.Push(ctx, f, doc); err != nil {
		return err
	}
	r.mon.Absorb()
	if r.cfg.Articles.Read != "" { // what is owed shows once it is committed
		return errors.Join(r.commit(), r.owe())
	}
	if r.held++; r.held < r.group {
		return nil
	}
	return r.commit()
}

// labelUntil has readers say what they said before t. A label that these watches
// have no use for is passed over.
func (r *replay) labelUntil(t time.Time) error {
	for len(r.labels) > 0 && r.labels[0].At.Before(t) {
		l := r.labels[0]
		r.labels = r.labels[1:]
		id, ok := r.ids[l.n]
		if !ok {
			continue
		}
		if err := r.commit(); err != nil {
			return err
		}
		r.advance(l.At)
		_, _ = r.mon.Label(monitor.LabelOrder{Item: id, Watch: l.Watch, Entity: l.Entity, Relevant: l.Relevant, At: l.At})
	}
	return nil
}

// replayGroup is how many polls of the past share a transaction: what would be
// told does not depend on it, but most of the time went there.
const replayGroup = 200

// commit writes what was judged.
func (r *replay) commit() error {
	r.held = 0
	return r.mon.Settle()
}

// advance moves the clock on to a time, never back.
func (r *replay) advance(to time.Time) {
	if to.After(r.clock) {
		r.clock = to
	}
}

// trace is told of every item as the monitor judges it.
func (r *replay) trace(t monitor.Traced) {
	n := r.batch[t.At]
	r.ids[n] = t.ID
	out := Outcome{Type: "item", N: n, ID: t.ID.String(), id: t.ID, Role: string(t.Role), title: t.Item.Title, feed: t.Feed,
		Matches: []match.Match{}}
	if t.Role != story.Repeat && t.Role != monitor.RevisionRole {
		outlet := cmp.Or(t.Item.Source, t.Feed)
		rep := monitor.ReportOf(t.ID, t.Item, outlet, r.clock)
		r.all.Expire(r.clock)
		pl := r.all.Place(rep)
		id := cmp.Or(pl.Story, rep.ID)
		r.all.Add(rep, pl, id)
		r.shadow[t.ID] = monitor.StoryID(id)
		for _, from := range pl.Merge {
			r.joined[monitor.StoryID(from)] = monitor.StoryID(id)
		}
		if out.Role == "" {
			out.Role = string(pl.Role)
		}
	}
	doc := (&Item{Title: t.Item.Title, Summary: t.Item.Summary, Content: t.Item.Content, URL: t.Item.URL,
		Tags: t.Item.Tags, Authors: t.Item.Authors, Lang: t.Item.Lang, Published: t.Item.Published, Fields: t.Item.Fields}).Doc(r.mon.Rules().Feed(t.Feed), r.clock)
	doc.Memory = t.Recalled
	if found := r.cfg.Set.Match(doc); found != nil {
		out.Matches = found
	}
	r.byID[t.ID] = append(r.byID[t.ID], listing{n, r.clock})
	r.out = append(r.out, out)
}

// digestsUntil tells the digests whose slots come before t.
func (r *replay) digestsUntil(t time.Time) error {
	for _, p := range r.plans {
		told, err := r.store.Slot(p.Name)
		if err != nil {
			return err
		}
		from := r.clock
		if told != "" {
			if from, err = config.ParseSlot(told, p.Zone); err != nil {
				return err
			}
		}
		slot, at := p.Slots.Next(from)
		for ; !at.IsZero() && at.Before(t); slot, at = p.Slots.Next(at) {
			if err := r.commit(); err != nil {
				return err
			}
			r.advance(at)
			period := report.Period{Slot: slot, From: from, To: at}
			if _, err := report.TellDigest(r.mon, r.store, p.Plan(), period); err != nil {
				return err
			}
			from = at
		}
	}
	return nil
}

// among returns the story of all items that an item is in after all merges.
// The index itself forgets.
func (r *replay) among(item monitor.ItemID) monitor.StoryID {
	id := r.shadow[item]
	for into, ok := r.joined[id]; ok; into, ok = r.joined[id] {
		id = into
	}
	return id
}

// finish gives every item its story as it stands at the end, and lists the
// notices in order.
func (r *replay) finish() ([]Outcome, []Notice, error) {
	stories := map[monitor.ItemID]monitor.StoryID{}
	err := r.store.ItemsFrom(0, func(rec monitor.Record) bool {
		if rec.Story != 0 {
			stories[rec.ID] = rec.Story
		}
		return true
	})
	if err != nil {
		return nil, nil, err
	}
	// A story of the index over all items takes the name of a daemon's story
	// that has items in it.
	named := map[monitor.StoryID]monitor.StoryID{}
	for _, id := range slices.Sorted(maps.Keys(stories)) {
		all := r.among(id)
		if _, ok := named[all]; !ok {
			named[all] = stories[id]
		}
	}
	is := map[monitor.StoryID]monitor.StoryID{} // after all merges
	for i := range r.out {
		it := &r.out[i]
		id, ok := stories[it.id]
		if !ok {
			all := r.among(it.id)
			id = cmp.Or(named[all], all)
		}
		now, known := is[id]
		if !known {
			now = id
			if s, found, err := r.store.Story(id); err != nil {
				return nil, nil, err
			} else if found {
				now = s.ID
			}
			is[id] = now
		}
		it.Story = now.String()
	}
	slices.SortStableFunc(r.out, func(a, b Outcome) int { return cmp.Compare(a.N, b.N) })
	notices, err := r.notices()
	return r.out, notices, err
}

// notices lists the messages that would have been sent. Edits of counts are
// none.
func (r *replay) notices() ([]Notice, error) {
	rows, err := r.store.List(monitor.NoticeFilter{Limit: math.MaxInt})
	if err != nil {
		return nil, err
	}
	var out []Notice
	for _, n := range rows {
		if n.Kind == monitor.EditKind || n.Delivery.State == monitor.Folded {
			continue
		}
		v := Notice{Type: "notice", At: n.Created, Destination: n.Destination, Kind: string(n.Kind), Watch: n.Watch,
			Watches: append([]string{}, monitor.AllWatches(n)...), Story: n.Story.String(), Items: []int{}, Headline: n.Content.Headline}
		for _, c := range n.Content.Cards {
			// The listing that it was told for: the last one until then.
			told := 0
			for _, l := range r.byID[c.Item] {
				if told == 0 || !l.seen.After(n.Created) {
					told = l.n
				}
			}
			if told > 0 {
				v.Items = append(v.Items, told)
			}
		}
		slices.Sort(v.Items)
		out = append(out, v)
	}
	slices.SortStableFunc(out, func(a, b Notice) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Destination, b.Destination), cmp.Compare(a.Story, b.Story))
	})
	return out, nil
}
