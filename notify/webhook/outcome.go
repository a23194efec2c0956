package webhook

import (
	"encoding/json"
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
func (n *Notifier) unanswered(err error, written, answered bool) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if written {
		return notify.Unanswered(fmt.Errorf("webhook: no answer from %s: %w", n.host, err), err, answered)
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

// An answer is what came back, with the parts of a body that chat services say
// more in than their status does.
type answer struct {
	*http.Response `json:"-"`
	said           []byte

	Code        int     `json:"code"`        // Discord
	RetryAfter  float64 `json:"retry_after"` // Discord, seconds
	Description string  `json:"description"` // Telegram
	Parameters  struct {
		RetryAfter float64 `json:"retry_after"` // seconds
		MigrateTo  int64   `json:"migrate_to_chat_id"`
	} `json:"parameters"` // Telegram
}

func answerOf(resp *http.Response, said []byte) answer {
	var a answer
	if json.Unmarshal(said, &a) != nil {
		a = answer{} // not of such a service
	}
	a.Response, a.said = resp, said
	return a
}

// classify returns nil if the receiver accepted, and otherwise what its answer
// means. An answer was given, so nothing here is unknown.
func (n *Notifier) classify(a answer, now time.Time) error {
	code := a.StatusCode
	if code >= 200 && code < 300 {
		return nil
	}
	err := fmt.Errorf("webhook: %s answers %s", n.host, a.Status)
	if text := render.Truncate(render.Sanitize(n.secrets.Replace(string(a.said))), 200); text != "" {
		err = fmt.Errorf("%w: %s", err, text)
	}
	switch {
	case code == http.StatusTooManyRequests:
		return notify.Retry(err, a.pause(now, busyPause))
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code >= 500:
		return notify.Retry(err, a.pause(now, 0))
	case code >= 300 && code < 400:
		return notify.Down(fmt.Errorf("webhook: %s sends elsewhere (%s): put the final address into url", n.host, a.Status), 0)
	case code == http.StatusBadRequest && n.format.concernsAll != nil && n.format.concernsAll(a):
		return notify.Down(fmt.Errorf("%w (check the chat in url, and that it lets the bot write)", err), 0)
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return notify.Down(fmt.Errorf("%w (check url, secret and headers)", err), 0)
	case code == http.StatusNotFound, code == http.StatusMethodNotAllowed, code == http.StatusGone, code < 200:
		return notify.Down(fmt.Errorf("%w (check url)", err), 0)
	}
	return err
}

// pause reads how long the receiver wants to be left alone: from its body, or
// from the header Retry-After, seconds or a date (RFC 9110, 10.2.3). Without
// a usable one it returns none.
func (a answer) pause(now time.Time, none time.Duration) time.Duration {
	v := a.Header.Get("Retry-After")
	d := time.Duration(0)
	s, err := strconv.ParseFloat(v, 64)
	if said := max(a.RetryAfter, a.Parameters.RetryAfter); said > 0 {
		s, err = said, nil
	}
	if err == nil && s > 0 {
		d = time.Duration(min(s, maxPause.Seconds()) * float64(time.Second))
	} else if t, err := http.ParseTime(v); err == nil {
		d = t.Sub(now)
	}
	if d <= 0 {
		return none
	}
	return min(d, maxPause)
}
