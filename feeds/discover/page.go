package discover

import (
	"bytes"
	"net/url"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"

	"newswatch/feeds/urls"
)

// feedTypes are the media types of feeds in link elements. application/json
// is not among them: sites use it there for their interfaces.
var feedTypes = map[string]string{
	"application/rss+xml":    "rss",
	"application/rss":        "rss",
	"text/rss+xml":           "rss",
	"application/atom+xml":   "atom",
	"application/x.atom+xml": "atom",
	"application/x-atom+xml": "atom",
	"application/rdf+xml":    "rdf",
	"application/feed+json":  "json",
	"text/xml":               "feed",
	"application/xml":        "feed",
}

// maxFound bounds what one page may name.
const maxFound = 200

// readPage returns the feeds of the page's link elements, and those of its
// ordinary links that look like feeds.
func readPage(page []byte, base *url.URL) (found []Found, guesses []*url.URL) {
	z := html.NewTokenizer(bytes.NewReader(readable(page)))
	seen := map[string]bool{}
	based := false
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return found, guesses
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		name, more := z.TagName()
		tag := string(name)
		if !more || tag != "base" && tag != "link" && tag != "a" {
			continue
		}
		at := attributes(z)
		target := urls.Absolute(base, at["href"])
		switch {
		case target == "":
		case tag == "base" && !based:
			base, _ = url.Parse(target)
			based = true
		case tag == "link" && !seen[target] && len(found) < maxFound:
			if f, ok := feedLink(at); ok {
				f.URL, seen[target] = target, true
				found = append(found, f)
			}
		case tag == "a" && len(guesses) < maxProbes && feedlike(at["href"]):
			u, _ := url.Parse(target)
			guesses = append(guesses, u)
		}
	}
}

// readable returns page in UTF-8: as it is if it is that already, or else by
// its byte order mark or meta element.
func readable(page []byte) []byte {
	if utf8.Valid(page) {
		return page
	}
	e, _, _ := charset.DetermineEncoding(page[:min(len(page), 1024)], "")
	text, err := e.NewDecoder().Bytes(page)
	if err != nil {
		return page
	}
	return text
}

// attributes reads a tag's attributes, the first of each name.
func attributes(z *html.Tokenizer) map[string]string {
	at := map[string]string{}
	for more := true; more; {
		var k, v []byte
		k, v, more = z.TagAttr()
		if name := string(k); name != "" {
			if _, twice := at[name]; !twice {
				at[name] = string(v)
			}
		}
	}
	return at
}

// feedLink reads a link element, by the autodiscovery rules of the HTML
// standard, section 4.6.7.1.
func feedLink(at map[string]string) (Found, bool) {
	rel := map[string]bool{}
	for word := range strings.FieldsSeq(strings.ToLower(at["rel"])) {
		rel[word] = true
	}
	media, _, _ := strings.Cut(strings.ToLower(at["type"]), ";")
	kind, ok := feedTypes[strings.TrimSpace(media)]
	switch {
	case rel["stylesheet"], !rel["alternate"] && !rel["feed"]:
		return Found{}, false
	case !ok && rel["feed"] && media == "":
		kind = "feed"
	case !ok:
		return Found{}, false
	}
	title := strings.Join(strings.Fields(at["title"]), " ")
	return Found{Title: title, Kind: kind, How: ByLink, Pollable: true}, true
}

// feedlike tells links that probably lead to a feed from those that do not.
func feedlike(href string) bool {
	u, err := url.Parse(strings.TrimSpace(href))
	if err != nil {
		return false
	}
	p := strings.ToLower(strings.TrimSuffix(u.Path, "/"))
	switch path.Ext(p) {
	case ".rss", ".atom", ".rdf":
		return true
	case ".xml":
		return strings.Contains(p, "rss") || strings.Contains(p, "feed") || strings.Contains(p, "atom") || strings.HasSuffix(p, "/index.xml")
	}
	switch path.Base(p) {
	case "feed", "rss", "atom", "rss2", "feed.json":
		return true
	}
	return false
}
