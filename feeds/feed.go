// Package feeds turns the feeds an operator listed into items.
//
// It fetches over HTTP, politely and within limits, parses RSS, Atom and JSON
// Feed, and cleans every entry into plain text with a canonical address. It
// does not know which items are new or which ones matter; package monitor
// decides that.
package feeds

import "time"

// A Feed is one address that yields items.
type Feed struct {
	Name     string            `yaml:"name"`     // unique; defaults to the address's host and path
	URL      string            `yaml:"url"`      // http or https
	Tags     []string          `yaml:"tags"`     // chosen by the operator; watches select by them
	Class    string            `yaml:"class"`    // free text: primary, wire, press, aggregator, ...
	Schedule string            `yaml:"schedule"` // a duration or a cron expression; "" is the default's
	Headers  map[string]Secret `yaml:"headers"`  // sent to the feed's own origin only
	Proxy    string            `yaml:"proxy"`    // "" is a direct connection
}

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
	Allow       []string      `yaml:"allow"`       // non-public networks that may be fetched, in CIDR form
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
