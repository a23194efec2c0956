package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/plain"
	"newswatch/feeds/urls"
)

// failed explains why there was no last response.
func (x *exchange) failed(a *response, err error) error {
	if _, ok := errors.AsType[*feeds.FetchError](err); ok {
		return err
	}
	return x.unanswered(x.parent, a.url, err)
}

// unread explains why a body could not be taken in.
func (x *exchange) unread(a *response, err error) error {
	var e *feeds.FetchError
	switch {
	case errors.Is(err, errTooLarge):
		e = troublef(feeds.TooLarge, a.url, "the body is larger than %d bytes; raise fetch.max_body if that is right", x.settings.MaxBody)
	case errors.Is(err, errCrowded) && x.parent.Err() == nil:
		e = troublef(feeds.Network, a.url, "large documents that came slowly from other servers left it no room within %v; it is tried again", x.settings.Timeout)
	case errors.Is(err, errEncoding):
		e = troublef(feeds.Unparseable, a.url, "%w", err)
	default:
		return x.unanswered(x.parent, a.url, err)
	}
	e.StatusCode = a.resp.StatusCode
	return e
}

// unreadable explains why body is no document: a challenge page, or what
// Parse said.
func (x *exchange) unreadable(a *response, body []byte, err error) error {
	if who := challenge(a.resp, body); who != "" {
		e := blockedBy(a.url, who, a.resp.StatusCode)
		e.StatusCode = a.resp.StatusCode
		return e
	}
	fault := feeds.Unparseable
	e, ok := errors.AsType[*feeds.FetchError](err)
	switch {
	case ok:
		fault = e.Fault
	case len(bytes.TrimSpace(body)) == 0:
		fault, err = feeds.NotAFeed, errors.New("the answer is empty")
	case plain.LooksHTML(bytes.ToLower(body[:min(len(body), 1024)])):
		fault = feeds.NotAFeed
	}
	e = troublef(fault, a.url, "%w", err)
	e.StatusCode = a.resp.StatusCode
	return e
}

// refused takes in any other status, and silences the host if it asks for it.
func (x *exchange) refused(a *response, res feeds.Result) (feeds.Result, error) {
	page, spare := x.pools.wires.get(), x.pools.bodies.get()
	defer x.pools.wires.put(page)
	defer x.pools.bodies.put(spare)
	_, _ = page.ReadFrom(&limitReader{a.resp.Body, challengeBytes}) // what came will do
	res.Bytes = int64(page.Len())
	text, err := x.decode(page.Bytes(), a.resp.Header.Get("Content-Encoding"), spare, challengeBytes)
	if err != nil {
		text = spare.Bytes()
	}
	if x.parent.Err() != nil {
		return res, context.Cause(x.parent)
	}
	now := x.Now()
	e := refusal(a.url, a.resp, text, now)
	if x.reading != nil {
		if said := x.reader.Complaint(text); said != "" {
			e.Err = fmt.Errorf("%w: it says %q", e.Err, said)
		}
	}
	if pause := silence(e); pause > 0 {
		recordSilence(&res.State, a, now.Add(pause))
		x.hosts.silence(urls.HostKey(a.url), res.State.NotBefore)
	}
	return res, e
}

// recordSilence notes in s that the server which gave a wants to be left alone
// until then.
func recordSilence(s *feeds.State, a *response, until time.Time) {
	s.NotBefore, s.Quiet = until, ""
	if host := urls.HostKey(a.url); len(a.hosts) > 0 && host != a.hosts[0] {
		s.Quiet = host
	}
}

// silence is how long the host of e is left alone.
func silence(e *feeds.FetchError) time.Duration {
	if e.StatusCode == http.StatusTooManyRequests && e.RetryAfter == 0 {
		return quietAfter429
	}
	return e.RetryAfter
}

// refusal turns a response that is neither a document nor 304 into an error.
// page is its body, or the beginning of it. The pause it asks for is in
// RetryAfter.
func refusal(u *url.URL, resp *http.Response, page []byte, now time.Time) *feeds.FetchError {
	e := refusalText(u, resp, page)
	e.StatusCode = resp.StatusCode
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		e.RetryAfter = retryAfter(resp.Header.Get("Retry-After"), now)
		if e.RetryAfter > 0 && e.Fault == feeds.Status {
			e.Fault = feeds.Throttled
		}
	}
	return e
}

func refusalText(u *url.URL, resp *http.Response, page []byte) *feeds.FetchError {
	code := resp.StatusCode
	if code == http.StatusTooManyRequests {
		return troublef(feeds.Throttled, u, "too many requests (429); newswatch waits, a longer schedule for this feed helps")
	}
	if who := challenge(resp, page); who != "" {
		return blockedBy(u, who, code)
	}
	switch code {
	case http.StatusUnauthorized:
		return troublef(feeds.Blocked, u, "wants credentials (401); set an Authorization header in the feed's headers")
	case http.StatusForbidden:
		return troublef(feeds.Blocked, u, "access refused (403); newswatch feeds probe tries other ways to ask; or set a proxy for this feed, or ask the publisher")
	case http.StatusUnavailableForLegalReasons:
		return troublef(feeds.Blocked, u, "withheld for legal reasons (451); a proxy in another country may see it")
	case http.StatusGone:
		return troublef(feeds.Gone, u, "gone for good, says the server (410); if it says so for two days too, remove the feed, or look for its new address with feeds discover")
	case http.StatusNotFound:
		return troublef(feeds.Status, u, "not found (404); look for the feed's new address with feeds discover")
	case http.StatusNotModified:
		return troublef(feeds.Status, u, "not modified (304), though the request did not ask for that")
	}
	if text := http.StatusText(code); text != "" {
		return troublef(feeds.Status, u, "status %d %s", code, text)
	}
	return troublef(feeds.Status, u, "status %d", code)
}

func blockedBy(u *url.URL, who string, code int) *feeds.FetchError {
	return troublef(feeds.Blocked, u, "blocked by %s (status %d); fetch from another network, set a proxy for this feed, or ask the publisher to let feed readers in", who, code)
}
