// Package fetch makes one polite, safe and conditional exchange with a feed's
// server.
//
// It does not know when a feed is due, nor which of its items are new.
package fetch

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"golang.org/x/net/http/httpproxy"

	"newswatch/feeds"
	"newswatch/feeds/urls"
)

// A Client fetches feeds over HTTP. NewClient makes one; its exported fields
// may be changed before its first use. It is safe for concurrent use.
//
// Settings.Concurrency is the caller's to keep: Fetch starts at once.
type Client struct {
	// Transport, if not nil, is the network: a test's. The address guard is
	// part of what it replaces, and proxies are not used.
	Transport  http.RoundTripper
	Now        func() time.Time // time.Now
	CrashGuard CrashGuard       // nil for none

	settings feeds.Settings
	agent    []string
	guard    guard
	proxyFor func(*url.URL) (*url.URL, error) // the environment's
	resolver *net.Resolver
	roots    *tls.Config // nil but in tests
	hosts    *hosts
	limiter  limiter
	pools    pools

	mu         sync.Mutex
	transports map[transportKey]*http.Transport
}

var _ feeds.Fetcher = (*Client)(nil)

// NewClient returns a client within s's bounds, which names itself with
// version. Where s and a feed name no proxy, those of the environment are used:
// HTTP_PROXY, HTTPS_PROXY and NO_PROXY, as they are now. The error is about s.
func NewClient(s feeds.Settings, version string) (*Client, error) {
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
		Now:        time.Now,
		settings:   s,
		agent:      []string{agent},
		guard:      g,
		proxyFor:   httpproxy.FromEnvironment().ProxyFunc(),
		hosts:      newHosts(s.PerHost, s.Spacing),
		limiter:    newLimiter(),
		transports: map[transportKey]*http.Transport{},
	}, nil
}

// Close drops idle connections and parsers. Exchanges under way end by
// themselves.
func (c *Client) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.limiter.quit:
	default:
		close(c.limiter.quit)
	}
	for _, t := range c.transports {
		t.CloseIdleConnections()
	}
}

// Begin implements feeds.Fetcher. A state whose server asked for a pause pauses
// the whole host, so that after a restart one feed's state holds for its
// neighbours. RestorePause does so beforehand.
func (c *Client) Begin(f feeds.Feed, st feeds.State, now time.Time) (release func(), wait time.Duration) {
	u, err := urls.Parse(firstAddress(f, st))
	if err != nil {
		return func() {}, 0 // Fetch will say what is wrong
	}
	c.pauseHost(st, u, now)
	return c.hosts.begin(urls.HostKey(u), f.ID(), now)
}

// Silence returns until when a feed is left alone because its host asked for
// silence, if of a neighbour; a time that is over, or zero, is for nobody.
func (c *Client) Silence(f feeds.Feed) time.Time {
	u, err := urls.Parse(f.URL)
	if err != nil {
		return time.Time{}
	}
	return c.hosts.quiet(f.ID(), urls.HostKey(u))
}

// RestorePause pauses the host of a feed whose state says that its server asked
// for that before a restart.
func (c *Client) RestorePause(f feeds.Feed, st feeds.State) {
	u, err := urls.Parse(firstAddress(f, st))
	if err != nil {
		return
	}
	c.pauseHost(st, u, c.Now())
	if home, err := urls.Parse(f.URL); err == nil {
		c.hosts.setRoute(f.ID(), urls.HostKey(home), []string{urls.HostKey(u)})
	}
}

// pauseHost pauses the host that st says asked for it, that of u if st does not
// say which.
func (c *Client) pauseHost(st feeds.State, u *url.URL, now time.Time) {
	if until := earlier(st.NotBefore, now.Add(feeds.MaxSilence)); until.After(now) {
		c.hosts.silence(cmp.Or(st.Quiet, urls.HostKey(u)), until)
	}
}

// Inherit gives c the hosts of old: their pauses and running requests then count
// for c too. The idle connections of old are closed.
func (c *Client) Inherit(old *Client) {
	c.hosts = old.hosts
	c.hosts.setLimits(c.settings.PerHost, c.settings.Spacing)
	old.Close()
}

// firstAddress returns the address of f that is asked first: a move that has
// settled, or else the configured one.
func firstAddress(f feeds.Feed, st feeds.State) string {
	if st.Settled && st.Moved != "" && st.Of == f.Of() {
		return st.Moved
	}
	return f.URL
}
