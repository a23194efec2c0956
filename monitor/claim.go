package monitor

import (
	"fmt"
	"time"

	"newswatch/monitor/schedule"
)

// A Claim says who works on a story. The zero value is nobody.
type Claim struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// Claim notes who works on a story, "" for nobody any more, and has its cards
// say so. It returns who had it before.
func (m *Monitor) Claim(id StoryID, by string) (before Claim, err error) {
	now := m.Now().UTC()
	err = m.change(func(j *judge) error {
		s := j.find(id)
		if s == nil {
			return fmt.Errorf("no story %s had a report in the last %s, and older ones cannot be claimed", id, schedule.InWords(storyWindow))
		}
		before = s.Claim
		if before.By == by {
			return nil
		}
		s.Claim = Claim{}
		if by != "" {
			s.Claim = Claim{by, now}
		}
		j.mark(s)
		for i := range s.Told {
			if s.Told[i].Card != "" {
				j.edit(s, &s.Told[i], m.Rules(), now, now)
			}
		}
		return nil
	})
	return before, err
}
