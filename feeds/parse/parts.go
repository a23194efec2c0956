package parse

import (
	"bytes"
	"encoding/base64"
	"html"
	"regexp"
	"slices"
	"strings"
)

// A part is an element directly within an entry or a feed, as written. It has
// what the parser drops: attributes such as the language, all but the last of
// several elements of one name, elements that belong to another format, and
// the order of markup.
type part struct {
	name    []byte // without prefix
	foreign bool   // of another vocabulary than the element around it
	tag     []byte
	inner   []byte
	from    int  // where it begins in the element around it
	to      int  // where it ends there
	leaf    bool // there is nothing in it but text
	taken   bool // gofeed is not given it
}

type parts []part

// is reports whether the part has this name, written in any case.
func (p part) is(name string) bool {
	return len(p.name) == len(name) && strings.EqualFold(string(p.name), name)
}

// partsOf returns the parts of the sound element that doc begins with, in the
// room of spare if that is enough. Doc may break off.
func partsOf(doc []byte, spare parts) parts {
	if len(doc) == 0 {
		return nil
	}
	t := readTag(doc, 0, nil)
	own := prefixOf(doc[t.name.from:t.name.to])
	ps := spare[:0]
	depth := 0
	for at := t.to; t.to > 0 && !t.empty; {
		n := bytes.IndexByte(doc[at:], '<')
		if n < 0 || at+n+1 == len(doc) {
			break
		}
		at += n
		switch c := doc[at+1]; {
		case c == '!' || c == '?':
			next, kind := skipAside(doc, at)
			if depth > 0 && kind != asideCDATA {
				ps[len(ps)-1].leaf = false
			}
			at = next
		case c == '/':
			if depth--; depth < 0 {
				return ps
			}
			next := past(doc, at, ">")
			if last := &ps[len(ps)-1]; depth == 0 {
				last.inner = last.inner[:len(last.inner)-(len(doc)-at)]
				last.to = next
			}
			at = next
		default:
			inside := readTag(doc, at, nil)
			if inside.to == 0 {
				return ps
			}
			if depth == 0 {
				ps = append(ps, newPart(doc, at, inside, own))
			} else {
				ps[len(ps)-1].leaf = false
			}
			if !inside.empty {
				depth++
			}
			at = inside.to
		}
	}
	return ps
}

// newPart returns the part whose tag t begins at at; its end is not known yet.
func newPart(doc []byte, at int, t tag, own string) part {
	name := doc[t.name.from:t.name.to]
	prefix := prefixOf(name)
	renamed := false
	if t.spaces > 0 {
		_, renamed = attribute(doc, at, "xmlns")
	}
	p := part{
		name:    name[len(prefix):],
		foreign: prefix != own || renamed,
		tag:     doc[at:t.to],
		from:    at,
		to:      t.to,
		leaf:    !t.empty,
	}
	if !t.empty {
		p.inner = doc[t.to:]
	}
	return p
}

// prefixOf returns the prefix of an element's name with its colon, "" if there
// is none.
func prefixOf(name []byte) string {
	return string(name[:bytes.IndexByte(name, ':')+1])
}

// attr returns the value of an attribute, whose name may be written in any
// case; "" if there is none.
func (p part) attr(name string) (value string) {
	readTag(p.tag, 0, func(n, v []byte) {
		if strings.EqualFold(string(n), name) {
			value = html.UnescapeString(string(v))
		}
	})
	return value
}

// text returns what the part says: CDATA as it stands, all else with its
// escapes resolved, elements as markup.
func (p part) text() string {
	if bytes.IndexByte(p.inner, '&') < 0 && bytes.IndexByte(p.inner, '<') < 0 {
		return strings.TrimSpace(string(p.inner))
	}
	var b strings.Builder
	for rest := p.inner; len(rest) > 0; {
		before, section, _ := bytes.Cut(rest, []byte("<![CDATA["))
		b.WriteString(html.UnescapeString(string(before)))
		section, rest, _ = bytes.Cut(section, []byte("]]>"))
		b.Write(section)
	}
	return strings.TrimSpace(b.String())
}

// isText reports whether an element of Atom holds text or HTML, and not markup or
// something packed.
func (p part) isText() bool {
	text := true
	readTag(p.tag, 0, func(name, value []byte) {
		switch {
		case string(name) == "type" && (string(value) == "html" || string(value) == "text"), string(name) == "xml:lang":
		default:
			text = false
		}
	})
	return text
}

// construct returns what a text construct of Atom says (RFC 4287, 3.1), ready to be
// read as HTML: where it is text by its type, or for want of one, its markup is
// words of the text. Where no type says so, text that can only be HTML is HTML:
// many publishers forget to say it.
func (p part) construct() string {
	s := p.text()
	if strings.IndexByte(s, '<') < 0 || !p.isText() {
		return s
	}
	switch kind := p.attr("type"); {
	case strings.EqualFold(kind, "html"), kind == "" && evidentHTML.MatchString(s):
		return s
	}
	return strings.ReplaceAll(s, "<", "&lt;")
}

// evidentHTML finds what is markup and no talk about it: an element that ends, one
// with attributes, a line break.
var evidentHTML = regexp.MustCompile(`(?i)</[a-z][a-z0-9]*\s*>|<[a-z][a-z0-9]*\s+[a-z-]+\s*=|<(?:br|p|hr)\s*/?>`)

// constructs returns what the Atom text constructs of this name say that gofeed was
// not given, or of which it keeps only the last one.
func (ps parts) constructs(name string) []string {
	n := 0
	for _, p := range ps {
		if !p.foreign && p.is(name) {
			n++
		}
	}
	var out []string
	for _, p := range ps {
		if p.is(name) && (p.taken || n > 1 && !p.foreign) {
			out = append(out, p.construct())
		}
	}
	return out
}

// take returns the texts of the parts of this name that gofeed was not given.
func (ps parts) take(name string) []string {
	var out []string
	for _, p := range ps {
		if p.taken && p.is(name) {
			out = append(out, p.text())
		}
	}
	return out
}

// texts returns the texts of the native parts with one of the names, in their
// order.
func (ps parts) texts(names ...string) []string {
	var out []string
	for _, p := range ps {
		if !p.foreign && slices.ContainsFunc(names, p.is) {
			if s := p.text(); s != "" {
				out = append(out, s)
			}
		}
	}
	return out
}

// repeated returns the texts of the native parts of this name if there are
// several: the parser keeps only the last one.
func (ps parts) repeated(name string) []string {
	n := 0
	for _, p := range ps {
		if !p.foreign && p.is(name) {
			n++
		}
	}
	if n < 2 {
		return nil
	}
	return ps.texts(name)
}

// attrs returns an attribute of the native parts of this name that have it.
func (ps parts) attrs(name, attribute string) []string {
	var out []string
	for _, p := range ps {
		if !p.foreign && p.is(name) {
			if s := p.attr(attribute); s != "" {
				out = append(out, s)
			}
		}
	}
	return out
}

// markup returns the inside of the foreign parts of this name that hold
// elements, in which the parser loses their order.
func (ps parts) markup(name string) []string {
	var out []string
	for _, p := range ps {
		if p.foreign && p.is(name) && bytes.IndexByte(p.inner, '<') >= 0 && bytes.Contains(p.inner, []byte("</")) {
			out = append(out, string(p.inner))
		}
	}
	return out
}

// packed returns the texts of the native parts of this name that are in base64
// (mode="base64" of Atom 0.3), unpacked.
func (ps parts) packed(name string) []string {
	var out []string
	for _, p := range ps {
		if p.foreign || !p.is(name) || !bytes.Contains(p.tag, []byte("base64")) || !strings.EqualFold(p.attr("mode"), "base64") {
			continue
		}
		raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(p.text()), ""))
		if err == nil {
			out = append(out, string(bytes.ToValidUTF8(raw, []byte("\uFFFD"))))
		}
	}
	return out
}

// langs returns the languages said of the text of an entry, the one that says
// most, and then of the entry itself, which begins with its tag.
func (ps parts) langs(entry []byte) []string {
	if !bytes.Contains(entry, []byte("xml:lang")) {
		return nil
	}
	for _, name := range [...]string{"content", "encoded", "fullitem", "body", "description", "summary", "title"} {
		for _, p := range ps {
			if p.is(name) && len(p.inner) > 0 {
				return []string{tagLang(p.tag, 0), tagLang(entry, 0)}
			}
		}
	}
	return []string{tagLang(entry, 0)}
}
