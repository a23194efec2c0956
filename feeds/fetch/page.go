package fetch

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/urls"
)

// A Page is one response in full.
type Page struct {
	URL         *url.URL // that gave it, after redirects, without user
	ContentType string
	Header      http.Header
	Body        []byte // decompressed
}

// maxPage bounds a Page.
const maxPage = 4 << 20

// Page gets one page, of a site or robots.txt, within the bounds and at the
// pace of a poll: it waits until a request to the host may start.
func (c *Client) Page(ctx context.Context, address string) (Page, error) {
	u, err := urls.Parse(address)
	if err != nil {
		return Page{}, &feeds.FetchError{Fault: feeds.Refused, Err: err}
	}
	release, err := c.turn(ctx, u, c.hosts.beginPage)
	if err != nil {
		return Page{}, err
	}
	defer release()
	return c.page(ctx, u, false, Visit{})
}

// A Visit says how ReadPage gets a page.
type Visit struct {
	Timeout time.Duration // of the whole exchange with its redirects; 0 is that of a poll
	// May is asked before a redirect is followed, and ends the exchange with its
	// error; nil follows all.
	May    func(ctx context.Context, to *url.URL) error
	NoBody bool // only where the page lies is wanted, and its header
}

// ReadPage gets the page of an article, or the robots.txt it needs: as Page does,
// but beside the polls of its host's feeds, which go first, never two at a time
// of one host, and without cookies.
func (c *Client) ReadPage(ctx context.Context, address string, v Visit) (Page, error) {
	u, err := urls.Parse(address)
	if err != nil {
		return Page{}, &feeds.FetchError{Fault: feeds.Refused, Err: err}
	}
	u.User = nil
	release, err := c.turn(ctx, u, c.hosts.beginReading)
	if err != nil {
		return Page{}, err
	}
	defer release()
	return c.page(ctx, u, true, v)
}

// Work runs f, which needs much time and memory for a document, when nothing else
// does. The error is that of ctx, which ended first.
func (c *Client) Work(ctx context.Context, f func()) error {
	end, err := c.limiter.begin(ctx, true)
	if err != nil {
		return err
	}
	defer end()
	c.limiter.run(f)
	return nil
}

// page makes the exchange of Page and ReadPage.
func (c *Client) page(ctx context.Context, u *url.URL, bare bool, v Visit) (Page, error) {
	q := request{accept: acceptPages, home: urls.OriginOf(u), bare: bare, may: v.May}
	q.url, q.authorization = urls.WithoutUser(u)
	limited, cancel := context.WithTimeout(ctx, cmp.Or(v.Timeout, c.settings.Timeout))
	defer cancel()
	x := &exchange{Client: c, parent: ctx}
	a, err := c.follow(limited, q)
	if err != nil {
		return Page{}, x.failed(a, err)
	}
	defer a.resp.Body.Close()
	if a.resp.StatusCode != http.StatusOK {
		_, err := x.refused(a, feeds.Result{})
		return Page{}, err
	}
	p := Page{URL: a.url, ContentType: a.resp.Header.Get("Content-Type"), Header: a.resp.Header}
	if v.NoBody {
		return p, nil
	}
	if p.Body, err = c.wholePage(limited, a); err != nil {
		return Page{}, x.unread(a, err)
	}
	return p, nil
}

func (c *Client) wholePage(ctx context.Context, a *response) ([]byte, error) {
	var wire, text bytes.Buffer
	limit := min(maxPage, c.settings.MaxBody)
	done, err := c.receive(ctx, a.resp, &wire, int64(limit))
	defer done()
	if err != nil {
		return nil, err
	}
	return c.decode(wire.Bytes(), a.resp.Header.Get("Content-Encoding"), &text, limit)
}

// turn waits until a request to u's host may start, which is when begin gives
// leave.
func (c *Client) turn(ctx context.Context, u *url.URL, begin func(u *url.URL, now time.Time) (func(), time.Duration)) (release func(), err error) {
	for {
		release, wait := begin(u, c.Now())
		if release != nil {
			return release, nil
		}
		if wait > c.settings.Timeout {
			e := troublef(feeds.Throttled, u, "the server asked for silence for another %v", wait.Round(time.Second))
			e.RetryAfter = wait
			return nil, e
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

// Post sends form to a hub in its turn and wants a 2xx back.
func (c *Client) Post(ctx context.Context, address string, form url.Values) error {
	u, err := urls.Parse(address)
	if err != nil {
		return &feeds.FetchError{Fault: feeds.Refused, Err: fmt.Errorf("hub: %w", err)}
	}
	release, err := c.turn(ctx, u, c.hosts.beginPage)
	if err != nil {
		return err
	}
	defer release()
	limited, cancel := context.WithTimeout(ctx, c.settings.Timeout)
	defer cancel()
	rt, err := c.network(request{url: u}, u, c.hosts.http1Only(urls.HostKey(u), c.Now()))
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(limited, http.MethodPost, u.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return explain(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header["User-Agent"] = c.agent
	resp, err := roundTrip(rt, req)
	if err != nil {
		return c.unanswered(ctx, u, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 == 2 {
		discard(resp.Body)
		return nil
	}
	_, err = (&exchange{Client: c, parent: ctx}).refused(&response{resp: resp, url: u}, feeds.Result{})
	return err
}

// ReadBody reads a body that somebody sends, as it comes over the wire; one
// larger than Settings.MaxBody is an error.
func (c *Client) ReadBody(r io.Reader) ([]byte, error) {
	var wire bytes.Buffer
	_, err := wire.ReadFrom(&limitReader{r, int64(c.settings.MaxBody)})
	return wire.Bytes(), err
}

// Decompress returns the body behind wire, within Settings.MaxBody; encoding is
// its Content-Encoding.
func (c *Client) Decompress(wire []byte, encoding string) ([]byte, error) {
	return c.decode(wire, encoding, new(bytes.Buffer), c.settings.MaxBody)
}
