package article

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// textOf returns the paragraphs of n: every block is one, and what two line
// breaks keep apart are two.
func textOf(n *html.Node) []string {
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
	block := isBlock(n.DataAtom)
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

func isBlock(a atom.Atom) bool {
	switch a {
	case atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Body, atom.Caption, atom.Center, atom.Dd, atom.Details,
		atom.Dialog, atom.Div, atom.Dl, atom.Dt, atom.Fieldset, atom.Figcaption, atom.Figure, atom.Footer, atom.Form, atom.H1,
		atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Header, atom.Hr, atom.Html, atom.Li, atom.Main, atom.Menu, atom.Nav,
		atom.Ol, atom.P, atom.Pre, atom.Section, atom.Summary, atom.Table, atom.Tbody, atom.Tfoot, atom.Thead, atom.Tr, atom.Ul:
		return true
	}
	return false
}

// allParagraphs returns the text of every p of doc: too much, but the article
// is among it.
func allParagraphs(doc *html.Node) (paragraphs []string) {
	each(doc, func(n *html.Node) bool {
		switch n.DataAtom {
		case atom.P:
			paragraphs = append(paragraphs, textOf(n)...)
			return false
		case atom.Nav, atom.Footer, atom.Aside, atom.Form:
			return false
		}
		return true
	})
	return paragraphs
}

// htmlText returns the paragraphs of a text that may have markup in it.
func htmlText(s string) []string {
	if strings.ContainsAny(s, "<&") {
		// A fragment is parsed without the depth of a page around it, but its
		// tags count as a page's do.
		if checkTags([]byte(s)) == nil {
			if doc, err := html.Parse(strings.NewReader(s)); err == nil && checkTree(doc) == nil {
				s = strings.Join(textOf(doc), "\n")
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

// line returns s as a text of one line.
func line(s string) string { return strings.Join(htmlText(s), " ") }

// tidied leaves out what is no sentence of the text: the title once more, bare
// addresses and numbers of pictures, and paragraphs of some length that were
// there before, as pages without end load them twice.
func tidied(paragraphs []string, title string) []string {
	const short = 8 // words, which may well be said twice
	seen := map[string]bool{}
	kept := paragraphs[:0]
	for _, p := range paragraphs {
		address := strings.HasPrefix(p, "http") && !strings.Contains(p, " ")
		silent := len(p) < 40 && !strings.ContainsFunc(p, unicode.IsLetter)
		if p == title || address || silent || seen[p] && countWords(p) >= short {
			continue
		}
		seen[p] = true
		kept = append(kept, p)
	}
	return kept
}

func words(paragraphs []string) (n int) {
	for _, p := range paragraphs {
		n += countWords(p)
	}
	return n
}

// countWords counts what white space keeps apart, and two ideographs as one
// word where a language writes without it.
func countWords(s string) (n int) {
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

// each visits the elements below n in their order, and goes into those for
// which visit returns true. visit may remove the element it is given.
func each(n *html.Node, visit func(*html.Node) bool) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		if c.Type == html.ElementNode && visit(c) {
			each(c, visit)
		}
		c = next
	}
}

func attribute(n *html.Node, name string) string {
	value, _ := lookup(n, name)
	return value
}

func lookup(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// beginning joins paragraphs as far as walls speak.
func beginning(paragraphs []string) string {
	const enough = 4 << 10
	var b strings.Builder
	for _, p := range paragraphs {
		if b.Len() > enough {
			break
		}
		b.WriteString(p)
		b.WriteByte(' ')
	}
	return b.String()
}
