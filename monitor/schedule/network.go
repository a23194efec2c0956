package schedule

import (
	"cmp"
	"errors"
	"net/url"
	"sync"
	"time"

	"newswatch/feeds"
)

// A Network tells a failure of our own network from that of single hosts. The
// zero value is ready for use; it is safe for concurrent use.
type Network struct {
	mu    sync.Mutex
	hosts map[string]hostState
}

// A hostState is the last known state of a host.
type hostState struct {
	at    time.Time // last asked
	since time.Time // unanswered since; zero if the last request was answered
}

// Our network counts as down when of the hosts asked within outageSpan, or since
// the host in question went silent if that is longer ago, at least outageHosts
// and outageShare did not answer their last request. A host that went silent
// while others answered never counts as our outage, however often it is asked.
const (
	outageSpan  = 5 * time.Minute
	outageHosts = 4
	outageShare = 0.8
	outageMost  = 48 * time.Hour // hosts asked earlier are forgotten
)

// A Blame says whose fault it is that a host does not answer.
type Blame int

// The blames. The zero value is nobody's: there was an answer, or it is too
// early to say.
const (
	Unsure Blame = iota
	Theirs       // other hosts answer
	Ours         // hardly any host answers: our own network is down
)

// Observe records the outcome of one exchange with an address, and says who is
// to blame if nothing answered.
func (o *Network) Observe(rawURL string, err error, now time.Time) Blame {
	fe, _ := errors.AsType[*feeds.FetchError](err)
	fail := fe != nil && fe.Fault == feeds.Network
	host := rawURL
	if u, perr := url.Parse(rawURL); perr == nil {
		host = u.Host
	}
	if host == "" {
		return Unsure // nobody was asked
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.hosts == nil {
		o.hosts = map[string]hostState{}
	}
	if !fail {
		o.hosts[host] = hostState{at: now}
		return Unsure
	}
	since := cmp.Or(o.hosts[host].since, now)
	o.hosts[host] = hostState{now, since}
	span := max(outageSpan, now.Sub(since))
	asked, failed := 0, 0
	for h, s := range o.hosts {
		switch age := now.Sub(s.at); {
		case age > outageMost:
			delete(o.hosts, h)
		case age <= span:
			asked++
			if !s.since.IsZero() {
				failed++
			}
		}
	}
	switch {
	case asked >= outageHosts && float64(failed) >= outageShare*float64(asked):
		return Ours
	case failed < asked:
		return Theirs
	}
	return Unsure
}
