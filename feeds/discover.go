package feeds

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A Found is one source that a site offers.
type Found struct {
	URL      string `json:"url"`      // absolute, without user
	Title    string `json:"title"`    // "" if nothing names it
	Kind     string `json:"kind"`     // rss, atom, rdf, json, feed if that is all that is known, or news sitemap
	How      string `json:"how"`      // where it was found
	Pollable bool   `json:"pollable"` // newswatch can poll it; false for a news sitemap
}

// Places where Discover finds things.
const (
	ByItself = "the address itself"
	ByLink   = "link element"
	ByAnchor = "link on the page"
	ByPath   = "usual path"
	ByRobots = "robots.txt"
)

const kindSitemap = "news sitemap"

// usualPaths are where the common publishing systems put feeds, commonest
// first.
var usualPaths = []string{"/feed/", "/rss.xml", "/feed.xml", "/rss", "/atom.xml", "/index.xml", "/feeds/posts/default", "/feed.json"}

// maxProbes bounds the guesses that Discover tries on one site.
const maxProbes = 8

// Discover looks for the feeds of the page at pageURL: the address itself,
// link elements, then links on the page that look like feeds and the usual
// paths, of which the first that proves a feed is taken. It also names the
// news sitemaps in robots.txt. It asks one thing at a time, spaced like polls,
// and respects robots.txt in guessing. Finding nothing is no error; not
// getting the page is.
func Discover(ctx context.Context, c *Client, pageURL string) ([]Found, error) {
	if !strings.Contains(pageURL, "://") {
		pageURL = "https://" + pageURL
	}
	body, a, err := c.page(ctx, pageURL)
	if err != nil {
		return nil, err
	}
	if f, ok := itself(body, a, ByItself); ok {
		return []Found{f}, nil
	}
	found, guesses := readPage(body, a.url)
	rules := c.robots(ctx, a.url)
	if len(found) == 0 {
		found, err = c.probe(ctx, a.url, append(guesses, usual(a.url)...), rules)
	}
	return append(found, rules.newsSitemaps(a.url)...), err
}

// usual returns the usual paths on base's site.
func usual(base *url.URL) []*url.URL {
	var all []*url.URL
	for _, path := range usualPaths {
		all = append(all, base.ResolveReference(&url.URL{Path: path}))
	}
	return all
}

// probe returns the first guess that is a feed. Only the end of ctx is an
// error: a guess that fails was wrong.
func (c *Client) probe(ctx context.Context, base *url.URL, guesses []*url.URL, rules robots) ([]Found, error) {
	asked := map[string]bool{base.String(): true}
	for _, u := range guesses {
		if len(asked) > maxProbes {
			break
		}
		if asked[u.String()] || !rules.allow(u) {
			continue
		}
		asked[u.String()] = true
		body, a, err := c.page(ctx, u.String())
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil {
			continue
		}
		how := ByAnchor
		for _, path := range usualPaths {
			if u.Path == path {
				how = ByPath
			}
		}
		if f, ok := itself(body, a, how); ok {
			return []Found{f}, nil
		}
	}
	return nil, nil
}

// itself reports whether body is a feed, and which.
func itself(body []byte, a *answer, how string) (Found, bool) {
	if looksHTML(bytes.ToLower(body[:min(len(body), 1024)])) {
		return Found{}, false
	}
	d, err := parseSafely(body, ParseOptions{URL: a.url.String(), ContentType: a.resp.Header.Get("Content-Type")})
	if err != nil {
		return Found{}, false
	}
	bare, _ := withoutUser(a.url)
	return Found{URL: bare.String(), Title: d.Title, Kind: d.Format, How: how, Pollable: true}, true
}

// maxPage bounds the pages that Discover reads.
const maxPage = 4 << 20

// page gets one page in its turn. The answer's body is closed already.
func (c *Client) page(ctx context.Context, address string) ([]byte, *answer, error) {
	u, err := parseAddress(address)
	if err != nil {
		return nil, nil, &FetchError{Fault: Refused, Err: err}
	}
	q := question{accept: acceptPages, home: siteOf(u)}
	q.url, q.authorization = withoutUser(u)
	release, err := c.turn(ctx, u)
	if err != nil {
		return nil, nil, err
	}
	defer release()
	limited, cancel := context.WithTimeout(ctx, c.settings.Timeout)
	defer cancel()
	p := poll{Client: c, parent: ctx}
	a, err := c.follow(limited, q)
	if err != nil {
		return nil, nil, p.failed(a, err)
	}
	defer a.resp.Body.Close()
	if a.resp.StatusCode != http.StatusOK {
		_, err := p.refused(a, Result{})
		return nil, nil, err
	}
	body, err := c.wholePage(limited, a)
	if err != nil {
		return nil, nil, p.unread(a, err)
	}
	return body, a, nil
}

func (c *Client) wholePage(ctx context.Context, a *answer) ([]byte, error) {
	var wire, text bytes.Buffer
	limit := min(maxPage, c.settings.MaxBody)
	done, err := c.receive(ctx, a.resp, &wire, int64(limit))
	defer done()
	if err != nil {
		return nil, err
	}
	return c.decode(wire.Bytes(), a.resp.Header.Get("Content-Encoding"), &text, limit)
}

// turn waits until a request to u's host may start.
func (c *Client) turn(ctx context.Context, u *url.URL) (release func(), err error) {
	for {
		release, wait := c.hosts.begin(hostKey(u), u.String(), c.Now())
		if release != nil {
			return release, nil
		}
		if wait > c.settings.Timeout {
			return nil, troublef(Throttled, u, "the server asked for silence for another %v", wait.Round(time.Second))
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, fmt.Errorf("waiting for a turn: %w", context.Cause(ctx))
		}
	}
}
