package feeds

import (
	"bytes"
	"slices"
	"strings"

	ext "github.com/mmcdole/gofeed/extensions"
	gorss "github.com/mmcdole/gofeed/rss"
)

// rss reads a sound RSS or RDF document. It uses gofeed's reader without the
// translator behind it, which looks for a picture in every text and drops what
// we need: permalinks, sources, skipped hours, hubs.
func (p *reader) rss(a *abridgement, e *excerpts) (Document, bool, error) {
	f, err := new(gorss.Parser).Parse(bytes.NewReader(withoutDates(a.doc)))
	if err != nil {
		return Document{}, false, unparseable(err)
	}
	x := extensions(f.Extensions)
	p.site(f.Links...)
	d := Document{
		Format: a.kind,
		Title:  firstText(maxTitle, []string{f.Title, x.text("dc", "title")}),
		Lang:   language(append([]string{f.Language}, append(x.texts("dc", "language"), tagLang(a.doc, 0))...)),
		TTL:    wait(f.TTL, x.text("sy", "updatePeriod"), x.text("sy", "updateFrequency")),
	}
	d.SkipHours, d.SkipDays = skipped(f.SkipHours, f.SkipDays)
	d.URL = p.firstLink(append(f.Links, x.links("alternate", "")...))
	d.Hub, d.Self = p.firstLink(x.links("hub")), p.firstLink(x.links("self"))
	matched := e.match(len(f.Items))
	for i, raw := range f.Items {
		span, bytes := e.of(i)
		raw.Description, raw.Content = a.restore(raw.Description), a.restore(raw.Content)
		draft := rssDraft(raw, about(bytes))
		draft.span, draft.empty = span, hollow(bytes)
		draft.langs = append(draft.langs, tagLang(bytes, 0), d.Lang)
		if it, ok := p.item(draft); ok {
			d.Items = append(slices.Grow(d.Items, len(f.Items)-i), it)
		}
	}
	return d, matched, nil
}

// hiddenDate is what pubDate is called while gofeed reads: as an element
// unknown to it, it lands unread in Item.Custom.
const hiddenDate = "pubDat_"

// withoutDates hides the dates of a document from gofeed, which tries up to
// 150 layouts on each. That took a third of all parsing where they end in GMT.
func withoutDates(text []byte) []byte {
	out := bytes.Clone(text)
	for at := 0; ; {
		n := bytes.Index(out[at:], []byte("pubDate"))
		if n < 0 {
			return out
		}
		if at += n; at > 0 && (out[at-1] == '<' || out[at-1] == '/') {
			copy(out[at:], hiddenDate)
		}
		at += len(hiddenDate)
	}
}

func rssDraft(it *gorss.Item, about string) draft {
	x := extensions(it.Extensions)
	d := draft{
		titles:    []string{it.Title, x.text("dc", "title"), x.media("title"), x.text("itunes", "title")},
		summaries: append([]string{it.Description}, x.summaries()...),
		contents: []string{it.Content, it.Custom["encoded"], it.Custom["body"], it.Custom["fullitem"], it.Custom["content"],
			x.flat("xhtml", "body"), x.flat("atom", "content")},
		authors:   append([]string{person(it.Author)}, x.authors()...),
		published: append([]string{it.Custom[hiddenDate], it.PubDate}, x.published()...),
		updated:   append(x.updated(), x.texts("dc", "date")...),
		langs:     x.texts("dc", "language"),
	}
	for _, c := range it.Categories {
		d.tags = append(d.tags, c.Value)
	}
	d.tags = append(append(d.tags, strings.Split(it.Custom["categories"], "</category>")...), x.tags()...)
	if it.Source != nil {
		d.source = it.Source.Title
	}
	permalink := ""
	if g := it.GUID; g != nil && strings.TrimSpace(g.Value) != "" {
		if d.guid = g.Value; !strings.EqualFold(g.IsPermalink, "false") {
			permalink = strings.TrimSpace(g.Value)
		}
	} else {
		d.guid, permalink = about, about
	}
	d.links = append(x.texts("feedburner", "origLink"), it.Links...)
	d.links = append(d.links, x.links("alternate", "")...)
	if isLink(permalink) {
		d.links = append(d.links, permalink)
	}
	for _, enc := range it.Enclosures {
		d.links = append(d.links, enc.URL)
	}
	d.links = append(d.links, x.sources()...)
	if d.guid == "" {
		d.guid = x.text("atom", "id")
	}
	return d
}

// about returns the rdf:about of an entry's tag, which gofeed drops.
func about(entry []byte) (value string) {
	if len(entry) == 0 {
		return ""
	}
	readTag(entry, 0, func(name, v []byte) {
		if bytes.EqualFold(name, []byte("rdf:about")) || string(name) == "about" {
			value = strings.TrimSpace(string(v))
		}
	})
	return value
}

// tagLang returns the xml:lang of the tag at i, which gofeed drops.
func tagLang(text []byte, i int) (lang string) {
	if i < len(text) {
		readTag(text, i, func(name, v []byte) {
			if string(name) == "xml:lang" {
				lang = string(v)
			}
		})
	}
	return lang
}

// hollow reports whether an entry has neither text nor elements.
func hollow(entry []byte) bool {
	if len(entry) == 0 {
		return true
	}
	t := readTag(entry, 0, nil)
	inner := bytes.TrimSpace(entry[t.to:])
	return t.empty || bytes.HasPrefix(inner, []byte("</")) && bytes.IndexByte(inner, '>') == len(inner)-1
}

func (p *reader) firstLink(refs []string) string {
	for _, ref := range refs {
		if s := p.link(ref); s != "" {
			return s
		}
	}
	return ""
}

// extensions are the elements of other vocabularies within a feed or entry.
type extensions ext.Extensions

func (x extensions) texts(prefix, name string) []string {
	var out []string
	for _, e := range x[prefix][name] {
		if s := strings.TrimSpace(e.Value); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (x extensions) text(prefix, name string) string {
	for _, e := range x[prefix][name] {
		if s := strings.TrimSpace(e.Value); s != "" {
			return s
		}
	}
	return ""
}

// flat returns the text of an element together with that of the elements in
// it. Their order among each other is lost in gofeed.
func (x extensions) flat(prefix, name string) string {
	var b strings.Builder
	for _, e := range x[prefix][name] {
		flatten(&b, e)
	}
	return b.String()
}

// flatten recurses no deeper than maxDepth, which the scan has checked.
func flatten(b *strings.Builder, e ext.Extension) {
	b.WriteString(e.Value)
	for _, list := range e.Children {
		for _, c := range list {
			b.WriteByte(' ')
			flatten(b, c)
		}
	}
}

// links returns the targets of atom:link elements with one of the relations.
func (x extensions) links(relations ...string) []string {
	var out []string
	for _, prefix := range []string{"atom", "atom10", "atom03"} {
		for _, e := range x[prefix]["link"] {
			for _, rel := range relations {
				if strings.EqualFold(e.Attrs["rel"], rel) {
					out = append(out, e.Attrs["href"])
				}
			}
		}
	}
	return out
}

// media returns a text of Media RSS, which may stand in a group or content.
func (x extensions) media(name string) string {
	if s := x.text("media", name); s != "" {
		return s
	}
	for _, holder := range []string{"group", "content"} {
		for _, e := range x["media"][holder] {
			if s := extensions(ext.Extensions{"media": e.Children}).mediaIn(name); s != "" {
				return s
			}
		}
	}
	return ""
}

// mediaIn looks one level further: a content may stand in a group.
func (x extensions) mediaIn(name string) string {
	if s := x.text("media", name); s != "" {
		return s
	}
	for _, e := range x["media"]["content"] {
		if s := (extensions{"media": e.Children}).text("media", name); s != "" {
			return s
		}
	}
	return ""
}

func (x extensions) summaries() []string {
	return []string{x.text("dc", "description"), x.text("itunes", "summary"), x.text("atom", "summary"),
		x.media("description"), x.text("itunes", "subtitle"), x.text("dcterms", "abstract"), x.text("media", "text")}
}

func (x extensions) authors() []string {
	var out []string
	for _, s := range append(x.texts("dc", "creator"), x.texts("dc", "author")...) {
		out = append(out, person(s))
	}
	for _, prefix := range []string{"atom", "atom10", "atom03"} {
		for _, e := range x[prefix]["author"] {
			for _, n := range e.Children["name"] {
				out = append(out, n.Value)
			}
		}
	}
	return append(out, x.texts("itunes", "author")...)
}

func (x extensions) tags() []string {
	out := x.texts("dc", "subject")
	for _, e := range x["media"]["category"] {
		out = append(out, e.Value)
	}
	for _, e := range x["itunes"]["category"] {
		out = append(out, e.Attrs["text"])
	}
	for _, e := range x["atom"]["category"] {
		out = append(out, e.Attrs["term"])
	}
	for _, list := range append(x.texts("itunes", "keywords"), x.texts("media", "keywords")...) {
		out = append(out, strings.Split(list, ",")...)
	}
	return out
}

// sources returns the addresses of media, an entry's last resort.
func (x extensions) sources() []string {
	var out []string
	for _, e := range x["media"]["content"] {
		out = append(out, e.Attrs["url"])
	}
	return out
}

func (x extensions) published() []string {
	out := append(x.texts("dc", "date"), x.texts("atom", "published")...)
	for _, name := range []string{"issued", "created", "available", "date"} {
		out = append(out, x.texts("dcterms", name)...)
	}
	return append(out, x.texts("prism", "publicationDate")...)
}

func (x extensions) updated() []string {
	return append(append(x.texts("dcterms", "modified"), x.texts("atom", "updated")...), x.texts("prism", "modificationDate")...)
}
