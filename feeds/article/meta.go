package article

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/publicsuffix"

	"newswatch/feeds/date"
	"newswatch/feeds/htmltree"
)

// meta is what a page says about itself in its head and by elements made for
// machines.
type meta struct {
	named      map[string]string // meta elements by name, property or itemprop, in lower case; the first counts
	authorTags []string
	heading    string // title element
	h1         []string
	lang       string
	links      map[string]string // link elements by rel
	next       []string          // addresses of what comes next, by links and link elements
	times      []string          // time elements that say they are of publication, then others within an article
	scripts    []string          // JSON-LD
	passwords  int               // fields for passwords
	noscript   string            // the beginning of what readers without scripts see
	shown      string            // the beginning of what all readers see
	headlines  int               // links to different pages that read like headlines
	hasArticle bool              // an article among the structured data
	noArchive  bool
	reserved   bool
}

func readMeta(doc *html.Node) *meta {
	m := &meta{named: map[string]string{}, links: map[string]string{}}
	var otherTimes []string
	htmltree.Each(doc, func(n *html.Node) bool {
		switch n.DataAtom {
		case atom.Html:
			m.lang = htmltree.Attribute(n, "lang")
		case atom.Title:
			if m.heading == "" && (n.Parent == nil || n.Parent.DataAtom != atom.Svg) {
				m.heading = htmltree.Line(rawText(n))
			}
		case atom.H1:
			if len(m.h1) < 5 {
				m.h1 = append(m.h1, strings.Join(htmltree.Paragraphs(n), " "))
			}
		case atom.Meta:
			m.metaElement(n)
		case atom.Link:
			if rel := strings.ToLower(htmltree.Attribute(n, "rel")); m.links[rel] == "" {
				m.links[rel] = strings.TrimSpace(htmltree.Attribute(n, "href"))
			}
			m.follows(n)
		case atom.A:
			m.follows(n)
		case atom.Script:
			if strings.Contains(strings.ToLower(htmltree.Attribute(n, "type")), "ld+json") && len(m.scripts) < 20 {
				m.scripts = append(m.scripts, rawText(n))
			}
		case atom.Noscript:
			if len(m.noscript) < 2000 {
				m.noscript += rawText(n) + " "
			}
		case atom.Input:
			if strings.EqualFold(htmltree.Attribute(n, "type"), "password") {
				m.passwords++
			}
		case atom.Time:
			if published, when := timeElement(n); published {
				m.times = append(m.times, when)
			} else {
				otherTimes = append(otherTimes, when)
			}
		}
		return true
	})
	m.times = append(m.times, otherTimes...)
	robots := strings.ToLower(m.named["robots"] + "," + m.named["googlebot"])
	m.noArchive = strings.Contains(robots, "noarchive")
	m.reserved = m.named["tdm-reservation"] == "1"
	return m
}

// follows notes where a link leads that says what comes next.
func (m *meta) follows(n *html.Node) {
	if slices.Contains(strings.Fields(strings.ToLower(htmltree.Attribute(n, "rel"))), "next") && len(m.next) < 5 {
		m.next = append(m.next, strings.TrimSpace(htmltree.Attribute(n, "href")))
	}
}

func (m *meta) metaElement(n *html.Node) {
	content := strings.TrimSpace(htmltree.Attribute(n, "content"))
	if content == "" {
		return
	}
	for _, key := range [...]string{"name", "property", "itemprop", "http-equiv"} {
		name := strings.ToLower(strings.TrimSpace(htmltree.Attribute(n, key)))
		if name == "" {
			continue
		}
		if _, known := m.named[name]; !known {
			m.named[name] = content
		}
		switch name {
		case "author", "article:author", "parsely-author", "dc.creator", "sailthru.author", "byl":
			m.authorTags = append(m.authorTags, content)
		}
	}
}

// timeElement reads a time element, and whether it is marked as the time of
// publication.
func timeElement(n *html.Node) (published bool, when string) {
	when = htmltree.Attribute(n, "datetime")
	_, isPubdate := htmltree.LookupAttribute(n, "pubdate")
	marks := strings.ToLower(htmltree.Attribute(n, "itemprop") + " " + htmltree.Attribute(n, "class"))
	return isPubdate || strings.Contains(marks, "publish"), when
}

func rawText(n *html.Node) string {
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// titles returns all titles the page gives itself, the best first.
func (m *meta) titles(linked linkedData) []string {
	all := []string{linked.headline, htmltree.Line(m.named["og:title"]), htmltree.Line(m.named["twitter:title"])}
	all = append(all, m.h1...)
	all = append(all, m.heading)
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

func (m *meta) title(linked linkedData) string {
	if all := m.titles(linked); len(all) > 0 {
		return all[0]
	}
	return ""
}

func (m *meta) published(linked linkedData) time.Time {
	return firstTime(append([]string{linked.published}, m.all("article:published_time", "og:published_time", "article:published", "datepublished",
		"parsely-pub-date", "sailthru.date", "pubdate", "publishdate", "publish-date", "publish_date", "publication_date", "article.published",
		"dc.date.issued", "dcterms.created", "dc.date", "dcterms.date", "date", "cxenseparse:recs:publishtime", "rnews:datepublished", "timestamp")...), m.times)
}

func (m *meta) updated(linked linkedData) time.Time {
	return firstTime(append([]string{linked.updated}, m.all("article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified", "dcterms.modified")...), nil)
}

func (m *meta) all(names ...string) (values []string) {
	for _, name := range names {
		values = append(values, m.named[name])
	}
	return values
}

func firstTime(lists ...[]string) time.Time {
	for _, list := range lists {
		for _, s := range list {
			if t := date.Parse(s); !t.IsZero() {
				return t
			}
		}
	}
	return time.Time{}
}

// authors prefers the structured data; addresses of profiles are no names.
func (m *meta) authors(linked linkedData) (names []string) {
	const most = 20
	for _, s := range append(slices.Clone(linked.authors), m.authorTags...) {
		if len(linked.authors) > 0 && len(names) >= len(linked.authors) {
			break
		}
		s = strings.TrimSpace(byPrefix.ReplaceAllString(htmltree.Line(s), ""))
		if s == "" || len(s) > 200 || strings.Contains(s, "://") || slices.Contains(names, s) || len(names) == most {
			continue
		}
		names = append(names, s)
	}
	return names
}

var (
	byPrefix    = regexp.MustCompile(`(?i)^by\s+`)
	languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
)

// language returns s as a language tag, "" if it is none.
func language(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(s), "_", "-")
	if !languageTag.MatchString(s) {
		return ""
	}
	return s
}

// canonical returns the address that the page gives itself. One of a stranger
// is none: it would make two sites' articles one.
func canonical(at *url.URL, m *meta) string {
	for _, raw := range [...]string{m.links["canonical"], m.named["og:url"]} {
		u, err := at.Parse(raw)
		if raw == "" || err != nil || u.Scheme != "https" && u.Scheme != "http" || !sameSite(at, u) {
			continue
		}
		if strings.Trim(u.Path, "/") == "" && strings.Trim(at.Path, "/") != "" {
			continue // every page of some sites calls itself the home page
		}
		u.Fragment = ""
		return u.String()
	}
	return ""
}

// sameSite reports whether two addresses are of one registered domain.
func sameSite(a, b *url.URL) bool {
	x, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(a.Hostname()))
	y, err2 := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(b.Hostname()))
	if err != nil || err2 != nil {
		return strings.EqualFold(a.Hostname(), b.Hostname())
	}
	return x == y
}
