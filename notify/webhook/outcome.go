package webhook

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"newswatch/notify"
	"newswatch/notify/render"
)

// The bounds of what a receiver may ask for.
const (
	busyPause = 10 * time.Second // after a 429 that does not say how long
	maxPause  = time.Hour
)

// unanswered marks the error of an exchange without an answer. Only a request
// that was written in full can have been carried out. The address stays out of
// the text, since many carry a token.
func (n *Notifier) unanswered(err error, written, begun bool) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if written {
		return notify.Unanswered(fmt.Errorf("webhook: no answer from %s: %w", n.host, err), err, begun)
	}
	return notify.Retry(fmt.Errorf("webhook: cannot reach %s: %w", n.host, err), 0)
}

// shortSecret is the length up to which a part of an address is taken to be a
// word like any other.
const shortSecret = 7

// secretsOf collects what of a request must not be shown: receivers like to
// repeat the path they do not know.
func secretsOf(c Config, u *url.URL) *strings.Replacer {
	var all []string
	hide := func(s string) {
		if len(s) > shortSecret {
			all = append(all, s, "[redacted]")
		}
	}
	hide(u.RawQuery)
	hide(u.EscapedPath())
	hide(u.Path)
	for part := range strings.SplitSeq(u.Path, "/") {
		hide(part)
	}
	for _, values := range u.Query() {
		for _, v := range values {
			hide(v)
		}
	}
	password, _ := u.User.Password()
	hide(password)
	hide(c.Secret.Reveal())
	for _, v := range c.Headers {
		hide(v.Reveal())
	}
	return strings.NewReplacer(all...)
}

func (n *Notifier) redact(said []byte) []byte { return []byte(n.secrets.Replace(string(said))) }

// classify returns nil if the receiver accepted, and otherwise what its answer
// means. An answer was given, so nothing here is unknown.
func classify(resp *http.Response, host string, said []byte, now time.Time) error {
	code := resp.StatusCode
	if code >= 200 && code < 300 {
		return nil
	}
	err := fmt.Errorf("webhook: %s answers %s", host, resp.Status)
	if text := render.Truncate(render.Sanitize(string(said)), 200); text != "" {
		err = fmt.Errorf("%w: %s", err, text)
	}
	switch {
	case code == http.StatusTooManyRequests:
		return notify.Retry(err, retryAfter(resp.Header, now, busyPause))
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code >= 500:
		return notify.Retry(err, retryAfter(resp.Header, now, 0))
	case code >= 300 && code < 400:
		return notify.Down(fmt.Errorf("webhook: %s sends elsewhere (%s): put the final address into url", host, resp.Status), 0)
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return notify.Down(fmt.Errorf("%w (check url, secret and headers)", err), 0)
	case code == http.StatusNotFound, code == http.StatusMethodNotAllowed, code == http.StatusGone, code < 200:
		return notify.Down(fmt.Errorf("%w (check url)", err), 0)
	}
	return err
}

// retryAfter reads a Retry-After header, seconds or a date (RFC 9110, 10.2.3).
// Without a usable one it returns none.
func retryAfter(h http.Header, now time.Time, none time.Duration) time.Duration {
	v := h.Get("Retry-After")
	d := time.Duration(0)
	if s, err := strconv.ParseFloat(v, 64); err == nil && s > 0 {
		d = time.Duration(min(s, maxPause.Seconds()) * float64(time.Second))
	} else if t, err := http.ParseTime(v); err == nil {
		d = t.Sub(now)
	}
	if d <= 0 {
		return none
	}
	return min(d, maxPause)
}
