package feeds

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
	"unicode/utf8"

	goatom "github.com/mmcdole/gofeed/atom"
)

// atom reads a sound Atom document.
func (p *reader) atom(a *abridgement, e *excerpts) (Document, bool, error) {
	f, err := new(goatom.Parser).Parse(bytes.NewReader(a.doc))
	if err != nil {
		return Document{}, false, unparseable(err)
	}
	x := extensions(f.Extensions)
	p.site(append(atomLinks(f.Links, "self"), atomLinks(f.Links, "alternate")...)...)
	d := Document{
		Format: "atom",
		Title:  plainText(unbase64(f.Title), maxTitle),
		Lang:   language(append([]string{f.Language}, x.texts("dc", "language")...)),
		TTL:    wait("", x.text("sy", "updatePeriod"), x.text("sy", "updateFrequency")),
		URL:    p.firstLink(atomLinks(f.Links, "alternate")),
		Hub:    p.firstLink(atomLinks(f.Links, "hub")),
		Self:   p.firstLink(atomLinks(f.Links, "self")),
	}
	matched := e.match(len(f.Entries))
	for i, raw := range f.Entries {
		span, bytes := e.of(i)
		raw.Title, raw.Summary = a.restore(raw.Title), a.restore(raw.Summary)
		if raw.Content != nil {
			raw.Content.Value = a.restore(raw.Content.Value)
		}
		draft := atomDraft(raw)
		draft.span, draft.empty = span, hollow(bytes)
		draft.langs = append(append([]string{tagLang(bytes, 0)}, draft.langs...), d.Lang)
		if it, ok := p.item(draft); ok {
			d.Items = append(slices.Grow(d.Items, len(f.Entries)-i), it)
		}
	}
	return d, matched, nil
}

func atomDraft(en *goatom.Entry) draft {
	x := extensions(en.Extensions)
	d := draft{
		guid:      en.ID,
		titles:    []string{unbase64(en.Title), x.text("dc", "title"), x.media("title")},
		summaries: append([]string{unbase64(en.Summary)}, x.summaries()...),
		published: append([]string{en.Published}, x.published()...),
		updated:   append([]string{en.Updated}, x.updated()...),
		langs:     x.texts("dc", "language"),
	}
	for _, a := range en.Authors {
		d.authors = append(d.authors, firstOf(a.Name, a.Email, a.URI))
	}
	d.authors = append(d.authors, x.authors()...)
	for _, c := range en.Categories {
		d.tags = append(d.tags, firstOf(c.Term, c.Label))
	}
	d.tags = append(d.tags, x.tags()...)
	if en.Source != nil {
		d.source = en.Source.Title
	}
	d.links = append(x.texts("feedburner", "origLink"), atomLinks(en.Links, "alternate")...)
	if c := en.Content; c != nil {
		if c.Src != "" {
			d.links = append(d.links, c.Src)
		}
		d.contents = append(d.contents, unbase64(c.Value))
	}
	d.links = append(d.links, atomLinks(en.Links, "self")...)
	if isLink(en.ID) {
		d.links = append(d.links, en.ID)
	}
	for _, rel := range []string{"related", "via", "enclosure"} {
		d.links = append(d.links, atomLinks(en.Links, rel)...)
	}
	return d
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

// unbase64 decodes the base64 of Atom 0.3 (mode="base64"), which gofeed leaves
// alone where the type is a text. Only what becomes markup is taken for it.
func unbase64(s string) string {
	if strings.ContainsAny(s[:min(len(s), 200)], "<&.,;:'") {
		return s // the usual case, at a glance
	}
	packed := strings.Join(strings.Fields(s), "")
	if len(packed) < 8 || len(packed)%4 != 0 || !strings.HasPrefix(packed, "P") && strings.ContainsRune(s, ' ') {
		return s
	}
	raw, err := base64.StdEncoding.DecodeString(packed)
	if err != nil || !utf8.Valid(raw) || !hasMarkup(string(raw)) {
		return s
	}
	return string(raw)
}

func firstOf(candidates ...string) string {
	for _, s := range candidates {
		if strings.TrimSpace(s) != "" {
			return s
		}
	}
	return ""
}
