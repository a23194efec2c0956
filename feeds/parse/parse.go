// Package parse turns the bytes of an RSS, Atom or JSON Feed document into a
// feeds.Document.
//
// It makes no request and reads no store. It is the only importer of gofeed.
package parse

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/charset"
	"newswatch/feeds/date"
	"newswatch/feeds/plain"
	"newswatch/feeds/urls"
)

// Options say what is known about a document beside its bytes.
type Options struct {
	URL         string       // where it came from, for relative addresses; may be ""
	ContentType string       // the HTTP header, for its charset; may be ""
	Known       feeds.Hashes // entries that are not read again but listed in Document.Unchanged
	MaxBody     feeds.Size   // refuse more bytes than this; 0 is 16MiB
	Now         time.Time    // dates more than a day later are not believed; zero believes all
}

// Document reads doc, a whole decompressed document, as RSS 0.9x, 1.0 or 2.0,
// Atom 0.3 or 1.0, or JSON Feed 1.0 or 1.1.
//
// What is wrong with a document is mended where a reader could tell what was
// meant (Document.Repaired). A document that breaks off yields the entries
// before the break. Every entry that has an identifier, an address, a title or
// a text becomes an Item, in the order of the document; nothing else is ever
// left out, save for what lies beyond 20,000 entries (Document.Dropped).
//
// Item.Content is the full text only where the entry has a description beside
// it or nothing but it: an entry with one text that is too long for a summary
// has its beginning in Summary and all of it in Content.
//
// Parse takes time and memory in proportion to doc and refuses what would take
// its parser more. It is safe for concurrent use; the caller bounds how many
// run at a time. Its errors are *FetchError with Fault NotAFeed, Unparseable
// or TooLarge, save for a panic in the parser, which costs this document only.
func Document(doc []byte, o Options) (d feeds.Document, err error) {
	defer func() {
		if r := recover(); r != nil {
			d, err = feeds.Document{}, fmt.Errorf("the parser broke down: %v; please report this feed", r)
		}
	}()
	return parse(doc, o)
}

// parse is Parse, but for a panic in our own code.
func parse(doc []byte, o Options) (feeds.Document, error) {
	if limit := int64(cmp.Or(o.MaxBody, feeds.DefaultMaxBody)); int64(len(doc)) > limit {
		return feeds.Document{}, tooLarge("%d bytes, more than the %d that fetch.max_body allows", len(doc), limit)
	}
	text, mended, unknown := charset.ToUTF8(doc, o.ContentType)
	text = bytes.TrimLeft(text, " \t\r\n")
	p := reader{options: o, base: urls.ParseBase(o.URL), text: text}
	var d feeds.Document
	var err error
	if len(text) > 0 && (text[0] == '{' || text[0] == '[') {
		d, err = p.json(text)
	} else {
		d, err = p.xml(text)
	}
	if err != nil {
		return feeds.Document{}, err
	}
	d.Repaired, d.Charset = d.Repaired || mended, unknown
	p.dropFutureDates(&d)
	return d, nil
}

// A reader reads one document.
type reader struct {
	options Options
	base    *url.URL // of relative addresses; nil if nothing says
	text    []byte   // the whole document
	order   date.Order
	ordered bool // order was looked for
}

// xml reads an RSS or Atom document.
func (p *reader) xml(text []byte) (feeds.Document, error) {
	o, err := scan(text)
	if err != nil {
		return feeds.Document{}, err
	}
	if o.kind == "" {
		if text, o, err = findRoot(text, o); err != nil {
			return feeds.Document{}, err
		}
	}
	if expanded, ok := expandEntities(text, o.root); ok {
		text = expanded
		if o, err = scan(text); err != nil {
			return feeds.Document{}, err
		}
	}
	mended := o.flawed || o.cut
	if mended {
		broken := text
		if text = repair(broken, o); len(text) > maxRepaired(broken) {
			return feeds.Document{}, unparseable(errors.New("its markup is broken all over"))
		}
		if o, err = scan(text); err != nil {
			return feeds.Document{}, err
		}
		if o.flawed || o.kind == "" {
			return feeds.Document{}, unparseable(errors.New("its markup is broken beyond repair"))
		}
	}
	d, err := p.entries(text, o)
	d.Repaired = d.Repaired || mended
	return d, err
}

// findRoot finds the feed in a document whose first element is not its root:
// behind the warnings of the software that wrote it, or without its shell.
func findRoot(text []byte, o outline) ([]byte, outline, error) {
	shell := map[string][2]string{"channel": {"rss", "rss"}, "entry": {"feed", "atom"}}
	if wrap, ok := shell[o.name]; ok {
		inner := inNativeNamespace(text[o.root:], wrap[1])
		text = slices.Concat([]byte("<"+wrap[0]+">"), inner, []byte("</"+wrap[0]+">"))
	} else if at := hiddenRoot(text); at > 0 && o.name != "html" {
		text = text[at:]
	} else {
		return nil, o, notAFeed(text)
	}
	inner, err := scan(text)
	if err == nil && inner.kind == "" {
		err = notAFeed(text)
	}
	inner.flawed = true // whatever it is, it is not what it should be
	return text, inner, err
}

// hiddenRoot looks for the root of a feed near the beginning of text.
func hiddenRoot(text []byte) int {
	head := bytes.ToLower(text[:min(len(text), 64<<10)])
	for _, root := range []string{"<rss", "<rdf:rdf", "<feed"} {
		at := bytes.Index(head, []byte(root))
		if end := at + len(root); at >= 0 && end < len(head) && bytes.IndexByte([]byte(" >\t\r\n"), head[end]) >= 0 {
			return at
		}
	}
	return -1
}

// entries parses a sound document. Entries that were seen before are left out
// before gofeed sees it, which is what makes a poll with one new entry cheap.
func (p *reader) entries(text []byte, o outline) (feeds.Document, error) {
	var d feeds.Document
	var err error
	s, unchanged := newSource(text, o, p.options.Known)
	matched := !o.mixed
	if matched {
		d, matched, err = p.read(s)
	}
	if err != nil || !matched {
		unchanged = nil // the scan and gofeed see different entries
		d, _, err = p.read(wholeSource(text, o))
	}
	d.Unchanged, d.Dropped = unchanged, max(0, len(o.entries)-feeds.MaxEntries)
	d.Repaired = d.Repaired || d.Dropped > 0
	return d, err
}

// read gives s to gofeed. matched reports whether that found the entries of s.
func (p *reader) read(s source) (d feeds.Document, matched bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			d, matched, err = feeds.Document{}, false, unparseable(fmt.Errorf("the parser failed on it: %v", r))
		}
	}()
	s.doc = p.onBase(inNativeNamespace(s.doc, s.kind))
	if s.kind == "atom" {
		return p.atom(s)
	}
	return p.rss(s)
}

// at returns entry i, the zero value if entries are not known.
func (s *source) at(i int) entry {
	if i >= len(s.entries) {
		return entry{}
	}
	return s.entries[i]
}

func unparseable(cause error) error {
	return &feeds.FetchError{Fault: feeds.Unparseable, Err: fmt.Errorf("looks like a feed and cannot be read: %w", plain.ShortError(cause))}
}

// dropFutureDates removes dates more than a day after Options.Now: the publisher
// mistyped them, and no reader may sort by them.
func (p *reader) dropFutureDates(d *feeds.Document) {
	if p.options.Now.IsZero() {
		return
	}
	latest := p.options.Now.AddDate(0, 0, 1)
	for i := range d.Items {
		it := &d.Items[i]
		if it.Published.After(latest) {
			it.Published = time.Time{}
		}
		if it.Updated.After(latest) {
			it.Updated = time.Time{}
		}
	}
}
