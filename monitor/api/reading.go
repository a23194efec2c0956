package api

import "time"

// Articles is how the reading of articles stands.
type Articles struct {
	Owed     int            `json:"owed"`     // to be read
	Refusing []RefusingHost `json:"refusing"` // hosts that are left alone, by name
}

// A RefusingHost is a host whose articles are not read for a while.
type RefusingHost struct {
	Host  string    `json:"host"`
	Until time.Time `json:"until"`
	Cause string    `json:"cause"`
}

// A Reading tells how the reading of articles stands; nil reads none.
type Reading func() *Articles

// Status returns how it stands, nil where none are read.
func (r Reading) Status() *Articles {
	if r == nil {
		return nil
	}
	return r()
}
