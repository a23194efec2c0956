package parse

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"newswatch/feeds"
	"newswatch/feeds/plain"
)

// notAFeed says what a body looks like that is no feed, and what to do.
func notAFeed(text []byte) error {
	return &feeds.FetchError{Fault: feeds.NotAFeed, Err: fmt.Errorf("not a feed: %s", resemblance(text))}
}

func resemblance(text []byte) string {
	text = bytes.TrimSpace(text)
	head := text[:min(len(text), 64<<10)]
	lower := bytes.ToLower(head)
	switch {
	case len(text) == 0:
		return "the body is empty"
	case bytes.HasPrefix(lower, []byte("%pdf")):
		return "a PDF file"
	case text[0] == '{' || text[0] == '[':
		return "JSON, but no JSON Feed"
	case plain.LooksHTML(head) || bytes.Contains(lower, []byte("<html")):
		return htmlResemblance(head, lower)
	case bytes.Contains(lower, []byte("<opml")):
		return "an OPML list of feeds; import it with newswatch feeds import"
	case bytes.Contains(lower, []byte("<urlset")), bytes.Contains(lower, []byte("<sitemapindex")):
		return "a sitemap"
	case text[0] == '<' && slices.Contains(fragments, rootName(text)):
		return "a piece of HTML"
	case text[0] == '<':
		return fmt.Sprintf("XML with the root element <%s>", rootName(text))
	}
	return fmt.Sprintf("text that begins %q", plain.Shorten(plain.Tidy(string(bytes.ToValidUTF8(text[:min(len(text), 80)], nil))), 60))
}

// fragments are elements with which a part of a page may begin.
var fragments = []string{"a", "b", "br", "center", "div", "font", "h1", "h2", "h3", "img", "li", "main", "p", "pre", "section", "span", "strong", "table", "ul"}

func htmlResemblance(head, lower []byte) string {
	title := pageTitle(head, lower)
	if title != "" {
		title = fmt.Sprintf(" titled %q", title)
	}
	switch {
	case bytes.Contains(lower, []byte(`type="password"`)), bytes.Contains(lower, []byte("type='password'")), bytes.Contains(lower, []byte("type=password")):
		return "a login page" + title + "; the feed may need credentials in headers"
	}
	return "an HTML page" + title + "; newswatch feeds discover finds the feeds of a page"
}

func pageTitle(head, lower []byte) string {
	from := bytes.Index(lower, []byte("<title"))
	if from < 0 || len(lower) != len(head) {
		return ""
	}
	_, rest, _ := strings.Cut(string(head[from:]), ">")
	if i := strings.Index(strings.ToLower(rest), "</title"); i >= 0 {
		return plain.Text(rest[:i], 80)
	}
	return ""
}

func rootName(text []byte) string {
	if o, err := scan(text); err == nil && o.name != "" {
		return o.name
	}
	return "?"
}
