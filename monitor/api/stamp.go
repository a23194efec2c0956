package api

import (
	"time"
)

// A Stamp is a time in an answer. What is not known is null, so that every
// promised key is there.
type Stamp struct{ time.Time }

// MarshalJSON writes RFC 3339 in UTC, or null.
func (s Stamp) MarshalJSON() ([]byte, error) {
	if s.IsZero() {
		return []byte("null"), nil
	}
	return s.UTC().MarshalJSON()
}
