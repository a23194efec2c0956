package parse

import (
	"bytes"

	"newswatch/feeds"
)

// A source is a sound document as gofeed is given it, and the entries in it. The
// texts and dates of entries are left out of doc: gofeed would only copy the ones,
// and try 150 layouts on the others. They are read from the entries' parts.
type source struct {
	kind    string
	doc     []byte
	head    []byte  // the document before its first entry
	entries []entry // in the order of doc; nil if gofeed reads everything
}

// An entry is one entry of a document, as written.
type entry struct {
	hash  uint64
	bytes []byte
	parts parts
}

// newSource returns the source of text, which is sound and outlined by o, without
// those of its entries that are known.
func newSource(text []byte, o outline, known feeds.Hashes) (s source, unchanged []uint64) {
	read := o.entries[:min(len(o.entries), feeds.MaxEntries)]
	hashes, size := make([]uint64, len(read)), o.end-o.root
	for i, e := range read {
		hashes[i] = feeds.Hash(text[e.from:e.to])
		if known.Has(hashes[i]) {
			size -= e.to - e.from
		}
	}
	s = source{kind: o.kind, doc: make([]byte, 0, size/2), entries: []entry{}, head: text[o.root:]}
	at := s.root(text, o)
	for i, e := range o.entries {
		s.doc = append(s.doc, text[at:e.from]...)
		at = e.to
		if i == 0 {
			s.head = text[o.root:e.from]
		}
		switch {
		case i >= len(read):
		case known.Has(hashes[i]):
			unchanged = append(unchanged, hashes[i])
		default:
			b := text[e.from:e.to]
			s.add(entry{hashes[i], b, partsOf(b, make(parts, 0, 16))})
		}
	}
	s.doc = append(s.doc, text[at:o.end]...)
	return s, unchanged
}

// wholeSource returns the source of a document in which gofeed reads everything.
func wholeSource(text []byte, o outline) source {
	if len(o.entries) <= feeds.MaxEntries {
		return source{kind: o.kind, doc: text[o.root:o.end]}
	}
	s := source{kind: o.kind}
	at := o.root
	for _, e := range o.entries[feeds.MaxEntries:] {
		s.doc = append(s.doc, text[at:e.from]...)
		at = e.to
	}
	s.doc = append(s.doc, text[at:o.end]...)
	return s
}

// root appends the tag of the root, without the declarations of namespaces
// that say no more than their prefix, and returns the offset past it. gofeed
// copies all that are in scope for each element, and takes a prefix that nobody
// declared as it is written.
func (s *source) root(text []byte, o outline) int {
	at, whole := o.root, text[:len(text):len(text)]
	t := readTag(whole, o.root, func(name, value []byte) {
		uri, ok := usualNamespaces[string(name)]
		if !ok || string(value) != uri || s.kind == "atom" && string(name) == "xmlns:atom" {
			return
		}
		s.doc = append(s.doc, text[at:len(text)-cap(name)]...)
		at = len(text) - cap(value) + len(value) + 1
	})
	s.doc = append(s.doc, text[at:t.to]...)
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

// add appends an entry, but for the parts that are taken from it.
func (s *source) add(e entry) {
	at := 0
	for i := range e.parts {
		if p := &e.parts[i]; s.takes(*p) {
			p.taken = true
			s.doc = append(s.doc, e.bytes[at:p.from]...)
			at = p.to
		}
	}
	s.doc = append(s.doc, e.bytes[at:]...)
	s.entries = append(s.entries, e)
}

// takes reports whether p is a text or a date that needs no gofeed to read it.
func (s *source) takes(p part) bool {
	if !p.leaf {
		return false
	}
	name := string(p.name)
	switch {
	case s.kind != "atom":
		return !p.foreign && (name == "description" || name == "pubDate") || name == "encoded" && bytes.HasPrefix(p.tag, []byte("<content:encoded>"))
	case p.foreign:
		return false
	case name == "published", name == "updated":
		return true
	case name == "title", name == "summary", name == "content":
		return p.isText()
	}
	return false
}
