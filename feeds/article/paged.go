package article

import (
	"net/url"
	"regexp"
	"strings"
)

// pageNumber is what an address has behind that of an article's first page.
var pageNumber = regexp.MustCompile(`^[-_./]?(?:page|seite|p)?[-_/=]?([2-9]|[12][0-9])(?:\.[a-z]{3,5})?/?$`)

// goesOn reports whether the page at u is one of several that the text is
// spread over: what the page says comes next has the same address with the
// number of a page. Next articles, and further pages of comments, are none.
func (m *meta) goesOn(u *url.URL) bool {
	for _, raw := range m.next {
		next, err := u.Parse(raw)
		if err != nil || next.Host != u.Host || strings.Contains(strings.ToLower(next.Path+next.Fragment), "comment") {
			continue
		}
		if next.Path == u.Path {
			for _, key := range [...]string{"page", "seite", "p", "pg"} {
				if n := next.Query().Get(key); n != u.Query().Get(key) && pageNumber.MatchString(n) {
					return true
				}
			}
			continue
		}
		if rest, ok := strings.CutPrefix(next.Path, withoutPage(u.Path)); ok && pageNumber.MatchString(rest) {
			return true
		}
	}
	return false
}

var (
	ending   = regexp.MustCompile(`(\.[a-z]{3,5}|/)$`)
	numbered = regexp.MustCompile(`([-_/](page|seite|p)[-_/]?|/)[1-9][0-9]?$`)
)

// withoutPage is the path of an article without its ending and the number of a
// page.
func withoutPage(path string) string {
	path = ending.ReplaceAllString(path, "")
	if cut := numbered.ReplaceAllString(path, ""); strings.Count(cut, "/") > 1 {
		return cut
	}
	return path
}
