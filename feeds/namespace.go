package feeds

import (
	"bytes"
	"slices"
)

// vocabularies are the namespaces that the parser takes for the format's own.
// RSS proper has none.
var vocabularies = map[string][]string{
	"rss":  {""},
	"rdf":  {"http://purl.org/rss/1.0/", "http://channel.netscape.com/rdf/simple/0.9/", "http://my.netscape.com/rdf/simple/0.9/", ""},
	"atom": {"http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#", ""},
}

// inNativeNamespace returns doc, which begins with its root, with the root's
// default namespace put right: misspelt or from a draft, it would make every
// element one of a foreign vocabulary.
func inNativeNamespace(doc []byte, kind string) []byte {
	uri := namespace(doc, 0)
	native := vocabularies[kind]
	if slices.Contains(native, string(bytes.TrimSpace(uri))) {
		return doc
	}
	// The attribute's value is a part of doc: its place is found by counting.
	at := len(doc) - cap(uri)
	return slices.Concat(doc[:at], []byte(native[0]), doc[at+len(uri):])
}

// namespace returns the default one that the tag at i declares, as a part of
// doc.
func namespace(doc []byte, i int) (uri []byte) {
	readTag(doc[:len(doc):len(doc)], i, func(name, value []byte) {
		if string(name) == "xmlns" {
			uri = value
		}
	})
	return uri
}
