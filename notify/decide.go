package notify

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"newswatch/monitor"
)

// The bounds of the decision.
const (
	maxAge       = 7 * 24 * time.Hour // later than this, a notice is history: the digest names it
	blindResends = 1                  // copies sent without knowing whether one arrived
	cutResends   = 10                 // the same, for attempts that ended because newswatch did
	settlePause  = 10 * time.Second   // how long a lost answer may still be on its way
	quietLimit   = 5                  // more than this many after quiet hours become one card
	outageLimit  = 20                 // more than this many old ones after an outage become one card
	outageAge    = time.Hour          // waiting for longer is old
	burstLimit   = 50                 // more than this many at once become one card: a feed has gone mad
	urgentPause  = 5 * time.Minute    // between cards over budget that hold something of high priority
)

// The reasons that a decision puts into rows, as their beginnings.
const (
	quietReason  = "quiet hours"
	budgetReason = "over budget"
)

// A situation is all that the next step of a destination depends on.
type situation struct {
	now          time.Time
	breaker      breaker
	policy       Policy
	capabilities Capabilities
	probes       bool                      // the notifier is a Prober
	expire       bool                      // the clock can be trusted with ages
	began        time.Time                 // when deliveries did: what has not been tried since is no older
	slots        int                       // how many attempts may begin now
	inflight     int                       // attempts under way
	budgeted     int                       // how many of them count against the budget
	busy         map[monitor.StoryID]bool  // stories with an attempt under way
	due          []monitor.Notice          // as Outbox.Due lists them
	parents      map[string]monitor.Notice // by key: of those among due that have one, and the card that tells it
	edited       map[string]time.Time      // by parent: when the newest edit already sent was created
}

// A plan is what to do next: rows to write without an attempt, each group at
// once or not at all, and attempts to begin.
type plan struct {
	write [][]monitor.Notice
	send  []monitor.Notice
	probe []monitor.Notice
	left  []monitor.Notice // due, and waiting for a slot, the breaker or another report of the story
}

// decide is the whole decision, with nothing read and nothing written.
func decide(s situation) plan {
	var p plan
	rows := s.triage(&p)
	if s.now.Before(s.breaker.Until) {
		p.left, p.probe = append(rows, p.probe...), nil
		return p
	}
	rows = s.quietHours(&p, rows)
	if s.breaker.open() {
		// One message at a time, to see; and not always the one that fails.
		s.slots = min(s.slots, 1-s.inflight)
		slices.SortStableFunc(rows, func(a, b monitor.Notice) int { return cmp.Compare(a.Delivery.Attempts, b.Delivery.Attempts) })
	} else {
		rows = s.applyBudget(&p, s.foldBacklog(&p, rows))
	}
	s.assign(&p, rows)
	return p
}

// triage ends the rows that need no attempt, sets aside those to ask about,
// and returns the rest.
func (s *situation) triage(p *plan) []monitor.Notice {
	newest := s.newestEdits()
	var rows []monitor.Notice
	for _, n := range s.due {
		lost := n.Delivery.State == monitor.Unknown
		switch {
		case s.expire && s.age(n) > maxAge && lost:
			p.end(n, monitor.Unconfirmed, "no answer within 7 days says whether it arrived")
		case s.expire && s.age(n) > maxAge:
			p.end(n, monitor.Dead, "not delivered within 7 days"+because(n))
		case lost && s.probes:
			p.probe = append(p.probe, n)
		case lost && !mayResend(n):
			p.end(n, monitor.Unconfirmed, unanswered(n))
		case n.Kind == monitor.EditKind && !lost && s.obsolete(n, newest) != "":
			n.Delivery.Into = newest[n.Parent]
			if n.Delivery.Into == n.Key {
				n.Delivery.Into = ""
			}
			p.end(n, monitor.Folded, s.obsolete(n, newest))
		case n.Kind == monitor.ReplyKind && s.awaitsCard(n):
			p.left = append(p.left, n)
		default:
			rows = append(rows, n)
		}
	}
	return rows
}

// age is how long a notice has been owed.
func (s *situation) age(n monitor.Notice) time.Duration {
	from := later(n.Created, n.Delivery.Renewed)
	if n.Delivery.Started.Before(s.began) {
		from = later(from, s.began)
	}
	return s.now.Sub(from)
}

// end plans the end of a row.
func (p *plan) end(n monitor.Notice, st monitor.State, why string) {
	n.Delivery.State, n.Delivery.Reason, n.Delivery.Due = st, why, time.Time{}
	p.write = append(p.write, []monitor.Notice{n})
}

func because(n monitor.Notice) string {
	if n.Delivery.Reason == "" {
		return ""
	}
	return ": " + n.Delivery.Reason
}

// newestEdits finds the last edit of each parent.
func (s *situation) newestEdits() map[string]string {
	newest, at := map[string]string{}, map[string]time.Time{}
	for _, n := range s.due {
		if n.Kind == monitor.EditKind && !n.Created.Before(at[n.Parent]) {
			newest[n.Parent], at[n.Parent] = n.Key, n.Created
		}
	}
	return newest
}

// obsolete says why an edit need not be sent, "" if it must.
func (s *situation) obsolete(n monitor.Notice, newest map[string]string) string {
	switch {
	case !s.capabilities.Edits:
		return "this destination cannot change a message"
	case s.parents[n.Parent].Delivery.State != monitor.Sent:
		return "the message it changes was not delivered"
	case newest[n.Parent] != n.Key, n.Created.Before(s.edited[n.Parent]):
		return "a newer change followed"
	}
	return ""
}

// awaitsCard reports whether a reply's parent went onto a card that has not
// gone out yet; Outbox.Due sees to every other order.
func (s *situation) awaitsCard(n monitor.Notice) bool {
	into := s.parents[n.Parent].Delivery.Into
	switch s.parents[into].Delivery.State {
	case monitor.Pending, monitor.Inflight, monitor.Unknown:
		return into != ""
	}
	return false
}

// quietHours postpones what has to wait for the end of quiet hours.
func (s *situation) quietHours(p *plan, rows []monitor.Notice) []monitor.Notice {
	until := s.policy.Quiet.Until(s.now)
	if until.IsZero() {
		return rows
	}
	var on []monitor.Notice
	for _, n := range rows {
		if n.Priority == monitor.High || silent(n) || n.Kind == monitor.DigestKind {
			on = append(on, n)
			continue
		}
		p.postpone(n, until, quietReason+" until "+until.In(zone(s.policy.Quiet)).Format("15:04 MST"))
	}
	return on
}

func zone(q Quiet) *time.Location {
	if q.Zone == nil {
		return time.UTC
	}
	return q.Zone
}

// silent reports whether a notice makes no sound: an edit changes a message
// that is there.
func silent(n monitor.Notice) bool { return n.Kind == monitor.EditKind }

// postpone plans to look at a row again later.
func (p *plan) postpone(n monitor.Notice, until time.Time, why string) {
	n.Delivery.Due, n.Delivery.Reason = until, why
	p.write = append(p.write, []monitor.Notice{n})
}

// foldBacklog folds what has piled up in quiet hours, in an outage or in one
// burst.
func (s *situation) foldBacklog(p *plan, rows []monitor.Notice) []monitor.Notice {
	released, old, all := 0, 0, 0
	for _, n := range rows {
		if !foldable(n) {
			continue
		}
		if strings.HasPrefix(n.Delivery.Reason, quietReason) {
			released++
		} else if s.now.Sub(n.Created) > outageAge {
			old++
		}
		all++
	}
	every := func(monitor.Notice) bool { return true }
	switch {
	case released > quietLimit:
		return s.fold(p, rows, "while this destination was quiet", func(n monitor.Notice) bool {
			return n.Priority != monitor.High
		})
	case s.capabilities.Bulk:
	case old > outageLimit:
		return s.fold(p, rows, "while this destination could not be reached", every)
	case all > burstLimit:
		return s.fold(p, rows, "at once", every)
	}
	return rows
}

// assign gives the slots to the rows in their order, those of high priority
// first, one attempt per story at a time.
func (s *situation) assign(p *plan, rows []monitor.Notice) {
	taken := map[monitor.StoryID]bool{}
	take := func(n monitor.Notice) bool {
		if len(p.send) >= s.slots || n.Story != 0 && (s.busy[n.Story] || taken[n.Story]) {
			return false
		}
		taken[n.Story] = true
		p.send = append(p.send, n)
		return true
	}
	var rest []monitor.Notice
	for _, n := range rows {
		if n.Priority != monitor.High || !take(n) {
			rest = append(rest, n)
		}
	}
	for _, n := range rest {
		if n.Priority == monitor.High || !take(n) {
			p.left = append(p.left, n)
		}
	}
}
