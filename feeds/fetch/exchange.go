package fetch

import (
	"context"
	"errors"
	"net/http"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/parse"
	"newswatch/feeds/urls"
)

// Fetch implements Fetcher. Time spent in parsing and in waiting for a turn at
// it, which have bounds of their own, does not count against the timeout.
func (c *Client) Fetch(ctx context.Context, f feeds.Feed, st feeds.State, known func(span uint64) bool) (feeds.Result, error) {
	if of := feeds.Hash([]byte(f.URL)); st.Of != of {
		st = feeds.State{Of: of, NotBefore: st.NotBefore, Quiet: st.Quiet} // the rest was about another address
	}
	if err := c.quarantined(f); err != nil {
		return feeds.Result{State: st}, err
	}
	limited, cancel := context.WithTimeout(ctx, c.settings.Timeout)
	defer cancel()
	p := exchange{Client: c, parent: ctx, feed: f, was: st, known: known}
	first := firstAddress(f, st)
	res, err := p.attempt(limited, first)
	if err == nil || first == f.URL || !movedAway(err) || limited.Err() != nil {
		return res, err
	}
	again, err := p.attempt(limited, f.URL)
	again.Bytes += res.Bytes
	return again, err
}

// movedAway reports whether err, met at the target of a settled move, is
// reason to ask the configured address again.
func movedAway(err error) bool {
	e, ok := errors.AsType[*feeds.FetchError](err)
	return ok && e.Fault != feeds.Throttled && e.Fault != feeds.TooLarge
}

// A poll is one exchange with a feed, under way.
type exchange struct {
	*Client
	parent context.Context // without the timeout: its end is the caller's wish
	feed   feeds.Feed
	was    feeds.State
	known  func(uint64) bool
}

// attempt polls the feed at address. Besides an error, the Result's State is
// what was, and what the server asked for.
func (p exchange) attempt(ctx context.Context, address string) (feeds.Result, error) {
	res := feeds.Result{State: p.was}
	ask, err := p.request(address)
	if err != nil {
		return res, err
	}
	a, err := p.follow(ctx, ask)
	if ask.host != "" {
		p.hosts.setRoute(p.feed.URL, ask.host, a.hosts)
	}
	if e, ok := errors.AsType[*feeds.FetchError](err); ok && e.RetryAfter > 0 {
		recordSilence(&res.State, a, p.Now().Add(e.RetryAfter))
	}
	if err != nil {
		return res, p.failed(a, err)
	}
	defer a.resp.Body.Close()
	res.Status, res.Final = a.resp.StatusCode, a.url.String()
	switch {
	case res.Status == http.StatusNotModified && ask.conditional():
		res.Unchanged = true
		res.State = p.after(a, ask)
		return res, nil
	case res.Status == http.StatusOK, res.Status == http.StatusNonAuthoritativeInfo:
		return p.read(ctx, a, ask, res)
	}
	return p.refused(a, res)
}

// request is what to ask at address: conditionally, unless the last full
// answer is a day old or the server's 304s proved false.
func (p exchange) request(address string) (request, error) {
	u, err := urls.Parse(address)
	if err != nil {
		return request{}, &feeds.FetchError{Fault: feeds.Refused, Err: err}
	}
	q := request{feed: p.feed, accept: acceptFeeds}
	q.url, q.authorization = urls.WithoutUser(u)
	home := u
	if address != p.feed.URL {
		home, err = urls.Parse(p.feed.URL)
	}
	if err == nil {
		q.home, q.host = urls.OriginOf(home), urls.HostKey(home)
	}
	if since := p.Now().Sub(p.was.Full); !p.was.Distrust && since >= 0 && since < fullEvery { // less than none: the clock was wrong
		q.etag, q.modified = p.was.ETag, p.was.LastModified
	}
	return q, nil
}

// fullEvery is how often a feed is asked without validators: some servers
// repeat them although the document changed.
const fullEvery = 24 * time.Hour

// after is the state after an exchange that ended well.
func (p exchange) after(a *response, q request) feeds.State {
	st := p.was
	st.NotBefore, st.Quiet = time.Time{}, ""
	if !q.conditional() {
		st.Full = p.Now()
	}
	if a.lasting != nil || q.url.String() != p.was.Moved {
		target := ""
		if a.lasting != nil {
			target = a.lasting.String()
		}
		recordMove(&st, target, p.Now())
	}
	h := a.resp.Header
	if a.resp.StatusCode != http.StatusNotModified || h.Get("Etag") != "" {
		st.ETag = validator(h.Get("Etag"))
	}
	if a.resp.StatusCode != http.StatusNotModified || h.Get("Last-Modified") != "" {
		st.LastModified = validator(h.Get("Last-Modified"))
	}
	if st.Undated {
		st.LastModified = ""
	}
	st.Wait = max(st.TTL, int64(freshness(h)/time.Second))
	return st
}

// read takes in a 200: the ladder of cheap exits, and at its end the parser.
func (p exchange) read(ctx context.Context, a *response, q request, res feeds.Result) (feeds.Result, error) {
	wire := p.pools.buffer()
	defer p.pools.release(wire)
	done, err := p.receive(ctx, a.resp, wire, int64(p.settings.MaxBody))
	defer done()
	res.Bytes = int64(wire.Len())
	if err != nil {
		return res, p.unread(a, err)
	}
	raw := feeds.Hash(wire.Bytes())
	if raw == p.was.Raw {
		res.State, res.Unchanged = p.after(a, q), true
		return res, nil
	}
	large := wire.Len() > keepBuffer
	out, err := p.unpack(large, wire.Bytes(), raw, a, q, res)
	if err == errGrows {
		out, err = p.unpack(true, wire.Bytes(), raw, a, q, res)
	}
	return out, err
}

// errGrows is a small body that decompresses to a large one.
var errGrows = errors.New("larger than it looked")

// unpack decompresses and parses a body whose bytes were not seen before, when
// its turn comes: the wait is ours and not the server's fault, so it does not
// count against the timeout. A body taken for small that is not is given back
// with errGrows.
func (p exchange) unpack(large bool, wire []byte, raw uint64, a *response, q request, res feeds.Result) (out feeds.Result, err error) {
	turn := p.inTurn(p.parent, p.feed, large, func() (whole bool) {
		out, err = p.unpacked(large, wire, raw, a, q, res)
		return err != errGrows
	})
	if turn != nil {
		return res, p.unanswered(p.parent, a.url, turn)
	}
	return out, err
}

// inTurn has read work on a document of f when its turn comes, before the
// witness; whole is what that wants to hear. The error is that of ctx, which
// ended first.
func (c *Client) inTurn(ctx context.Context, f feeds.Feed, large bool, read func() (whole bool)) error {
	end, err := c.limiter.begin(ctx, large)
	if err != nil {
		return err
	}
	defer end()
	c.limiter.run(func() {
		whole := true
		if c.CrashGuard != nil {
			done := c.CrashGuard.Reading(f)
			defer func() { done(whole) }()
		}
		whole = read()
	})
	return nil
}

func (p exchange) unpacked(large bool, wire []byte, raw uint64, a *response, q request, res feeds.Result) (feeds.Result, error) {
	spare := p.pools.buffer()
	defer p.pools.release(spare)
	limit := p.settings.MaxBody
	if !large {
		limit = min(limit, keepBuffer)
	}
	body, err := p.decode(wire, a.resp.Header.Get("Content-Encoding"), spare, limit)
	if errors.Is(err, errTooLarge) && limit < p.settings.MaxBody {
		return res, errGrows
	}
	if err != nil {
		return res, p.unread(a, err)
	}
	sum := feeds.Hash(body)
	if sum == p.was.Body {
		res.State, res.Unchanged = p.after(a, q), true
		res.State.Raw = raw
		return res, nil
	}
	res.Document, err = p.parse(body, a)
	if err != nil {
		return res, p.unreadable(a, body, err)
	}
	res.State = p.after(a, q)
	res.State.Raw, res.State.Body = raw, sum
	setWishes(&res.State, res.Document)
	res.State.Wait = max(res.State.Wait, res.State.TTL)
	res.State.Hub, res.State.Self = hub(a.resp.Header, a.url, res.Document)
	if len(res.Document.Items) > 0 {
		res.State.Distrust = p.was.Distrust || p.caught(a.resp.Header, q)
		if p.was.Body != 0 && p.was.LastModified != "" && p.was.LastModified == a.resp.Header.Get("Last-Modified") {
			// Some servers look at nothing else, whatever ETag they are given.
			res.State.Undated, res.State.LastModified = true, ""
		}
	}
	return res, nil
}

// caught reports whether the server would have answered 304 although its
// document is another one: it still sends the validator that we hold.
func (p exchange) caught(h http.Header, q request) bool {
	if q.conditional() || p.was.Body == 0 {
		return false
	}
	if p.was.ETag != "" {
		return h.Get("Etag") == p.was.ETag
	}
	return p.was.LastModified != "" && h.Get("Last-Modified") == p.was.LastModified
}

// parse hands body to the parser.
func (p exchange) parse(body []byte, a *response) (feeds.Document, error) {
	return parse.Document(body, parse.Options{
		URL:         a.url.String(),
		ContentType: a.resp.Header.Get("Content-Type"),
		Known:       p.known,
		MaxBody:     p.settings.MaxBody,
		Now:         p.Now(),
	})
}

// Read parses a document of f that did not come by Fetch, within the same
// bounds. It waits for its turn, no longer than ctx.
func (c *Client) Read(ctx context.Context, f feeds.Feed, body []byte, contentType string) (d feeds.Document, err error) {
	if err := c.quarantined(f); err != nil {
		return feeds.Document{}, err
	}
	turn := c.inTurn(ctx, f, len(body) > keepBuffer, func() (whole bool) {
		d, err = parse.Document(body, parse.Options{URL: f.URL, ContentType: contentType, MaxBody: c.settings.MaxBody, Now: c.Now()})
		return true
	})
	if turn != nil {
		return feeds.Document{}, turn
	}
	return d, err
}

// quarantined returns why f is not to be read for now, nil if it may be.
func (c *Client) quarantined(f feeds.Feed) error {
	if c.CrashGuard == nil {
		return nil
	}
	if err := c.CrashGuard.Quarantined(f); err != nil {
		return &feeds.FetchError{Fault: feeds.Quarantined, Err: err}
	}
	return nil
}
