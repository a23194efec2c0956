package article

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"newswatch/feeds/htmltree"
)

// linkedData is the article as the page's JSON-LD describes it (schema.org).
// The zero value is a page without.
type linkedData struct {
	headline           string
	articleBody        string
	published, updated string
	authors            []string
	closed             bool     // isAccessibleForFree is false
	closedParts        []string // CSS selectors of what is not free
}

const (
	maxLinked = 1 << 20 // bytes of one script
	maxNested = 16      // levels in which an article is looked for
)

// linked reads the article among the structured data of the page at u: the one
// that names this address or title, else the only one there is.
func (m *meta) linked(u *url.URL) linkedData {
	var found []map[string]any
	for _, script := range m.scripts {
		found = append(found, articlesIn(decodeLinked(script), 0)...)
	}
	m.hasArticle = len(found) > 0
	for _, thing := range found {
		if m.isAbout(thing, u) {
			return readLinked(thing)
		}
	}
	if len(found) == 1 {
		return readLinked(found[0])
	}
	return linkedData{}
}

// decodeLinked returns nil for what is no JSON even without the wrappings that
// publishers put around it and the line breaks within strings.
func decodeLinked(script string) (value any) {
	if len(script) > maxLinked {
		return nil
	}
	script = strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, script)
	script = strings.NewReplacer("<![CDATA[", "", "]]>", "").Replace(script)
	begin, end := strings.IndexAny(script, "{["), strings.LastIndexAny(script, "}]")
	if begin < 0 || end < begin || json.Unmarshal([]byte(script[begin:end+1]), &value) != nil {
		return nil
	}
	return value
}

// articlesIn finds the articles in arrays, @graph and whatever holds them.
func articlesIn(value any, depth int) (found []map[string]any) {
	if depth > maxNested {
		return nil
	}
	switch v := value.(type) {
	case []any:
		for _, each := range v {
			found = append(found, articlesIn(each, depth+1)...)
		}
	case map[string]any:
		if isArticle(v["@type"]) {
			return []map[string]any{v}
		}
		for _, key := range [...]string{"@graph", "mainEntity", "mainEntityOfPage", "hasPart", "itemListElement", "item"} {
			found = append(found, articlesIn(v[key], depth+1)...)
		}
	}
	return found
}

func isArticle(kind any) bool {
	switch k := kind.(type) {
	case string:
		return strings.HasSuffix(k, "Article") || strings.HasSuffix(k, "BlogPosting") || strings.HasSuffix(k, "Report")
	case []any:
		for _, each := range k {
			if isArticle(each) {
				return true
			}
		}
	}
	return false
}

// isAbout reports whether thing is the article of this page.
func (m *meta) isAbout(thing map[string]any, u *url.URL) bool {
	for _, key := range [...]string{"url", "mainEntityOfPage", "@id"} {
		address := textIn(thing[key])
		if in, ok := thing[key].(map[string]any); ok {
			address = textIn(in["@id"])
		}
		if t, err := u.Parse(address); err == nil && address != "" && strings.Trim(t.Path, "/") == strings.Trim(u.Path, "/") && t.Path != "" {
			return true
		}
	}
	headline := htmltree.Line(textIn(thing["headline"]))
	for _, title := range m.titles(linkedData{}) {
		if headline != "" && shared(headline, title) {
			return true
		}
	}
	return false
}

func readLinked(thing map[string]any) linkedData {
	l := linkedData{
		headline:    htmltree.Line(textIn(thing["headline"])),
		articleBody: textIn(thing["articleBody"]),
		published:   textIn(thing["datePublished"]),
		updated:     textIn(thing["dateModified"]),
		authors:     namesIn(thing["author"], 0),
		closed:      strings.EqualFold(textIn(thing["isAccessibleForFree"]), "false"),
	}
	parts, isList := thing["hasPart"].([]any)
	if !isList {
		parts = []any{thing["hasPart"]}
	}
	for _, part := range parts {
		p, _ := part.(map[string]any)
		if strings.EqualFold(textIn(p["isAccessibleForFree"]), "false") {
			l.closed = true
			l.closedParts = append(l.closedParts, textIn(p["cssSelector"]))
		}
	}
	return l
}

func (l linkedData) body() []string { return htmltree.FragmentParagraphs(l.articleBody) }

// textIn returns a value that should be a text but may be a list of one or a
// truth value.
func textIn(value any) string {
	switch v := value.(type) {
	case string:
		return strings.TrimSpace(v)
	case bool:
		if !v {
			return "false"
		}
	case []any:
		if len(v) > 0 {
			if s, ok := v[0].(string); ok {
				return strings.TrimSpace(s)
			}
		}
	}
	return ""
}

func namesIn(value any, depth int) (names []string) {
	switch v := value.(type) {
	case string:
		names = append(names, v)
	case map[string]any:
		if depth < maxNested {
			names = namesIn(v["name"], depth+1)
		}
	case []any:
		for _, each := range v {
			if depth < maxNested && len(names) < 20 {
				names = append(names, namesIn(each, depth+1)...)
			}
		}
	}
	return names
}

// removeClosed takes out the parts of doc that the publisher does not give
// away, and reports whether there were any. Selectors that are hard to evaluate
// are not: nested :has is exponential.
func removeClosed(doc *html.Node, selectors []string) (removed bool) {
	const most, longest = 10, 200
	for _, s := range selectors[:min(len(selectors), most)] {
		if len(s) > longest || strings.Contains(s, ":") {
			continue
		}
		selector, err := cascadia.ParseGroup(s)
		if err != nil {
			continue
		}
		for _, n := range cascadia.QueryAll(doc, selector) {
			if n.Parent != nil {
				n.Parent.RemoveChild(n)
				removed = true
			}
		}
	}
	return removed
}
