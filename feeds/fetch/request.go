package fetch

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"newswatch/feeds"
	"newswatch/feeds/urls"
)

// What a request says it would like.
var (
	acceptFeeds = []string{"application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"}
	acceptJSON  = []string{"application/json, */*;q=0.5"}
	acceptXML   = []string{"application/xml, text/xml, text/plain;q=0.9, */*;q=0.5"}
	acceptPages = []string{"text/html, application/xhtml+xml, application/atom+xml, application/rss+xml, */*;q=0.5"}
	acceptGzip  = []string{"gzip"}
)

// accepted is what a request of a kind of feed says it would like.
func accepted(k feeds.Kind) []string {
	switch k {
	case feeds.KindJSON:
		return acceptJSON
	case feeds.KindSitemap:
		return acceptXML
	case feeds.KindList, feeds.KindPage:
		return acceptPages
	}
	return acceptFeeds
}

// A request is what to ask, and of whom.
type request struct {
	url            *url.URL                // without user
	headers        map[string]feeds.Secret // of the feed
	proxy          string                  // of the feed, see feeds.Feed
	legacy         bool                    // old TLS will do
	home           urls.Origin             // to which the feed's headers and authorization go, and nowhere else
	host           string                  // of home, see HostKey; "" if the feed has no address
	authorization  string
	accept         []string
	etag, modified string
	body           []byte                                       // JSON to POST; nil for a GET
	cookies        http.CookieJar                               // set by the redirects so far; nil for none
	bare           bool                                         // shows no cookies, not even those
	may            func(ctx context.Context, to *url.URL) error // of a redirect, see Visit; nil for all
}

func (q request) conditional() bool { return q.etag != "" || q.modified != "" }

// header makes the header of the request to u.
func (q request) header(u *url.URL, agent []string) http.Header {
	h := make(http.Header, 8)
	h["User-Agent"] = agent
	h["Accept"] = q.accept
	h["Accept-Encoding"] = acceptGzip // asked by us, so that net/http leaves it packed and it can be hashed as it came
	if q.etag != "" {
		h["If-None-Match"] = []string{q.etag}
	}
	if q.modified != "" {
		h["If-Modified-Since"] = []string{q.modified}
	}
	if q.body != nil {
		h["Content-Type"] = []string{"application/json"}
	}
	if urls.OriginOf(u) == q.home {
		q.private(h)
	}
	if q.cookies != nil {
		addCookies(h, q.cookies.Cookies(u))
	}
	return h
}

// private adds to h what only the feed's own server may see.
func (q request) private(h http.Header) {
	if q.authorization != "" {
		h["Authorization"] = []string{q.authorization}
	}
	for name, value := range q.headers {
		h.Set(name, value.Reveal())
	}
}

// A response is the last one of an exchange; its body is the caller's to
// close.
type response struct {
	resp    *http.Response
	url     *url.URL // that gave it, or that failed to
	lasting *url.URL // where permanent redirects led, from the first address on; nil if there were none
	hosts   []string // the hosts asked, each once, see HostKey
	cut     error    // how its body ended, if not well
}

// follow asks q and follows redirects. There is a response beside an error
// too, for its url.
func (c *Client) follow(ctx context.Context, q request) (*response, error) {
	a := &response{url: q.url, hosts: []string{urls.HostKey(q.url)}}
	lasting := true
	for hops := 0; ; hops++ {
		resp, err := c.do(ctx, q, a.url)
		if err != nil {
			return a, err
		}
		to, permanent, err := redirected(a.url, resp)
		if to == nil && err == nil {
			a.resp = resp
			return a, nil
		}
		discard(resp.Body)
		if err == nil && hops == maxRedirects {
			err = fmt.Errorf("more than %d redirects", maxRedirects)
		}
		if err != nil {
			e := troublef(feeds.Refused, a.url, "%w", err)
			e.StatusCode = resp.StatusCode
			return a, e
		}
		if q.body != nil && urls.OriginOf(to) != urls.OriginOf(a.url) {
			return a, troublef(feeds.Refused, a.url, "it redirects to another server, to which a request with a body is not sent; if that is right, make it the url")
		}
		if !q.bare {
			q.cookies = withCookies(q.cookies, a.url, resp)
		}
		lasting = lasting && permanent
		if lasting {
			a.lasting = to
		}
		if to.String() == q.url.String() {
			a.lasting = nil // back where it began, with a cookie perhaps
		}
		a.url = to
		if err := c.visit(a, urls.HostKey(to)); err != nil {
			return a, err
		}
		if q.may != nil {
			if err := q.may(ctx, to); err != nil {
				return a, err
			}
		}
	}
}

// visit notes that an exchange goes on at another host, unless that wants to
// be left alone.
func (c *Client) visit(a *response, host string) error {
	if slices.Contains(a.hosts, host) {
		return nil
	}
	a.hosts = append(a.hosts, host)
	quiet := c.hosts.visit(host, c.Now())
	if quiet == 0 {
		return nil
	}
	e := troublef(feeds.Throttled, a.url, "it is redirected to a server that asked for silence for another %v", quiet.Round(time.Second))
	e.RetryAfter = quiet
	return e
}

// discard reads a short body to its end, so that the connection can be used
// again.
func discard(body io.ReadCloser) {
	_, _ = io.CopyN(io.Discard, body, 4<<10)
	body.Close()
}

// do makes one request to u and returns the response. Where HTTP/2 is broken off it
// is made once more by HTTP/1.1, which is remembered of the server if that helps.
func (c *Client) do(ctx context.Context, q request, u *url.URL) (*http.Response, error) {
	key := urls.HostKey(u)
	resp, err := c.send(ctx, q, u, c.hosts.http1Only(key, c.Now()))
	if !errors.Is(err, errReset) {
		return resp, err
	}
	again, failed := c.send(ctx, q, u, true)
	if failed != nil {
		return nil, err
	}
	c.hosts.avoidHTTP2(key, c.Now())
	return again, nil
}

func (c *Client) send(ctx context.Context, q request, u *url.URL, http1 bool) (*http.Response, error) {
	rt, err := c.network(q, u, http1)
	if err != nil {
		return nil, err
	}
	req := (&http.Request{
		Method: http.MethodGet, URL: u, Host: u.Host, Header: q.header(u, c.agent),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	if q.body != nil {
		req.Method, req.ContentLength = http.MethodPost, int64(len(q.body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(q.body)), nil }
		req.Body, _ = req.GetBody()
	}
	return roundTrip(rt, req)
}

// network returns what carries a request to u.
func (c *Client) network(q request, u *url.URL, http1 bool) (http.RoundTripper, error) {
	if c.Transport != nil {
		return c.Transport, nil
	}
	r := transportKey{proxy: c.proxy(q.proxy, u), inside: oddPort(q.url, u), http1: http1, legacy: q.legacy}
	if r.proxy != "" {
		r.inside = false
		if err := c.proxied(q, u); err != nil {
			return nil, err
		}
	}
	return c.transportFor(r)
}

// proxy returns the address of the proxy that requests to u go by, "" for none: the
// feed's own, that of the settings, or the environment's.
func (c *Client) proxy(own string, u *url.URL) string {
	if p := cmp.Or(own, c.settings.Proxy); p != "" {
		return strings.TrimPrefix(p, urls.Direct)
	}
	p, err := c.proxyFor(u)
	if err != nil || p == nil {
		return "" // an address of the environment that is none is nobody's wish
	}
	return p.String()
}

// proxied judges an address that a proxy will connect to: a name is its to
// resolve, but an address can be seen from here, and where localhost leads.
func (c *Client) proxied(q request, u *url.URL) error {
	if oddPort(q.url, u) {
		return &addressError{Port: u.Port()}
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") { // RFC 6761, 6.3
		host = "127.0.0.1"
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return c.guard.check(a)
	}
	return nil
}

// A transportKey says by what way a request leaves; connections are shared among
// requests of one key.
type transportKey struct {
	proxy  string // "" is direct
	inside bool   // to allowed networks only
	http1  bool   // HTTP/1.1 only
	legacy bool   // with older TLS suites too
}

func (c *Client) transportFor(r transportKey) (*http.Transport, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t := c.transports[r]; t != nil {
		return t, nil
	}
	proxy, err := urls.ParseProxy(r.proxy)
	if err != nil {
		return nil, &feeds.FetchError{Fault: feeds.Refused, Err: fmt.Errorf("proxy: %w", err)}
	}
	t := c.newTransport()
	if r.http1 {
		t.Protocols = new(http.Protocols)
		t.Protocols.SetHTTP1(true)
		t.ForceAttemptHTTP2 = false
	}
	if r.legacy {
		t.TLSClientConfig.CipherSuites = legacySuites()
	}
	control := c.guard.control
	switch {
	case proxy != nil:
		t.Proxy, control = http.ProxyURL(proxy), nil // the operator chose it, wherever it is
	case r.inside:
		control = c.guard.inside
	}
	t.DialContext = c.withQuota(dialer(c.resolver, control))
	c.transports[r] = t
	return t, nil
}

// sessions is how many hosts' TLS sessions are kept for resumption; a full
// handshake costs more than all else in an exchange together.
const sessions = 16384

// newTransport returns a Transport that keeps connections for as long as the
// servers do, up to an idle hour.
func (c *Client) newTransport() *http.Transport {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.roots != nil {
		config = c.roots.Clone()
	}
	config.ClientSessionCache = tls.NewLRUClientSessionCache(sessions)
	return &http.Transport{
		TLSClientConfig:        config,
		TLSHandshakeTimeout:    dialTimeout,
		DisableCompression:     true, // see request.header
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           512, // each holds some 20 KB; the one unused for longest goes
		MaxIdleConnsPerHost:    c.settings.PerHost,
		IdleConnTimeout:        time.Hour,
		MaxResponseHeaderBytes: maxHeader,
		WriteBufferSize:        1 << 10, // a request is short
		ReadBufferSize:         4 << 10,
	}
}

// maxHeader bounds the header of a response, interim ones included.
const maxHeader = 128 << 10

// validator returns text if it can be sent back as it is, byte for byte, and
// "" otherwise.
func validator(text string) string {
	if len(text) > 4<<10 || !httpguts.ValidHeaderFieldValue(text) {
		return ""
	}
	return text
}
