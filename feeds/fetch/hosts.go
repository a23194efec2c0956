package fetch

import (
	"maps"
	"net/url"
	"sync"
	"time"

	"newswatch/feeds/urls"
)

// hosts keeps the peace with every server: how many requests run at a time,
// how far apart they start, and until when it asked for silence. It is safe
// for concurrent use.
//
// Who must wait is given a slot of its own, one spacing after the one given
// before, and told to come back then: a thousand feeds of one host ask twice
// each, not a thousand times.
type hosts struct {
	most    int           // requests at a time to one host
	spacing time.Duration // between two starts

	mu     sync.Mutex
	byKey  map[string]*host
	routes map[string][]string  // the hosts that a feed's last exchange led to, if not just its own
	http1  map[string]time.Time // hosts whose HTTP/2 broke off where HTTP/1.1 did not, and when
	swept  time.Time
}

// A host is one server's calendar.
type host struct {
	running int
	reading bool                 // a request beside them, see beginReading
	last    time.Time            // start of the latest request
	next    time.Time            // first slot nobody holds
	until   time.Time            // silence asked for
	slots   map[string]time.Time // by feed, for those told to come back
}

// busyWait is the least pause before asking again for a host that is busy, if
// spacing is less.
const busyWait = 100 * time.Millisecond

// abandoned is how long a slot is kept for a feed that does not come.
const abandoned = 10 * time.Minute

func newHosts(most int, spacing time.Duration) *hosts {
	return &hosts{most: most, spacing: spacing, byKey: map[string]*host{}, routes: map[string][]string{}, http1: map[string]time.Time{}}
}

// begin gives feed leave to start a request to the host called key, or a slot
// to come back in. A wait is never 0. Where the feed's last exchange was
// redirected, the hosts it led to must all be free.
func (hs *hosts) begin(key, feed string, now time.Time) (release func(), wait time.Duration) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	hs.sweep(now)
	route := hs.routes[feed]
	if route == nil {
		route = []string{key}
	}
	all := make([]*host, len(route))
	for i, key := range route {
		all[i] = hs.host(key)
		wait = max(wait, hs.wait(all[i], feed, now))
	}
	if wait > 0 {
		return nil, wait
	}
	for _, h := range all {
		delete(h.slots, feed)
		h.running++
		hs.started(h, now)
	}
	return sync.OnceFunc(func() { hs.end(all) }), 0
}

// wait returns 0 if feed may start a request to h now, or else when to ask
// again.
func (hs *hosts) wait(h *host, feed string, now time.Time) time.Duration {
	slot, held := h.slots[feed]
	if !held {
		slot = h.next
	}
	free := later(slot, h.until, h.last.Add(hs.spacing))
	switch idle := h.running < hs.most; {
	case idle && !now.Before(free):
		return 0
	case held && free.Equal(slot) && now.Before(slot):
		return slot.Sub(now) // early
	case held && idle && free.Sub(now) < hs.spacing:
		return free.Sub(now) // the one before was a little late
	}
	return hs.reserve(h, feed, now)
}

func (hs *hosts) started(h *host, now time.Time) {
	h.last = now
	h.next = later(h.next, now.Add(hs.spacing))
}

// visit notes a request to the host called key that a redirect leads to, and
// which nobody could foresee. It returns how long the host wants silence: then
// there must be none.
func (hs *hosts) visit(key string, now time.Time) (quiet time.Duration) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	h := hs.host(key)
	if h.until.After(now) {
		return h.until.Sub(now)
	}
	hs.started(h, now)
	return 0
}

// again gives an exchange that runs the slot of its next request to the host
// called key. It returns how long to wait for it, or how long the host wants
// silence: then there must be none.
func (hs *hosts) again(key string, now time.Time) (wait, quiet time.Duration) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	h := hs.host(key)
	if h.until.After(now) {
		return 0, h.until.Sub(now)
	}
	slot := later(now, h.next, h.last.Add(hs.spacing))
	hs.started(h, slot)
	return slot.Sub(now), 0
}

// setRoute notes the hosts that an exchange with feed, whose own host is home,
// led to: the next one will too.
func (hs *hosts) setRoute(feed, home string, route []string) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	if len(route) == 1 && route[0] == home {
		delete(hs.routes, feed)
		return
	}
	hs.routes[feed] = route
}

// http1Memory is how long a server is asked by HTTP/1.1 only: those who run it may
// mend its HTTP/2.
const http1Memory = 7 * 24 * time.Hour

// avoidHTTP2 has the host called key asked by HTTP/1.1 only, for a while.
func (hs *hosts) avoidHTTP2(key string, now time.Time) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	hs.http1[key] = now
}

// http1Only reports whether the host called key is to be asked by HTTP/1.1.
func (hs *hosts) http1Only(key string, now time.Time) bool {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	since, ok := hs.http1[key]
	return ok && now.Sub(since) < http1Memory
}

// quiet returns until when the hosts that the next exchange with feed leads to,
// its own being home, want silence; a time that is over, or zero, is for none.
func (hs *hosts) quiet(feed, home string) (until time.Time) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	route := hs.routes[feed]
	if route == nil {
		route = []string{home}
	}
	for _, key := range route {
		if h := hs.byKey[key]; h != nil {
			until = later(until, h.until)
		}
	}
	return until
}

// setLimits changes the rules, from the next request on.
func (hs *hosts) setLimits(most int, spacing time.Duration) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	hs.most, hs.spacing = most, spacing
}

// reserve gives feed the next slot nobody holds.
func (hs *hosts) reserve(h *host, feed string, now time.Time) time.Duration {
	slot := later(h.next, h.until, h.last.Add(hs.spacing))
	if h.running >= hs.most {
		slot = later(slot, now.Add(max(hs.spacing, busyWait)))
	}
	if !slot.After(now) {
		slot = now.Add(time.Millisecond)
	}
	if h.slots == nil {
		h.slots = map[string]time.Time{}
	}
	h.slots[feed] = slot
	h.next = slot.Add(hs.spacing)
	return slot.Sub(now)
}

func (hs *hosts) end(all []*host) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	for _, h := range all {
		h.running--
	}
}

// silence keeps everyone from the host called key until then.
func (hs *hosts) silence(key string, until time.Time) {
	hs.mu.Lock()
	h := hs.host(key)
	h.until = later(h.until, until)
	hs.mu.Unlock()
}

func (hs *hosts) host(key string) *host {
	h := hs.byKey[key]
	if h == nil {
		h = &host{}
		hs.byKey[key] = h
	}
	return h
}

// sweep forgets, once in a while, slots nobody came for and idle hosts.
func (hs *hosts) sweep(now time.Time) {
	if now.Sub(hs.swept) < abandoned {
		return
	}
	hs.swept = now
	maps.DeleteFunc(hs.http1, func(_ string, since time.Time) bool { return now.Sub(since) >= http1Memory })
	for key, h := range hs.byKey {
		for feed, slot := range h.slots {
			if now.Sub(slot) > abandoned {
				delete(h.slots, feed)
			}
		}
		if h.running == 0 && !h.reading && len(h.slots) == 0 && later(h.next, h.until).Before(now) {
			delete(hs.byKey, key)
		}
	}
}

// beginPage is begin for the page at u.
func (hs *hosts) beginPage(u *url.URL, now time.Time) (release func(), wait time.Duration) {
	return hs.begin(urls.HostKey(u), u.String(), now)
}

// beginReading gives leave to read the page at u beside the polls of its host, one at a time and when no poll is under way or has a slot, or
// says when to ask again. Such a request delays a poll by one spacing at most.
func (hs *hosts) beginReading(u *url.URL, now time.Time) (release func(), wait time.Duration) {
	hs.mu.Lock()
	defer hs.mu.Unlock()
	hs.sweep(now)
	h := hs.host(urls.HostKey(u))
	free := later(h.next, h.until, h.last.Add(hs.spacing))
	switch {
	case now.Before(free):
		return nil, free.Sub(now)
	case h.reading || h.running > 0:
		return nil, max(hs.spacing, busyWait)
	}
	h.reading = true
	hs.started(h, now)
	return sync.OnceFunc(func() {
		hs.mu.Lock()
		defer hs.mu.Unlock()
		h.reading = false
	}), 0
}

// later returns the latest of ts.
func later(ts ...time.Time) time.Time {
	var most time.Time
	for _, t := range ts {
		if t.After(most) {
			most = t
		}
	}
	return most
}
