package parse

import (
	"bytes"
	"html"
	"strconv"
	"strings"

	"newswatch/feeds"
)

// The parser reads a document byte by byte, and most bytes of a feed are the
// texts of its entries, which it only hands on. So it is given the document
// without them: a stand-in in the place of each long text, which restore
// exchanges for the text afterwards. Which element is what stays the parser's
// to say.
const (
	placeholder = "\ue0fa" // encloses the number of a text; of private use, so that hardly any document has it
	longText    = 64       // bytes; shorter ones are not worth it
)

// An abridgement is a document as the parser is given it.
type abridgement struct {
	doc   []byte
	kind  string
	texts [][]byte // as written, by their number
}

// shortenTexts returns text, which is sound and outlined by o, from its root to its
// end. Where stand-ins could be mistaken it is left as it is.
func shortenTexts(text []byte, o outline) *abridgement {
	a := &abridgement{kind: o.kind}
	if bytes.Contains(text, []byte(placeholder)) || bytes.Contains(text, []byte("xml:base")) {
		a.doc = text[o.root:o.end]
		return a
	}
	a.doc = make([]byte, 0, (o.end-o.root)/2)
	at := a.root(text, o)
	for _, e := range o.entries {
		a.doc = append(a.doc, text[at:e.from]...)
		a.entry(text[e.from:e.to])
		at = e.to
	}
	a.doc = append(a.doc, text[at:o.end]...)
	return a
}

// root appends the tag of the root, without the declarations of namespaces
// that say no more than their prefix, and returns the offset past it. The
// parser copies all that are in scope for each element, and takes a prefix that
// nobody declared as it is written.
func (a *abridgement) root(text []byte, o outline) int {
	at, whole := o.root, text[:len(text):len(text)]
	t := readTag(whole, o.root, func(name, value []byte) {
		uri, ok := usualNamespaces[string(name)]
		if !ok || string(value) != uri || a.kind == "atom" && string(name) == "xmlns:atom" {
			return
		}
		a.doc = append(a.doc, text[at:len(text)-cap(name)]...)
		at = len(text) - cap(value) + len(value) + 1
	})
	a.doc = append(a.doc, text[at:t.to]...)
	return t.to
}

// usualNamespaces are the vocabularies that gofeed calls by the prefix they usually
// have.
var usualNamespaces = map[string]string{
	"xmlns:atom":       "http://www.w3.org/2005/Atom",
	"xmlns:content":    "http://purl.org/rss/1.0/modules/content/",
	"xmlns:dc":         "http://purl.org/dc/elements/1.1/",
	"xmlns:dcterms":    "http://purl.org/dc/terms/",
	"xmlns:feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
	"xmlns:georss":     "http://www.georss.org/georss",
	"xmlns:itunes":     "http://www.itunes.com/DTDs/PodCast-1.0.dtd",
	"xmlns:media":      "http://search.yahoo.com/mrss/",
	"xmlns:slash":      "http://purl.org/rss/1.0/modules/slash/",
	"xmlns:sy":         "http://purl.org/rss/1.0/modules/syndication/",
	"xmlns:thr":        "http://purl.org/rss/1.0/modules/threading/",
	"xmlns:wfw":        "http://wellformedweb.org/commentAPI/",
}

// entry appends one entry: its elements without the space between them.
func (a *abridgement) entry(e []byte) {
	t := readTag(e, 0, nil)
	a.doc = append(a.doc, e[:t.to]...)
	for at := t.to; at < len(e); {
		at = skipSpace(e, at)
		if at+1 >= len(e) || e[at] != '<' || !isNameStart(e[at+1]) {
			n := bytes.IndexByte(e[min(at+1, len(e)):], '<')
			if n < 0 || bytes.HasPrefix(e[at:], []byte("<!")) || bytes.HasPrefix(e[at:], []byte("<?")) {
				a.doc = append(a.doc, e[at:]...) // rare: the rest as it is
				return
			}
			a.doc = append(a.doc, e[at:at+1+n]...)
			at += 1 + n
			continue
		}
		at = a.element(e, at)
	}
}

// element appends the child of an entry that begins at i and returns the
// offset past it.
func (a *abridgement) element(e []byte, i int) int {
	t := readTag(e, i, nil)
	if t.to == 0 {
		a.doc = append(a.doc, e[i:]...)
		return len(e)
	}
	inner, to, leaf := t.to, t.to, true
	if !t.empty {
		inner, to, leaf = pastElement(e, t.to)
	}
	name := e[t.name.from:t.name.to]
	switch {
	case leaf && isUnread(name):
	case leaf && a.carries(name, e, i, t, inner-t.to):
		a.doc = append(a.doc, e[i:t.to]...)
		a.placeholder(e[t.to:inner])
		a.doc = append(a.doc, e[inner:to]...)
	default:
		a.doc = append(a.doc, e[i:to]...)
	}
	return to
}

// placeholder appends one for a text. In a CDATA section the parser looks for no
// markup in it.
func (a *abridgement) placeholder(text []byte) {
	a.doc = append(a.doc, "<![CDATA["+placeholder...)
	a.doc = strconv.AppendInt(a.doc, int64(len(a.texts)), 10)
	a.doc = append(a.doc, placeholder+"]]>"...)
	a.texts = append(a.texts, text)
}

// pastElement finds the end of the element whose content begins at at: where
// its end tag begins and where that ends. leaf reports that there is nothing
// in it but text.
func pastElement(e []byte, at int) (inner, to int, leaf bool) {
	leaf = true
	for depth := 0; ; {
		n := bytes.IndexByte(e[at:], '<')
		if n < 0 || at+n+1 >= len(e) {
			return len(e), len(e), false
		}
		at += n
		switch c := e[at+1]; {
		case c == '/':
			end := bytes.IndexByte(e[at:], '>')
			if end < 0 {
				return len(e), len(e), false
			}
			if depth == 0 {
				return at, at + end + 1, leaf
			}
			depth--
			at += end + 1
		case c == '!' || c == '?':
			next, kind := skipAside(e, at)
			leaf = leaf && kind == asideCDATA
			at = next
		default:
			t := readTag(e, at, nil)
			if leaf = false; t.to == 0 {
				return len(e), len(e), false
			}
			if at = t.to; !t.empty {
				depth++
			}
		}
	}
}

// isUnread tells elements without text of ours: the parser would keep them,
// and nobody would ask for them.
func isUnread(name []byte) bool {
	switch string(name) {
	case "comments", "slash:comments", "wfw:commentRss", "wfw:comment", "media:thumbnail", "thr:total", "post-id":
		return true
	}
	return false
}

// carries tells elements that the parser hands on as restore reads them, if
// their text, of so many bytes, is worth it. t is the tag at i.
func (a *abridgement) carries(name, e []byte, i int, t tag, length int) bool {
	if t.spaces > 0 {
		return false
	}
	if a.kind != "atom" {
		return length >= longText && (string(name) == "description" || string(name) == "content:encoded")
	}
	switch string(name) {
	case "title", "summary", "content":
	default:
		return false
	}
	plain := true
	readTag(e, i, func(name, value []byte) {
		switch {
		case string(name) == "type" && string(value) == "html":
			length += longText // the parser would build a tree even of a short one
		case string(name) == "type" && string(value) == "text", string(name) == "xml:lang":
		default:
			plain = false
		}
	})
	return plain && length >= longText
}

// restore returns the text that s, a value the parser gave, stands for: s
// itself if it is no stand-in.
func (a *abridgement) restore(s string) string {
	number, ok := strings.CutPrefix(s, placeholder)
	if !ok {
		return s
	}
	if number, ok = strings.CutSuffix(number, placeholder); !ok {
		return s
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || n >= len(a.texts) {
		return s
	}
	return elementText(a.texts[n])
}

// misplaced reports whether a stand-in has come to where nobody restores it.
func (a *abridgement) misplaced(items []feeds.Item) bool {
	if len(a.texts) == 0 {
		return false
	}
	for i := range items {
		it := &items[i]
		for _, s := range [...]string{it.GUID, it.Title, it.Link, it.Summary, it.Content, it.Source, strings.Join(it.Authors, ""), strings.Join(it.Tags, "")} {
			if strings.Contains(s, placeholder) {
				return true
			}
		}
	}
	return false
}

// elementText returns the text between the tags of an element, raw, as gofeed
// reads it: CDATA sections as they are, and entities resolved elsewhere.
func elementText(raw []byte) string {
	s := string(bytes.TrimSpace(raw))
	const begin, end = "<![CDATA[", "]]>"
	if rest, ok := strings.CutPrefix(s, begin); ok && strings.Index(rest, end) == len(rest)-len(end) {
		return rest[:len(rest)-len(end)] // nearly always
	}
	var b strings.Builder
	b.Grow(len(s))
	for {
		outside, rest, ok := strings.Cut(s, begin)
		resolve(&b, outside)
		if !ok {
			return b.String()
		}
		inside, after, closed := strings.Cut(rest, end)
		if !closed {
			resolve(&b, begin+rest)
			return b.String()
		}
		b.WriteString(inside)
		s = after
	}
}

// longestEntity is more than the longest name of an entity.
const longestEntity = 64

// resolve appends s to b with its entities resolved: those that end in a
// semicolon, and no others, or addresses with parameters would suffer.
func resolve(b *strings.Builder, s string) {
	for {
		i := strings.IndexByte(s, '&')
		if i < 0 {
			b.WriteString(s)
			return
		}
		b.WriteString(s[:i])
		s = s[i:]
		end := strings.IndexByte(s[:min(len(s), longestEntity)], ';')
		if end < 0 || strings.ContainsAny(s[1:end], " \t\r\n") {
			b.WriteByte('&')
			s = s[1:]
			continue
		}
		text := entity(s[:end+1])
		if text == "" {
			b.WriteByte('&')
			s = s[1:]
			continue
		}
		b.WriteString(text)
		s = s[end+1:]
	}
}

// entity returns what "&name;" stands for, "" if it is none.
func entity(s string) string {
	switch s {
	case "&lt;":
		return "<"
	case "&gt;":
		return ">"
	case "&amp;":
		return "&"
	case "&quot;":
		return `"`
	}
	text := html.UnescapeString(s)
	if text == html.UnescapeString(s[:len(s)-1])+";" {
		return "" // the semicolon is not a part of it
	}
	return text
}
