package htmltree

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Paragraphs returns the paragraphs of n: every block is one, and what two line
// breaks keep apart are two.
func Paragraphs(n *html.Node) []string {
	w := writer{}
	w.node(n)
	w.end()
	return w.paragraphs
}

type writer struct {
	paragraphs []string
	current    strings.Builder
	space      bool // a space is due before the next word
	breaks     int  // line breaks in a row
}

func (w *writer) node(n *html.Node) {
	switch n.Type {
	case html.TextNode:
		w.text(n.Data)
	case html.ElementNode, html.DocumentNode:
		w.element(n)
	}
}

func (w *writer) element(n *html.Node) {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Head, atom.Iframe, atom.Svg, atom.Math,
		atom.Select, atom.Textarea, atom.Object, atom.Audio, atom.Video, atom.Canvas:
		return
	case atom.Br:
		w.space = true
		if w.breaks++; w.breaks > 1 {
			w.end()
		}
		return
	}
	block := IsBlock(n.DataAtom)
	if block {
		w.end()
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c)
	}
	if block {
		w.end()
	} else if n.DataAtom == atom.Td || n.DataAtom == atom.Th {
		w.space = true
	}
}

// text appends words with single spaces, without control and invisible
// characters.
func (w *writer) text(s string) {
	for i, r := range s {
		switch {
		case unicode.IsSpace(r):
			w.space = true
			continue
		case unicode.IsControl(r), r == '\u00ad', r == '\u200b', r == '\u2060', r == '\ufeff', r == utf8.RuneError:
			continue
		}
		if w.space && w.current.Len() > 0 {
			w.current.WriteByte(' ')
		}
		w.space, w.breaks = false, 0
		w.current.WriteString(s[i : i+utf8.RuneLen(r)])
	}
}

// end closes the paragraph.
func (w *writer) end() {
	if w.current.Len() > 0 {
		w.paragraphs = append(w.paragraphs, w.current.String())
		w.current.Reset()
	}
	w.space = false
}

// IsBlock tells elements that end a paragraph.
func IsBlock(a atom.Atom) bool {
	switch a {
	case atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Body, atom.Caption, atom.Center, atom.Dd, atom.Details,
		atom.Dialog, atom.Div, atom.Dl, atom.Dt, atom.Fieldset, atom.Figcaption, atom.Figure, atom.Footer, atom.Form, atom.H1,
		atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Header, atom.Hr, atom.Html, atom.Li, atom.Main, atom.Menu, atom.Nav,
		atom.Ol, atom.P, atom.Pre, atom.Section, atom.Summary, atom.Table, atom.Tbody, atom.Tfoot, atom.Thead, atom.Tr, atom.Ul:
		return true
	}
	return false
}

// FragmentParagraphs returns the paragraphs of a text that may have markup in it.
func FragmentParagraphs(s string) []string {
	if strings.ContainsAny(s, "<&") {
		// A fragment is parsed without the depth of a page around it, but its
		// tags count as a page's do.
		if checkTags([]byte(s)) == nil {
			if doc, err := html.Parse(strings.NewReader(s)); err == nil && checkTree(doc) == nil {
				s = strings.Join(Paragraphs(doc), "\n")
			}
		}
	}
	var w writer
	for line := range strings.Lines(s) {
		w.text(line)
		w.end()
	}
	return w.paragraphs
}

// Line returns s as a text of one line.
func Line(s string) string { return strings.Join(FragmentParagraphs(s), " ") }

// Words counts what white space keeps apart, and two ideographs as one
// word where a language writes without it.
func Words(s string) (n int) {
	ideographs, inWord := 0, false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			inWord = false
		case r >= 0x3040 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
			ideographs++
			inWord = false
		case !inWord:
			n, inWord = n+1, true
		}
	}
	return n + (ideographs+1)/2
}

// Each visits the elements below n in their order, and goes into those for
// which visit returns true. visit may remove the element it is given.
func Each(n *html.Node, visit func(*html.Node) bool) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		if c.Type == html.ElementNode && visit(c) {
			Each(c, visit)
		}
		c = next
	}
}

// Attribute returns the value of an attribute, "" if n has none of the name.
func Attribute(n *html.Node, name string) string {
	value, _ := LookupAttribute(n, name)
	return value
}

// LookupAttribute also reports whether n has the attribute.
func LookupAttribute(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}
