// Package htmltree turns the bytes of a page into a tree of elements that is safe
// to work on, and parts of the tree into paragraphs of plain text. It knows
// nothing of what the page is about.
package htmltree

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"newswatch/feeds/charset"
)

// The bounds of a page. Neither the parser of HTML nor readability can be
// cancelled, and both take quadratic time on pages made for it, so what goes
// beyond is refused before. Of 1,213 recorded pages of news the largest had
// 1.6 MB, 10,112 elements, 51 levels, 10,154 attributes and a weight of texts
// of 8.2 million.
const (
	MaxPage       = 4 << 20 // bytes, decompressed
	maxToken      = 1 << 20 // bytes of one tag, comment or script
	MaxElements   = 50_000
	maxAttributes = 100_000
	maxReopened   = 200_000 // elements that the parser makes of formatting left open
	maxDepth      = 128
	maxWeight     = 32_000_000 // sum of the bytes of all texts and elements, each times its depth
	elementWeight = 30         // bytes that an element counts as
)

// An Error says why a page is not parsed.
type Error struct {
	NotHTML bool   // it is something else; otherwise it is beyond the bounds
	Reason  string // one line
}

// Error returns the reason.
func (e *Error) Error() string { return e.Reason }

func tooLarge(format string, args ...any) error {
	return &Error{Reason: fmt.Sprintf(format, args...)}
}

// Parse decodes page, whose HTTP header is contentType, and parses it. Its error
// is always an *Error.
func Parse(page []byte, contentType string) (*html.Node, error) {
	if len(page) > MaxPage {
		return nil, tooLarge("%d bytes, more than %d", len(page), MaxPage)
	}
	if err := isHTML(page, contentType); err != nil {
		return nil, err
	}
	page, _, _ = charset.ToUTF8(page, charsetOf(page, contentType))
	page = withoutLongScripts(page)
	if err := checkTags(page); err != nil {
		return nil, err
	}
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return nil, tooLarge("%v", err)
	}
	return doc, checkTree(doc)
}

// charsetOf returns the content type with the charset that decides for bytes that
// are not UTF-8: that of the header, else the one that the page names.
func charsetOf(page []byte, contentType string) string {
	const far = 4 << 10 // the HTML standard looks no further than 1 KiB, publishers write it later
	if lower := strings.ToLower(contentType); strings.Contains(lower, "charset") && !strings.Contains(lower, "utf-8") {
		return contentType
	}
	m := metaCharset.FindSubmatch(page[:min(len(page), far)])
	if m == nil || strings.EqualFold(string(m[1]), "utf-8") {
		return ""
	}
	return "text/html; charset=" + string(m[1])
}

var metaCharset = regexp.MustCompile(`(?i)<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w:.-]{1,40})`)

func isHTML(page []byte, contentType string) error {
	kind, _, _ := mime.ParseMediaType(contentType)
	if sniffed := http.DetectContentType(page); kind == "" || strings.HasPrefix(sniffed, "application/") || strings.HasPrefix(sniffed, "image/") {
		kind, _, _ = strings.Cut(sniffed, ";")
	}
	switch kind {
	case "text/html", "application/xhtml+xml", "text/plain", "text/xml", "application/xml", "application/octet-stream":
		return nil
	}
	return &Error{NotHTML: true, Reason: "the page is " + kind}
}

// checkTags counts what the parser will have to build, without building it.
func checkTags(page []byte) error {
	z := html.NewTokenizer(bytes.NewReader(page))
	z.SetMaxBuf(maxToken)
	starts, ends, attributes, reopened := 0, 0, 0, 0
	open := map[atom.Atom]int{} // formatting elements by name
	standing := 0               // sum of open
	for {
		switch z.Next() {
		case html.ErrorToken:
			if z.Err() == html.ErrBufferExceeded {
				return tooLarge("a tag or script of more than %d bytes", maxToken)
			}
			return nil
		case html.StartTagToken, html.SelfClosingTagToken:
			starts++
			name, more := z.TagName()
			a := atom.Lookup(name)
			for more {
				_, _, more = z.TagAttr()
				attributes++
			}
			if formats(a) {
				open[a]++
				standing++
			} else {
				reopened += standing
			}
		case html.EndTagToken:
			ends++ // a stray </p> makes an element too
			name, _ := z.TagName()
			if a := atom.Lookup(name); open[a] > 0 {
				open[a]--
				standing--
			}
		}
		switch {
		case max(starts, ends) > MaxElements:
			return tooLarge("more than %d elements", MaxElements)
		case attributes > maxAttributes:
			return tooLarge("more than %d attributes", maxAttributes)
		case reopened > maxReopened:
			return tooLarge("formatting elements that are never closed")
		}
	}
}

// formats tells the elements that the parser opens again in every block as
// long as they are not closed (HTML standard, list of active formatting
// elements).
func formats(a atom.Atom) bool {
	switch a {
	case atom.A, atom.B, atom.Big, atom.Code, atom.Em, atom.Font, atom.I, atom.Nobr, atom.S, atom.Small, atom.Strike, atom.Strong, atom.Tt, atom.U:
		return true
	}
	return false
}

// checkTree bounds depth, and what quadratic work on nested texts would cost.
func checkTree(doc *html.Node) error {
	weight, deepest, nodes := 0, 0, 0
	var visit func(n *html.Node, depth int)
	visit = func(n *html.Node, depth int) {
		nodes++
		deepest = max(deepest, depth)
		if n.Type == html.ElementNode {
			weight += elementWeight * depth
		} else if n.Type == html.TextNode && n.Parent != nil && n.Parent.DataAtom != atom.Script && n.Parent.DataAtom != atom.Style {
			weight += len(n.Data) * depth
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			visit(c, depth+1)
		}
	}
	visit(doc, 0)
	switch {
	case deepest > maxDepth:
		return tooLarge("elements nested %d deep, more than %d", deepest, maxDepth)
	case weight > maxWeight:
		return tooLarge("too many elements or too much text nested too deep")
	case nodes > 4*MaxElements:
		return tooLarge("more than %d elements", MaxElements)
	}
	return nil
}

// withoutLongScripts empties scripts that no reader needs and that alone would
// break the bound on one token.
func withoutLongScripts(page []byte) []byte {
	const long = 64 << 10
	if len(page) < long {
		return page
	}
	var kept []byte
	rest := page
	for {
		begin := indexFold(rest, "<script")
		if begin < 0 {
			break
		}
		open := bytes.IndexByte(rest[begin:], '>')
		if open < 0 {
			break
		}
		end := indexFold(rest[begin+open:], "</script")
		if end < 0 {
			break
		}
		kept = append(kept, rest[:begin+open+1]...)
		if script := rest[begin+open+1 : begin+open+end]; len(script) < long || bytes.Contains(rest[begin:begin+open], []byte("ld+json")) {
			kept = append(kept, script...)
		}
		rest = rest[begin+open+end:]
	}
	return append(kept, rest...)
}

// indexFold finds a lower-case ASCII text in any case.
func indexFold(s []byte, text string) int {
	for at := 0; ; at++ {
		i := bytes.IndexByte(s[at:], text[0])
		if i < 0 || at+i+len(text) > len(s) {
			return -1
		}
		at += i
		if bytes.EqualFold(s[at:at+len(text)], []byte(text)) {
			return at
		}
	}
}
