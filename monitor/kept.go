package monitor

import (
	"cmp"
	"slices"
	"time"
)

// withdraw marks an item that its feed stopped listing before older ones.
func (m *Monitor) withdraw(id ItemID, now time.Time) error {
	rec, err := m.item(id)
	if err != nil || rec == nil || !rec.Withdrawn.IsZero() {
		return err
	}
	rec.Withdrawn = now.UTC()
	m.draft.items[id] = rec
	return nil
}

// returned takes back that an item was withdrawn: its feed lists it again.
func (m *Monitor) returned(id ItemID) error {
	rec, err := m.item(id)
	if err != nil || rec == nil || rec.Withdrawn.IsZero() {
		return err
	}
	rec.Withdrawn = time.Time{}
	m.draft.items[id] = rec
	return nil
}

// maxKnown bounds what is remembered of one feed. Seven hundred new items a day
// take a year to reach it; a publisher who makes up thousands with every poll
// gets there in a day, and each poll holds them all in memory.
const maxKnown = 250_000

// remembered returns what of known is still remembered on a day: what was
// listed within keep, and of too many those listed last. It reuses known.
func remembered(known []Known, today uint16, keep time.Duration) []Known {
	known = slices.DeleteFunc(known, func(k Known) bool { return time.Duration(int(today)-int(k.Day))*24*time.Hour > keep })
	extra := len(known) - maxKnown
	if extra <= 0 {
		return known
	}
	slices.SortStableFunc(known, func(a, b Known) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.ID, b.ID)) })
	return slices.Delete(known, 0, extra)
}
