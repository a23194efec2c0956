package report

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"newswatch/feeds/urls"
	"newswatch/monitor"
	"newswatch/monitor/identity"
	"newswatch/monitor/schedule"
)

// An Explanation is all that is known of one address or item: whether it was
// seen, when and by which feeds, what became of it, and if it was not seen,
// which feeds could have shown it.
type Explanation struct {
	Seen     bool
	Record   monitor.Record
	Late     time.Duration // from publication to first sight; 0 if unknown
	Story    *monitor.Story
	Notices  []monitor.Notice // of its story
	Coverage []Coverage       // for an address never seen: feeds of its host
}

// Coverage is a feed that could have shown an address.
type Coverage struct {
	Feed   string
	Health schedule.Health
	Poll   schedule.PollTimes
	Gaps   []monitor.Gap
}

// A Reader is the past as explanations read it.
type Reader interface {
	Ledger
	Story(id monitor.StoryID) (monitor.Story, bool, error)
	Item(id monitor.ItemID) (monitor.Record, bool, error)
	ByURL(key uint64) (monitor.ItemID, bool, error)
	List(q monitor.NoticeFilter) ([]monitor.Notice, error)
}

// Explain looks up an address or the ID of an item. One never seen is no error.
func Explain(r Reader, rules *monitor.Rules, what string, now time.Time) (*Explanation, error) {
	id, ok, err := find(r, what)
	if err != nil {
		return nil, err
	}
	a := &Explanation{}
	if ok {
		if a.Record, a.Seen, err = r.Item(id); err != nil {
			return nil, err
		}
	}
	if !a.Seen {
		a.Coverage, err = coverage(r, rules, what, now)
		return a, err
	}
	if !a.Record.Item.Published.IsZero() {
		a.Late = a.Record.Seen.Sub(a.Record.Item.Published)
	}
	if a.Record.Story == 0 {
		return a, nil
	}
	s, ok, err := r.Story(a.Record.Story)
	if err != nil || !ok {
		return a, err
	}
	a.Story = &s
	a.Notices, err = noticesOf(r, s)
	return a, err
}

// find resolves an address or an ID to an item.
func find(r Reader, what string) (monitor.ItemID, bool, error) {
	if !strings.Contains(what, "/") {
		id, err := monitor.ParseStoryID(strings.ToLower(what))
		return monitor.ItemID(id), err == nil, nil
	}
	key := identity.URLKey(urls.Canonical(what))
	if key == 0 {
		return 0, false, nil
	}
	return r.ByURL(key)
}

// noticesOf returns the notices of a story that are still in the outbox.
func noticesOf(r Reader, s monitor.Story) ([]monitor.Notice, error) {
	var out []monitor.Notice
	for _, id := range append([]monitor.StoryID{s.ID}, s.Aliases...) {
		ns, err := r.List(monitor.NoticeFilter{Story: id})
		if err != nil {
			return nil, err
		}
		out = append(out, ns...)
	}
	slices.SortStableFunc(out, func(a, b monitor.Notice) int { return a.Created.Compare(b.Created) })
	return out, nil
}

// coverage lists the feeds whose own host or site is that of the address, with
// their health and the gaps of the last week.
func coverage(r Reader, rules *monitor.Rules, address string, now time.Time) ([]Coverage, error) {
	host := siteOf(address)
	if host == "" {
		return nil, nil
	}
	gaps, err := r.GapsSince(now.Add(-7 * 24 * time.Hour))
	if err != nil {
		return nil, err
	}
	var out []Coverage
	err = r.Feeds(monitor.AllFeeds, func(rec monitor.FeedRecord) bool {
		if _, ok := rules.Feeds[rec.Name]; !ok || siteOf(rec.ID) != host && siteOf(rec.Site) != host {
			return true
		}
		c := Coverage{Feed: rec.Name, Health: rec.Health, Poll: rec.Poll}
		for _, g := range monitor.JoinGaps(gaps) {
			if g.Feed == rec.Name {
				c.Gaps = append(c.Gaps, g)
			}
		}
		out = append(out, c)
		return true
	})
	return out, err
}

// siteOf returns an address's host without the labels that name a service
// rather than a publisher.
func siteOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	host := strings.ToLower(u.Hostname())
	for _, prefix := range [...]string{"www.", "feeds.", "rss.", "feed.", "m.", "blogs."} {
		host = strings.TrimPrefix(host, prefix)
	}
	return host
}
