package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/schedule"
)

// A poller polls every feed when it is due: several at a time, none twice at
// once, hosts in turn. One goroutine owns the queue; workers only poll.
type poller struct {
	monitor *monitor.Monitor
	fetcher feeds.Fetcher
	log     *slog.Logger
	workers func() int                                // how many polls may be under way
	once    bool                                      // poll every feed one time and end
	each    func(feed string, out monitor.PollResult) // called after every poll; may be nil
	silence func(feeds.Feed) time.Time                // until when a feed's host wants silence; may be nil
	seen    func()                                    // called once every feed has been polled for the first time; may be nil

	record pollLog
	queue  *schedule.Queue
	idle   []worker // those with nothing to do, the one that polled last at the end
	done   chan finished
	change chan []schedule.Source
	hasten chan string  // a feed to poll now, "" for all
	late   atomic.Int64 // how far behind the most overdue feed was at the last start, in nanoseconds
	beat   atomic.Int64 // when the queue was last looked at, Unix nanoseconds: the watchdog's pulse
}

// job is one poll to be made, finished what became of it.
type (
	job struct {
		d       *schedule.Due
		release func()
		source  schedule.Source // as it was when the poll began
	}
	finished struct {
		d       *schedule.Due
		release func()
		next    time.Time
		by      worker
	}
	worker chan job // of one goroutine, which takes one job at a time
)

// newPoller queues the sources by the times stored for them.
func newPoller(p *poller, sources []schedule.Source, past map[string]schedule.PollTimes, now time.Time) *poller {
	ahead := 0
	for _, times := range past {
		if times.Ahead(now) {
			ahead++
		}
	}
	if ahead > 0 {
		p.log.Warn("a clock ahead of this one wrote when feeds were polled: they are polled at once", "feeds", ahead)
	}
	p.queue = schedule.NewQueue(sources, past, now)
	p.done = make(chan finished)
	p.change = make(chan []schedule.Source)
	p.hasten = make(chan string)
	return p
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
		for p.queue.Active() < p.workers() && p.start(ctx, &group, now) {
		}
		if p.once && p.queue.Len() == 0 {
			return nil
		}
		timer.Reset(p.sleep(now))
		select {
		case f := <-p.done:
			p.finish(f)
		case sources := <-p.change:
			p.queue.Replace(sources, time.Now())
		case name := <-p.hasten:
			p.queue.Hasten(time.Now(), func(f *feeds.Feed) bool { return name == "" || f.Name == name })
		case <-timer.C:
		case <-ctx.Done():
			for range p.queue.Active() {
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
	if p.queue.Active() >= p.workers() {
		return pulse
	}
	return p.queue.Wait(now, pulse)
}

// start begins the poll of the most overdue feed, or puts it back for when its
// host will take it. It reports whether any was due.
func (p *poller) start(ctx context.Context, group *sync.WaitGroup, now time.Time) bool {
	d, late := p.queue.Next(now)
	if d == nil {
		return false
	}
	release, wait := p.fetcher.Begin(*d.Feed, feeds.State{}, now)
	if release == nil {
		p.queue.Delay(now, max(wait, time.Millisecond))
		p.sayHeld(*d.Feed, wait, now)
		return true
	}
	p.queue.Begin()
	p.late.Store(int64(late))
	p.free(ctx, group) <- job{d, release, d.Source}
	return true
}

// saidAfter is how long the silence of a host is at least that is logged for
// each of its feeds: shorter ones are its spacing.
const saidAfter = time.Minute

// sayHeld logs that a feed is due and waits for its host, once for each silence:
// it is looked at again only when that is over.
func (p *poller) sayHeld(f feeds.Feed, wait time.Duration, now time.Time) {
	if wait < saidAfter || p.silence == nil {
		return
	}
	if until := p.silence(f); until.After(now) {
		p.log.Warn("feed waits, its host asked for silence", "feed", f.Name, "pause", until.Sub(now).Round(time.Second))
	}
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
func (p *poller) poll(ctx context.Context, s schedule.Source) (next time.Time) {
	next = time.Now().Add(max(s.Pace.Start, time.Minute))
	defer func() {
		if r := recover(); r != nil {
			p.log.Error("poll panicked", "feed", s.Feed.Name, "err", fmt.Sprint(r), "stack", string(debug.Stack()))
		}
	}()
	out, err := p.monitor.Poll(ctx, *s.Feed, s.Pace)
	if err != nil {
		if !errors.Is(err, context.Canceled) {
			p.log.Error("poll failed", "feed", s.Feed.Name, "err", err)
		}
		return next
	}
	if p.each != nil {
		p.each(s.Feed.Name, out)
	}
	p.record.write(p.log, s.Feed.Name, out)
	return out.Poll.Next
}

func (p *poller) finish(f finished) {
	f.release()
	p.idle = append(p.idle, f.by)
	if p.once {
		f.next = time.Time{}
	}
	unseen := p.queue.Unseen()
	p.queue.End(f.d, f.next)
	if unseen > 0 && p.queue.Unseen() == 0 && p.seen != nil {
		p.seen()
	}
}

// reload hands the poller a new list of sources.
func (p *poller) reload(ctx context.Context, sources []schedule.Source) {
	select {
	case p.change <- sources:
	case <-ctx.Done():
	}
}

// pollNow makes a feed, "" for all, due at once.
func (p *poller) pollNow(ctx context.Context, name string) error {
	select {
	case p.hasten <- name:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// fixed is a number of workers that does not change.
func fixed(n int) func() int { return func() int { return n } }
