package match

import (
	"net/url"
	"slices"
	"strings"

	"newswatch/monitor/query"
)

// fieldOp asks for what a document says of itself: site:ice.gov.
type fieldOp struct{ about }

func (fieldOp) emit(c *compiler, n *query.Node, in *instruction) {
	f := fact{field: n.Field, value: strings.ToLower(n.Value)}
	switch n.Field {
	case "site":
		f.value = siteName(n.Value)
	case "author", "tag":
		f.any = []fieldTerm{{words: foldedWords(n.Value)}}
	}
	in.arg = c.fact(f)
}

func (fieldOp) eval(m *matcher, _ uint32, in *instruction) Verdict {
	return sure(m.set.facts[in.arg].holds(m.doc))
}

// siteName reduces what people write for a site to its domain.
func siteName(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if _, rest, ok := strings.Cut(s, "://"); ok {
		s = rest
	}
	s, _, _ = strings.Cut(s, "/")
	s = strings.TrimPrefix(strings.TrimPrefix(s, "*."), "www.")
	return strings.Trim(s, ".")
}

func (f *fact) holds(d *Doc) bool {
	switch f.field {
	case "url":
		return strings.Contains(strings.ToLower(d.URL), f.value)
	case "site":
		return onSite(d.URL, f.value)
	case "author":
		return anyHas(d.Authors, f.any[0])
	case "tag":
		return anyHas(d.Tags, f.any[0]) || anyIs(d.FeedTags, f.value)
	case "feed":
		return strings.EqualFold(d.Feed, f.value) || anyIs(d.FeedTags, f.value)
	case "class":
		return strings.EqualFold(d.Class, f.value)
	case "lang":
		lang := strings.ToLower(d.Lang)
		return lang == f.value || strings.HasPrefix(lang, f.value+"-") || strings.HasPrefix(lang, f.value+"_")
	}
	return false
}

// onSite reports whether an address is on a domain or one below it.
func onSite(address, site string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	return host == site || strings.HasSuffix(host, "."+site)
}

func anyIs(list []string, value string) bool {
	for _, s := range list {
		if strings.EqualFold(s, value) {
			return true
		}
	}
	return false
}

// anyHas reports whether one of the texts has the words of t in a row.
func anyHas(texts []string, t fieldTerm) bool {
	return slices.ContainsFunc(texts, func(s string) bool { return t.isIn(s, foldedWords(s)) })
}
