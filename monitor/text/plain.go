package text

import (
	"html"
	"strings"

	xhtml "golang.org/x/net/html"
)

// Plain returns the text of s: markup removed, character references decoded,
// blocks separated by line breaks, scripts and styles left out. Text without
// < and & comes back as it is. Markup that was escaped twice is removed too.
func Plain(s string) string {
	if strings.IndexByte(s, '<') < 0 && strings.IndexByte(s, '&') < 0 {
		return s
	}
	if !marked(s) {
		s = html.UnescapeString(s)
		if !marked(s) {
			return s
		}
	}
	s = strip(s)
	if marked(s) {
		s = strip(s)
	}
	return s
}

// elements are the names by which markup is told from text like "<3" or
// "a <b and c> d".
var elements = func() map[string]bool {
	m := map[string]bool{}
	for n := range strings.FieldsSeq("a abbr address article aside audio b blockquote body br button caption center cite code " +
		"col dd del details div dl dt em embed figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i " +
		"iframe img input ins label li link main mark meta nav noscript object ol p picture pre q s samp script section " +
		"small source span strike strong style sub summary sup svg table tbody td tfoot th thead time title tr tt u ul video wbr") {
		m[n] = true
	}
	return m
}()

// marked reports whether s holds a tag or a comment.
func marked(s string) bool {
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			return false
		}
		s = s[i+1:]
		if strings.HasPrefix(s, "!--") || strings.HasPrefix(s, "![CDATA[") || elementAt(strings.TrimPrefix(s, "/")) {
			return true
		}
	}
}

// elementAt reports whether s begins with the name of an element and goes on
// like a tag.
func elementAt(s string) bool {
	n := 0
	for n < len(s) && n < 12 && isAlnum(s[n]) {
		n++
	}
	return n < len(s) && strings.IndexByte(" \t\r\n/>", s[n]) >= 0 && elements[strings.ToLower(s[:n])]
}

// inline are the elements that do not end a line.
var inline = map[string]bool{
	"a": true, "abbr": true, "b": true, "cite": true, "code": true, "del": true, "em": true, "font": true, "i": true,
	"ins": true, "mark": true, "q": true, "s": true, "samp": true, "small": true, "span": true, "strike": true,
	"strong": true, "sub": true, "sup": true, "time": true, "tt": true, "u": true, "wbr": true, "label": true,
	"script": true, "style": true, "template": true, "noscript": true,
}

// strip removes markup and decodes references.
func strip(s string) string {
	var b strings.Builder
	z := xhtml.NewTokenizer(strings.NewReader(s))
	hidden := ""
	for {
		switch z.Next() {
		case xhtml.ErrorToken:
			return strings.TrimSpace(b.String())
		case xhtml.TextToken:
			if hidden == "" {
				b.Write(z.Text())
			}
		case xhtml.StartTagToken, xhtml.SelfClosingTagToken, xhtml.EndTagToken:
			hidden = tag(z, &b, hidden)
		}
	}
}

// tag breaks the line for a block and returns the element whose text is
// hidden, if any.
func tag(z *xhtml.Tokenizer, b *strings.Builder, hidden string) string {
	t := z.Token()
	if !inline[t.Data] && !strings.HasSuffix(b.String(), "\n") && b.Len() > 0 {
		b.WriteByte('\n')
	}
	switch {
	case t.Type == xhtml.StartTagToken && hidden == "" && (t.Data == "script" || t.Data == "style" || t.Data == "noscript" || t.Data == "template"):
		return t.Data
	case t.Type == xhtml.EndTagToken && t.Data == hidden:
		return ""
	}
	return hidden
}
