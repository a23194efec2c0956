// Package reading turns an item's address into the text of its article, as far as
// the site allows: it obeys robots.txt (RFC 9309), spends a budget for every host,
// and leaves hosts alone that refuse.
//
// It does not know why an article is read, nor when to try again.
package reading

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/article"
	"newswatch/feeds/fetch"
	"newswatch/feeds/robots"
	"newswatch/feeds/urls"
)

// Settings bound all reading. The zero value of a field means the default named
// beside it.
type Settings struct {
	PerHost int           // 30 reads of one host within PerTime
	PerTime time.Duration // an hour
	Timeout time.Duration // 20s, for one whole exchange with its redirects
}

// The defaults of Settings.
const (
	defaultPerHost = 30
	defaultPerTime = time.Hour
	defaultTimeout = 20 * time.Second
)

// agent is the product token that robots.txt knows us by.
const agent = "newswatch"

// rest is how long a host that refuses is left alone.
const rest = 24 * time.Hour

// A Reader reads articles. Make one with New; it is safe for concurrent use.
type Reader struct {
	client func() *fetch.Client
	now    func() time.Time

	mu       sync.Mutex // guards what follows
	settings Settings
	hosts    map[string]*host
	robots   map[string]robots.Copy // by origin
	swept    time.Time
}

// A host is what a Reader knows of one server.
type host struct {
	starts []time.Time   // the reads of the last PerTime
	delay  time.Duration // Crawl-delay of its robots.txt
	rest   Rest
}

// A Rest says until when and why a host is left alone.
type Rest struct {
	Until time.Time `json:"until"`
	Cause string    `json:"cause"`
}

// New returns a reader that asks the client in force whenever it reads.
func New(client func() *fetch.Client, now func() time.Time) *Reader {
	r := &Reader{client: client, now: now, hosts: map[string]*host{}, robots: map[string]robots.Copy{}}
	r.Use(Settings{})
	return r
}

// Use puts settings into force.
func (r *Reader) Use(s Settings) {
	if s.PerHost <= 0 || s.PerTime <= 0 {
		s.PerHost, s.PerTime = defaultPerHost, defaultPerTime
	}
	if s.Timeout <= 0 {
		s.Timeout = defaultTimeout
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.settings = s
}

// A Request is what to read.
type Request struct {
	URL   string
	Title string // of the item: a page about something else is not its article
	Lang  string // of the item
}

// Ready returns how long the article at an address must wait for the budget of its
// host, 0 if it may be read now. The error is that of a host which is left alone.
func (r *Reader) Ready(address string) (wait time.Duration, err error) {
	u, err := urls.Parse(address)
	if err != nil {
		return 0, &Error{Cause: err.Error()}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	h := r.host(urls.HostKey(u), now)
	if h.rest.Until.After(now) {
		return 0, &Error{Cause: fmt.Sprintf("%s is left alone until %s: %s", u.Host, h.rest.Until.UTC().Format("2 Jan 15:04 MST"), h.rest.Cause)}
	}
	if n := len(h.starts); n >= r.settings.PerHost {
		wait = h.starts[n-r.settings.PerHost].Add(r.settings.PerTime).Sub(now)
	}
	if n := len(h.starts); n > 0 {
		wait = max(wait, h.starts[n-1].Add(h.delay).Sub(now))
	}
	return max(wait, 0), nil
}

// host returns what is known of a host, and forgets now and then what is over. The
// caller holds mu.
func (r *Reader) host(key string, now time.Time) *host {
	old := now.Add(-max(r.settings.PerTime, time.Hour))
	if now.Sub(r.swept) > time.Hour {
		r.swept = now
		for key, h := range r.hosts {
			if !h.rest.Until.After(now) && (len(h.starts) == 0 || h.starts[len(h.starts)-1].Before(old)) {
				delete(r.hosts, key)
			}
		}
		for origin, c := range r.robots {
			if !c.Fresh(now.Add(-rest)) {
				delete(r.robots, origin)
			}
		}
	}
	h := r.hosts[key]
	if h == nil {
		h = &host{}
		r.hosts[key] = h
	}
	for len(h.starts) > 0 && h.starts[0].Before(old) {
		h.starts = h.starts[1:]
	}
	return h
}

// Rests returns the hosts that are left alone, with the causes.
func (r *Reader) Rests() map[string]Rest {
	r.mu.Lock()
	defer r.mu.Unlock()
	now, out := r.now(), map[string]Rest{}
	for key, h := range r.hosts {
		if h.rest.Until.After(now) {
			out[key] = h.rest
		}
	}
	return out
}

// Restore has hosts left alone as Rests returned them before a restart.
func (r *Reader) Restore(rests map[string]Rest) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	for key, was := range rests {
		if was.Until.After(now) && !was.Until.After(now.Add(rest)) {
			r.host(key, now).rest = was
		}
	}
}

// An Error says why an article was not read.
type Error struct {
	Cause string        // one line
	Again bool          // another try may do better
	After time.Duration // and is to wait at least so long
	host  bool          // the whole host refuses
}

// Error returns the cause.
func (e *Error) Error() string { return e.Cause }

// Read reads the article of q. It waits for its turn at the host and returns the
// error of ctx if that ends first; any other error is an *Error. The caller reads
// one article of a host at a time, when it is Ready.
func (r *Reader) Read(ctx context.Context, q Request) (article.Article, error) {
	u, err := urls.Parse(q.URL)
	if err != nil {
		return article.Article{}, &Error{Cause: err.Error()}
	}
	text, err := r.read(ctx, q, u)
	if ctx.Err() != nil {
		return article.Article{}, context.Cause(ctx)
	}
	if failed, ok := errors.AsType[*Error](err); ok && failed.host {
		r.mu.Lock()
		defer r.mu.Unlock()
		now := r.now()
		r.host(urls.HostKey(u), now).rest = Rest{Until: now.Add(rest).UTC(), Cause: failed.Cause}
	}
	return text, err
}

func (r *Reader) read(ctx context.Context, q Request, u *url.URL) (text article.Article, err error) {
	if err := r.allowed(ctx, u); err != nil {
		return text, err
	}
	r.mu.Lock()
	h, timeout := r.host(urls.HostKey(u), r.now()), r.settings.Timeout
	h.starts = append(h.starts, r.now())
	r.mu.Unlock()
	var forbidden error
	page, err := r.client().ReadPage(ctx, q.URL, fetch.Visit{Timeout: timeout, May: func(ctx context.Context, to *url.URL) error {
		forbidden = r.leads(ctx, u, to)
		return forbidden
	}})
	if err != nil {
		return text, cmp.Or(forbidden, unread(u, err, timeout))
	}
	if page.Header.Get("Tdm-Reservation") == "1" {
		return text, &Error{Cause: string(article.Reserved) + ": its publisher reserves the text against mining (tdm-reservation)"}
	}
	if working := r.client().Work(ctx, func() {
		text, err = article.Extract(page.Body, page.URL.String(), article.Hints{ContentType: page.ContentType, Asked: q.URL, Title: q.Title, Lang: q.Lang})
	}); working != nil {
		return text, working
	}
	if err != nil {
		return text, wrongPage(err)
	}
	text.NoArchive = text.NoArchive || strings.Contains(strings.ToLower(strings.Join(page.Header.Values("X-Robots-Tag"), ",")), "noarchive")
	return text, nil
}

// leads asks whether a redirect from u may be followed: whatever was allowed there,
// another site says itself. Of the same host the copy that allowed u holds for
// its other scheme too, for a second exchange with it would wait for the first.
func (r *Reader) leads(ctx context.Context, u, to *url.URL) error {
	if urls.HostKey(u) != urls.HostKey(to) {
		return r.allowed(ctx, to)
	}
	r.mu.Lock()
	c := r.robots[u.Scheme+"://"+u.Host]
	r.mu.Unlock()
	return r.verdict(c, to)
}

// allowed asks the robots.txt of u's site, which it gets if its copy is too old.
func (r *Reader) allowed(ctx context.Context, u *url.URL) error {
	origin := u.Scheme + "://" + u.Host
	r.mu.Lock()
	c, timeout := r.robots[origin], r.settings.Timeout
	r.mu.Unlock()
	if !c.Fresh(r.now()) {
		page, err := r.client().ReadPage(ctx, origin+"/robots.txt", fetch.Visit{Timeout: timeout})
		status := http.StatusOK
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			status = 0
			if failed, ok := errors.AsType[*feeds.FetchError](err); ok {
				status = failed.StatusCode
				if failed.Fault == feeds.Throttled || failed.Fault == feeds.Refused && status == 0 {
					return unread(u, err, timeout)
				}
			}
		}
		c = c.Update(status, page.Body, agent, r.now())
		r.mu.Lock()
		r.robots[origin] = c
		r.host(urls.HostKey(u), r.now()).delay = c.Rules.Delay
		r.mu.Unlock()
	}
	return r.verdict(c, u)
}

// verdict says what a copy of robots.txt says about u.
func (r *Reader) verdict(c robots.Copy, u *url.URL) error {
	switch verdict := c.Rules.Check(u); {
	case verdict.Allowed:
		return nil
	case verdict.Line > 0:
		return &Error{Cause: fmt.Sprintf("robots.txt of %s, line %d, forbids it", u.Host, verdict.Line)}
	}
	return &Error{Cause: u.Host + " does not answer what its robots.txt allows", Again: true, After: c.Until.Sub(r.now())}
}

// unread says what a failed exchange with u's host means, for which it had so long.
func unread(u *url.URL, err error, timeout time.Duration) error {
	failed, ok := errors.AsType[*feeds.FetchError](err)
	if !ok {
		return err
	}
	e := &Error{Cause: failed.Error(), After: failed.RetryAfter}
	switch failed.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusUnavailableForLegalReasons, http.StatusPaymentRequired:
		e.Cause, e.host = fmt.Sprintf("%s refuses (%d)", u.Host, failed.StatusCode), true
		return e
	case http.StatusNotFound, http.StatusGone:
		e.Cause = fmt.Sprintf("%s does not have it (%d)", u.Host, failed.StatusCode)
		return e
	}
	if failed.Timeout {
		e.Cause = fmt.Sprintf("%s: no complete answer within %v", u.Host, timeout)
	}
	switch failed.Fault {
	case feeds.Blocked:
		e.host = true
	case feeds.Throttled, feeds.Network, feeds.Status:
		e.Again = true
	}
	return e
}

// wrongPage says what a page means that is not the article.
func wrongPage(err error) error {
	wrong, ok := errors.AsType[*article.Error](err)
	if !ok {
		return err
	}
	return &Error{Cause: wrong.Error(), Again: wrong.Kind == article.Failure, host: wrong.Kind == article.Challenge}
}
