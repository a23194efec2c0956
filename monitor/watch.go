package monitor

import (
	"slices"
	"time"

	"newswatch/feeds"
	"newswatch/monitor/match"
)

// A Watch is a query, the feeds it reads and the destinations it notifies.
type Watch struct {
	Name      string         `yaml:"name"`
	Match     string         `yaml:"match"`     // in the watch language, see package query
	Feeds     []string       `yaml:"feeds"`     // names or tags; none means all
	Notify    []string       `yaml:"notify"`    // names of destinations
	Priority  Priority       `yaml:"priority"`  // "" is normal
	Weak      WeakRoute      `yaml:"weak"`      // "" is digest
	Unusual   UnusualRoute   `yaml:"unusual"`   // "" is digest
	Sensitive bool           `yaml:"sensitive"` // no article is read because of it
	Confirm   time.Duration  `yaml:"confirm"`   // an alert waits so long for the article; 0 is not at all
	Archive   WebArchive     `yaml:"archive"`   // keeps the pages of what matches surely
	Examples  match.Examples `yaml:"examples"`
}

// InOrder sorts watches as they are named together: by priority, and else in
// the order they have.
func InOrder(ws []Watch) { slices.SortStableFunc(ws, Watch.compare) }

// compare orders watches by priority, high first.
func (w Watch) compare(o Watch) int { return o.Priority.rank() - w.Priority.rank() }

func (p Priority) rank() int {
	switch p {
	case Low:
		return 0
	case High:
		return 2
	}
	return 1
}

// A Priority orders notices and decides whether quiet hours hold them.
type Priority string

// The priorities. High passes quiet hours.
const (
	Low    Priority = "low"
	Normal Priority = "normal"
	High   Priority = "high"
)

// A WeakRoute says what becomes of matches that rest on doubtful mentions.
type WeakRoute string

// The weak routes. Whatever the route, the match is recorded and searchable.
const (
	WeakDigest WeakRoute = "digest"
	WeakNotify WeakRoute = "notify"
	WeakDrop   WeakRoute = "drop"
)

// An UnusualRoute says where it is told that a watch finds far more than usual,
// or nothing.
type UnusualRoute string

// The routes. On the page it stands in any case.
const (
	UnusualDigest UnusualRoute = "digest"
	UnusualNotify UnusualRoute = "notify" // and a message of its own
)

// Unusual is a watch that finds far more than usual, or nothing; or an entity of
// which the watches that look for it, together, do.
type Unusual struct {
	Watch  string // "" for an entity
	Entity string
	Kind   string // spike or silence
	Line   string // in words
}

// name is what it is about.
func (u Unusual) name() string {
	if u.Entity != "" {
		return "{" + u.Entity + "}"
	}
	return u.Watch
}

// Slot returns the name under which it is marked as told, and the mark: it is
// told once a day and kind.
func (u Unusual) Slot(now time.Time) (name, mark string) {
	return "unusual " + u.name(), u.Kind + " " + now.Format(time.DateOnly)
}

// About returns the watches that it is about: the one, or those that look for the
// entity.
func (u Unusual) About(r *Rules) (about []Watch) {
	for i, w := range r.Watches {
		if u.Entity == "" && w.Name == u.Watch || u.Entity != "" && slices.Contains(r.Set.Entities(i), u.Entity) {
			about = append(about, w)
		}
	}
	return about
}

// TellUnusual enqueues a message to the destinations of the watches that it is
// about and that ask for one, and marks its slot. It reports whether it did.
func (m *Monitor) TellUnusual(u Unusual, now time.Time) (told bool, err error) {
	rules := m.Rules()
	about := slices.DeleteFunc(u.About(rules), func(w Watch) bool { return w.Unusual != UnusualNotify })
	if len(about) == 0 {
		return false, nil
	}
	InOrder(about)
	return true, m.change(func(j *judge) error {
		slot, mark := u.Slot(now)
		done := map[string]bool{}
		for _, w := range about {
			n := Notice{Kind: OperationsKind, Priority: w.Priority, Watch: w.Name, Created: now.UTC(), Content: Content{Headline: u.Line}}
			for _, dest := range rules.Recipients(w.Notify) {
				if n.Key, n.Destination = noticeKey("unusual", u.name(), mark, dest), dest; !done[dest] {
					j.post(n)
				}
				done[dest] = true
			}
		}
		j.slots[slot] = mark
		return nil
	})
}

// Reads reports whether the watch reads a feed.
func (w Watch) Reads(f feeds.Feed) bool {
	return len(w.Feeds) == 0 || slices.ContainsFunc(w.Feeds, func(name string) bool { return name == f.Name || slices.Contains(f.Tags, name) })
}
