package fetch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/parse"
	"newswatch/feeds/source"
	"newswatch/feeds/urls"
)

// Fetch implements Fetcher. Time spent in parsing and in waiting for a turn at
// it, which have bounds of their own, does not count against the timeout.
func (c *Client) Fetch(ctx context.Context, f feeds.Feed, st feeds.State, known feeds.Known) (feeds.Result, error) {
	if of := f.Of(); st.Of != of {
		// The rest was about another address, or another way to read it.
		st = feeds.State{Of: of, NotBefore: st.NotBefore, Quiet: st.Quiet, Spent: st.Spent}
	}
	if err := c.quarantined(f); err != nil {
		return feeds.Result{State: st}, err
	}
	if f.Kind == feeds.KindPush {
		return c.waited(f, st)
	}
	reader, err := source.New(f)
	if err != nil {
		return feeds.Result{State: st}, &feeds.FetchError{Fault: feeds.Refused, Err: err}
	}
	x := &exchange{Client: c, parent: ctx, feed: f, was: st, known: known, reading: &reading{reader: reader, first: reader.First(c.Now())}}
	left, err := x.budget()
	if err != nil {
		return feeds.Result{State: x.spent(st, 0)}, err
	}
	res, err := x.begin(ctx)
	asked := 1
	if err == nil && !res.Unchanged && len(x.answer.Next) > 0 {
		asked += x.rest(ctx, &res, left-asked)
	}
	res.State = x.spent(res.State, asked)
	return res, err
}

// begin asks for the document, or the first of its pages.
func (x *exchange) begin(ctx context.Context) (feeds.Result, error) {
	limited, cancel := context.WithTimeout(ctx, x.settings.Timeout)
	defer cancel()
	first := x.first.Address
	if moved := firstAddress(x.feed, x.was); moved != x.feed.URL {
		first = moved
	}
	res, err := x.attempt(limited, first)
	if err == nil || first == x.first.Address || !movedAway(err) || limited.Err() != nil {
		return res, err
	}
	again, err := x.attempt(limited, x.first.Address)
	again.Bytes += res.Bytes
	return again, err
}

// movedAway reports whether err, met at the target of a settled move, is
// reason to ask the configured address again.
func movedAway(err error) bool {
	e, ok := errors.AsType[*feeds.FetchError](err)
	return ok && e.Fault != feeds.Throttled && e.Fault != feeds.TooLarge
}

// An exchange is one exchange with a feed, under way.
type exchange struct {
	*Client
	parent context.Context // without the timeout: its end is the caller's wish
	feed   feeds.Feed
	was    feeds.State
	known  feeds.Known
	*reading
}

// A reading is what an exchange asks for, and what it has read so far.
type reading struct {
	reader *source.Reader
	first  source.Request
	hashes feeds.Hashes  // of the entries that need not be read again
	answer source.Answer // the first document
}

// attempt polls the feed at address, once more by HTTP/1.1 if the body broke off in
// HTTP/2. Besides an error, the Result's State is what was, and what the server
// asked for.
func (x *exchange) attempt(ctx context.Context, address string) (feeds.Result, error) {
	res, err := x.poll(ctx, address)
	u, odd := url.Parse(res.Final)
	if !errors.Is(err, errReset) || odd != nil || x.hosts.http1Only(urls.HostKey(u), x.Now()) {
		return res, err
	}
	x.hosts.avoidHTTP2(urls.HostKey(u), x.Now())
	again, err := x.poll(ctx, address)
	again.Bytes += res.Bytes
	return again, err
}

func (x *exchange) poll(ctx context.Context, address string) (feeds.Result, error) {
	res := feeds.Result{State: x.was}
	ask, err := x.request(address, x.first.Body)
	if err != nil {
		return res, err
	}
	x.validate(&ask)
	a, err := x.follow(ctx, ask)
	if ask.host != "" {
		x.hosts.setRoute(x.feed.ID(), ask.host, a.hosts)
	}
	if e, ok := errors.AsType[*feeds.FetchError](err); ok && e.RetryAfter > 0 {
		recordSilence(&res.State, a, x.Now().Add(e.RetryAfter))
	}
	if err != nil {
		return res, x.failed(a, err)
	}
	defer a.resp.Body.Close()
	res.Status, res.Final = a.resp.StatusCode, a.url.String()
	if x.feed.Kind == feeds.KindJSON {
		// Its query may have secrets, and is another one tomorrow.
		res.Final, _, _ = strings.Cut(res.Final, "?")
		a.lasting = nil
	}
	switch {
	case res.Status == http.StatusNotModified && ask.conditional():
		res.Unchanged = true
		res.State = x.after(a, ask)
		res.State.Balked = 0
		return res, nil
	case res.Status == http.StatusOK, res.Status == http.StatusNonAuthoritativeInfo:
		return x.read(ctx, a, ask, res)
	case ask.conditional() && mayBalk(a.resp):
		return x.unconditionally(ctx, address, a)
	}
	return x.refused(a, res)
}

// mayBalk reports whether the error that resp is may be about the validators that
// were sent: any may, save for those that ask for credentials or patience.
func mayBalk(resp *http.Response) bool {
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusProxyAuthRequired, http.StatusTooManyRequests:
		return false
	}
	return resp.StatusCode >= 400 && resp.Header.Get("Retry-After") == ""
}

// unconditionally asks again without validators, after the error that was. They are
// dropped in any case, so that a server in trouble is asked twice only once; one
// that balked at them again and again is never sent any.
func (x *exchange) unconditionally(ctx context.Context, address string, was *response) (feeds.Result, error) {
	discard(was.resp.Body)
	again := *x
	again.was.ETag, again.was.LastModified = "", ""
	res, err := again.poll(ctx, address)
	if err == nil {
		res.State.Balked++
		res.State.Distrust = res.State.Distrust || res.State.Balked >= maxBalked
	}
	return res, err
}

// maxBalked is how often in a row a server may answer validators with an error.
const maxBalked = 2

// request is what to ask at address, with body if it is to be a POST.
func (x *exchange) request(address string, body []byte) (request, error) {
	u, err := urls.Parse(address)
	if err != nil {
		return request{}, &feeds.FetchError{Fault: feeds.Refused, Err: err}
	}
	f := &x.feed
	q := request{headers: f.Headers, proxy: f.Proxy, legacy: f.TLS == feeds.LegacyTLS, accept: accepted(f.Kind), body: body}
	q.url, q.authorization = urls.WithoutUser(u)
	home := u
	if address != f.URL {
		home, err = urls.Parse(f.URL)
	}
	if err == nil {
		q.home, q.host = urls.OriginOf(home), urls.HostKey(home)
	}
	return q, nil
}

// validate makes q conditional, unless the last full answer is a day old or the
// server's 304s proved false. An interface is asked another thing every day.
func (x *exchange) validate(q *request) {
	since := x.Now().Sub(x.was.Full)
	if !x.was.Distrust && since >= 0 && since < fullEvery && x.feed.Kind != feeds.KindJSON { // less than none: the clock was wrong
		q.etag, q.modified = x.was.ETag, x.was.LastModified
	}
}

// fullEvery is how often a feed is asked without validators: some servers
// repeat them although the document changed.
const fullEvery = 24 * time.Hour

// after is the state after an exchange that ended well.
func (x *exchange) after(a *response, q request) feeds.State {
	st := x.was
	st.NotBefore, st.Quiet = time.Time{}, ""
	if !q.conditional() {
		st.Full = x.Now()
	}
	if a.lasting != nil || q.url.String() != x.was.Moved {
		target := ""
		if a.lasting != nil {
			target = a.lasting.String()
		}
		recordMove(&st, target, x.Now())
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

// read takes in a 200: the cheap exits first, the parser last.
func (x *exchange) read(ctx context.Context, a *response, q request, res feeds.Result) (feeds.Result, error) {
	wire := x.pools.wires.get()
	defer x.pools.wires.put(wire)
	done, err := x.receive(ctx, a.resp, wire, int64(x.settings.MaxBody))
	defer done()
	res.Bytes = int64(wire.Len())
	if err != nil && !endedBadly(err, x.parent) {
		return res, x.unread(a, err)
	}
	a.cut = err
	raw := feeds.Hash(wire.Bytes())
	if raw == x.was.Raw {
		res.State, res.Unchanged = x.after(a, q), true
		return res, nil
	}
	large := wire.Len() > keepBuffer
	out, err := x.unpack(large, wire.Bytes(), raw, a, q, res)
	if err == errGrows {
		out, err = x.unpack(true, wire.Bytes(), raw, a, q, res)
	}
	return out, err
}

// endedBadly reports whether err, of a body that ended before its end was seen, is
// forgiven if the document in it is complete.
func endedBadly(err error, parent context.Context) bool {
	if parent.Err() != nil {
		return false
	}
	for _, e := range []error{io.ErrUnexpectedEOF, syscall.ECONNRESET, context.DeadlineExceeded, os.ErrDeadlineExceeded, errReset} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// errGrows is a small body that decompresses to a large one.
var errGrows = errors.New("larger than it looked")

// unpack decompresses and parses a body whose bytes were not seen before, when
// its turn comes: the wait is ours and not the server's fault, so it does not
// count against the timeout. A body taken for small that is not is given back
// with errGrows.
func (x *exchange) unpack(large bool, wire []byte, raw uint64, a *response, q request, res feeds.Result) (out feeds.Result, err error) {
	turn := x.inTurn(x.parent, x.feed, large, func() (whole bool) {
		out, err = x.unpacked(large, wire, raw, a, q, res)
		return err != errGrows
	})
	if turn != nil {
		return res, x.unanswered(x.parent, a.url, turn)
	}
	return out, err
}

// inTurn has read work on a document of f when its turn comes, before the
// crash guard; whole is what that is told. The error is that of ctx, which
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

func (x *exchange) unpacked(large bool, wire []byte, raw uint64, a *response, q request, res feeds.Result) (feeds.Result, error) {
	spare := x.pools.bodies.get()
	defer x.pools.bodies.put(spare)
	limit := x.settings.MaxBody
	if !large {
		limit = min(limit, keepBuffer)
	}
	body, err := x.decode(wire, a.resp.Header.Get("Content-Encoding"), spare, limit)
	if errors.Is(err, errTooLarge) && limit < x.settings.MaxBody {
		return res, errGrows
	}
	if a.cut != nil {
		err = a.cut
	}
	if err != nil && !(endedBadly(err, x.parent) && isWhole(body)) {
		return res, x.unread(a, err)
	}
	sum := feeds.Hash(body)
	if sum == x.was.Body {
		res.State, res.Unchanged = x.after(a, q), true
		res.State.Raw = raw
		return res, nil
	}
	if x.known != nil {
		if x.hashes, err = x.known(len(body)); err != nil {
			return res, err
		}
	}
	x.answer, err = x.parse(x.first, body, a)
	if err != nil {
		return res, x.unreadable(a, body, err)
	}
	res.Document = x.answer.Document
	res.State = x.after(a, q)
	res.State.Raw, res.State.Body = raw, sum
	res.State.Kept, res.State.Again = x.answer.Kept, x.answer.Again
	setWishes(&res.State, res.Document)
	res.State.Wait = max(res.State.Wait, res.State.TTL)
	if x.feed.Syndicated() {
		res.State.Hub, res.State.Self = hub(a.resp.Header, a.url, res.Document)
	}
	if unconfirmed := x.answer.Kept != nil && len(x.answer.Kept.Added)+len(x.answer.Kept.Removed) > 0; unconfirmed {
		forgetDocument(&res.State)
	}
	if len(res.Document.Items) > 0 {
		res.State.Distrust = x.was.Distrust || x.caught(a.resp.Header, q)
		if x.was.Body != 0 && x.was.LastModified != "" && x.was.LastModified == a.resp.Header.Get("Last-Modified") {
			// Some servers look at nothing else, whatever ETag they are given.
			res.State.Undated, res.State.LastModified = true, ""
		}
	}
	return res, nil
}

// caught reports whether the server would have answered 304 although its
// document is another one: it still sends the validator that we hold.
func (x *exchange) caught(h http.Header, q request) bool {
	if q.conditional() || x.was.Body == 0 {
		return false
	}
	if x.was.ETag != "" {
		return h.Get("Etag") == x.was.ETag
	}
	return x.was.LastModified != "" && h.Get("Last-Modified") == x.was.LastModified
}

// forgetDocument has the next poll read the document again, even if it is still
// the same.
func forgetDocument(st *feeds.State) {
	st.ETag, st.LastModified, st.Raw, st.Body = "", "", 0, 0
}

// parse hands body, the answer to q, to the reader of the feed's kind.
func (x *exchange) parse(q source.Request, body []byte, a *response) (source.Answer, error) {
	if x.feed.Kind == feeds.KindList || x.feed.Kind == feeds.KindPage {
		if who := challenge(a.resp, body); who != "" {
			return source.Answer{}, errors.New("a challenge page") // as unreadable will find too
		}
	}
	return x.reader.Read(q, body, source.Options{
		URL:         a.url.String(),
		ContentType: a.resp.Header.Get("Content-Type"),
		Known:       x.hashes,
		MaxBody:     x.settings.MaxBody,
		Now:         x.Now(),
		Kept:        x.was.Kept,
	})
}

// Read parses a document of a syndicated feed that did not come by Fetch, within
// the same bounds. It waits for its turn, no longer than ctx.
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
