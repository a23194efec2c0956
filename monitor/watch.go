package monitor

import (
	"slices"

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
	Sensitive bool           `yaml:"sensitive"` // no article is read because of it
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

// Reads reports whether the watch reads a feed.
func (w Watch) Reads(f feeds.Feed) bool {
	return len(w.Feeds) == 0 || slices.ContainsFunc(w.Feeds, func(name string) bool { return name == f.Name || slices.Contains(f.Tags, name) })
}
