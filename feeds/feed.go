// Package feeds is the vocabulary of feeds: what a feed, an item, a document, and
// an exchange with a feed's server are.
//
// The packages below it do the work: fetch asks servers, parse reads documents.
// None of them knows which items are new or which ones matter; package monitor
// decides that.
package feeds

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"newswatch/feeds/urls"
)

// A Feed is one address that yields items.
type Feed struct {
	Name     string            `yaml:"name"`     // unique; defaults to the address's host and path
	URL      string            `yaml:"url"`      // http or https
	Written  string            `yaml:"-"`        // URL, with the names of variables in place of credentials that come from them; "" is URL
	Tags     []string          `yaml:"tags"`     // chosen by the operator; watches select by them
	Label    string            `yaml:"label"`    // what people know the outlet by; "" is what the feed calls itself
	Class    string            `yaml:"class"`    // free text: primary, wire, press, aggregator, ...
	Schedule string            `yaml:"schedule"` // a duration or a cron expression; "" is the default's
	Headers  map[string]Secret `yaml:"headers"`  // sent to the feed's own origin only
	Proxy    string            `yaml:"proxy"`    // "" is Settings.Proxy, "direct" is none
	TLS      string            `yaml:"tls"`      // "" or LegacyTLS
	MaxNew   int               `yaml:"max_new"`  // new entries an hour that are taken; 0 is Settings.MaxNew
	Text     ReadMode          `yaml:"text"`     // when the articles behind its items are read; "" is as for all feeds
	Kind     Kind              `yaml:"kind"`
	Source   *Source           `yaml:",inline"` // how it is read; nil as syndicated feeds are, which most are: there are a million of them
}

// LegacyTLS as a Feed's TLS offers its server older suites of TLS 1.2 too, which
// are sound but without forward secrecy.
const LegacyTLS = "legacy"

// A ReadMode says when the article behind an item is read.
type ReadMode string

// The modes of reading.
const (
	ReadNever  ReadMode = "never"
	ReadNear   ReadMode = "near"   // where a watch could match with the text, or is in doubt
	ReadAlways ReadMode = "always" // every new item that has one
)

// Settings bound and pace all fetching. The zero value of a field means the
// default named beside it.
type Settings struct {
	Schedule    string        `yaml:"schedule"`    // 15m; see Feed.Schedule
	Timeout     time.Duration `yaml:"timeout"`     // 30s, for one whole exchange with its redirects
	MaxBody     Size          `yaml:"max_body"`    // 16MiB, after decompression
	Concurrency int           `yaml:"concurrency"` // 64 fetches at a time
	PerHost     int           `yaml:"per_host"`    // 1 connection at a time to one host
	Spacing     time.Duration `yaml:"spacing"`     // 1s between the starts of two requests to one host
	UserAgent   string        `yaml:"user_agent"`  // names newswatch and its version
	MaxNew      int           `yaml:"max_new"`     // 250 new entries an hour taken of one feed, and forty times as many at once
	Allow       []string      `yaml:"allow"`       // non-public networks that may be fetched, in CIDR form
	Proxy       string        `yaml:"proxy"`       // of feeds without one; "" is that of HTTP_PROXY, HTTPS_PROXY and NO_PROXY, "direct" is none
}

// A Size is a number of bytes. In text it takes the suffixes KiB, MiB and GiB.
type Size int64

// A Secret is a credential. It prints as [redacted] wherever it strays;
// Reveal is the only way to its text, and easy to grep for.
type Secret string

// String returns "[redacted]", or "" for an empty secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "[redacted]"
}

// GoString keeps %#v from printing the text.
func (s Secret) GoString() string { return s.String() }

// MarshalText keeps encoders from printing the text.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Reveal returns the text itself.
func (s Secret) Reveal() string { return string(s) }

// Check reports the first mistake in f. Its text repeats no secret.
func (f Feed) Check() error {
	if _, err := urls.Parse(f.URL); err != nil && f.Kind != KindPush {
		return fmt.Errorf("url: %w", err)
	}
	for name, value := range f.Headers {
		if err := checkHeader(name, value); err != nil {
			return fmt.Errorf("headers: %w", err)
		}
	}
	if _, err := urls.ParseProxy(f.Proxy); err != nil {
		return fmt.Errorf("proxy: %w", err)
	}
	if f.TLS != "" && f.TLS != LegacyTLS {
		return fmt.Errorf("tls: %.40q is not %s; leave it out for what is usual", f.TLS, LegacyTLS)
	}
	if f.MaxNew < 0 {
		return errors.New("max_new is negative; leave it out for that of fetch")
	}
	return f.checkSource()
}

// reserved headers describe the exchange itself, which is the client's work.
var reserved = map[string]bool{
	"accept-encoding": true, "connection": true, "content-length": true, "host": true,
	"if-modified-since": true, "if-none-match": true, "range": true, "te": true, "transfer-encoding": true,
}

func checkHeader(name string, value Secret) error {
	switch {
	case !httpguts.ValidHeaderFieldName(name):
		return fmt.Errorf("%q is not a header name; letters, digits and hyphens make one", name)
	case reserved[strings.ToLower(name)]:
		return fmt.Errorf("%s is set by newswatch itself; remove it", name)
	case !httpguts.ValidHeaderFieldValue(value.Reveal()):
		return fmt.Errorf("the value of %s has a line break or control character; write it on one line", name)
	}
	return nil
}

// DefaultMaxBody is what MaxBody of Settings is unless it says otherwise.
const DefaultMaxBody Size = 16 << 20

// Defaults of the other Settings.
const (
	defaultTimeout     = 30 * time.Second
	defaultConcurrency = 64
	defaultPerHost     = 1
	defaultSpacing     = time.Second
	defaultSchedule    = "15m"
)

// WithDefaults returns s with the default in place of each zero value.
func (s Settings) WithDefaults() Settings {
	s.Schedule = cmp.Or(s.Schedule, defaultSchedule)
	s.Timeout = cmp.Or(s.Timeout, defaultTimeout)
	s.MaxBody = cmp.Or(s.MaxBody, DefaultMaxBody)
	s.Concurrency = cmp.Or(s.Concurrency, defaultConcurrency)
	s.PerHost = cmp.Or(s.PerHost, defaultPerHost)
	s.Spacing = cmp.Or(s.Spacing, defaultSpacing)
	return s
}

// Check reports the first mistake in s.
func (s Settings) Check() error {
	for name, negative := range map[string]bool{
		"timeout": s.Timeout < 0, "max_body": s.MaxBody < 0, "concurrency": s.Concurrency < 0,
		"per_host": s.PerHost < 0, "spacing": s.Spacing < 0, "max_new": s.MaxNew < 0,
	} {
		if negative {
			return fmt.Errorf("%s is negative; leave it out for the default", name)
		}
	}
	if strings.ContainsAny(s.UserAgent, "\r\n\x00") {
		return errors.New("user_agent has a line break; write it on one line")
	}
	if _, err := urls.ParseProxy(s.Proxy); err != nil {
		return fmt.Errorf("proxy: %w", err)
	}
	_, err := s.Networks()
	return err
}

// Networks returns the networks of s.Allow; the error names the first entry
// that is none. A single address is a network of its own.
func (s Settings) Networks() ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range s.Allow {
		p, err := parsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("allow: %.60q is not a network; write it like 10.1.0.0/16 or 192.168.1.5", text)
		}
		all = append(all, p)
	}
	return all, nil
}

func parsePrefix(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	return p.Masked(), err
}
