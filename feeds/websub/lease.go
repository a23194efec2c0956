package websub

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"hash"
	"log/slog"
	"strings"
	"time"

	"newswatch/feeds/urls"
)

// A Lease is a subscription to a feed's pushes at its hub, or the wish for
// one. It is a plain value to be stored and given back after a restart; its
// Key is a secret, though, and stays out of print.
type Lease struct {
	ID     string    `json:"id"`   // end of the callback's address; not to be guessed
	Feed   string    `json:"feed"` // the feed's ID
	Hub    string    `json:"hub"`
	Topic  string    `json:"topic"` // what the hub calls the feed
	Key    string    `json:"key"`   // signs the pushes
	Asked  time.Time `json:"asked,omitzero"`
	Tries  int       `json:"tries,omitempty"` // requests since the hub last confirmed
	Since  time.Time `json:"since,omitzero"`  // confirmed
	Until  time.Time `json:"until,omitzero"`  // runs out
	Denied string    `json:"denied,omitempty"`
}

// Lengths of leases: what is asked for, and the bounds of what is believed.
const (
	leaseAsked    = 10 * 24 * time.Hour
	shortestLease = 5 * time.Minute
	longestLease  = 30 * 24 * time.Hour
)

// A hub that does not confirm is asked again after an hour, then after twice
// the time, up to a day.
const (
	firstRetry = time.Hour
	lastRetry  = 24 * time.Hour
)

// newLease returns the wish to subscribe feed.
func newLease(feed, hub, topic string) Lease {
	return Lease{ID: rand.Text(), Feed: feed, Hub: hub, Topic: topic, Key: rand.Text() + rand.Text()}
}

// String names the lease without its ID and Key.
func (l Lease) String() string { return urls.Shown(l.Feed) + " at " + urls.Shown(l.Hub) }

// GoString is String, for %#v.
func (l Lease) GoString() string { return l.String() }

// LogValue is String, for structured logs.
func (l Lease) LogValue() slog.Value { return slog.StringValue(l.String()) }

// Active reports whether the hub pushes at now.
func (l Lease) Active(now time.Time) bool { return l.Denied == "" && now.Before(l.Until) }

// Due returns when to ask the hub next: at once if it never was, after two
// thirds of a running lease, and later and later if it does not confirm.
func (l Lease) Due() time.Time {
	renewal := l.Since.Add(l.Until.Sub(l.Since) / 3 * 2)
	if l.Tries == 0 {
		return renewal // the zero time if it never was asked
	}
	retry := l.Asked.Add(min(firstRetry<<min(l.Tries-1, 10), lastRetry))
	if retry.Before(renewal) {
		return renewal
	}
	return retry
}

// dropFuture makes a lease that a clock ahead of now has written due at once.
func (l *Lease) dropFuture(now time.Time) {
	if l.Since.After(now) || l.Asked.After(now) {
		l.Since, l.Until, l.Asked, l.Tries = time.Time{}, time.Time{}, time.Time{}, 0
	}
}

// confirm starts the lease that the hub granted at now.
func (l *Lease) confirm(now time.Time, length time.Duration) {
	if length == 0 {
		length = leaseAsked
	}
	l.Since, l.Until = now, now.Add(min(max(length, shortestLease), longestLease))
	l.Tries, l.Denied = 0, ""
}

// deny records that the hub ended or refused the subscription.
func (l *Lease) deny(now time.Time, reason string) {
	l.Denied, l.Until, l.Asked = "denied", time.Time{}, now
	l.Since = time.Time{}
	if reason = strings.Join(strings.Fields(reason), " "); reason != "" {
		l.Denied = reason[:min(len(reason), 200)]
	}
	l.Tries = max(l.Tries, 6) // a day until the next request
}

// signed reports whether signature, a hub's X-Hub-Signature header, is that
// of body under key (W3C WebSub, section 7.1.2).
func signed(key, signature string, body []byte) bool {
	name, digits, ok := strings.Cut(strings.TrimSpace(signature), "=")
	if !ok || key == "" {
		return false
	}
	var h func() hash.Hash
	switch strings.ToLower(name) {
	case "sha1":
		h = sha1.New
	case "sha256":
		h = sha256.New
	case "sha384":
		h = sha512.New384
	case "sha512":
		h = sha512.New
	default:
		return false
	}
	got, err := hex.DecodeString(digits)
	if err != nil {
		return false
	}
	mac := hmac.New(h, []byte(key))
	mac.Write(body)
	return hmac.Equal(got, mac.Sum(nil))
}
