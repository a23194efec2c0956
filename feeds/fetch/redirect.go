package fetch

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/urls"
)

// maxRedirects are followed in one exchange.
const maxRedirects = 5

// A permanent redirect is believed once it was seen on settlePolls polls over
// settleTime: a misconfigured server that says 301 for an afternoon moves
// nobody.
const (
	settlePolls = 3
	settleTime  = 24 * time.Hour
)

// redirected returns the address that resp sends its reader to, nil if it is
// no redirect, and whether the move is for good.
func redirected(from *url.URL, resp *http.Response) (to *url.URL, permanent bool, err error) {
	switch resp.StatusCode {
	case http.StatusMovedPermanently, http.StatusPermanentRedirect:
		permanent = true
	case http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect:
	default:
		return nil, false, nil
	}
	location := resp.Header.Get("Location")
	if location == "" {
		return nil, false, fmt.Errorf("status %d without an address to go to", resp.StatusCode)
	}
	if len(location) > urls.MaxLength {
		return nil, false, fmt.Errorf("redirect to an address of %d bytes", len(location))
	}
	to, err = from.Parse(location)
	if err != nil {
		return nil, false, errors.New("redirect to an unreadable address")
	}
	if err := urls.Check(to); err != nil {
		return nil, false, fmt.Errorf("redirect refused: %w", err)
	}
	to.User, to.Fragment, to.RawFragment = nil, "", "" // never somebody else's credentials
	return to, permanent, nil
}

// oddPort reports whether a redirect leads to a port that is neither usual
// nor the one of the host it comes from. Such a port may be asked on allowed
// networks only: a feed must not make newswatch knock at other services.
func oddPort(home, to *url.URL) bool {
	port := urls.OriginOf(to).Port
	return port != "80" && port != "443" && urls.HostKey(home) != urls.HostKey(to)
}

// recordMove notes in s where permanent redirects led from the configured
// address in an exchange that ended well; target is "" if there were none.
func recordMove(s *feeds.State, target string, now time.Time) {
	switch {
	case target == "":
		s.Moved, s.MovedSince, s.MovedPolls, s.Settled = "", time.Time{}, 0, false
	case target != s.Moved, s.MovedSince.After(now): // the latter was written by a clock gone wrong
		s.Moved, s.MovedSince, s.MovedPolls, s.Settled = target, now, 1, false
	default:
		s.MovedPolls++
		s.Settled = s.Settled || s.MovedPolls >= settlePolls && now.Sub(s.MovedSince) >= settleTime
	}
}
