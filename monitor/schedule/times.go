package schedule

import "time"

// PollTimes say when a feed was polled and when it will be. The zero value is a
// feed never polled.
type PollTimes struct {
	Last    time.Time // began; zero for never
	Success time.Time // last one that reached the feed
	Next    time.Time
	Polls   uint64 // so far
}
