package feeds

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// A Client fetches feeds over HTTP. NewClient makes one; its exported fields
// may be changed before its first use. It is safe for concurrent use.
//
// Settings.Concurrency is the caller's to keep: Fetch starts at once.
type Client struct {
	// Transport, if not nil, is the network: a test's. The address guard is
	// part of what it replaces, and proxies are not used.
	Transport http.RoundTripper
	Now       func() time.Time // time.Now
	Witness   Witness          // nil for none

	settings Settings
	agent    []string
	guard    guard
	resolver *net.Resolver
	roots    *tls.Config // nil but in tests
	hosts    *hosts
	meter    meter
	pools    pools

	mu     sync.Mutex
	routes map[route]*http.Transport
}

var _ Fetcher = (*Client)(nil)

// NewClient returns a client within s's bounds, which names itself with
// version. The error is about s.
func NewClient(s Settings, version string) (*Client, error) {
	if err := s.Check(); err != nil {
		return nil, fmt.Errorf("fetch: %w", err)
	}
	s = s.WithDefaults()
	g, err := newGuard(s.Allow)
	if err != nil {
		return nil, fmt.Errorf("fetch: %w", err)
	}
	agent := cmp.Or(s.UserAgent, "newswatch/"+cmp.Or(version, "devel")+" (feed reader)")
	return &Client{
		Now:      time.Now,
		settings: s,
		agent:    []string{agent},
		guard:    g,
		hosts:    newHosts(s.PerHost, s.Spacing),
		meter:    newMeter(),
		routes:   map[route]*http.Transport{},
	}, nil
}

// Close drops idle connections and parsers. Exchanges under way end by
// themselves.
func (c *Client) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.meter.quit:
	default:
		close(c.meter.quit)
	}
	for _, t := range c.routes {
		t.CloseIdleConnections()
	}
}

// Begin implements Fetcher. A state that asks for silence silences its host:
// after a restart, the first feed to come speaks for its neighbours. Learn
// does so beforehand.
func (c *Client) Begin(f Feed, st State, now time.Time) (release func(), wait time.Duration) {
	u, err := parseAddress(firstAddress(f, st))
	if err != nil {
		return func() {}, 0 // Fetch will say what is wrong
	}
	c.quieten(st, u, now)
	return c.hosts.begin(hostKey(u), f.URL, now)
}

// Learn tells the client of a feed's state, so that a server that asked for
// silence before a restart has it from the first request on.
func (c *Client) Learn(f Feed, st State) {
	u, err := parseAddress(firstAddress(f, st))
	if err != nil {
		return
	}
	c.quieten(st, u, c.Now())
	if home, err := parseAddress(f.URL); err == nil {
		c.hosts.led(f.URL, hostKey(home), []string{hostKey(u)})
	}
}

// quieten silences the host that st says asked for it, that of u if st does
// not say which.
func (c *Client) quieten(st State, u *url.URL, now time.Time) {
	if until := earlier(st.NotBefore, now.Add(MaxSilence)); until.After(now) {
		c.hosts.silence(cmp.Or(st.Quiet, hostKey(u)), until)
	}
}

// Succeed makes c take the place of old: what servers asked of old, and what
// is under way to them, binds c. Old keeps no idle connections.
func (c *Client) Succeed(old *Client) {
	c.hosts = old.hosts
	c.hosts.obey(c.settings.PerHost, c.settings.Spacing)
	old.Close()
}

// firstAddress returns the address of f that is asked first: a move that has
// settled, or else the configured one.
func firstAddress(f Feed, st State) string {
	if st.Settled && st.Moved != "" && st.Of == Hash([]byte(f.URL)) {
		return st.Moved
	}
	return f.URL
}
