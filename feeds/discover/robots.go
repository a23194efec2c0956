package discover

import (
	"context"
	"net/url"
	"path"
	"strings"

	"newswatch/feeds/fetch"
	"newswatch/feeds/urls"
)

// robots is what a robots.txt (RFC 9309) says to newswatch. The zero value
// allows everything.
type robots struct {
	rules    []robotsRule
	sitemaps []string
}

type robotsRule struct {
	pattern string
	allow   bool
}

// getRobots gets the robots.txt of u's site. A site without one has no rules;
// neither has one that does not answer, for it will not answer guesses either.
func getRobots(ctx context.Context, c *fetch.Client, u *url.URL) robots {
	at := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}
	page, err := c.Page(ctx, at.String())
	if err != nil {
		return robots{}
	}
	return readRobots(string(page.Body))
}

// maxRobots is what is read of a robots.txt, as much as RFC 9309 wants at least.
const maxRobots = 500 << 10

// readRobots reads the group for newswatch or else the one for everybody,
// and all sitemaps.
func readRobots(text string) robots {
	var r robots
	var own, all []robotsRule
	mine, everybodys := false, false // whose the group is
	open := false                    // whether another user-agent line joins it
	for line := range strings.Lines(text[:min(len(text), maxRobots)]) {
		line, _, _ = strings.Cut(line, "#")
		key, value, _ := strings.Cut(line, ":")
		key, value = strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)
		switch key {
		case "user-agent":
			mine = open && mine || strings.EqualFold(value, "newswatch")
			everybodys = open && everybodys || value == "*"
			open = true
		case "allow", "disallow":
			open = false
			if mine {
				own = append(own, robotsRule{value, key == "allow"})
			}
			if everybodys {
				all = append(all, robotsRule{value, key == "allow"})
			}
		case "sitemap":
			r.sitemaps = append(r.sitemaps, value)
		}
	}
	if r.rules = all; own != nil {
		r.rules = own
	}
	return r
}

// allow reports whether u may be fetched: the longest matching rule decides,
// and allow wins a tie.
func (r robots) allow(u *url.URL) bool {
	target := u.EscapedPath()
	if u.RawQuery != "" {
		target += "?" + u.RawQuery
	}
	length, allowed := -1, true
	for _, rule := range r.rules {
		n := len(rule.pattern)
		if n == 0 || !matchesRule(target, rule.pattern) {
			continue
		}
		if n > length || n == length && rule.allow {
			length, allowed = n, rule.allow
		}
	}
	return allowed
}

// matchesRule matches a path against a pattern with * and a final $.
func matchesRule(target, pattern string) bool {
	pattern, whole := strings.CutSuffix(pattern, "$")
	parts := strings.Split(pattern, "*")
	rest, ok := strings.CutPrefix(target, parts[0])
	if !ok {
		return false
	}
	for i, part := range parts[1:] {
		if whole && i == len(parts)-2 {
			return strings.HasSuffix(rest, part)
		}
		_, rest, ok = strings.Cut(rest, part)
		if !ok {
			return false
		}
	}
	return !whole || rest == ""
}

// newsSitemaps returns those of the sitemaps that say by their name that they
// are for news.
func (r robots) newsSitemaps(base *url.URL) []Found {
	var found []Found
	for _, s := range r.sitemaps {
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
