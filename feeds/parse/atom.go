package parse

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	goatom "github.com/mmcdole/gofeed/atom"

	"newswatch/feeds"
	"newswatch/feeds/urls"
)

// atom reads a sound Atom document.
func (p *reader) atom(s source) (feeds.Document, bool, error) {
	f, err := new(goatom.Parser).Parse(bytes.NewReader(s.doc))
	if err != nil {
		return feeds.Document{}, false, unparseable(err)
	}
	x := extensions(f.Extensions)
	p.site(append(atomLinks(f.Links, "self"), atomLinks(f.Links, "alternate")...)...)
	d := feeds.Document{
		Format: "atom",
		Title:  firstText(maxTitle, append(partsOf(s.head, nil).packed("title"), f.Title)),
		Lang:   language(append([]string{f.Language}, x.texts("dc", "language")...)),
		TTL:    wait("", x.text("sy", "updatePeriod"), x.text("sy", "updateFrequency")),
		URL:    p.firstLink(atomLinks(f.Links, "alternate")),
		Hub:    p.firstLink(atomLinks(f.Links, "hub")),
		Self:   p.firstLink(atomLinks(f.Links, "self")),
	}
	if s.entries != nil && len(s.entries) != len(f.Entries) {
		return feeds.Document{}, false, nil
	}
	for i, raw := range f.Entries {
		e := s.at(i)
		draft := atomEntry(raw, e.parts)
		draft.hash, draft.empty = e.hash, isEmpty(e.bytes)
		draft.langs = slices.Concat(e.parts.langs(e.bytes), draft.langs, []string{d.Lang})
		if it, ok := p.item(draft); ok {
			d.Items = append(slices.Grow(d.Items, len(f.Entries)-i), it)
		}
	}
	return d, true, nil
}

func atomEntry(en *goatom.Entry, ps parts) rawEntry {
	x := extensions(en.Extensions)
	d := rawEntry{
		guid:      firstOf(append([]string{absolute(ps.texts("id")), en.ID}, ps.texts("guid")...)...),
		titles:    slices.Concat(ps.packed("title"), ps.constructs("title"), []string{en.Title, x.text("dc", "title"), x.media("title")}),
		summaries: slices.Concat(ps.packed("summary"), ps.constructs("summary"), []string{en.Summary}, ps.texts("description", "abstract"), x.summaries()),
		contents:  slices.Concat(ps.packed("content"), ps.constructs("content")),
		published: slices.Concat(ps.take("published"), []string{en.Published}, x.published(), ps.texts("created", "pubdate")),
		updated:   slices.Concat(ps.take("updated"), []string{en.Updated}, x.updated()),
		langs:     x.texts("dc", "language"),
	}
	for _, a := range en.Authors {
		d.authors = append(d.authors, firstOf(a.Name, a.Email, a.URI))
	}
	if len(d.authors) == 0 || d.authors[0] == "" {
		d.authors = ps.texts("author")
	}
	d.authors = append(d.authors, x.authors()...)
	for _, c := range en.Categories {
		d.tags = append(d.tags, firstOf(c.Term, c.Label))
	}
	d.tags = slices.Concat(d.tags, ps.texts("category"), x.tags())
	if en.Source != nil {
		d.source = en.Source.Title
	}
	d.link(x.texts("feedburner", "origLink"), atomLinks(en.Links, "alternate"))
	if c := en.Content; c != nil {
		if c.Src != "" {
			d.links = append(d.links, c.Src)
		}
		if utf8.ValidString(c.Value) { // else it is a picture or the like
			d.contents = append(d.contents, c.Value)
		}
	}
	d.links = slices.Concat(d.links, ps.texts("link"), atomLinks(en.Links, "self"))
	if urls.IsAddress(d.guid) {
		d.links = append(d.links, d.guid)
	}
	for _, rel := range []string{"related", "via", "enclosure"} {
		d.links = append(d.links, atomLinks(en.Links, rel)...)
	}
	if x := ps.payload(); x != nil {
		x.apply(&d)
	}
	return d
}

// absolute returns the first of ids that has a scheme: it is compared letter by
// letter and stays as it is written (RFC 4287, section 4.2.6.1), while gofeed
// rewrites what it resolves.
func absolute(ids []string) string {
	for _, id := range ids {
		if u, err := url.Parse(strings.ReplaceAll(id, " ", "%20")); err == nil && u.IsAbs() {
			return id
		}
	}
	return ""
}

// atomLinks returns the targets of the links with relation rel: those said to
// be pages first, then those of which nothing is said.
func atomLinks(links []*goatom.Link, rel string) []string {
	var pages, untyped, others []string
	for _, l := range links {
		if !strings.EqualFold(l.Rel, rel) || l.Href == "" {
			continue
		}
		switch t := strings.ToLower(l.Type); {
		case strings.Contains(t, "html"):
			pages = append(pages, l.Href)
		case t == "":
			untyped = append(untyped, l.Href)
		default:
			others = append(others, l.Href)
		}
	}
	return slices.Concat(pages, untyped, others)
}

func firstOf(candidates ...string) string {
	for _, s := range candidates {
		if strings.TrimSpace(s) != "" {
			return s
		}
	}
	return ""
}
