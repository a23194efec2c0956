// Package article turns the bytes of a web page into the text of its article.
//
// It takes what a fetch brought and gives title, paragraphs, dates and authors,
// or says in a line why the page is not the article that was asked for. It
// fetches nothing and knows no feeds, clocks or files.
package article

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"newswatch/feeds/htmltree"
)

// An Article is the text of a page as a reader reads it. All texts are plain,
// in UTF-8, and free of control characters.
type Article struct {
	Title     string    // "" if the page has none
	Text      string    // paragraphs, headings and list items, an empty line between two
	Published time.Time // UTC; zero where the page does not say in its markup
	Updated   time.Time // UTC; zero likewise
	Lang      string    // BCP 47, the page's own or else the hint's; "" if neither says
	Authors   []string  // names
	Canonical string    // the address the page gives itself, if on the same registered domain: for comparing, not for clicking
	Partial   bool      // the page shows only part of the text
	Reason    string    // why Partial, in one line
	NoArchive bool      // the publisher asks for no copies: the text may be judged but not kept
	Dropped   int       // words left out as furniture of the page
}

// Words counts the words of the text; two ideographs are one.
func (a Article) Words() int { return htmltree.Words(a.Text) }

// Hints are what is known about a page beside its bytes. All may be empty.
type Hints struct {
	ContentType string // the HTTP header
	Asked       string // the address that was asked for, before redirects
	Title       string // of the item: a page that shares less than half of its words is another one
	Lang        string // of the feed
}

// minWords is the least an article has; less is a picture or a teaser.
const minWords = 40

// Extract reads the article out of page, which came from the address at. Its
// error is always an *Error. Work is bounded by the limits of this package,
// whatever the page: a second of CPU time and 128 MiB; it cannot be cancelled.
// Extract is safe for concurrent use.
func Extract(page []byte, at string, h Hints) (Article, error) {
	u, err := url.Parse(at)
	if err != nil || u.Host == "" {
		u = &url.URL{}
	}
	if err := elsewhere(u, h.Asked); err != nil {
		return Article{}, err
	}
	doc, err := htmltree.Parse(page, h.ContentType)
	if e, ok := errors.AsType[*htmltree.Error](err); ok && e.NotHTML {
		return Article{}, refuse(NotHTML, "%v", err)
	} else if err != nil {
		return Article{}, refuse(TooLarge, "%v", err)
	}
	m := readMeta(doc)
	if m.reserved {
		return Article{}, refuse(Reserved, "its publisher reserves the text against mining (tdm-reservation)")
	}
	htmltree.RemoveHidden(doc)
	linked := m.linked(u)
	m.headlines = countHeadlines(doc)
	m.shown = beginning(htmltree.Paragraphs(doc))
	partial := linked.closed && removeClosed(doc, linked.closedParts)

	paragraphs, dropped := body(doc, u, linked)
	title := m.title(linked)
	a := Article{
		Title:     title,
		Text:      strings.Join(tidied(paragraphs, title), "\n\n"),
		Published: m.published(linked),
		Updated:   m.updated(linked),
		Lang:      cmp.Or(language(m.lang), h.Lang),
		Authors:   m.authors(linked),
		Canonical: canonical(u, m),
		NoArchive: m.noArchive,
		Dropped:   dropped,
	}
	if linked.closed {
		a.Partial, a.Reason = true, "its publisher says that the page is not free to read"
		if partial {
			a.Reason += "; the parts it names are left out"
		}
	}
	if err := wrong(m, a, m.titles(linked), h.Title); err != nil {
		return Article{}, err
	}
	if !a.Partial && m.goesOn(u) {
		a.Partial, a.Reason = true, "its text goes on on further pages, which are not read"
	}
	return a, nil
}

// body chooses the text: what the publisher declares for machines if the page
// is free and shows it, else what readability finds, else all paragraphs.
func body(doc *html.Node, u *url.URL, linked linkedData) (paragraphs []string, dropped int) {
	plain := allParagraphs(doc)
	if declared := linked.body(); !linked.closed && words(declared) >= minWords && agrees(declared, plain) {
		return declared, 0
	}
	found, dropped := readable(doc, u)
	if words(found) >= minWords || words(found) >= words(plain) {
		return found, dropped
	}
	return plain, 0
}

// readable runs readability on doc, which it changes, and drops the furniture
// from what it found.
func readable(doc *html.Node, u *url.URL) (paragraphs []string, dropped int) {
	parser := readability.NewParser()
	parser.KeepClasses = true
	parser.DisableJSONLD = true
	parser.MaxElemsToParse = 2 * htmltree.MaxElements
	found, err := parser.ParseAndMutate(doc, u)
	if err != nil || found.Node == nil {
		return nil, 0
	}
	root := &html.Node{Type: html.DocumentNode}
	if found.Node.Parent != nil {
		found.Node.Parent.RemoveChild(found.Node)
	}
	root.AppendChild(found.Node)
	htmltree.Each(root, func(n *html.Node) bool {
		n.DataAtom = atom.Lookup([]byte(n.Data)) // readability renames elements by Data alone
		return true
	})
	before := words(htmltree.Paragraphs(root))
	prune(found.Node)
	paragraphs = htmltree.Paragraphs(root)
	return paragraphs, before - words(paragraphs)
}

// agrees reports whether a text the publisher declares is the one the page
// shows and no teaser of it: it is half as long at least, and most of a sample
// of its words in a row occur there. A page that shows next to nothing, as those
// drawn by scripts do, cannot contradict.
func agrees(declared, shown []string) bool {
	const run, step = 5, 25 // words compared, words from one sample to the next
	page := strings.Fields(strings.Join(shown, " "))
	if len(page) < minWords {
		return true
	}
	if 2*words(declared) < words(shown) {
		return false
	}
	known := make(map[string]bool, len(page))
	for i := 0; i+run <= len(page); i++ {
		known[strings.Join(page[i:i+run], " ")] = true
	}
	all := strings.Fields(strings.Join(declared, " "))
	hits, tries := 0, 0
	for i := 0; i+run <= len(all); i += step {
		tries++
		if known[strings.Join(all[i:i+run], " ")] {
			hits++
		}
	}
	return 2*hits >= tries
}

// A Kind says what a page is in place of the article. Callers decide by it
// whether to try again.
type Kind string

// The kinds of pages that are no articles.
const (
	TooLarge  Kind = "too large"  // beyond the bounds; not read
	NotHTML   Kind = "not HTML"   // PDF, pictures and so on
	Reserved  Kind = "reserved"   // the publisher forbids mining
	Elsewhere Kind = "elsewhere"  // redirected to a home page or to another site
	Login     Kind = "login"      // asks who the reader is
	Consent   Kind = "consent"    // asks for consent first
	Challenge Kind = "challenge"  // asks for a script or a proof of being human
	Failure   Kind = "error page" // says that something is missing or broken
	Listing   Kind = "listing"    // a list of articles
	Other     Kind = "other page" // another title than the item's
	Short     Kind = "short"      // fewer than 40 words
)

// An Error says why a page is not the article.
type Error struct {
	Kind   Kind
	Reason string // one line, without the kind
}

// Error returns kind and reason in one line.
func (e *Error) Error() string { return string(e.Kind) + ": " + e.Reason }

func refuse(kind Kind, format string, args ...any) error {
	return &Error{kind, fmt.Sprintf(format, args...)}
}
