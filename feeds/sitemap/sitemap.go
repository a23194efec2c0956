// Package sitemap turns the sitemaps of a site into items, and an index of
// sitemaps into the addresses to read next.
//
// It reads the protocol of sitemaps.org 0.9 and the extension for news, as XML,
// as a list of addresses, and compressed. It fetches nothing and does not know
// which items are new.
package sitemap

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/charset"
	"newswatch/feeds/date"
	"newswatch/feeds/plain"
	"newswatch/feeds/urls"
)

const (
	// MaxSize is how large a sitemap may be, decompressed, in bytes. Those for
	// news have 1,000 entries at most.
	MaxSize = 16 << 20

	maxEntries = 50_000 // entries that are read, as many as the protocol allows
	maxItems   = 20_000 // items that are returned, as of feeds
	maxMaps    = 100    // sitemaps of an index that are returned
	maxText    = 2 << 10
)

// A Document is one sitemap or one index of sitemaps. Both lists have the
// newest first and then the order of the document.
type Document struct {
	Index    bool
	Items    []feeds.Item
	Maps     []Map // what an index names, on its own site and not itself
	Untitled int   // items whose title only their page knows
	Dropped  int   // entries left out: no address, another site's sitemaps, or beyond the limits
	Partial  bool  // the document breaks off: what is missing may still stand on the server
}

// A Map is one entry of an index.
type Map struct {
	URL     string
	Updated time.Time // zero if the index does not say
}

// Options say what is known about a document beside its bytes.
type Options struct {
	URL string    // where it came from, for relative addresses; may be ""
	Now time.Time // dates more than a day later are not believed; zero believes all
}

// Parse reads a sitemap. One without entries is lawful: that of a site which
// had no news for two days. What is no sitemap is an error that says what it
// looks like.
func Parse(doc []byte, o Options) (Document, error) {
	doc, cut, err := decompressed(doc)
	if err != nil {
		return Document{}, err
	}
	base, err := url.Parse(o.URL)
	if err != nil {
		base = &url.URL{}
	}
	r := reader{base: base, latest: o.Now.Add(24 * time.Hour), believe: o.Now.IsZero()}
	doc, _, _ = charset.ToUTF8(doc, "")
	if doc = bytes.TrimSpace(doc); !bytes.HasPrefix(doc, []byte("<")) {
		err = r.list(doc)
	} else {
		err = r.xml(doc)
	}
	if err != nil {
		return Document{}, err
	}
	r.doc.Partial = r.doc.Partial || cut
	return r.finish(), nil
}

// decompressed undoes gzip, in which sitemaps are stored as files. cut reports
// that the file breaks off.
func decompressed(doc []byte) (text []byte, cut bool, err error) {
	if bytes.HasPrefix(doc, []byte("\x1f\x8b")) {
		z, err := gzip.NewReader(bytes.NewReader(doc))
		if err != nil {
			return nil, false, fmt.Errorf("gzip: %w", err)
		}
		doc, err = io.ReadAll(io.LimitReader(z, MaxSize+1))
		if cut = errors.Is(err, io.ErrUnexpectedEOF); err != nil && !cut {
			return nil, false, fmt.Errorf("gzip: %w", err)
		}
	}
	if len(doc) > MaxSize {
		return nil, false, fmt.Errorf("more than %d MiB", MaxSize>>20)
	}
	return doc, cut, nil
}

type reader struct {
	base    *url.URL
	latest  time.Time
	believe bool // all dates
	doc     Document
	entries int
}

// list reads a sitemap that is nothing but addresses, one a line.
func (r *reader) list(text []byte) error {
	for raw := range bytes.Lines(text) {
		address := strings.TrimSpace(string(raw))
		if address == "" {
			continue
		}
		if u, err := url.Parse(address); err != nil || u.Scheme != "https" && u.Scheme != "http" {
			return fmt.Errorf("not a sitemap: %q is neither XML nor an address", line(address, 60))
		}
		if r.entries++; r.entries > maxEntries {
			r.doc.Dropped++
			continue
		}
		r.add(entry{Loc: address})
	}
	if r.entries == 0 {
		return errors.New("not a sitemap: the body is empty")
	}
	return nil
}

// An entry is a url or a sitemap element. Names of any namespace are taken, as
// publishers misspell those.
type entry struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod"`
	News    struct {
		Title       string `xml:"title"`
		Published   string `xml:"publication_date"`
		Keywords    string `xml:"keywords"`
		Publication struct {
			Language string `xml:"language"`
		} `xml:"publication"`
	} `xml:"news"`
}

func (r *reader) xml(doc []byte) error {
	d := xml.NewDecoder(bytes.NewReader(doc))
	d.Strict = false
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is UTF-8 by now
	root := ""
	for {
		token, err := d.Token()
		if root == "" && err != nil {
			return fmt.Errorf("not a sitemap: %w", noRoot(err))
		}
		if err != nil {
			r.doc.Partial = !errors.Is(err, io.EOF)
			return nil
		}
		start, ok := token.(xml.StartElement)
		switch {
		case !ok:
		case root == "":
			if root = start.Name.Local; root != "urlset" && root != "sitemapindex" {
				return fmt.Errorf("not a sitemap: the root element is <%s>", line(root, 40))
			}
			r.doc.Index = root == "sitemapindex"
		case start.Name.Local == "url" && !r.doc.Index, start.Name.Local == "sitemap" && r.doc.Index:
			if err := r.element(d, start); err != nil {
				r.doc.Partial = true
				return nil
			}
		default:
			if d.Skip() != nil {
				r.doc.Partial = true
				return nil
			}
		}
	}
}

func (r *reader) element(d *xml.Decoder, start xml.StartElement) error {
	if r.entries++; r.entries > maxEntries {
		r.doc.Dropped++
		return d.Skip()
	}
	var e entry
	if err := d.DecodeElement(&e, &start); err != nil {
		return err
	}
	r.add(e)
	return nil
}

func noRoot(err error) error {
	if errors.Is(err, io.EOF) {
		return errors.New("there is no element")
	}
	return err
}

func (r *reader) add(e entry) {
	at := r.absolute(e.Loc)
	if at == nil {
		r.doc.Dropped++
		return
	}
	updated := r.date(e.LastMod)
	if r.doc.Index {
		if !strings.EqualFold(at.Host, r.base.Host) && r.base.Host != "" || at.String() == r.base.String() {
			r.doc.Dropped++
			return
		}
		r.doc.Maps = append(r.doc.Maps, Map{at.String(), updated})
		return
	}
	link := at.String()
	it := feeds.Item{
		GUID:      link,
		Link:      link,
		URL:       urls.Canonical(link),
		Title:     line(e.News.Title, maxText),
		Published: r.date(e.News.Published),
		Updated:   updated,
		Lang:      line(e.News.Publication.Language, 40),
	}
	for tag := range strings.SplitSeq(e.News.Keywords, ",") {
		if tag = line(tag, 256); tag != "" && len(it.Tags) < 50 {
			it.Tags = append(it.Tags, tag)
		}
	}
	if it.Title == "" {
		r.doc.Untitled++
	}
	r.doc.Items = append(r.doc.Items, it)
}

func (r *reader) absolute(loc string) *url.URL {
	const longest = 2 << 10 // the protocol's own limit
	loc = strings.TrimSpace(loc)
	u, err := r.base.Parse(loc)
	if loc == "" || len(loc) > longest || err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil
	}
	u.Fragment = ""
	return u
}

// finish puts the newest first and cuts to the limits.
func (r *reader) finish() Document {
	slices.SortStableFunc(r.doc.Items, func(a, b feeds.Item) int { return newest(b).Compare(newest(a)) })
	slices.SortStableFunc(r.doc.Maps, func(a, b Map) int { return b.Updated.Compare(a.Updated) })
	r.doc.Dropped += max(0, len(r.doc.Items)-maxItems) + max(0, len(r.doc.Maps)-maxMaps)
	for _, it := range r.doc.Items[min(len(r.doc.Items), maxItems):] {
		if it.Title == "" {
			r.doc.Untitled--
		}
	}
	r.doc.Items = r.doc.Items[:min(len(r.doc.Items), maxItems)]
	r.doc.Maps = r.doc.Maps[:min(len(r.doc.Maps), maxMaps)]
	return r.doc
}

func newest(it feeds.Item) time.Time {
	if it.Published.After(it.Updated) {
		return it.Published
	}
	return it.Updated
}

// line makes s one line of at most limit bytes.
func line(s string, limit int) string { return plain.Shorten(plain.Tidy(s), limit) }

// date returns the zero time for what it cannot read or does not believe.
func (r *reader) date(s string) time.Time {
	t := date.Parse(s)
	if !r.believe && !t.Before(r.latest) {
		return time.Time{}
	}
	return t
}
