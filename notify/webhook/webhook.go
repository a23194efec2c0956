// Package webhook posts notices to an HTTP address: as JSON with a signature
// by the Standard Webhooks specification, in the shapes that some chat
// services take, or in one that the operator writes as a template.
//
// It does not know what reads them.
package webhook

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"newswatch/monitor"
	"newswatch/notify"
)

// Config is one webhook destination.
type Config struct {
	URL         notify.Secret            `yaml:"url"`          // where to post; many services put a token into it
	Secret      notify.Secret            `yaml:"secret"`       // signs what is posted: whsec_ and base64, or any text; "" for no signature
	Format      Format                   `yaml:"format"`       // "" is standard
	Template    string                   `yaml:"template"`     // the body, instead of Format; see Message
	ContentType string                   `yaml:"content_type"` // of Template; "" is application/json
	Headers     map[string]notify.Secret `yaml:"headers"`      // sent along, such as Authorization
}

// timeout bounds one exchange. A receiver is expected to take the notice down
// and answer, not to work on it.
const timeout = 20 * time.Second

// parallel is how many exchanges there are at a time with a receiver that is
// a program.
const parallel = 32

// Validate returns every mistake in c, each beginning with the key it is in.
func (c Config) Validate() []error {
	var errs []error
	if u, err := url.Parse(c.URL.Reveal()); c.URL == "" {
		errs = append(errs, errors.New("url: missing; give the address that notices are posted to"))
	} else if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		errs = append(errs, errors.New("url: not an http or https address; write it like https://hooks.example.org/newswatch"))
	}
	if _, err := keys(c.Secret); err != nil {
		errs = append(errs, err)
	}
	if _, ok := formats[cmp.Or(c.Format, Standard)]; !ok {
		errs = append(errs, fmt.Errorf("format: %q is none of %s", c.Format, formatNames()))
	}
	if c.Template != "" {
		if c.Format != "" {
			errs = append(errs, errors.New("template: given beside format; keep one of them"))
		}
		if _, err := parseTemplate(c.Template, c.json(), time.UTC); err != nil {
			errs = append(errs, err)
		}
	} else if c.ContentType != "" {
		errs = append(errs, errors.New("content_type: only goes with template; remove it"))
	}
	for name := range c.Headers {
		if !validHeader(name) {
			errs = append(errs, fmt.Errorf("headers: %q cannot be set; remove it", name))
		}
	}
	return errs
}

func validHeader(name string) bool {
	switch strings.ToLower(name) {
	case "", "host", "content-length", "content-type", "transfer-encoding", "connection",
		"webhook-id", "webhook-timestamp", "webhook-signature":
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

// Split returns the one channel that c stands for.
func (c Config) Split() []notify.Part { return []notify.Part{{Config: c}} }

// Open is New in an environment.
func (c Config) Open(e notify.Environment) (notify.Notifier, error) { return New(c, e.Zone) }

// json reports whether the body is to be JSON.
func (c Config) json() bool {
	t := cmp.Or(c.ContentType, "application/json")
	return strings.Contains(t, "json")
}

// A Notifier posts to one address. It is safe for concurrent use.
type Notifier struct {
	config  Config
	format  chatFormat
	to      atomic.Pointer[url.URL] // as configured, or where that chat has moved to
	host    string                  // all of the address that may be shown
	keys    [][]byte
	secrets *strings.Replacer // hides what a receiver may repeat of our request
	body    func(n monitor.Notice, to *url.URL) (body []byte, contentType string, err error)
	client  *http.Client
}

var (
	_ notify.Notifier = (*Notifier)(nil)
	_ notify.Capable  = (*Notifier)(nil)
	_ notify.Config   = Config{}
)

// New returns the way to the address that c describes. Times in texts for
// people are in zone; nil is UTC.
func New(c Config, zone *time.Location) (*Notifier, error) {
	if errs := c.Validate(); len(errs) > 0 {
		return nil, fmt.Errorf("webhook: %w", errors.Join(errs...))
	}
	if zone == nil {
		zone = time.UTC
	}
	n := &Notifier{config: c, client: client()}
	n.keys, _ = keys(c.Secret)
	u, _ := url.Parse(c.URL.Reveal())
	n.to.Store(u)
	n.host, n.secrets = u.Host, secretsOf(c, u)
	if c.Template != "" {
		fill, err := parseTemplate(c.Template, c.json(), zone)
		if err != nil {
			return nil, fmt.Errorf("webhook: %w", err)
		}
		n.body = func(m monitor.Notice, _ *url.URL) ([]byte, string, error) {
			b, err := fill(m)
			return b, cmp.Or(c.ContentType, "application/json"), err
		}
		return n, nil
	}
	n.format = formats[cmp.Or(c.Format, Standard)]
	n.body = func(m monitor.Notice, to *url.URL) ([]byte, string, error) {
		b, err := encode(n.format.message(m, to, zone))
		return b, "application/json", err
	}
	return n, nil
}

func client() *http.Client {
	return &http.Client{
		Timeout: timeout,
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
			TLSHandshakeTimeout:    10 * time.Second,
			ForceAttemptHTTP2:      true,
			MaxIdleConnsPerHost:    parallel,
			IdleConnTimeout:        15 * time.Second, // before the far end closes it, which would look like a lost answer
			MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // what was signed for one receiver goes to no other
		},
	}
}

// Capabilities reports that programs take many notices at a time, and chat
// services about one a second.
func (n *Notifier) Capabilities() notify.Capabilities {
	if n.config.Template == "" && cmp.Or(n.config.Format, Standard) == Standard {
		return notify.Capabilities{Parallel: parallel, Bulk: true}
	}
	return notify.Capabilities{PerSecond: 1, Lists: maxStories}
}

// Notify makes one POST, or a second one if a chat answers that it has moved. The notice's key is its webhook-id, by which a
// receiver can tell that it has the notice already. The parent plays no part:
// a receiver finds the parent's key in the body.
func (n *Notifier) Notify(ctx context.Context, m monitor.Notice, _ monitor.Receipt) (monitor.Receipt, error) {
	to := n.to.Load()
	r, a, err := n.post(ctx, m, to)
	if chat := a.Parameters.MigrateTo; err != nil && chat != 0 && n.config.Format == Telegram {
		to = inChat(to, chat)
		if r, _, err = n.post(ctx, m, to); err == nil {
			n.to.Store(to)
		}
	}
	return r, err
}

func (n *Notifier) post(ctx context.Context, m monitor.Notice, to *url.URL) (monitor.Receipt, answer, error) {
	body, contentType, err := n.body(m, to)
	if err != nil {
		return monitor.Receipt{}, answer{}, err
	}
	var written, answered atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotFirstResponseByte: func() { answered.Store(true) },
		WroteRequest: func(w httptrace.WroteRequestInfo) {
			if w.Err == nil {
				written.Store(true)
			}
		},
	})
	address := to.String()
	if n.format.address != nil {
		address = n.format.address(to)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return monitor.Receipt{}, answer{}, notify.Down(errors.New("webhook: url: cannot be used"), 0)
	}
	n.setHeaders(req.Header, m.Key, contentType, body)
	resp, err := n.client.Do(req)
	if err != nil {
		return monitor.Receipt{}, answer{}, n.unanswered(err, written.Load(), answered.Load())
	}
	defer resp.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(resp.Body, 16<<10)) // also frees the connection for the next
	a := answerOf(resp, said)
	if err := n.classify(a, time.Now()); err != nil {
		return monitor.Receipt{}, a, err
	}
	return monitor.Receipt{ID: m.Key, Channel: n.host, Detail: resp.Status, At: time.Now()}, a, nil
}

func (n *Notifier) setHeaders(h http.Header, key, contentType string, body []byte) {
	now := time.Now()
	h.Set("Content-Type", contentType)
	h.Set("User-Agent", "newswatch")
	for name, value := range n.config.Headers {
		h.Set(name, value.Reveal())
	}
	h.Set("webhook-id", key)
	h.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
	if s := sign(n.keys, key, now, body); s != "" {
		h.Set("webhook-signature", s)
	}
}
