package schedule

import (
	"container/heap"
	"math/rand/v2"
	"time"

	"newswatch/feeds"
)

// A Source is a feed with its pace.
type Source struct {
	Feed *feeds.Feed // not to be changed; of tens of thousands, copies would be dear
	Pace Pace
}

// A Due is one feed in a Queue.
type Due struct {
	Source
	at    time.Time
	due   time.Time // what at was before a Delay; zero without one
	first bool      // never polled before
	gone  bool      // taken out of the configuration while it was being polled
}

// A Queue orders feeds by the time at which they are due, and knows which are
// being polled, so that none is polled twice at once. It is not safe for
// concurrent use.
type Queue struct {
	waiting dueHeap
	grid    time.Time       // see Tick
	active  map[string]*Due // being polled, by ID of their feed
	unseen  int             // feeds whose first poll has not ended
}

// NewQueue queues sources by the times stored for them. A feed never polled is
// due at once.
func NewQueue(sources []Source, past map[string]PollTimes, now time.Time) *Queue {
	q := &Queue{active: map[string]*Due{}, grid: now}
	for _, s := range sources {
		first := past[s.Feed.ID()].Last.IsZero()
		if first {
			q.unseen++
		}
		d := &Due{Source: s, first: first}
		d.at = q.onGrid(d, FirstDue(past[s.Feed.ID()], s.Pace, now))
		q.waiting = append(q.waiting, d)
	}
	heap.Init(&q.waiting)
	return q
}

// Tick is how far apart the times are at which feeds become due, counted from
// when the queue was made: waking up is a large part of what a poll that changes
// nothing costs, and so many share it. It delays a poll by less than Tick. Feeds
// with a time on the clock are not delayed, nor are those that are asked more
// often than every four ticks.
const Tick = 500 * time.Millisecond

// onGrid returns when d is due if its poll may begin from at on.
func (q *Queue) onGrid(d *Due, at time.Time) time.Time {
	since := at.Sub(q.grid)
	if late := since % Tick; late > 0 && d.Pace.patient(at) {
		return at.Add(Tick - late)
	}
	return at
}

// OverdueSpread is how long feeds that became due while newswatch was down are
// spread over, so that a restart is no burst.
const OverdueSpread = 5 * time.Minute

// longestAhead is longer than any poll is put off, except by a schedule of its
// own: what is stored for later was written by a clock that was wrong.
const longestAhead = 31 * 24 * time.Hour

// Ahead reports whether a clock that was ahead wrote the times.
func (p PollTimes) Ahead(now time.Time) bool { return p.Last.After(now) }

// FirstDue returns when a feed is due after a start at now: at its stored time,
// or within OverdueSpread and half of its interval if that is over, or was
// written by a clock that was ahead.
func FirstDue(past PollTimes, pace Pace, now time.Time) time.Time {
	if past.Last.IsZero() {
		return now
	}
	every, latest := pace.Start, now.Add(longestAhead)
	if pace.Exact != nil {
		at := pace.Exact(now)
		every = pace.Exact(at).Sub(at)
		latest = latest.Add(at.Sub(now))
	}
	if past.Next.After(now) && past.Next.Before(latest) && !past.Ahead(now) {
		return past.Next
	}
	return now.Add(rand.N(min(OverdueSpread, max(every/2, 0)) + 1))
}

// Next returns the most overdue feed and by how much it is, nil if none is due.
func (q *Queue) Next(now time.Time) (d *Due, late time.Duration) {
	if len(q.waiting) == 0 || q.waiting[0].at.After(now) {
		return nil, 0
	}
	return q.waiting[0], now.Sub(q.waiting[0].at)
}

// Delay puts the feed that Next has returned at now back for a while.
func (q *Queue) Delay(now time.Time, wait time.Duration) {
	d := q.waiting[0]
	if d.due.IsZero() {
		d.due = d.at
	}
	if d.at = now.Add(wait); wait >= Tick {
		d.at = q.onGrid(d, d.at)
	}
	heap.Fix(&q.waiting, 0)
}

// Begin takes out the feed that Next has returned, to be polled until End. Its pace
// then has when the poll was due.
func (q *Queue) Begin() {
	d := heap.Pop(&q.waiting).(*Due)
	if d.Pace.Due = d.due; d.due.IsZero() {
		d.Pace.Due = d.at
	}
	d.due = time.Time{}
	q.active[d.Feed.ID()] = d
}

// End says that the poll of a feed has ended and when the next one is due; a
// zero time is never.
func (q *Queue) End(d *Due, next time.Time) {
	delete(q.active, d.Feed.ID())
	if d.first {
		d.first = false
		q.unseen--
	}
	if !d.gone && !next.IsZero() {
		d.at = q.onGrid(d, next)
		heap.Push(&q.waiting, d)
	}
}

// Hasten makes the waiting feeds that pick chooses due at now. Those being
// polled are as recent as can be.
func (q *Queue) Hasten(now time.Time, pick func(*feeds.Feed) bool) {
	for _, d := range q.waiting {
		if pick(d.Feed) && d.at.After(now) {
			d.at = now
		}
	}
	heap.Init(&q.waiting)
}

// Wait returns how long no feed is due, at most longest.
func (q *Queue) Wait(now time.Time, longest time.Duration) time.Duration {
	if len(q.waiting) == 0 {
		return longest
	}
	return min(max(q.waiting[0].at.Sub(now), 0), longest)
}

// Active returns how many feeds are being polled.
func (q *Queue) Active() int { return len(q.active) }

// Len returns how many feeds wait or are being polled.
func (q *Queue) Len() int { return len(q.waiting) + len(q.active) }

// Unseen returns how many feeds have not been polled once.
func (q *Queue) Unseen() int { return q.unseen }

// Replace swaps the sources. A feed that stays keeps its due time, unless its
// pace now asks for an earlier one; polls under way go on.
func (q *Queue) Replace(sources []Source, now time.Time) {
	old := map[string]*Due{}
	for _, d := range q.waiting {
		old[d.Feed.ID()] = d
	}
	q.waiting, q.unseen = nil, 0
	for _, d := range q.active {
		d.gone = true
		if d.first {
			q.unseen++
		}
	}
	for _, s := range sources {
		if d := q.active[s.Feed.ID()]; d != nil {
			d.Source, d.gone = s, false
			continue
		}
		d := &Due{Source: s, at: now, first: true}
		if was, ok := old[s.Feed.ID()]; ok {
			d.at, d.first = was.at, was.first
			if latest := now.Add(s.Pace.Start); s.Pace.Start > 0 && d.at.After(latest) && was.Pace.Start > s.Pace.Start {
				d.at = latest
			}
		}
		if d.first {
			q.unseen++
		}
		q.waiting = append(q.waiting, d)
	}
	heap.Init(&q.waiting)
}

// A dueHeap is a heap.Interface of feeds by due time.
type dueHeap []*Due

func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(i, j int) bool { return h[i].at.Before(h[j].at) }
func (h dueHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *dueHeap) Push(x any)        { *h = append(*h, x.(*Due)) }
func (h *dueHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}
