package monitor

import (
	"errors"
	"net/url"
	"sync"
	"time"

	"newswatch/feeds"
)

// outage tells our own network's failure from that of single hosts. The zero
// value is ready; it is safe for concurrent use.
type outage struct {
	mu    sync.Mutex
	hosts map[string]sight
}

type sight struct {
	at   time.Time
	fail bool
}

// Our network is taken to be down when the last word of most hosts asked within
// outageSpan, and of at least outageHosts of them, was no answer at all.
const (
	outageSpan  = 5 * time.Minute
	outageHosts = 4
	outageShare = 0.8
)

// judge notes the outcome of one exchange and reports whether it is to be
// blamed on our own network.
func (o *outage) judge(rawURL string, err error, now time.Time) bool {
	fe, _ := errors.AsType[*feeds.FetchError](err)
	fail := fe != nil && fe.Fault == feeds.Network
	host := rawURL
	if u, perr := url.Parse(rawURL); perr == nil {
		host = u.Host
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.hosts == nil {
		o.hosts = map[string]sight{}
	}
	o.hosts[host] = sight{now, fail}
	if !fail {
		return false
	}
	asked, failed := 0, 0
	for h, s := range o.hosts {
		if now.Sub(s.at) > outageSpan {
			delete(o.hosts, h)
			continue
		}
		asked++
		if s.fail {
			failed++
		}
	}
	return asked >= outageHosts && float64(failed) >= outageShare*float64(asked)
}
