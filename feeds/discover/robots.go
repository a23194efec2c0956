package discover

import (
	"context"
	"errors"
	"net/url"
	"path"
	"strings"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/fetch"
	"newswatch/feeds/robots"
	"newswatch/feeds/urls"
)

// Robots gets the robots.txt of u's site, by c. A site that cannot say what it
// allows is taken for one that forbids everything.
func Robots(ctx context.Context, c *fetch.Client, u *url.URL) robots.Rules {
	at := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}
	page, err := c.Page(ctx, at.String())
	status := 200
	if err != nil {
		status = 0
		if failed, ok := errors.AsType[*feeds.FetchError](err); ok {
			status = failed.StatusCode
		}
	}
	return robots.Copy{}.Update(status, page.Body, "newswatch", time.Time{}).Rules
}

// newsSitemaps returns those of the sitemaps that say by their name that they
// are for news.
func newsSitemaps(rules robots.Rules, base *url.URL) []Found {
	var found []Found
	for _, s := range rules.Sitemaps {
		target := urls.Absolute(base, s)
		if target == "" || len(found) == maxFound {
			continue
		}
		u, _ := url.Parse(target)
		if strings.Contains(strings.ToLower(path.Base(u.Path)+"?"+u.RawQuery), "news") || strings.Contains(strings.ToLower(u.Path), "/news/") {
			found = append(found, Found{URL: target, Kind: kindSitemap, How: ByRobots})
		}
	}
	return found
}
