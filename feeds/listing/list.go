package listing

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"newswatch/feeds"
	"newswatch/feeds/htmltree"
	"newswatch/feeds/plain"
	"newswatch/feeds/urls"
)

// A List reads the items of a page. It is safe for concurrent use.
type List struct {
	items, title, link, published, summary selector
	given                                  feeds.Select
}

// New checks s and returns its reader, or all mistakes at once, each beginning
// with its place ("select.items: ..."). The selectors are CSS; all but that of
// items are relative to an item and may be ""; behind one, "@name" reads an
// attribute. Without them the title is the text of the link in a heading, or of
// the longest link, the address that of the title's link, the time that of the
// first time element, and there is no summary.
func New(s feeds.Select) (*List, error) {
	l := &List{given: s}
	var problems []error
	for _, each := range []struct {
		place, text string
		into        *selector
	}{{"items", s.Items, &l.items}, {"title", s.Title, &l.title}, {"url", s.URL, &l.link}, {"published", s.Published, &l.published}, {"summary", s.Summary, &l.summary}} {
		if each.text == "" {
			if each.place == "items" {
				problems = append(problems, errors.New("select.items: is missing"))
			}
			continue
		}
		parsed, err := parseSelector(each.text)
		if err != nil {
			problems = append(problems, fmt.Errorf("select.%s: %w", each.place, err))
		}
		*each.into = parsed
	}
	return l, errors.Join(problems...)
}

// A NothingError says that the selector of the items finds none.
type NothingError struct{ selector, guess string }

// Error names the selector, and why that may be.
func (e *NothingError) Error() string {
	return "the page answers, but " + e.selector + " finds nothing" + e.guess
}

// Options say what is known about a page beside its bytes.
type Options struct {
	URL         string    // where it came from, for relative addresses
	ContentType string    // the HTTP header
	Now         time.Time // for dates such as "2 hours ago"; later dates than a day after it are not believed
}

// A Page is one page read.
type Page struct {
	Title   string
	Items   []feeds.Item
	Matched int // elements that select.items finds
	Repeats int // items left out since their address stood before
	Counts  []Count
}

// A Count says how many of the items a selector found something in.
type Count struct {
	Name, Selector string
	Found          int
}

const (
	maxItems = 5_000
	maxTitle = 1 << 10
	maxText  = 16 << 10
)

// Read reads the items of page. A page on which Items finds nothing, or on which
// half of the items lack title or address, is an error that says so: it is a
// page that was rebuilt, or none at all. What no reader of the page sees is not
// read, unless that is the whole list.
func (l *List) Read(page []byte, o Options) (Page, error) {
	doc, err := htmltree.Parse(page, o.ContentType)
	if err != nil {
		return Page{}, err
	}
	if err := affordable(doc, l.items, l.title, l.link, l.published, l.summary); err != nil {
		return Page{}, err
	}
	there := len(l.items.find(doc)) > 0
	htmltree.RemoveHidden(doc)
	if there && len(l.items.find(doc)) == 0 { // the whole list is hidden, until a script shows it
		if doc, err = htmltree.Parse(page, o.ContentType); err != nil {
			return Page{}, err
		}
	}
	return l.read(doc, o)
}

func (l *List) read(doc *html.Node, o Options) (Page, error) {
	base := baseOf(doc, o.URL)
	found := innermost(l.items.find(doc))
	p := Page{Title: titleOf(doc), Matched: len(found)}
	if len(found) == 0 {
		return Page{Title: p.Title}, &NothingError{l.given.Items, drawn(doc)}
	}
	seen := map[string]int{}
	titles, links, days, summaries := 0, 0, 0, 0
	for _, n := range found[:min(len(found), maxItems)] {
		it := l.item(n, base, o.Now)
		titles, links = titles+have(it.Title), links+have(it.Link)
		summaries += have(it.Summary)
		if !it.Published.IsZero() {
			days++
		}
		if it.Title == "" || it.Link == "" {
			continue
		}
		if i, ok := seen[it.URL]; ok {
			p.Repeats++
			p.Items[i] = merged(p.Items[i], it)
			continue
		}
		seen[it.URL] = len(p.Items)
		p.Items = append(p.Items, it)
	}
	p.Counts = []Count{{"items", l.given.Items, len(found)}, {"title", l.given.Title, titles}, {"url", l.given.URL, links}, {"published", l.given.Published, days}, {"summary", l.given.Summary, summaries}}
	switch n := min(len(found), maxItems); {
	case 2*titles < n+n%2:
		return p, fmt.Errorf("the page answers, but %d of %d items have no title%s", n-titles, n, by(l.given.Title))
	case 2*links < n+n%2:
		return p, fmt.Errorf("the page answers, but %d of %d items have no address%s", n-links, n, by(l.given.URL))
	}
	return p, nil
}

func by(selector string) string {
	if selector == "" {
		return ""
	}
	return " by " + selector
}

func have(s string) int {
	if s == "" {
		return 0
	}
	return 1
}

// drawn guesses why a page shows nothing.
func drawn(doc *html.Node) string {
	const few = 50
	if n := htmltree.Words(strings.Join(htmltree.Paragraphs(doc), " ")); n < few {
		return fmt.Sprintf("; it shows %d words: a script may draw the rest, or the site is closed", n)
	}
	return ""
}

// innermost leaves out elements that have others of the list within: they are
// boxes around items.
func innermost(found []*html.Node) (items []*html.Node) {
	outer := map[*html.Node]bool{}
	chosen := map[*html.Node]bool{}
	for _, n := range found {
		chosen[n] = true
	}
	for _, n := range found {
		for p := n.Parent; p != nil && !outer[p]; p = p.Parent {
			if chosen[p] {
				outer[p] = true
			}
		}
	}
	for _, n := range found {
		if !outer[n] {
			items = append(items, n)
		}
	}
	return items
}

// merged takes the longer title of one link in two places, as of a picture and
// a headline, and what only one of them has.
func merged(a, b feeds.Item) feeds.Item {
	if htmltree.Words(b.Title) > htmltree.Words(a.Title) {
		a.Title = b.Title
	}
	if a.Published.IsZero() {
		a.Published = b.Published
	}
	if a.Summary == "" {
		a.Summary = b.Summary
	}
	return a
}

func (l *List) item(n *html.Node, base *url.URL, now time.Time) (it feeds.Item) {
	headline, link := headlineOf(n)
	if l.given.Title != "" {
		it.Title = l.title.value(n)
		for _, titled := range l.title.find(n) {
			if a := linkAt(titled, n); a != nil {
				link = a
				break
			}
		}
	} else if headline != nil {
		it.Title = strings.Join(htmltree.Paragraphs(headline), " ")
	}
	href := ""
	if l.given.URL != "" {
		href = l.address(n)
	} else if link != nil {
		href = htmltree.Attribute(link, "href")
	}
	it.Title = plain.Shorten(it.Title, maxTitle)
	if it.Link, it.URL = urls.Resolve(base, href); it.Link != "" {
		it.GUID = it.Link
	}
	if l.given.Summary != "" {
		it.Summary = plain.Shorten(l.summary.value(n), maxText)
	}
	if l.given.Published != "" {
		it.Published = parseDay(l.published.value(n), now)
	} else {
		it.Published = timeIn(n, now)
	}
	return it
}

// address reads select.url, whose element may be a link or be read by an
// attribute of its own.
func (l *List) address(n *html.Node) string {
	if l.link.attribute != "" {
		return l.link.value(n)
	}
	for _, e := range l.link.find(n) {
		if a := linkAt(e, n); a != nil {
			return htmltree.Attribute(a, "href")
		}
	}
	return ""
}

// linkAt returns the link that e is, has within, or stands in below item.
func linkAt(e, item *html.Node) *html.Node {
	for p := e; p != nil; p = p.Parent {
		if isLink(p) {
			return p
		}
		if p == item {
			break
		}
	}
	var first *html.Node
	htmltree.Each(e, func(n *html.Node) bool {
		if first == nil && isLink(n) {
			first = n
		}
		return first == nil
	})
	return first
}

// isLink tells links to pages.
func isLink(n *html.Node) bool {
	if n.DataAtom != atom.A {
		return false
	}
	href := strings.ToLower(strings.TrimSpace(htmltree.Attribute(n, "href")))
	for _, other := range [...]string{"#", "javascript:", "mailto:", "tel:", "data:"} {
		if strings.HasPrefix(href, other) {
			return false
		}
	}
	return href != ""
}

// headlineOf returns what reads like the headline of an item and its link: the
// first heading with one, else the longest link, else the item in a link.
func headlineOf(item *html.Node) (headline, link *html.Node) {
	longest := 0
	var heading, headingLink *html.Node
	htmltree.Each(item, func(n *html.Node) bool {
		switch n.DataAtom {
		case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			if heading == nil {
				if a := linkAt(n, item); a != nil && htmltree.Paragraphs(n) != nil {
					heading, headingLink = n, a
				}
			}
		case atom.A:
			if words := htmltree.Words(strings.Join(htmltree.Paragraphs(n), " ")); isLink(n) && words > longest {
				headline, link, longest = n, n, words
			}
		}
		return true
	})
	if heading != nil {
		return heading, headingLink
	}
	if link == nil && isLink(item) {
		return item, item
	}
	return headline, link
}

func titleOf(doc *html.Node) (title string) {
	htmltree.Each(doc, func(n *html.Node) bool {
		if n.DataAtom == atom.Title && title == "" && n.FirstChild != nil {
			title = plain.Shorten(htmltree.Line(n.FirstChild.Data), maxTitle)
		}
		return title == ""
	})
	return title
}

// baseOf returns the address from which links are read. A base element counts
// only on the page's own host.
func baseOf(doc *html.Node, at string) *url.URL {
	u, err := url.Parse(at)
	if err != nil {
		u = &url.URL{}
	}
	base := u
	htmltree.Each(doc, func(n *html.Node) bool {
		if n.DataAtom == atom.Base && base == u {
			if b, err := u.Parse(htmltree.Attribute(n, "href")); err == nil && strings.EqualFold(b.Host, u.Host) {
				base = b
			}
		}
		return n.DataAtom != atom.Body
	})
	return base
}
