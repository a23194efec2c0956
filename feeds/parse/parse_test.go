package parse

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newswatch/feeds"
	"newswatch/feeds/urls"
)

var update = flag.Bool("update", false, "write the golden files anew")

// fixtures returns the input files of testdata/parse, which every test over
// all of them shares.
func fixtures(t testing.TB) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"*.xml", "*.json"} {
		found, err := filepath.Glob(filepath.Join("testdata", "parse", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			if !strings.HasSuffix(f, ".golden.json") {
				files = append(files, f)
			}
		}
	}
	if len(files) < 10 {
		t.Fatalf("only %d fixtures in testdata/parse", len(files))
	}
	return files
}

// TestParseGolden compares each fixture with the document beside it. Fixtures
// are written for the trap that their name tells.
func TestParseGolden(t *testing.T) {
	for _, file := range fixtures(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			doc, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			d, err := Document(doc, Options{URL: "https://news.example/feeds/main.xml"})
			if err != nil {
				t.Fatal(err)
			}
			if len(d.Items) == 0 {
				t.Fatal("no items")
			}
			got, err := json.MarshalIndent(d, "", "\t")
			if err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(file, filepath.Ext(file)) + ".golden.json"
			if *update {
				if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimSpace(string(want)), string(got)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func rssOf(items string) []byte {
	return []byte(`<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"` +
		` xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><channel><title>T</title><link>https://e.example/</link>` +
		items + `</channel></rss>`)
}

func atomOf(entries string) []byte {
	return []byte(`<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><link href="https://e.example/"/>` + entries + `</feed>`)
}

// parseOne parses a document of one entry.
func parseOne(t *testing.T, doc []byte) feeds.Item {
	t.Helper()
	d, err := Document(doc, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Items) != 1 {
		t.Fatalf("%d items, want 1", len(d.Items))
	}
	return d.Items[0]
}

func TestParseTitle(t *testing.T) {
	for name, c := range map[string]struct{ title, want string }{
		"plain":                  {`Ports close`, "Ports close"},
		"escaped ampersand":      {`Ports &amp; ships`, "Ports & ships"},
		"escaped twice":          {`Ports &amp;amp; ships`, "Ports & ships"},
		"apostrophe twice":       {`Port&amp;#8217;s end`, "Port’s end"},
		"markup":                 {`&lt;b&gt;Ports&lt;/b&gt; close`, "Ports close"},
		"markup in CDATA":        {`<![CDATA[<em>Ports</em> &amp; ships]]>`, "Ports & ships"},
		"naked markup":           {`<b>Ports</b> close`, "Ports close"},
		"less than":              {`2 &lt; 3 and 5 &gt; 4`, "2 < 3 and 5 > 4"},
		"type parameter":         {`List&lt;String&gt; leaks`, "List<String> leaks"},
		"undeclared entity":      {`Caf&eacute;&nbsp;closes`, "Café closes"},
		"unknown entity":         {`A &nosuch; thing`, "A &nosuch; thing"},
		"naked ampersand":        {`Q&A with M&M`, "Q&A with M&M"},
		"control reference":      {`Bad&#8;ly &#x0;done`, "Badly done"},
		"windows-1252 reference": {`don&#146;t`, "don’t"},
		"bidi override":          {"evil\u202egnp.exe", "evilgnp.exe"},
		"zero width":             {"Ac\u200bme", "Acme"},
		"white space":            {"  a\n\t b  ", "a b"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := parseOne(t, rssOf("<item><title>"+c.title+"</title><guid>1</guid></item>")).Title; got != c.want {
				t.Errorf("rss: %q, want %q", got, c.want)
			}
			if got := parseOne(t, atomOf("<entry><title>"+c.title+"</title><id>1</id></entry>")).Title; got != c.want {
				t.Errorf("atom: %q, want %q", got, c.want)
			}
		})
	}
}

func TestParseLink(t *testing.T) {
	for name, c := range map[string]struct{ entry, link string }{
		"absolute":          {`<link>https://e.example/a</link>`, "https://e.example/a"},
		"relative":          {`<link>/a</link>`, "https://e.example/a"},
		"protocol relative": {`<link>//f.example/a</link>`, "https://f.example/a"},
		"permalink":         {`<guid>https://e.example/a</guid>`, "https://e.example/a"},
		"no permalink":      {`<guid isPermaLink="false">https://e.example/a</guid>`, ""},
		"link before guid":  {`<link>https://e.example/b</link><guid>https://e.example/a</guid>`, "https://e.example/b"},
		"atom:link":         {`<atom:link href="https://e.example/a"/>`, "https://e.example/a"},
		"origLink":          {`<link>http://feedproxy.google.com/~r/x/~3/y/</link><feedburner:origLink>https://e.example/a</feedburner:origLink>`, "https://e.example/a"},
		"enclosure":         {`<enclosure url="https://e.example/a.mp3"/>`, "https://e.example/a.mp3"},
		"script":            {`<link>javascript:alert(1)</link>`, ""},
		"data":              {`<link>data:text/html,x</link>`, ""},
		"ftp":               {`<link>ftp://e.example/a</link>`, ""},
		"stray per cent":    {`<link>https://e.example/100%</link>`, "https://e.example/100%25"},
		"line break":        {"<link>\nhttps://e.example/\na</link>", "https://e.example/a"},
	} {
		t.Run(name, func(t *testing.T) {
			it := parseOne(t, rssOf("<item><title>x</title>"+c.entry+"</item>"))
			if it.Link != c.link {
				t.Errorf("%q, want %q", it.Link, c.link)
			}
			if it.URL != urls.Canonical(c.link) {
				t.Errorf("URL %q is not canonical", it.URL)
			}
		})
	}
}

func TestParseXMLBase(t *testing.T) {
	it := parseOne(t, []byte(`<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://e.example/blog/"><entry xml:base="2026/"><id>x</id><link href="a.html"/></entry></feed>`))
	if it.Link != "https://e.example/blog/2026/a.html" {
		t.Errorf("got %q", it.Link)
	}
}

func TestParseSource(t *testing.T) {
	it := parseOne(t, rssOf(`<item><title>Ports close - The Example</title><source url="https://x.example">The Example</source></item>`))
	if it.Title != "Ports close" || it.Source != "The Example" {
		t.Errorf("title %q, source %q", it.Title, it.Source)
	}
	it = parseOne(t, rssOf(`<item><title>Ports close - Other</title><source url="https://x.example">The Example</source></item>`))
	if it.Title != "Ports close - Other" {
		t.Errorf("title %q lost what is no source", it.Title)
	}
}

func TestParseAuthors(t *testing.T) {
	for raw, want := range map[string]string{
		"Jane Doe":                        "Jane Doe",
		"jane@e.example (Jane Doe)":       "Jane Doe",
		"Jane Doe (jane@e.example)":       "Jane Doe",
		"Jane Doe &lt;jane@e.example&gt;": "Jane Doe",
		"jane@e.example":                  "jane@e.example",
		"Jane Doe (Reuters)":              "Jane Doe (Reuters)",
	} {
		if got := parseOne(t, rssOf("<item><guid>1</guid><author>"+raw+"</author></item>")).Authors; len(got) != 1 || got[0] != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}

func TestParseTexts(t *testing.T) {
	long := strings.Repeat("word ", 6000)
	for name, c := range map[string]struct {
		entry            string
		summary, content int // lengths
	}{
		"summary":              {"<description>abc</description>", 3, 0},
		"both":                 {"<description>abc</description><content:encoded>abcdef</content:encoded>", 3, 6},
		"same twice":           {"<description>abc</description><content:encoded>&lt;p&gt;abc</content:encoded>", 3, 0},
		"content":              {"<content:encoded>abcdef</content:encoded>", 0, 6},
		"full text as summary": {"<description>" + long + "</description>", maxSummary - 1, len(long) - 1},
	} {
		t.Run(name, func(t *testing.T) {
			doc := bytes.Replace(rssOf("<item>"+c.entry+"</item>"), []byte("<rss "), []byte(`<rss xmlns:content="http://purl.org/rss/1.0/modules/content/" `), 1)
			it := parseOne(t, doc)
			if n := len(it.Summary); n > maxSummary || n < min(c.summary, maxSummary-10) || len(it.Content) != c.content {
				t.Errorf("lengths %d and %d, want %d and %d", n, len(it.Content), c.summary, c.content)
			}
		})
	}
}

func TestParseDocument(t *testing.T) {
	d, err := Document([]byte(`<?xml version="1.1" encoding="nonsense"?><!-- `+strings.Repeat("long ", 2000)+` --><!DOCTYPE rss [<!ENTITY a "b">]>
		<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>A &amp; B</title><link>https://e.example</link>
		<language>en_us</language><ttl>90</ttl><skipHours><hour>0</hour><hour>24</hour><hour>7</hour></skipHours><skipDays><day>Sunday</day></skipDays>
		<atom:link rel="self" href="https://e.example/rss"/><atom:link rel="hub" href="https://hub.example/"/></channel></rss>`), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := feeds.Document{Format: "rss", Title: "A & B", URL: "https://e.example", Lang: "en-us", TTL: 90 * time.Minute,
		SkipHours: []int{0, 7}, SkipDays: []time.Weekday{time.Sunday}, Hub: "https://hub.example/", Self: "https://e.example/rss"}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestParseFutureDates(t *testing.T) {
	doc := rssOf("<item><guid>1</guid><pubDate>Fri, 8 Apr 2035 09:29:32 GMT</pubDate></item>")
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	d, err := Document(doc, Options{Now: now})
	if err != nil || !d.Items[0].Published.IsZero() {
		t.Errorf("a date of 2035 was kept in 2026: %v %v", d.Items[0].Published, err)
	}
	if it := parseOne(t, doc); it.Published.Year() != 2035 {
		t.Errorf("without a clock: %v", it.Published)
	}
}

// TestParseSalvage cuts a feed at every byte: as soon as the first entry is
// whole, everything whole comes out, and never half an entry beside it.
func TestParseSalvage(t *testing.T) {
	var whole []string
	items := ""
	for _, s := range []string{"a", "b", "c"} {
		items += "<item><title>" + s + "</title><description><![CDATA[<p>" + s + " text</p>]]></description><guid>" + s + "</guid></item>\n"
		whole = append(whole, s)
	}
	doc := rssOf(items)
	first := bytes.Index(doc, []byte("</item>")) + len("</item>")
	for n := first; n < len(doc); n++ {
		d, err := Document(doc[:n], Options{})
		if err != nil {
			t.Fatalf("cut at %d: %v", n, err)
		}
		if want := bytes.Count(doc[:n], []byte("</item>")); len(d.Items) != want || !d.Repaired {
			t.Fatalf("cut at %d: %d items, want %d, repaired %v", n, len(d.Items), want, d.Repaired)
		}
		for i, it := range d.Items {
			if it.GUID != whole[i] || it.Title != whole[i] || it.Summary != whole[i]+" text" {
				t.Fatalf("cut at %d: item %d is %+v", n, i, it)
			}
		}
	}
}

// A list of entries that stands where none belongs costs nothing else.
func TestParseStrayList(t *testing.T) {
	d, err := Document([]byte("<rss><cloud><items>x</items></cloud><channel><item><title>a</title></item></channel></rss>"), Options{})
	if err != nil || len(d.Items) != 1 {
		t.Errorf("%d items, %v", len(d.Items), err)
	}
}

func TestParseRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		doc   string
		fault feeds.Fault
		says  string
	}{
		"empty":       {"  \n", feeds.NotAFeed, "empty"},
		"page":        {"<!DOCTYPE html><html><head><title>Front &amp; page</title>", feeds.NotAFeed, `"Front & page"`},
		"login":       {`<html><title>Sign in</title><input type="password">`, feeds.NotAFeed, "login"},
		"json":        {`{"error":"no"}`, feeds.NotAFeed, "JSON"},
		"json list":   {`[1,2]`, feeds.NotAFeed, "JSON"},
		"broken json": {`{"items":`, feeds.NotAFeed, "JSON"},
		"opml":        {`<opml version="2.0"><body/></opml>`, feeds.NotAFeed, "OPML"},
		"sitemap":     {`<urlset xmlns="x"><url/></urlset>`, feeds.NotAFeed, "sitemap"},
		"fragment":    {`<p>This feed has <b>moved</b>.</p>`, feeds.NotAFeed, "a piece of HTML"},
		"other xml":   {`<invoice/>`, feeds.NotAFeed, "<invoice>"},
		"text":        {"Too many requests", feeds.NotAFeed, "Too many requests"},
		"binary":      {"\x89PNG\r\n\x1a\n\x00\x01", feeds.NotAFeed, "PNG"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Document([]byte(c.doc), Options{})
			fe, ok := err.(*feeds.FetchError)
			if !ok || fe.Fault != c.fault || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q", err, c.says)
			}
		})
	}
	if _, err := Document(rssOf(""), Options{MaxBody: 10}); err == nil || err.(*feeds.FetchError).Fault != feeds.TooLarge {
		t.Errorf("over MaxBody: %v", err)
	}
}

// A charset that is not known costs the letters beyond ASCII and nothing else,
// and is named where it mattered.
func TestUnknownCharset(t *testing.T) {
	for name, c := range map[string]struct{ title, header, declared, want, unknown string }{
		"ASCII":              {"Harbour", "", "johab", "Harbour", ""},
		"UTF-8 after all":    {"가", "", "johab", "가", ""},
		"Johab":              {"\x88a Harbour", "", "johab", "ˆa Harbour", "johab"},
		"the header's":       {"caf\xe9", "text/xml; charset=x-klingon", "", "café", "x-klingon"},
		"one of two known":   {"\xe9", "text/xml; charset=x-klingon", "koi8-r", "И", ""},
		"Chinese shifts":     {"\x1b$)A\x0e0!\x0f Harbour", "", "iso-2022-cn", "$)A0! Harbour", "iso-2022-cn"},
		"no shifts":          {"Harbour", "", "iso-2022-cn", "Harbour", ""},
		"UTF-8 and an error": {"é\xffé", "", "x-klingon", "é\uFFFDé", ""},
	} {
		t.Run(name, func(t *testing.T) {
			doc := `<?xml version="1.0" encoding="` + c.declared + `"?><rss><channel><item><title>` + c.title + `</title><link>https://e.example/1</link></item></channel></rss>`
			d, err := Document([]byte(doc), Options{ContentType: c.header})
			if err != nil || len(d.Items) != 1 || d.Items[0].Title != c.want || d.Items[0].URL == "" || d.Charset != c.unknown {
				t.Errorf("charset %q, %+v, %v; want %q, and %q unknown", d.Charset, d.Items, err, c.want, c.unknown)
			}
			if flaws := d.Flaws(); strings.Contains(flaws, "charset") != (c.unknown != "") || !strings.Contains(flaws, c.unknown) {
				t.Errorf("flaws %q", flaws)
			}
		})
	}
}
