package config

import (
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Slots are the times of a digest: what a cron expression means on the wall
// clock of one place. A local time that does not exist on a day is kept at
// the first moment after the gap, one that occurs twice is kept the first
// time only. The names of slots are wall-clock times, so a slot has one name
// whatever the clock does.
type Slots struct {
	spec *cron.SpecSchedule
	zone *time.Location
}

// ParseSlots reads a standard cron expression of five fields, or @hourly,
// @daily, @weekly and the like.
func ParseSlots(spec string, zone *time.Location) (*Slots, error) {
	s, err := parseCron(spec)
	if err != nil {
		return nil, err
	}
	return &Slots{s, zone}, nil
}

// SlotForm is the layout of a slot's name, as in package time.
const SlotForm = "2006-01-02T15:04"

// ParseSlot reads a slot as it is kept: its name, and behind a space the zone it
// was in. One that an earlier version kept has no zone, and is read in usual.
func ParseSlot(kept string, usual *time.Location) (at time.Time, err error) {
	name, zone, found := strings.Cut(kept, " ")
	if found {
		if usual, err = time.LoadLocation(zone); err != nil {
			return time.Time{}, err
		}
	}
	return time.ParseInLocation(SlotForm, name, usual)
}

// Next returns the name and the moment of the first slot after a time.
func (s *Slots) Next(after time.Time) (slot string, at time.Time) {
	wall := onWall(after.In(s.zone))
	for {
		wall = s.spec.Next(wall)
		if wall.IsZero() { // beyond the years that cron looks ahead
			return "", time.Time{}
		}
		if at = moment(wall, s.zone); at.After(after) {
			return wall.Format(SlotForm), at
		}
	}
}

// Last returns the name and the moment of the last slot at or before a time,
// a zero time if there was none within nine years.
func (s *Slots) Last(before time.Time) (slot string, at time.Time) {
	const day = 24 * time.Hour
	for _, back := range []time.Duration{2 * time.Hour, 2 * day, 32 * day, 400 * day, 9 * 366 * day} {
		name, t := s.Next(before.Add(-back))
		for !t.IsZero() && !t.After(before) {
			slot, at = name, t
			name, t = s.Next(t)
		}
		if !at.IsZero() {
			return slot, at
		}
	}
	return "", time.Time{}
}

// onWall returns what the clock on the wall shows at t as a time in UTC, where
// no hour is ever missing or repeated.
func onWall(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// moment returns when the clocks of zone first show wall, or first show a
// later time.
func moment(wall time.Time, zone *time.Location) time.Time {
	// No offset, and no change of one, is longer than this.
	const farthest = 26 * time.Hour
	t := wall.Add(-farthest).In(zone)
	for {
		start, end := t.ZoneBounds()
		_, offset := t.Zone()
		at := wall.Add(-time.Duration(offset) * time.Second)
		switch {
		case !end.IsZero() && !at.Before(end):
			t = end // the clocks change before they show it
		case !start.IsZero() && at.Before(start):
			return start // they skipped it
		default:
			return at.In(zone)
		}
	}
}
