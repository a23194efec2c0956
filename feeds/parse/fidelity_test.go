package parse

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"newswatch/feeds"
)

// What a reader of the page would see and a program would compare stays as it was
// published.
func TestParseKeepsWhatWasPublished(t *testing.T) {
	rss := func(entry string) string {
		return `<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>t</title><item><guid isPermaLink="false">g</guid>` + entry + `</item></channel></rss>`
	}
	atom := func(entry string) string {
		return `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://example.org/base/"><title>t</title><id>x</id><entry><title>A</title>` + entry + `</entry></feed>`
	}
	guid := func(it feeds.Item) string { return it.GUID }
	title := func(it feeds.Item) string { return it.Title }
	texts := func(it feeds.Item) string { return it.Summary + "|" + it.Content }
	tags := func(it feeds.Item) string { return strings.Join(it.Tags, ",") }
	for name, c := range map[string]struct {
		doc  string
		of   func(feeds.Item) string
		want string
	}{
		"id with scheme in capitals": {atom(`<id>HTTP://Example.org/Upper</id>`), guid, "HTTP://Example.org/Upper"},
		"id with a blank":            {atom(`<id>http://example.org/with space</id>`), guid, "http://example.org/with space"},
		"relative id":                {atom(`<id>relative/id</id>`), guid, "http://example.org/base/relative/id"},
		"id of an entity":            {`<!DOCTYPE feed [<!ENTITY id "tag:example.org,2026:1">]>` + atom(`<id>&id;</id>`), guid, "tag:example.org,2026:1"},
		"entity in single quotes":    {`<!DOCTYPE rss [<!ENTITY who 'R&#233;mi'>]>` + rss(`<title>By &who; &unknown;</title>`), title, "By Rémi &unknown;"},
		"entity in CDATA":            {`<!DOCTYPE rss [<!ENTITY who "Remi">]>` + rss(`<title><![CDATA[By &who;]]></title>`), title, "By &who;"},
		"entity of entities":         {`<!DOCTYPE rss [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>` + rss(`<title>x &c;</title>`), title, "x &c;"},
		"formula":                    {rss(`<title>A</title><description>&lt;p&gt;let &lt;math&gt;&lt;mi&gt;x&lt;/mi&gt;&lt;mo&gt;=&lt;/mo&gt;&lt;mn&gt;2&lt;/mn&gt;&lt;/math&gt; be&lt;/p&gt;</description>`), texts, "let x=2 be|"},
		"drawing":                    {rss(`<title>A</title><description>&lt;p&gt;see &lt;svg&gt;&lt;title&gt;icon&lt;/title&gt;&lt;text&gt;Fig. 1&lt;/text&gt;&lt;/svg&gt; below&lt;/p&gt;</description>`), texts, "see Fig. 1 below|"},
		"summary, then description":  {rss(`<title>A</title><summary>short</summary><description>long</description>`), texts, "short|long"},
		"description, then summary":  {rss(`<title>A</title><description>first</description><summary>second</summary>`), texts, "first|second"},
		"nested categories": {rss(`<title>A</title><category>Top</category><itunes:category text="Tech"><itunes:category text="Gadgets"/></itunes:category><media:group><media:category>Maps</media:category></media:group>`),
			tags, "Top,Maps,Tech,Gadgets"},
		"marks of direction":  {rss("<title>\u200fAzure\u200e \u202eeruza</title>"), title, "\u200fAzure\u200e eruza"},
		"text like a doctype": {rss(`<title>&lt;!DOCTYPE html&gt; turns 15</title>`), title, "<!DOCTYPE html> turns 15"},
	} {
		d, err := Document([]byte(c.doc), Options{URL: "http://example.org/feed"})
		if err != nil || len(d.Items) != 1 {
			t.Errorf("%s: %d items, %v", name, len(d.Items), err)
			continue
		}
		if diff := cmp.Diff(c.want, c.of(d.Items[0])); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
}

// Entities that would make more of a document than twice its bytes stay as they are.
func TestEntitiesDoNotGrow(t *testing.T) {
	doc := `<!DOCTYPE rss [<!ENTITY a "` + strings.Repeat("x", 1000) + `">]><rss><channel><item><title>t</title><description>` +
		strings.Repeat("&a;", 10_000) + `</description></item></channel></rss>`
	if d, err := Document([]byte(doc), Options{}); err != nil || len(d.Items) != 1 || !strings.HasPrefix(d.Items[0].Content, "&a;&a;") {
		t.Errorf("%d items, %v", len(d.Items), err)
	}
}
