package parse

import (
	"bytes"
	"slices"
	"strings"

	ext "github.com/mmcdole/gofeed/extensions"
	gorss "github.com/mmcdole/gofeed/rss"

	"newswatch/feeds"
	"newswatch/feeds/urls"
)

// rss reads a sound RSS or RDF document. It uses gofeed's reader without the
// translator behind it, which looks for a picture in every text and drops what
// we need: permalinks, sources, skipped hours, hubs.
func (p *reader) rss(s source) (feeds.Document, bool, error) {
	f, err := new(gorss.Parser).Parse(bytes.NewReader(s.doc))
	if err != nil {
		return feeds.Document{}, false, unparseable(err)
	}
	x := extensions(f.Extensions)
	p.site(f.Links...)
	d := feeds.Document{
		Format: s.kind,
		Title:  firstText(maxTitle, []string{f.Title, x.text("dc", "title")}),
		Lang:   language(append([]string{f.Language}, append(x.texts("dc", "language"), tagLang(s.doc, 0))...)),
		TTL:    wait(f.TTL, x.text("sy", "updatePeriod"), x.text("sy", "updateFrequency")),
	}
	d.SkipHours, d.SkipDays = skipped(f.SkipHours, f.SkipDays)
	d.URL = p.firstLink(append(f.Links, x.links("alternate", "")...))
	d.Hub, d.Self = p.firstLink(x.links("hub")), p.firstLink(x.links("self"))
	if s.entries != nil && len(s.entries) != len(f.Items) {
		return feeds.Document{}, false, nil
	}
	for i, raw := range f.Items {
		e := s.at(i)
		draft := rssEntry(raw, e.parts, about(e.bytes))
		draft.hash, draft.empty = e.hash, isEmpty(e.bytes)
		draft.langs = slices.Concat(e.parts.langs(e.bytes), draft.langs, []string{d.Lang})
		if it, ok := p.item(draft); ok {
			d.Items = append(slices.Grow(d.Items, len(f.Items)-i), it)
		}
	}
	return d, true, nil
}

func rssEntry(it *gorss.Item, ps parts, about string) rawEntry {
	x := extensions(it.Extensions)
	descriptions := ps.repeated("description")
	if len(ps.texts("summary")) > 0 {
		descriptions = ps.texts("summary", "description") // the first is the summary, whatever it is called
	}
	d := rawEntry{
		titles: append(ps.repeated("title"), it.Title, x.text("dc", "title"), x.media("title"), x.text("itunes", "title"),
			x.text("atom", "title")),
		summaries: slices.Concat(descriptions, ps.take("description"), []string{it.Description}, ps.texts("summary", "abstract"), x.summaries()),
		contents: slices.Concat(ps.take("encoded"), []string{it.Content, it.Custom["encoded"], it.Custom["body"], it.Custom["fullitem"], it.Custom["content"]},
			ps.markup("body"), ps.markup("content"), x.texts("xhtml", "body"), x.texts("atom", "content"), descriptions[min(1, len(descriptions)):]),
		authors:   slices.Concat(ps.repeated("author"), []string{it.Author}, ps.texts("managingeditor"), x.authors()),
		published: slices.Concat(ps.take("pubDate"), []string{it.PubDate}, ps.texts("published", "issued"), x.published(), ps.texts("created")),
		updated:   slices.Concat(x.updated(), x.texts("dc", "date"), ps.texts("updated", "modified", "lastbuilddate")),
		langs:     x.texts("dc", "language"),
	}
	for i, a := range d.authors {
		d.authors[i] = person(a)
	}
	slices.SortStableFunc(d.authors, func(a, b string) int { return strings.Count(a, "@") - strings.Count(b, "@") }) // names first
	for _, c := range it.Categories {
		d.tags = append(d.tags, c.Value)
	}
	d.tags = slices.Concat(d.tags, nested(it.Custom["categories"]), ps.attrs("category", "term"), x.tags())
	if it.Source != nil {
		d.source = it.Source.Title
	}
	d.identify(it, ps, about)
	return d
}

// nested returns the texts of the elements in s, the inside of one that the
// parser does not know.
func nested(s string) []string {
	var out []string
	for _, p := range partsOf([]byte("<x>"+s+"</x>"), nil) {
		out = append(out, p.text())
	}
	return out
}

// identify finds an RSS entry's identifier and its addresses.
func (d *rawEntry) identify(it *gorss.Item, ps parts, about string) {
	x := extensions(it.Extensions)
	permalink := ""
	if g := it.GUID; g != nil && strings.TrimSpace(g.Value) != "" {
		d.guid = g.Value
		said := firstOf(append(ps.attrs("guid", "ispermalink"), g.IsPermalink)...)
		if !strings.EqualFold(strings.TrimSpace(said), "false") {
			permalink = strings.TrimSpace(g.Value)
		}
	} else {
		d.guid = firstOf(append([]string{about}, append(ps.texts("id"), x.text("atom", "id"))...)...)
		permalink = d.guid
	}
	d.link(x.texts("feedburner", "origLink"), it.Links)
	d.links = append(d.links, x.links("alternate", "")...)
	if urls.IsAddress(permalink) || strings.HasPrefix(permalink, "/") {
		d.links = append(d.links, permalink)
	}
	for _, enc := range it.Enclosures {
		d.links = append(d.links, enc.URL)
	}
	d.links = append(d.links, x.sources()...)
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

// isEmpty reports whether an entry has neither text nor elements.
func isEmpty(entry []byte) bool {
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
	out := append(x.texts("dc", "creator"), x.texts("dc", "author")...)
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
	for _, e := range slices.Concat([]ext.Extension{{Children: x["media"]}}, x["media"]["group"], x["media"]["content"]) {
		for _, c := range e.Children["category"] {
			out = append(out, c.Value)
		}
	}
	for _, e := range x["itunes"]["category"] {
		out = append(out, e.Attrs["text"])
		for _, sub := range e.Children["category"] {
			out = append(out, sub.Attrs["text"])
		}
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
