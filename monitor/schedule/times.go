package schedule

import "time"

// A Poll says when a feed was polled and when it will be.
type PollTimes struct {
	Last    time.Time // began; zero for never
	Success time.Time // last one that reached the feed
	Next    time.Time
	Polls   uint64
}
