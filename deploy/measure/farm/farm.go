// Package farm serves thousands of synthetic news feeds on the loopback
// network, so that a poller can be measured without the internet: RSS and
// Atom of 20 to 80 KB on up to 250 hosts, with conditional GET and gzip, and
// on request with latency, failures, and servers that ignore conditional GET.
//
// What the feeds say follows from Options alone: equal options, equal bytes,
// save for the port in addresses. It does not know who polls it.
package farm

import (
	"fmt"
	"math"
	"net"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Options say what a farm serves.
type Options struct {
	Feeds  int       // at least 1
	Hosts  int       // loopback addresses they are spread over, 1 to 250; 0 means as many as feeds, at most 250
	Seed   uint64    // of everything that is made up
	Newest time.Time // about when the newest entries were published; zero means today at midnight, UTC
}

// Manners are how the servers of a farm behave. The zero value is a server
// at its best: at once, and 304 for what has not changed.
type Manners struct {
	Stubborn float64       // share of the feeds whose servers answer 200 to conditional requests; half of those send no validators
	Latency  time.Duration // median of the time before an answer; log-normal, of one feed always about the same
	Failing  float64       // share of the feeds that answer 500
	Hanging  float64       // share that never answer
}

// latencySigma is how far latencies lie apart, as the standard deviation of
// their logarithm; longestLatency is the most.
const (
	latencySigma   = 0.4
	longestLatency = 3 // times the median
)

// A Farm is a crowd of feeds and the servers they are on. Its methods may be
// called concurrently.
type Farm struct {
	opts    Options
	feeds   []*feed
	manners atomic.Pointer[Manners]
	count   tally
	servers http.Server
	port    int
}

// A feed is what is served at one address.
type feed struct {
	number    int // from 1
	site      string
	first     *version // as it is at the start
	served    atomic.Pointer[version]
	prepared  *version // what the next Publish serves, nil for no change
	published []entry  // since the start, newest first; guarded by lock
	lock      sync.Mutex
	asked     atomic.Int64 // when last, in Unix nanoseconds; 0 for never
	fate      fate
}

// A fate is what chance holds for a feed, compared with shares: the same feed
// stays stubborn or slow however often the manners change.
type fate struct {
	stubborn, broken float64 // 0 to 1
	silent           bool    // sends no validators when stubborn
	slowness         float64 // times the median latency
}

// Start makes up the feeds, which takes about 4 ms of a core for each, and
// serves them until Close.
func Start(o Options) (*Farm, error) {
	if o.Feeds < 1 || o.Hosts < 0 || o.Hosts > 250 {
		return nil, fmt.Errorf("farm: %d feeds on %d hosts: at least one feed and at most 250 hosts", o.Feeds, o.Hosts)
	}
	if o.Hosts == 0 {
		o.Hosts = min(o.Feeds, 250)
	}
	if o.Newest.IsZero() {
		o.Newest = time.Now().UTC().Truncate(24 * time.Hour)
	}
	f := &Farm{opts: o}
	f.manners.Store(&Manners{})
	listeners, err := f.listen()
	if err != nil {
		return nil, err
	}
	for n := 1; n <= o.Feeds; n++ {
		host := fmt.Sprintf("127.0.0.%d:%d", 1+n%o.Hosts, f.port)
		f.feeds = append(f.feeds, &feed{number: n, site: fmt.Sprintf("http://%s/%d", host, n), fate: fateOf(o.Seed, n)})
	}
	f.each(func(x *feed) {
		text := document(o.Seed, x.number, x.site, o.Newest, nil)
		x.first = pack(text, o.Newest)
		x.served.Store(x.first)
	})
	f.servers.Handler = f
	for _, l := range listeners {
		go func() { _ = f.servers.Serve(l) }() // ends with Close
	}
	return f, nil
}

// listen takes one port on every host.
func (f *Farm) listen() (all []net.Listener, err error) {
	for range 20 { // another program may hold the port on one of them
		f.port = 0
		for h := range f.opts.Hosts {
			var l net.Listener
			if l, err = net.Listen("tcp", fmt.Sprintf("127.0.0.%d:%d", 1+h, f.port)); err != nil {
				break
			}
			all = append(all, l)
			f.port = l.Addr().(*net.TCPAddr).Port
		}
		if err == nil {
			return all, nil
		}
		for _, l := range all {
			l.Close()
		}
		all = nil
	}
	return nil, fmt.Errorf("farm: no port is free on all of 127.0.0.1 to 127.0.0.%d (only Linux has them all by itself): %w", f.opts.Hosts, err)
}

// Close ends all servers and cuts their connections.
func (f *Farm) Close() error { return f.servers.Close() }

// each calls do for every feed, on all cores.
func (f *Farm) each(do func(*feed)) {
	var next atomic.Int64
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := next.Add(1); int(i) <= len(f.feeds); i = next.Add(1) {
				do(f.feeds[i-1])
			}
		})
	}
	group.Wait()
}

// fateOf draws what happens to a feed.
func fateOf(seed uint64, number int) fate {
	w := chance(seed, number, 2)
	return fate{stubborn: w.Float64(), silent: w.IntN(2) == 0, broken: w.Float64(),
		slowness: min(math.Exp(w.NormFloat64()*latencySigma), longestLatency)}
}

// URLs returns the addresses of the feeds, number 1 first.
func (f *Farm) URLs() []string {
	var urls []string
	for _, x := range f.feeds {
		urls = append(urls, x.site+"/feed")
	}
	return urls
}

// MeanSize returns how long a document is on average, in bytes, unpacked.
func (f *Farm) MeanSize() int {
	sum := 0
	for _, x := range f.feeds {
		sum += x.served.Load().size
	}
	return sum / len(f.feeds)
}

// Behave changes the manners of all servers, from the next request on.
func (f *Farm) Behave(m Manners) { f.manners.Store(&m) }

// Sound reports whether a feed, counted from 1, neither fails nor hangs under
// manners m.
func (f *Farm) Sound(number int, m Manners) bool {
	return f.feeds[number-1].fate.broken >= m.Failing+m.Hanging
}

// Prepare makes up a new entry for every feed, which Publish then shows in no
// time: a second of a core for every 250 feeds would disturb what is measured.
func (f *Farm) Prepare() {
	f.each(func(x *feed) {
		x.lock.Lock()
		defer x.lock.Unlock()
		w := chance(f.opts.Seed, x.number, 3+uint64(len(x.published)))
		x.prepared = f.add(x, w.headline(), w)
	})
}

// Publish shows the entries that Prepare made up, one in every feed.
func (f *Farm) Publish() {
	for _, x := range f.feeds {
		x.lock.Lock()
		if x.prepared != nil {
			x.served.Store(x.prepared)
			x.prepared = nil
		}
		x.lock.Unlock()
	}
}

// Reset takes back all that was published.
func (f *Farm) Reset() {
	for _, x := range f.feeds {
		x.lock.Lock()
		x.served.Store(x.first)
		x.prepared, x.published = nil, nil
		x.lock.Unlock()
	}
}

// Announce puts an entry with a title on top of a feed, counted from 1, and
// returns when it could be seen.
func (f *Farm) Announce(number int, title string) time.Time {
	x := f.feeds[number-1]
	x.lock.Lock()
	defer x.lock.Unlock()
	w := chance(f.opts.Seed, number, 3+uint64(len(x.published)))
	x.served.Store(f.add(x, title, w))
	x.prepared = nil
	return time.Now()
}

// add returns a feed's document with one entry more. Its time is after that of
// every version before, by the second that Last-Modified tells.
func (f *Farm) add(x *feed, title string, w writer) *version {
	at := time.Now().UTC()
	if len(x.published) > 0 && at.Before(x.published[0].at.Add(time.Second)) {
		at = x.published[0].at.Add(time.Second)
	}
	s, _ := styleOf(f.opts.Seed, x.number, x.site, f.opts.Newest)
	x.published = append([]entry{s.entry(w, title, at)}, x.published...)
	return pack(document(f.opts.Seed, x.number, x.site, f.opts.Newest, x.published), at)
}
