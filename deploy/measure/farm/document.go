package farm

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"hash/fnv"
	"html"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// What the documents are like, taken from feeds of newsrooms: sizes and
// numbers of entries between two bounds, small documents more often than large
// ones.
const (
	fewestEntries, mostEntries = 20, 50
	smallest, largest          = 20 << 10, 80 << 10 // bytes, before compression
	atomShare                  = 0.3                // the others are RSS 2.0
	latin1Share                = 0.02               // in ISO-8859-1, the others in UTF-8
	fullTextShare              = 0.4                // with full texts beside the summaries
	cdataShare                 = 0.6                // with markup in CDATA, the others escape it
	agencyShare                = 0.1                // of the entries: a headline that other feeds have too
	agencyStories              = 5000
)

// A style is what the entries of one feed have in common.
type style struct {
	number               int
	site                 string // address of the outlet, without a slash at the end
	title                string
	atom, latin1         bool
	cdata, full          bool
	guids                int // how entries are named: one of four ways
	entries, bytesOfEach int
	newest               time.Time // of the entries that are there from the start
}

// An entry is one item of a feed.
type entry struct {
	title, link, id, author string
	summary, content        string // markup; content may be empty
	sections                []string
	at                      time.Time
	picture                 bool
}

// chance returns the source of everything that is made up for a feed, and for
// salt within it.
func chance(seed uint64, feed int, salt uint64) writer {
	return writer{rand.New(rand.NewPCG(seed+salt<<32, uint64(feed)))}
}

// styleOf makes up a feed.
func styleOf(seed uint64, number int, site string, newest time.Time) (style, writer) {
	w := chance(seed, number, 0)
	s := style{number: number, site: site, atom: w.Float64() < atomShare, latin1: w.Float64() < latin1Share,
		cdata: w.Float64() < cdataShare, full: w.Float64() < fullTextShare, guids: w.IntN(4)}
	s.title = fmt.Sprintf("%s %s %d", pick(w, towns), pick(w, sections), number)
	s.entries = fewestEntries + w.IntN(mostEntries-fewestEntries+1)
	size := smallest * math.Pow(float64(largest)/smallest, w.Float64())
	s.bytesOfEach = int(size) / s.entries
	s.newest = newest.Add(-time.Duration(w.IntN(7200)) * time.Second)
	return s, w
}

// entry makes up one entry of the feed, published at a time.
func (s *style) entry(w writer, title string, at time.Time) entry {
	number := w.Uint32()
	e := entry{title: title, at: at, picture: number%5 == 0, link: fmt.Sprintf("%s/%s/%s-%d", s.site, at.Format("2006/01"), slug(title), number)}
	switch s.guids {
	case 0:
		e.id = e.link
	case 1:
		e.id = fmt.Sprintf("%s/?p=%d", s.site, number)
	case 2:
		e.id = fmt.Sprintf("tag:outlet%d.example,%s:%d", s.number, at.Format("2006-01-02"), number)
	default:
		e.id = fmt.Sprintf("urn:uuid:%08x-%04x-4%03x-8%03x-%012x", number, w.IntN(1<<16), w.IntN(1<<12), w.IntN(1<<12), w.Uint64()>>16)
	}
	if w.IntN(4) > 0 {
		e.author = w.person()
	}
	for range 1 + w.IntN(3) {
		e.sections = append(e.sections, pick(w, sections))
	}
	const around = 600 // what title, link, id and tags take
	room := max(s.bytesOfEach-around, 150)
	if !s.cdata {
		room = room * 9 / 10 // escaping makes it longer
	}
	if s.full {
		e.summary, e.content = w.markup(min(room/3, 240), s.site), w.markup(max(room-240, 150), s.site)
	} else {
		e.summary = w.markup(room, s.site)
	}
	return e
}

// slug is the part of an address that is made from a title.
func slug(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	return strings.Join(words, "-")
}

// document writes the feed with what was published since on top, newest first.
func document(seed uint64, number int, site string, newest time.Time, published []entry) []byte {
	s, w := styleOf(seed, number, site, newest)
	entries := published
	at := s.newest
	for range s.entries {
		title := w.headline()
		if w.Float64() < agencyShare {
			title = chance(seed, w.IntN(agencyStories), 1).headline()
		}
		entries = append(entries[:len(entries):len(entries)], s.entry(w, title, at))
		at = at.Add(-time.Duration(2+w.IntN(240)) * time.Minute)
	}
	var b bytes.Buffer
	b.Grow(largest + 4096)
	if s.atom {
		s.writeAtom(&b, entries)
	} else {
		s.writeRSS(&b, entries)
	}
	if !s.latin1 {
		return b.Bytes()
	}
	text, err := encoding.HTMLEscapeUnsupported(charmap.ISO8859_1.NewEncoder()).Bytes(b.Bytes())
	if err != nil {
		panic(err) // every character has a reference
	}
	return text
}

func (s *style) charset() string {
	if s.latin1 {
		return "ISO-8859-1"
	}
	return "UTF-8"
}

func (s *style) writeRSS(b *bytes.Buffer, entries []entry) {
	fmt.Fprintf(b, `<?xml version="1.0" encoding="%s"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">
<channel>
	<title>%s</title>
	<link>%s/</link>
	<atom:link href="%s/feed" rel="self" type="application/rss+xml"/>
	<description>All of %s</description>
	<lastBuildDate>%s</lastBuildDate>
	<language>en-US</language>
`, s.charset(), html.EscapeString(s.title), s.site, s.site, html.EscapeString(s.title), entries[0].at.Format(time.RFC1123Z))
	for i := range entries {
		e := &entries[i]
		fmt.Fprintf(b, "\t<item>\n\t\t<title>%s</title>\n\t\t<link>%s</link>\n", s.quote(e.title), e.link)
		if e.author != "" {
			fmt.Fprintf(b, "\t\t<dc:creator>%s</dc:creator>\n", s.quote(e.author))
		}
		fmt.Fprintf(b, "\t\t<pubDate>%s</pubDate>\n", e.at.Format(time.RFC1123Z))
		for _, c := range e.sections {
			fmt.Fprintf(b, "\t\t<category>%s</category>\n", s.quote(c))
		}
		fmt.Fprintf(b, "\t\t<guid isPermaLink=\"%t\">%s</guid>\n\t\t<description>%s</description>\n", e.id == e.link, e.id, s.quote(e.summary))
		if e.content != "" {
			fmt.Fprintf(b, "\t\t<content:encoded>%s</content:encoded>\n", s.quote(e.content))
		}
		if e.picture {
			fmt.Fprintf(b, "\t\t<media:thumbnail url=\"%s.jpg\" width=\"320\" height=\"180\"/>\n", e.link)
		}
		b.WriteString("\t</item>\n")
	}
	b.WriteString("</channel>\n</rss>\n")
}

func (s *style) writeAtom(b *bytes.Buffer, entries []entry) {
	fmt.Fprintf(b, `<?xml version="1.0" encoding="%s"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-US">
  <title>%s</title>
  <id>%s/</id>
  <link rel="alternate" type="text/html" href="%s/"/>
  <link rel="self" type="application/atom+xml" href="%s/feed"/>
  <updated>%s</updated>
`, s.charset(), html.EscapeString(s.title), s.site, s.site, s.site, entries[0].at.Format(time.RFC3339))
	for i := range entries {
		e := &entries[i]
		fmt.Fprintf(b, "  <entry>\n    <title type=\"html\">%s</title>\n    <link rel=\"alternate\" type=\"text/html\" href=\"%s\"/>\n    <id>%s</id>\n", s.quote(html.EscapeString(e.title)), e.link, e.id)
		fmt.Fprintf(b, "    <published>%s</published>\n    <updated>%s</updated>\n", e.at.Format(time.RFC3339), e.at.Add(time.Minute).Format(time.RFC3339))
		if e.author != "" {
			fmt.Fprintf(b, "    <author><name>%s</name></author>\n", html.EscapeString(e.author))
		}
		for _, c := range e.sections {
			fmt.Fprintf(b, "    <category term=\"%s\"/>\n", c)
		}
		fmt.Fprintf(b, "    <summary type=\"html\">%s</summary>\n", s.quote(e.summary))
		if e.content != "" {
			fmt.Fprintf(b, "    <content type=\"html\">%s</content>\n", s.quote(e.content))
		}
		b.WriteString("  </entry>\n")
	}
	b.WriteString("</feed>\n")
}

// quote makes markup the text of an element, in the feed's way.
func (s *style) quote(markup string) string {
	if s.cdata {
		return "<![CDATA[" + strings.ReplaceAll(markup, "]]>", "]]]]><![CDATA[>") + "]]>"
	}
	return html.EscapeString(markup)
}

// A version is a document as it is served.
type version struct {
	packed   []byte // gzip
	size     int    // unpacked
	etag     string
	modified time.Time
}

// pack makes what is served of a document.
func pack(text []byte, modified time.Time) *version {
	sum := fnv.New64a()
	sum.Write(text)
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	if _, err := w.Write(text); err != nil {
		panic(err) // a buffer takes everything
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return &version{packed: z.Bytes(), size: len(text), etag: fmt.Sprintf(`"%x-%x"`, len(text), sum.Sum64()), modified: modified.Truncate(time.Second)}
}
