// Package slack carries notices to one Slack channel.
//
// With a bot token it uses the Web API: replies go into the thread of their
// alert, counts are edited into it, and after a lost answer the channel's
// history is asked. With an incoming webhook every notice is a message of its
// own. It knows no outbox and never tries again by itself, save for sending a
// card as plain text if Slack finds its blocks unacceptable.
package slack

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"newswatch/notify"
)

// Config is one Slack destination: a channel and a token for it, or a webhook.
type Config struct {
	Token      notify.Secret `yaml:"token"`       // of a bot, with the scopes chat:write and channels:history
	Channel    string        `yaml:"channel"`     // "#name" or an ID; with Token
	WebhookURL notify.Secret `yaml:"webhook_url"` // instead of Token and Channel
	APIURL     string        `yaml:"api_url"`     // "" is https://slack.com/api/
	AppToken   notify.Secret `yaml:"app_token"`   // with the scope connections:write; puts buttons on alerts
}

const publicAPI = "https://slack.com/api/"

// Validate returns every mistake in c, each beginning with the key it is in.
func (c Config) Validate() []error {
	var errs []error
	switch {
	case c.Token == "" && c.WebhookURL == "":
		errs = append(errs, errors.New("token: missing; give a bot token, or webhook_url instead"))
	case c.Token != "" && c.WebhookURL != "":
		errs = append(errs, errors.New("webhook_url: given beside token; keep one of them"))
	}
	if c.Token != "" && strings.TrimSpace(c.Channel) == "" {
		errs = append(errs, errors.New(`channel: missing; name one, as in "#news", or give its ID`))
	}
	if c.AppToken != "" && c.Token == "" {
		errs = append(errs, errors.New("app_token: needs token beside it; give the bot's token too"))
	}
	if c.WebhookURL != "" && !private(c.WebhookURL.Reveal()) {
		errs = append(errs, errors.New("webhook_url: not an https address; copy it whole from Slack"))
	}
	if c.APIURL != "" && !private(c.APIURL) {
		errs = append(errs, errors.New("api_url: not an https address; leave it out for Slack's own"))
	}
	return errs
}

// private reports whether a secret may travel to the address: by https, or
// within this machine.
func private(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	local := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	return u.Scheme == "https" || u.Scheme == "http" && local
}

// A Notifier sends to one channel. It is safe for concurrent use.
type Notifier struct {
	config Config
	zone   *time.Location // of plain texts; in cards the reader's own applies
	client *http.Client

	mu      sync.Mutex
	channel string            // the ID behind config.Channel, once an answer named it
	threads map[string]thread // of replies of unknown outcome, by notice key
	skew    time.Duration     // how far Slack's clock is ahead of ours
}

// A thread is where replies to one message go.
type thread struct{ channel, ts string }

var (
	_ notify.Notifier = (*Notifier)(nil)
	_ notify.Prober   = (*Notifier)(nil)
	_ notify.Capable  = (*Notifier)(nil)
	_ notify.Listener = (*Notifier)(nil)
	_ notify.Config   = Config{}
)

// timeout bounds one request. Slack answers within a second or is in trouble.
const timeout = 15 * time.Second

// New returns the way to the destination that c describes. Times in plain text
// are in zone; nil is UTC.
func New(c Config, zone *time.Location) (*Notifier, error) {
	if errs := c.Validate(); len(errs) > 0 {
		return nil, fmt.Errorf("slack: %w", errors.Join(errs...))
	}
	if c.APIURL == "" {
		c.APIURL = publicAPI
	}
	if !strings.HasSuffix(c.APIURL, "/") {
		c.APIURL += "/"
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.IdleConnTimeout = 30 * time.Second // before Slack closes it, which would look like a lost answer
	return &Notifier{
		config:  c,
		zone:    zone,
		threads: map[string]thread{},
		client: &http.Client{
			Transport: t,
			Timeout:   timeout,
			CheckRedirect: func(*http.Request, []*http.Request) error {
				return http.ErrUseLastResponse // the token goes nowhere else
			},
		},
	}, nil
}

// Split returns the one channel that c stands for.
func (c Config) Split() []notify.Part { return []notify.Part{{Config: c}} }

// Open is New in an environment.
func (c Config) Open(e notify.Environment) (notify.Notifier, error) { return New(c, e.Zone) }

// Capabilities reports that a bot can edit, and that Slack takes about one
// message a second for a channel.
func (n *Notifier) Capabilities() notify.Capabilities {
	return notify.Capabilities{Edits: n.config.Token != "", PerSecond: 1, Lists: cardStories}
}

// Close lets go of idle connections.
func (n *Notifier) Close() error {
	n.client.CloseIdleConnections()
	return nil
}

// api returns the Web API as it is to be called within one exchange.
func (n *Notifier) api(x *exchange) *slack.Client {
	return slack.New(n.config.Token.Reveal(),
		slack.OptionAPIURL(n.config.APIURL),
		slack.OptionHTTPClient(x),
		slack.OptionAppLevelToken(n.config.AppToken.Reveal()),
		slack.OptionLog(log.New(io.Discard, "", 0)))
}
