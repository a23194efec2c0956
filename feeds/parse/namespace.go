package parse

import (
	"bytes"
	"html"
	"slices"
)

// vocabularies are the namespaces that the parser takes for the format's own.
// RSS proper has none; where it must have one, as with a prefix, that of RSS 1.0
// is understood.
var vocabularies = map[string][]string{
	"rss":  {"", "http://purl.org/rss/1.0/"},
	"rdf":  {"http://purl.org/rss/1.0/", "http://channel.netscape.com/rdf/simple/0.9/", "http://my.netscape.com/rdf/simple/0.9/", ""},
	"atom": {"http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#", ""},
}

// inNativeNamespace returns doc, which begins with its root, with the namespace
// of the format's elements put right: misspelt, from a draft or not declared at
// all, it would make every element one of a foreign vocabulary.
func inNativeNamespace(doc []byte, kind string) []byte {
	root := readTag(doc, 0, nil)
	tags, prefix := []int{0}, prefixOf(doc[root.name.from:root.name.to])
	if kind != "atom" { // the elements of RSS begin with the channel
		if at := nextTag(doc, root.to); at > 0 {
			t := readTag(doc, at, nil)
			tags, prefix = []int{at, 0}, prefixOf(doc[t.name.from:t.name.to])
		}
	}
	native := vocabularies[kind]
	name := "xmlns"
	if prefix != "" {
		name += ":" + prefix[:len(prefix)-1]
		native = slices.DeleteFunc(slices.Clone(native), func(uri string) bool { return uri == "" })
	}
	for _, at := range tags {
		uri, ok := attribute(doc, at, name)
		switch {
		case !ok:
		case slices.Contains(native, string(bytes.TrimSpace(uri))):
			return doc
		default:
			return replaced(doc, uri, native[0])
		}
	}
	if prefix == "" {
		return doc
	}
	return slices.Concat(doc[:root.name.to], []byte(" "+name+`="`+native[0]+`"`), doc[root.name.to:])
}

// onBase returns doc, which begins with its root, with the root's xml:base made
// absolute: the parser knows no address of the document, against which relative
// ones further in are to be resolved (XML Base, section 4).
func (p *reader) onBase(doc []byte) []byte {
	if p.base == nil || !bytes.Contains(doc, []byte("xml:base")) {
		return doc
	}
	given, ok := attribute(doc, 0, "xml:base")
	base, err := p.base.Parse(string(bytes.TrimSpace(given)))
	if err != nil || base.Scheme != "http" && base.Scheme != "https" {
		base = p.base
	}
	if ok {
		return replaced(doc, given, html.EscapeString(base.String()))
	}
	name := readTag(doc, 0, nil).name
	return slices.Concat(doc[:name.to], []byte(` xml:base="`+html.EscapeString(base.String())+`"`), doc[name.to:])
}

// nextTag returns the offset of the first start tag at or after at, -1 if
// something else comes first.
func nextTag(doc []byte, at int) int {
	for {
		n := bytes.IndexByte(doc[at:], '<')
		if n < 0 || at+n+1 == len(doc) {
			return -1
		}
		switch at += n; {
		case doc[at+1] == '!' || doc[at+1] == '?':
			at, _ = skipAside(doc, at)
		case isNameStart(doc[at+1]):
			return at
		default:
			return -1
		}
	}
}

// attribute returns the value of an attribute of the tag at i, as a part of
// doc.
func attribute(doc []byte, i int, name string) (value []byte, ok bool) {
	readTag(doc[:len(doc):len(doc)], i, func(n, v []byte) {
		if string(n) == name {
			value, ok = v, true
		}
	})
	return value, ok
}

// replaced returns doc with another text in place of part, a part of it.
func replaced(doc, part []byte, by string) []byte {
	at := len(doc) - cap(part) // its place is found by counting
	return slices.Concat(doc[:at], []byte(by), doc[at+len(part):])
}
