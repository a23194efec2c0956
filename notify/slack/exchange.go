package slack

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// An exchange makes one request and remembers what its outcome hangs on, which
// slack-go's errors partly hide: whether the request left, the status, and
// the header of the answer.
type exchange struct {
	client  *http.Client
	secrets []string
	key     string // of the configuration, that names the address

	left     atomic.Bool // the header went out: from here on the far end may have acted
	answered atomic.Bool // the first byte of an answer came
	cause    error       // why there is no answer; it may hold secrets
	status   int         // 0 while there is no answer
	header   http.Header
	answer   bytes.Buffer // as far as it was read, and at most keptAnswer
	began    time.Time
}

func (n *Notifier) exchange() *exchange {
	key := "api_url"
	if n.config.WebhookURL != "" {
		key = "webhook_url"
	}
	return &exchange{client: n.client, key: key, secrets: []string{
		n.config.Token.Reveal(), n.config.AppToken.Reveal(), n.config.WebhookURL.Reveal(),
	}}
}

const (
	maxAnswer  = 16 << 20 // above the largest page of history we ask for
	keptAnswer = 64 << 10 // above any answer to a message
)

// Do is what slack-go calls. Its errors name no address: a webhook's is a
// secret.
func (x *exchange) Do(req *http.Request) (*http.Response, error) {
	x.began = time.Now()
	trace := &httptrace.ClientTrace{
		WroteHeaders:         func() { x.left.Store(true) },
		GotFirstResponseByte: func() { x.answered.Store(true) },
	}
	resp, err := x.client.Do(req.WithContext(httptrace.WithClientTrace(req.Context(), trace)))
	if err != nil {
		if ue, ok := errors.AsType[*url.Error](err); ok {
			err = ue.Err
		}
		x.cause = err
		return nil, x.redact(err)
	}
	x.status, x.header = resp.StatusCode, resp.Header
	resp.Body = &recorder{x, io.LimitReader(resp.Body, maxAnswer), resp.Body}
	return resp, nil
}

// recorder is a body that the exchange keeps the beginning of while it is read.
type recorder struct {
	x *exchange
	io.Reader
	io.Closer
}

func (k *recorder) Read(p []byte) (int, error) {
	n, err := k.Reader.Read(p)
	k.x.answer.Write(p[:min(n, keptAnswer-k.x.answer.Len())])
	return n, err
}

// ok reports whether the answer says so itself. slack-go takes any object
// without an error for success.
func (x *exchange) ok() bool {
	var a struct {
		OK bool `json:"ok"`
	}
	return json.Unmarshal(x.answer.Bytes(), &a) == nil && a.OK
}

// redact returns err, or where it holds a secret an error with its text but
// for that.
func (x *exchange) redact(err error) error {
	text := err.Error()
	for _, s := range x.secrets {
		if s != "" {
			text = strings.ReplaceAll(text, s, "[redacted]")
		}
	}
	if text == err.Error() {
		return err
	}
	return errors.New(text)
}

// skew returns how far the other clock was ahead of ours, to the second.
func (x *exchange) skew() (time.Duration, bool) {
	date, err := http.ParseTime(x.header.Get("Date"))
	if err != nil {
		return 0, false
	}
	return date.Sub(x.began.Truncate(time.Second)), true
}

const (
	// noPause is for a 429 that does not say how long to wait.
	noPause = 10 * time.Second
	// maxPause keeps a nonsense Retry-After from silencing us for good.
	maxPause = time.Hour
)

// pause reads Retry-After in whatever form it comes: whole seconds as Slack
// documents, a fraction, or the date that RFC 9110 allows.
func (x *exchange) pause(now time.Time) time.Duration {
	v := strings.TrimSpace(x.header.Get("Retry-After"))
	wait := time.Duration(0)
	if s, err := strconv.ParseFloat(v, 64); err == nil {
		wait = time.Duration(min(math.Ceil(s), maxPause.Seconds()) * float64(time.Second))
	} else if t, err := http.ParseTime(v); err == nil {
		if ahead, ok := x.skew(); ok {
			now = now.Add(ahead)
		}
		wait = t.Sub(now)
	}
	if wait <= 0 {
		return noPause
	}
	return min(wait, maxPause)
}
