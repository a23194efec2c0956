package fetch

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"

	"golang.org/x/net/publicsuffix"
)

// maxCookies bounds the cookies of one request, in bytes.
const maxCookies = 8 << 10

// withCookies returns jar with the cookies that a redirect from u sets, nil while
// there are none. Some servers send everybody in a circle who does not show them. A
// jar lives for one exchange: nobody is recognised in the next.
func withCookies(jar http.CookieJar, u *url.URL, resp *http.Response) http.CookieJar {
	set := resp.Cookies()
	if len(set) == 0 {
		return jar
	}
	if jar == nil {
		jar, _ = cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List}) // its error is always nil
	}
	jar.SetCookies(u, set)
	return jar
}

// addCookies adds to the request's header as many cookies as fit, behind those of
// the feed's own headers.
func addCookies(h http.Header, cookies []*http.Cookie) {
	line := h.Get("Cookie")
	for _, c := range cookies {
		pair := c.Name + "=" + c.Value
		if len(line)+len(pair) > maxCookies {
			break
		}
		if line != "" {
			line += "; "
		}
		line += pair
	}
	if line != "" {
		h.Set("Cookie", line)
	}
}
