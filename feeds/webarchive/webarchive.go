// Package webarchive turns the address of a page into that of a copy which a
// public web archive keeps of it.
//
// It asks as people do who type an address into Save Page Now of the Wayback
// Machine: a GET of /save/ADDRESS, answered with where the copy lies, by a redirect
// or in a header (RFC 7089, section 2.1). It does not know why a page is kept,
// nor when to try again.
package webarchive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/fetch"
)

// Wayback is the archive that is asked unless another one is named.
const Wayback = "https://web.archive.org"

// patience is how long an archive may take: it gets the page meanwhile.
const patience = 3 * time.Minute

// An Archive is asked for copies. Its fields must be set; Save may be called
// concurrently, and asks one thing at a time.
type Archive struct {
	Base   string // its address, without a slash at the end
	Client *fetch.Client
}

// A Copy is where a page is kept.
type Copy struct {
	URL   string
	Taken time.Time // as the archive says; it may be long before the asking
}

// An Error says why there is no copy.
type Error struct {
	Cause string        // one line
	Again bool          // another try may do better
	After time.Duration // and is to wait at least so long
}

// Error returns the cause.
func (e *Error) Error() string { return e.Cause }

// Save asks for a copy of the page at an address, which goes to the archive as it
// is: it must be public. The error is that of ctx, which ended first, or an *Error.
func (a Archive) Save(ctx context.Context, address string) (Copy, error) {
	address, _, _ = strings.Cut(address, "#")
	answer, err := a.Client.ReadPage(ctx, a.Base+"/save/"+address, fetch.Visit{Timeout: patience, NoBody: true})
	if ctx.Err() != nil {
		return Copy{}, context.Cause(ctx)
	}
	if err != nil {
		return Copy{}, refusal(err)
	}
	for _, place := range append(places(answer.Header), answer.URL.String()) {
		u, err := answer.URL.Parse(place)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" {
			continue
		}
		if m := stamped.FindStringSubmatch(u.Path); m != nil {
			taken, err := time.Parse("20060102150405", m[1])
			if err == nil {
				return Copy{URL: u.String(), Taken: taken}, nil
			}
		}
	}
	return Copy{}, &Error{Cause: "the archive answered without saying where the copy lies", Again: true}
}

// stamped is the path of a copy: the second at which it was taken, perhaps with
// how it is to be shown, before the address of the page.
var stamped = regexp.MustCompile(`/([12][0-9]{13})[a-z_]*/.`)

// memento is a link to a copy.
var memento = regexp.MustCompile(`<([^>]+)>\s*;[^<]*\brel="?[^"<]*\bmemento\b`)

// places lists where an answer says the copy lies.
func places(h http.Header) (out []string) {
	if at := h.Get("Content-Location"); at != "" {
		out = append(out, at)
	}
	links := memento.FindAllStringSubmatch(strings.Join(h.Values("Link"), ", "), -1)
	for i := len(links) - 1; i >= 0; i-- { // the first may be the oldest
		out = append(out, links[i][1])
	}
	return out
}

// refusal says what an exchange means that failed.
func refusal(err error) error {
	failed, ok := errors.AsType[*feeds.FetchError](err)
	if !ok {
		return &Error{Cause: err.Error()}
	}
	e := &Error{Cause: "the archive: " + failed.Error(), After: failed.RetryAfter}
	switch code := failed.StatusCode; {
	case code == http.StatusNotFound || code == http.StatusGone:
		e.Cause = fmt.Sprintf("the archive finds no page there (%d): it has vanished", code)
	case code == http.StatusForbidden || code == http.StatusUnavailableForLegalReasons || code == http.StatusUnauthorized:
		e.Cause = fmt.Sprintf("the archive may not keep it (%d)", code)
	case code == http.StatusTooManyRequests:
		e.Cause, e.Again, e.After = "the archive asks for fewer requests (429)", true, cmp.Or(e.After, time.Hour)
	case failed.Timeout:
		e.Cause, e.Again = fmt.Sprintf("the archive gave no answer within %v", patience), true
	default:
		e.Again = code >= 500 || failed.Fault == feeds.Network || failed.Fault == feeds.Throttled
	}
	return e
}

// Check says what is wrong with the address of an archive.
func Check(base string) error {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || strings.HasSuffix(base, "/") {
		return fmt.Errorf("%q is no address of a web archive", base)
	}
	return nil
}
