package notify

import (
	"fmt"
	"time"

	"newswatch/monitor"
)

// applyBudget keeps to the budget. As many notices as it allows go out as they are.
// All others go onto one card, which may follow as one message more; while
// even that is spent they wait for the time the next card may go.
func (s *situation) applyBudget(p *plan, rows []monitor.Notice) []monitor.Notice {
	b := s.policy.Budget
	if b.N == 0 {
		return rows
	}
	sent := b.within(s.breaker.Sent, s.now)
	used := len(sent) + s.budgeted
	room := b.N - used
	var on, over []monitor.Notice
	for _, n := range rows {
		switch {
		case !countsForBudget(n) || isCard(n):
			on = append(on, n)
		case room > 0:
			room--
			used++
			on = append(on, n)
		default:
			over = append(over, n)
		}
	}
	if len(over) == 0 {
		return on
	}
	next := s.nextCard(sent, used, urgent(over))
	if s.now.Before(next) {
		why := fmt.Sprintf("%s of %s: goes onto a card at %s", budgetReason, b, next.In(zone(s.policy.Quiet)).Format("15:04 MST"))
		for _, n := range over {
			p.postpone(n, next, why)
		}
		return on
	}
	return append(on, s.fold(p, over, "over the budget of "+b.String(), func(monitor.Notice) bool { return true })...)
}

// nextCard returns when a card over budget may go: the moment there is room
// for it beside the budget, and sooner if something on it is urgent.
func (s *situation) nextCard(sent []time.Time, used int, urgent bool) time.Time {
	b := s.policy.Budget
	excess := used - b.N - 1 // this many, and one more, must grow old first
	if excess < 0 {
		return s.now
	}
	if len(sent) == 0 {
		return s.now.Add(settlePause) // all of them are under way
	}
	next := sent[min(excess, len(sent)-1)].Add(b.Per)
	if soon := sent[len(sent)-1].Add(urgentPause); urgent && soon.Before(next) {
		next = soon
	}
	return next
}

// countsForBudget reports whether a notice is one of the messages that a budget is
// about: not what makes no sound, and not what was ordered for its hour.
func countsForBudget(n monitor.Notice) bool { return !silent(n) && n.Kind != monitor.DigestKind }

func urgent(ns []monitor.Notice) bool {
	for _, n := range ns {
		if n.Priority == monitor.High {
			return true
		}
	}
	return false
}
