package monitor

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"newswatch/monitor/match"
	"newswatch/monitor/schedule"
)

// A round gathers what is told in one message: late matches for one
// destination, or news of feeds for operations. While it is open its notice
// stands in the outbox and is replaced by a fuller one; it is due once nothing
// was added for a while, and no deliverer touches it before.
type round struct {
	notice Notice
	opened time.Time
	total  int // cards, those not listed included
}

type roundKey struct {
	kind Kind
	dest string
}

// A round closes when it has been quiet for roundQuiet, or has been open for
// roundLongest.
const (
	roundQuiet   = 45 * time.Second
	roundLongest = 5 * time.Minute
)

// maxRoundCards bounds the stories listed in a catch-up card.
const maxRoundCards = 100

// catchup adds a story to the catch-up card of the watch's destinations.
func (m *Monitor) catchup(a *arrival, s *Story, sw *StoryWatch, w Watch) {
	card := a.card(s, sw, w)
	for _, dest := range a.p.rules.Recipients(w.Notify) {
		r := m.round(roundKey{CatchupKind, dest}, a.p.at)
		r.total++
		r.notice.Priority = cmp.Or(r.notice.Priority, Normal)
		if r.notice.Seen.IsZero() {
			r.notice.Seen = a.rec.Seen
		}
		c := &r.notice.Content
		c.Cards = append(slices.Clone(c.Cards), card)
		slices.SortStableFunc(c.Cards, StrongestFirst)
		if len(c.Cards) > maxRoundCards {
			c.Cards = c.Cards[:maxRoundCards]
		}
		c.More = r.total - len(c.Cards)
		c.Headline = "Catching up: " + formatCount(r.total, "earlier story", "earlier stories")
		m.post(r.notice)
	}
}

// round returns the open round, or opens one.
func (m *Monitor) round(k roundKey, now time.Time) *round {
	r := m.rounds[k]
	if r == nil || !r.notice.Delivery.Due.After(now.Add(time.Second)) {
		// The old one is due, or about to be: a deliverer may hold it.
		r = &round{opened: now, notice: Notice{Destination: k.dest, Kind: k.kind, Created: now.UTC(),
			Key: noticeKey(string(k.kind), k.dest, now.UTC().Format(time.RFC3339Nano), "")}}
		m.rounds[k] = r
	}
	r.notice.Delivery.Due = earlier(now.Add(roundQuiet), r.opened.Add(roundLongest)).UTC()
	return r
}

// CloseRounds makes the open rounds due now: after a pass over all feeds there
// is nothing to wait for.
func (m *Monitor) CloseRounds() error {
	if err := m.Settle(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for k, r := range m.rounds {
		if r.notice.Delivery.Due.After(m.Now()) {
			r.notice.Delivery.Due = r.notice.Created
			m.post(r.notice)
		}
		delete(m.rounds, k)
	}
	return m.commit()
}

// announce tells operations of a feed's first poll and of its condition: once
// on entering, once on leaving.
func (m *Monitor) announce(p *polled) {
	was, is := p.before.Health, p.rec.Health
	switch {
	case p.first:
		m.operations(p, "feed added: "+p.feed.Name, firstLook(p))
	case is.State() == was.State() || is.State() == schedule.OK && was.Condition == "":
	case is.State() == schedule.OK:
		m.operations(p, "feed recovered: "+p.feed.Name, fmt.Sprintf("was %s since %s", was.State(), was.Since.UTC().Format(time.RFC1123)))
	default:
		m.operations(p, fmt.Sprintf("feed %s: %s", is.State(), p.feed.Name), is.Cause)
	}
}

// firstLook describes a feed just added by its newest item.
func firstLook(p *polled) string {
	n := len(p.list.Entries)
	if n == 0 {
		return "it lists no items at present"
	}
	return fmt.Sprintf("%s, the newest is %q", formatCount(n, "item", "items"), p.newest)
}

// operations adds news of newswatch itself to the round of every operations
// destination.
func (m *Monitor) operations(p *polled, what, detail string) {
	line := what
	if detail != "" {
		line += " (" + detail + ")"
	}
	for _, dest := range p.rules.Recipients(p.rules.Operations) {
		r := m.round(roundKey{OperationsKind, dest}, p.at)
		c := &r.notice.Content
		r.total++
		c.Lines = append(slices.Clone(c.Lines), line)
		c.Headline = what
		if r.total > 1 {
			c.Headline = formatCount(r.total, "change", "changes") + " in the feeds"
		}
		m.post(r.notice)
	}
}

// waiting returns a notice of the draft, or of an open round, that has not been
// tried.
func (m *Monitor) waiting(key string) (Notice, bool) {
	if n, ok := m.draft.notices[key]; ok {
		return n, true
	}
	n, ok := m.replies[key]
	return n, ok
}

// silenced returns the reason why a match may not be told now, "" if it may.
func (m *Monitor) silenced(a *arrival, s *Story, w Watch) string {
	for _, q := range m.silences {
		if q.Until.After(a.p.at) && q.covers(a, s, w) {
			return q.String()
		}
	}
	return ""
}

// covers reports whether everything the silence names applies.
func (q Silence) covers(a *arrival, s *Story, w Watch) bool {
	if q.Watch != "" && q.Watch != w.Name || q.Feed != "" && q.Feed != a.p.feed.Name {
		return false
	}
	if q.Story != 0 && q.Story != s.ID && !slices.Contains(s.Aliases, q.Story) {
		return false
	}
	return q.Query == "" || matchesQuery(q.Query, a)
}

// matchesQuery reports whether an arrival fits a silence's query. One that
// does not compile fits nothing: silence add refuses it.
func matchesQuery(q string, a *arrival) bool {
	set, problems := match.Compile(a.p.rules.Entities, []match.Rule{{Name: "silence", Match: q}})
	for _, pr := range problems {
		if !pr.Warning {
			return false
		}
	}
	found := set.Match(DocOf(a.item, a.p.feed, a.p.at))
	return len(found) > 0 && found[0].Verdict == match.Strong
}

// String tells what is silenced, until when and why, in one line.
func (q Silence) String() string {
	what := ""
	for _, part := range [...][2]string{{"watch ", q.Watch}, {"story ", q.Story.String()}, {"feed ", q.Feed}, {"query ", q.Query}} {
		if part[1] != "" {
			what += part[0] + part[1] + ", "
		}
	}
	line := "silenced: " + what + "until " + q.Until.UTC().Format("2006-01-02 15:04 MST")
	if q.Reason != "" {
		line += ": " + q.Reason
	}
	return line
}
