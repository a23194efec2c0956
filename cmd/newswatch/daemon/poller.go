package daemon

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/schedule"
)

// A source is a feed with its pace.
type source struct {
	feed feeds.Feed
	pace schedule.Pace
}

// A poller polls every feed when it is due: several at a time, none twice at
// once, hosts in turn. One goroutine owns the queue; workers only poll.
type poller struct {
	monitor *monitor.Monitor
	fetcher feeds.Fetcher
	log     *slog.Logger
	workers int
	once    bool                                      // poll every feed one time and end
	each    func(feed string, out monitor.PollResult) // called after every poll; may be nil
	seen    func()                                    // called once every feed has been polled for the first time; may be nil

	record pollLog
	queue  queue
	active map[string]*due // being polled, by address
	unseen int             // feeds whose first poll is still to come
	idle   []worker        // those with nothing to do, the one that polled last at the end
	done   chan finished
	change chan []source
	late   atomic.Int64 // how far behind the most overdue feed was at the last start, in nanoseconds
	beat   atomic.Int64 // when the queue was last looked at, Unix nanoseconds: the watchdog's pulse
}

// due is one feed in the queue.
type due struct {
	source
	at    time.Time
	first bool // never polled before
	gone  bool // taken out of the configuration while it was being polled
}

// job is one poll to be made, finished what became of it.
type (
	job struct {
		d       *due
		release func()
		source  source // as it was when the poll began
	}
	finished struct {
		d       *due
		release func()
		next    time.Time
		by      worker
	}
	worker chan job // of one goroutine, which takes one job at a time
)

// overdueSpread is how long feeds that became due while newswatch was down are
// spread over: a restart is no reason for a burst.
const overdueSpread = 5 * time.Minute

// newPoller queues the sources by the times stored for them. A feed never
// polled is due at once.
func newPoller(p *poller, sources []source, past map[string]schedule.PollTimes, now time.Time) *poller {
	p.done = make(chan finished)
	p.change = make(chan []source)
	p.active = map[string]*due{}
	for _, s := range sources {
		first := past[s.feed.URL].Last.IsZero()
		if first {
			p.unseen++
		}
		p.queue = append(p.queue, &due{source: s, at: startAt(past[s.feed.URL], s.pace, now), first: first})
	}
	heap.Init(&p.queue)
	return p
}

// longestAhead is longer than any poll is put off, save by a schedule of its
// own: what is stored for later was written by a clock that was wrong.
const longestAhead = 31 * 24 * time.Hour

// startAt returns when a feed is first due after a start.
func startAt(past schedule.PollTimes, pace schedule.Pace, now time.Time) time.Time {
	if past.Last.IsZero() {
		return now
	}
	every, latest := pace.Start, now.Add(longestAhead)
	if pace.Exact != nil {
		at := pace.Exact(now)
		every = pace.Exact(at).Sub(at)
		latest = latest.Add(at.Sub(now))
	}
	if past.Next.After(now) && past.Next.Before(latest) {
		return past.Next
	}
	return now.Add(rand.N(min(overdueSpread, max(every/2, 0)) + 1))
}

// run polls until ctx ends, and waits for the polls under way.
func (p *poller) run(ctx context.Context) error {
	var group sync.WaitGroup
	defer group.Wait()
	defer func() {
		for _, w := range p.idle {
			close(w)
		}
	}()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		now := time.Now()
		p.beat.Store(now.UnixNano())
		for len(p.active) < p.workers && p.ready(now) {
			p.start(ctx, &group, now)
		}
		if p.once && len(p.queue)+len(p.active) == 0 {
			return nil
		}
		timer.Reset(p.sleep(now))
		select {
		case f := <-p.done:
			p.finish(f)
		case sources := <-p.change:
			p.replace(sources, time.Now())
		case <-timer.C:
		case <-ctx.Done():
			for range len(p.active) {
				f := <-p.done
				f.release()
				p.idle = append(p.idle, f.by)
			}
			return nil
		}
	}
}

// pulse is the longest the poller sleeps: the watchdog wants to see it move.
const pulse = 10 * time.Second

func (p *poller) sleep(now time.Time) time.Duration {
	if len(p.queue) == 0 || len(p.active) >= p.workers {
		return pulse
	}
	return min(max(p.queue[0].at.Sub(now), 0), pulse)
}

func (p *poller) ready(now time.Time) bool { return len(p.queue) > 0 && !p.queue[0].at.After(now) }

// start begins the poll of the most overdue feed, or puts it back for when its
// host will take it.
func (p *poller) start(ctx context.Context, group *sync.WaitGroup, now time.Time) {
	d := p.queue[0]
	release, wait := p.fetcher.Begin(d.feed, feeds.State{}, now)
	if release == nil {
		d.at = now.Add(max(wait, time.Millisecond))
		heap.Fix(&p.queue, 0)
		return
	}
	heap.Pop(&p.queue)
	p.late.Store(int64(now.Sub(d.at)))
	p.active[d.feed.URL] = d
	p.free(ctx, group) <- job{d, release, d.source}
}

// free returns a worker with nothing to do. Workers stay, because a stack
// that has grown once is dear to grow again for every poll; of those that wait
// the one that polled last is taken, so that the stacks of the others shrink.
func (p *poller) free(ctx context.Context, group *sync.WaitGroup) worker {
	if n := len(p.idle); n > 0 {
		w := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return w
	}
	w := make(worker, 1)
	group.Go(func() {
		for j := range w {
			p.done <- finished{j.d, j.release, p.poll(ctx, j.source), w}
		}
	})
	return w
}

// poll polls one feed and returns when it is due again. A panic costs the feed
// this poll and nobody else anything.
func (p *poller) poll(ctx context.Context, s source) (next time.Time) {
	next = time.Now().Add(max(s.pace.Start, time.Minute))
	defer func() {
		if r := recover(); r != nil {
			p.log.Error("poll panicked", "feed", s.feed.Name, "err", fmt.Sprint(r), "stack", string(debug.Stack()))
		}
	}()
	out, err := p.monitor.Poll(ctx, s.feed, s.pace)
	if err != nil {
		if !errors.Is(err, context.Canceled) {
			p.log.Error("poll failed", "feed", s.feed.Name, "err", err)
		}
		return next
	}
	if p.each != nil {
		p.each(s.feed.Name, out)
	}
	p.record.write(p.log, s.feed.Name, out)
	return out.Poll.Next
}

func (p *poller) finish(f finished) {
	f.release()
	p.idle = append(p.idle, f.by)
	delete(p.active, f.d.feed.URL)
	if f.d.first {
		f.d.first = false
		if p.unseen--; p.unseen == 0 && p.seen != nil {
			p.seen()
		}
	}
	if !f.d.gone && !p.once {
		f.d.at = f.next
		heap.Push(&p.queue, f.d)
	}
}

// reload hands the poller a new list of sources.
func (p *poller) reload(ctx context.Context, sources []source) {
	select {
	case p.change <- sources:
	case <-ctx.Done():
	}
}

// replace swaps the sources. A feed that stays keeps its due time, unless its
// pace now asks for an earlier one; polls under way finish.
func (p *poller) replace(sources []source, now time.Time) {
	old := map[string]*due{}
	for _, d := range p.queue {
		old[d.feed.URL] = d
	}
	for _, d := range p.active {
		d.gone = true
	}
	var next queue
	p.unseen = 0
	for _, d := range p.active {
		if d.first {
			p.unseen++
		}
	}
	for _, s := range sources {
		if d := p.active[s.feed.URL]; d != nil {
			d.source, d.gone = s, false
			continue
		}
		d := &due{source: s, at: now, first: true}
		if was, ok := old[s.feed.URL]; ok {
			d.at, d.first = was.at, was.first
			if latest := now.Add(s.pace.Start); s.pace.Start > 0 && d.at.After(latest) && was.pace.Start > s.pace.Start {
				d.at = latest
			}
		}
		if d.first {
			p.unseen++
		}
		next = append(next, d)
	}
	p.queue = next
	heap.Init(&p.queue)
}

// queue is a heap of feeds by due time.
type queue []*due

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].at.Before(q[j].at) }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(*due)) }
func (q *queue) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}
