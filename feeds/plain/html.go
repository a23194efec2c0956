package plain

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// htmlText returns the text a reader sees in the HTML s: words that markup
// keeps apart are apart, scripts, styles and comments gone, white space single.
func htmlText(s string) string {
	if strings.Contains(s, "<![CDATA[") { // escaped once too often
		s = strings.NewReplacer("<![CDATA[", "", "]]>", "").Replace(s)
	}
	text, open := readHTML(s, isHidden)
	if open {
		// An element that hides its content was never closed: what stands
		// behind it may well be the article.
		text, _ = readHTML(s, isScript)
	}
	return text
}

// readHTML skips what hides tells. open reports that it was skipping still
// when s ended.
func readHTML(s string, hides func(atom.Atom) bool) (text string, open bool) {
	z := html.NewTokenizer(strings.NewReader(s))
	var b strings.Builder
	b.Grow(len(s))
	hidden := atom.Atom(0) // the element whose content is being skipped
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			if _, rest, ok := bytes.Cut(z.Raw(), []byte{'>'}); ok && hidden == 0 {
				// A tag with a quote left open, which ate what follows.
				inner, _ := readHTML(string(rest), hides)
				b.WriteByte(' ')
				b.WriteString(inner)
			}
			return b.String(), hidden != 0
		case html.TextToken:
			if hidden == 0 {
				b.Write(z.Text())
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			a := atom.Lookup(name[bytes.IndexByte(name, ':')+1:]) // XHTML may come with a prefix
			if kind == html.SelfClosingTagToken || !hides(a) {
				z.NextIsNotRawText()
			}
			switch {
			case hidden != 0:
				if kind == html.EndTagToken && a == hidden {
					hidden = 0
				}
			case hides(a):
				if kind == html.StartTagToken {
					hidden = a
				}
			case !isInline(a):
				b.WriteByte(' ')
			}
		}
	}
}

// isHidden tells elements whose content is not read.
func isHidden(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Template, atom.Select, atom.Title, atom.Head, atom.Desc, atom.Annotation:
		return true
	}
	return false
}

func isScript(a atom.Atom) bool { return a == atom.Script || a == atom.Style }

// isInline tells elements that do not end a word. Unknown ones do not.
func isInline(a atom.Atom) bool {
	switch a {
	case atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Br, atom.Button, atom.Caption, atom.Center, atom.Dd,
		atom.Details, atom.Dir, atom.Div, atom.Dl, atom.Dt, atom.Fieldset, atom.Figcaption, atom.Figure, atom.Footer,
		atom.Form, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Header, atom.Hr, atom.Iframe, atom.Img,
		atom.Input, atom.Li, atom.Main, atom.Menu, atom.Nav, atom.Ol, atom.Option, atom.P, atom.Pre, atom.Section,
		atom.Summary, atom.Table, atom.Tbody, atom.Td, atom.Tfoot, atom.Th, atom.Thead, atom.Tr, atom.Ul, atom.Video:
		return false
	}
	return true
}

// HasMarkup reports whether s has a tag of HTML or a comment, so that its "<"
// are not just less-than signs and its List<String> is not a tag.
func HasMarkup(s string) bool {
	after := len(s) - 1 - strings.LastIndexByte(s, '>') // bytes behind the last end of a tag
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 || i+1 == len(s) {
			return false
		}
		s = s[i+1:]
		if strings.HasPrefix(s, "!--") || strings.HasPrefix(s, "![CDATA[") {
			return true
		}
		name := strings.TrimPrefix(s, "/")
		n := tagNameLength(name)
		if n < len(name) && name[n] == ':' { // the prefix of XHTML
			name = name[n+1:]
			n = tagNameLength(name)
		}
		if n == 0 || n == len(name) || !strings.ContainsRune(" \t\r\n/>", rune(name[n])) {
			continue
		}
		if a := atom.Lookup([]byte(strings.ToLower(name[:n]))); a != 0 && len(name)-n > after {
			return true
		}
	}
}

// tagNameLength is how many bytes of s may be the name of a tag of HTML.
func tagNameLength(s string) int {
	n := 0
	for n < len(s) && n < 20 && (isTagName(s[n]) || s[n] == '_') {
		n++
	}
	return n
}
