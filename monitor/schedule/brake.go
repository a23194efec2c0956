package schedule

import "time"

// A Brake bounds how many new entries are taken of one feed: so many an hour,
// and BrakeHours' worth of them at once. It is a leaky bucket. The zero value has
// let nothing through.
type Brake struct {
	Level float64   `json:"level,omitempty"` // let through, less what has drained
	At    time.Time `json:"at,omitzero"`     // as of when
	Since time.Time `json:"since,omitzero"`  // when it first left something out, until it is half empty; else zero
}

// BrakeHours is how many hours' worth of new entries may come at once.
const BrakeHours = 40

// Drained returns the brake as it is at a later time, at perHour entries an hour.
func (b Brake) Drained(perHour int, now time.Time) Brake {
	b.Level -= max(now.Sub(b.At), 0).Hours() * float64(perHour)
	b.Level, b.At = max(b.Level, 0), now
	if b.Level <= float64(perHour)*BrakeHours/2 {
		b.Since = time.Time{}
	}
	return b
}

// Take lets an entry of a weight through, if there is room for it.
func (b *Brake) Take(weight float64, perHour int) bool {
	if b.Level+weight > float64(perHour)*BrakeHours {
		if b.Since.IsZero() {
			b.Since = b.At
		}
		return false
	}
	b.Level += weight
	return true
}

// Holds reports whether the brake has left something out and is not yet half
// empty again.
func (b Brake) Holds() bool { return !b.Since.IsZero() }
