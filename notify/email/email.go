// Package email carries notices to one mail address by SMTP.
//
// A message is text and HTML, complete in either, and the same to the byte
// whenever the same notice is sent: a recipient whose answer was lost gets, at
// worst, what mail programs recognise as a copy. It knows no outbox and never
// tries again by itself.
package email

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"newswatch/notify"
)

// Config is the way to a mail server, and whom to write to.
type Config struct {
	Host     string        `yaml:"host"`
	Port     int           `yaml:"port"` // 0 is 587, for tls 465, for none 25
	TLS      TLS           `yaml:"tls"`
	Username string        `yaml:"username"` // "" sends without logging in
	Password notify.Secret `yaml:"password"`
	From     string        `yaml:"from"` // an address, with a name or without
	To       []string      `yaml:"to"`   // likewise
}

// TLS says how the connection is encrypted.
type TLS string

// The ways. None takes no password unless the server is on this machine.
const (
	StartTLS TLS = "starttls" // insisted on; so is ""
	Implicit TLS = "tls"      // from the first byte
	None     TLS = "none"
)

// Validate returns every mistake in c, each beginning with the key it is in.
func (c Config) Validate() []error {
	var errs []error
	add := func(form string, args ...any) { errs = append(errs, fmt.Errorf(form, args...)) }
	if c.Host == "" || strings.ContainsAny(c.Host, " \t\r\n/") {
		add("host: %q is not the name of a mail server; write it like smtp.example.org", c.Host)
	}
	if c.Port < 0 || c.Port > 65535 {
		add("port: %d is not a port; 587 is usual, and the default", c.Port)
	}
	switch c.TLS {
	case "", StartTLS, Implicit:
	case None:
		if c.Username != "" && !loopback(c.Host) {
			add("tls: none would send the password in the clear; use starttls or tls")
		}
	default:
		add("tls: %q is none of starttls, tls and none; starttls is the default", string(c.TLS))
	}
	if (c.Username == "") != (c.Password == "") {
		add("password: username and password go together; give both or neither")
	}
	if _, err := mail.ParseAddress(c.From); err != nil {
		add("from: %q is not a mail address; write it like newswatch <newswatch@example.org>", c.From)
	}
	if len(c.To) == 0 {
		add("to: names nobody; write it like [desk@example.org]")
	}
	for i, to := range c.To {
		if _, err := mail.ParseAddress(to); err != nil {
			add("to[%d]: %q is not a mail address; write it like desk@example.org", i, to)
		}
	}
	return errs
}

// Split returns a channel for each bare address of To: what one mailbox refuses
// is no reason to write to another twice.
func (c Config) Split() []notify.Part {
	var out []notify.Part
	seen := map[string]bool{}
	for _, to := range c.To {
		a, err := mail.ParseAddress(to)
		if err != nil || seen[strings.ToLower(a.Address)] {
			continue
		}
		seen[strings.ToLower(a.Address)] = true
		one := c
		one.To = []string{a.Address}
		out = append(out, notify.Part{Recipient: a.Address, Config: one})
	}
	return out
}

// Open is New in an environment.
func (c Config) Open(e notify.Environment) (notify.Notifier, error) {
	return New(c, Options{Zone: e.Zone, Page: e.Page})
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Options are what a destination takes from its surroundings.
type Options struct {
	Zone  *time.Location // of the times in messages; nil is UTC; a digest brings its own
	Roots *x509.CertPool // who vouches for the server; nil is the system's
	Page  string         // address of the local page, for links to it; "" for none
	// Preview makes HTML show in a browser: its chart is within the page
	// instead of beside it.
	Preview bool
}

// A Notifier sends to one address. It is safe for concurrent use.
type Notifier struct {
	config  Config
	options Options
	from    *mail.Address
	to      *mail.Address
}

var (
	_ notify.Capable = (*Notifier)(nil)
	_ notify.Config  = Config{}
)

// New returns the way to the one recipient of c.
func New(c Config, o Options) (*Notifier, error) {
	if errs := c.Validate(); len(errs) > 0 {
		return nil, fmt.Errorf("email: %w", errors.Join(errs...))
	}
	if len(c.To) != 1 {
		return nil, fmt.Errorf("email: one destination writes to one recipient, not to %d", len(c.To))
	}
	if c.TLS == "" {
		c.TLS = StartTLS
	}
	if c.Port == 0 {
		c.Port = map[TLS]int{StartTLS: 587, Implicit: 465, None: 25}[c.TLS]
	}
	n := &Notifier{config: c, options: o}
	var err error
	if n.from, err = address(c.From); err != nil {
		return nil, err
	}
	n.to, err = address(c.To[0])
	return n, err
}

// address reads a mail address, with its domain in the form that every server
// and header takes (RFC 5891).
func address(s string) (*mail.Address, error) {
	a, err := mail.ParseAddress(s)
	if err != nil {
		return nil, err
	}
	if domain, err := idna.Lookup.ToASCII(domainOf(a.Address)); err == nil {
		a.Address = a.Address[:strings.LastIndexByte(a.Address, '@')+1] + domain
	}
	return a, nil
}
