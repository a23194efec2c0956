package parse

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"newswatch/feeds"
)

// TestHostile feeds Parse what is known to kill or stall feed parsers. Each is
// refused, or read with little more memory than it has bytes.
func TestHostile(t *testing.T) {
	times := strings.Repeat
	entity := `<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">` + func() (s string) {
		for i := range 9 {
			s += fmt.Sprintf(`<!ENTITY a%d "%s">`, i, times("&a;", 10))
		}
		return s
	}() + `]>`
	in := func(s string) string { return string(rssOf("<item><title>x</title>" + s + "</item>")) }
	for name, c := range map[string]struct {
		doc   string
		fault feeds.Fault // "" for a document that is read
	}{
		"billion laughs":           {entity + in("<description>&a8;</description>"), ""},
		"external entity":          {`<!DOCTYPE rss [<!ENTITY e SYSTEM "file:///etc/passwd">]>` + in("<description>&e;</description>"), ""},
		"parameter entity":         {`<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x">%p;]>` + in(""), ""},
		"nested tags":              {in(times("<x:a>", 400_000)), feeds.TooLarge},
		"nested in its namespace":  {in(times("<a>", 400_000)), feeds.TooLarge},
		"nested namespaces":        {in(times(`<a xmlns:n="u">`, 10_000)), feeds.TooLarge},
		"namespaces over children": {`<rss ` + manyNames(10_000) + `><channel><item>` + times("<a:b/>", 50_000) + `</item></channel></rss>`, feeds.TooLarge},
		"namespaces, fewer":        {`<rss ` + manyNames(120) + `><channel><item>` + times("<a:b/>", 18_000) + times("<item/>", 600_000) + `</item></channel></rss>`, feeds.TooLarge},
		"comment pieces":           {in("<a:b>" + times("x<!---->", 300_000) + "</a:b>"), feeds.TooLarge},
		"cdata pieces":             {in("<a:b>" + times("<![CDATA[x]]>", 300_000) + "</a:b>"), feeds.TooLarge},
		"child pieces":             {in("<a:b>" + times("x<c/>", 300_000) + "</a:b>"), feeds.TooLarge},
		"nested bases":             {in(times(`<a xml:base="a/">`, 10_000)), feeds.TooLarge},
		"attributes":               {in("<a " + times(`b="c" `, 100_000) + "/>"), feeds.TooLarge},
		"empty items":              {string(rssOf(times("<item/>", 300_000))), ""},
		"two million elements":     {string(rssOf(times("<a/>", 2_000_000))), feeds.TooLarge},
		"long date":                {in("<pubDate>" + times("9", 2_000_000) + "</pubDate>"), ""},
		"long name":                {in("<" + times("a", 2_000_000) + "/>"), ""},
		"long comment":             {"<!--" + times("x", 4_000_000) + "-->" + in(""), ""},
		"references":               {in("<description>" + times("&#65;", 200_000) + "</description>"), ""},
		"ampersands":               {in("<description>" + times("&", 1_000_000) + "</description>"), ""},
		"less-thans":               {in("<description>" + times("< ", 500_000) + "</description>"), ""},
		"nested html":              {in("<description><![CDATA[" + times("<div>", 100_000) + "x]]></description>"), ""},
		"open quotes":              {in(times(`<a b="`, 100_000)), ""},
		"only less-thans":          {in("<description>" + times("<", 6_000_000)), feeds.Unparseable},
		"tags that never end":      {in(times(`<a b="`, 1_000_000) + ">"), ""},
		"quotes that do not match": {in(times(`<a b="<a b=' x="<a b='`, 300_000)), ""},
		"values that never end":    {"<rss><channel><item>" + times("<a/b=", 1_000_000), feeds.TooLarge},
		"html that never ends":     {in("<description>" + times("&lt;a ", 1_000_000)), ""},
		"few names, many elements": {`<rss ` + manyNames(120) + `><channel>` + times("<n1:a/>", 200_000) + `</channel></rss>`, feeds.TooLarge},
		"stray end tags":           {in(times("</x>", 200_000)), ""},
		"json depth":               {`{"version":"https://jsonfeed.org/version/1","title":"x","items":` + times("[", 100_000), feeds.NotAFeed},
		"json nulls":               {`{"version":"https://jsonfeed.org/version/1","title":"x","items":[null,{"id":"1","authors":[null]}]}`, ""},
		"json open braces":         {`{"version":"https://jsonfeed.org/version/1","title":"x","items":[` + times(`{"id":"1"},`, 50_000), ""},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			d, err := Document([]byte(c.doc), Options{})
			runtime.ReadMemStats(&after)
			var fe *feeds.FetchError
			if errors.As(err, &fe) && fe.Fault != c.fault || err == nil && c.fault != "" {
				t.Errorf("got %v, want fault %q", err, c.fault)
			}
			if err == nil && strings.Contains(name, "entit") && strings.Contains(fmt.Sprint(d.Items), "aaaaaaaaaaaaaaaaaaaaa") {
				t.Error("an entity was expanded")
			}
			allocated := after.TotalAlloc - before.TotalAlloc
			if limit := uint64(128<<20 + 60*len(c.doc)); allocated > limit {
				t.Errorf("allocated %d MB for %d KB", allocated>>20, len(c.doc)>>10)
			}
		})
	}
}

func manyNames(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ` xmlns:n%d="u%d"`, i, i)
	}
	return b.String()
}

func TestEntriesBeyondTheLimitAreDropped(t *testing.T) {
	d, err := Document(rssOf(strings.Repeat("<item><guid>x</guid></item>", feeds.MaxEntries+5)), Options{})
	if err != nil || len(d.Items) != feeds.MaxEntries || d.Dropped != 5 || !d.Repaired {
		t.Errorf("%d items, %d dropped, %v", len(d.Items), d.Dropped, err)
	}
}

func TestParseReadsNoFiles(t *testing.T) {
	secret := t.TempDir() + "/secret"
	if err := os.WriteFile(secret, []byte("hidden words"), 0o600); err != nil {
		t.Fatal(err)
	}
	it := parseOne(t, []byte(`<!DOCTYPE rss [<!ENTITY e SYSTEM "`+secret+`">]><rss><channel><item><title>x&e;</title></item></channel></rss>`))
	if strings.Contains(it.Title, "hidden") {
		t.Errorf("title %q", it.Title)
	}
}
