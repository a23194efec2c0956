package sitemap

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

const (
	open = `<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">`
	end  = `</urlset>`
)

func news(loc, day, title string) string {
	return `<url><loc>` + loc + `</loc><news:news><news:publication><news:name>Harbor Wire</news:name><news:language>en</news:language></news:publication>` +
		`<news:publication_date>` + day + `</news:publication_date><news:title>` + title + `</news:title></news:news></url>`
}

// TestParse writes items as "day title address" and maps as "day address".
func TestParse(t *testing.T) {
	tests := []struct {
		name, doc string
		want      string
		untitled  int
		dropped   int
		partial   bool
	}{
		{name: "news", doc: open + news("https://a.example/1", "2026-11-24T05:00:00+01:00", "Agency &amp; cloud") + end, want: "2026-11-24T04:00 Agency & cloud https://a.example/1"},
		{name: "newest first", doc: open + news("https://a.example/1", "2026-11-22", "a") + news("https://a.example/2", "2026-11-23", "b") + end,
			want: "2026-11-23T00:00 b https://a.example/2\n2026-11-22T00:00 a https://a.example/1"},
		{name: "no titles", doc: open + `<url><loc>https://a.example/1</loc><lastmod>2026-11-24</lastmod><image:image xmlns:image="x"><image:loc>https://a.example/p.png</image:loc></image:image></url>` + end,
			want: "2026-11-24T00:00  https://a.example/1", untitled: 1},
		{name: "relative", doc: open + news(" /1\n", "2026-11-24", "a") + end, want: "2026-11-24T00:00 a https://a.example/1"},
		{name: "future and nonsense", doc: open + news("/1", "2027-11-24", "a") + news("/2", "soon", "b") + end, want: "0001-01-01T00:00 a https://a.example/1\n0001-01-01T00:00 b https://a.example/2"},
		{name: "no address", doc: open + news("", "2026-11-24", "a") + news("javascript:alert(1)", "2026-11-24", "b") + news("ftp://x/", "", "c") + end, dropped: 3},
		{name: "empty", doc: open + end},
		{name: "empty element", doc: `<urlset/>`},
		{name: "breaks off", doc: open + news("/1", "2026-11-24", "a") + `<url><loc>/2</lo`, want: "2026-11-24T00:00 a https://a.example/1", partial: true},
		{name: "foreign elements", doc: open + `<x><url><loc>/9</loc></url></x>` + news("/1", "2026-11-24", "<![CDATA[a &lt; b]]>") + end, want: "2026-11-24T00:00 a &lt; b https://a.example/1"},
		{name: "entities of HTML", doc: open + news("/1", "2026-11-24", "Caf&eacute; &#8217;") + end, want: "2026-11-24T00:00 Café ’ https://a.example/1"},
		{name: "latin 1", doc: strings.Replace(open, "UTF-8", "ISO-8859-1", 1) + news("/1", "2026-11-24", "Caf\xe9") + end, want: "2026-11-24T00:00 Café https://a.example/1"},
		{name: "UTF-16", doc: wideBytes(strings.Replace(open, "UTF-8", "UTF-16", 1) + news("/1", "2026-11-24", "Café") + end), want: "2026-11-24T00:00 Café https://a.example/1"},
		{name: "compressed", doc: compressed(open + news("/1", "2026-11-24", "a") + end), want: "2026-11-24T00:00 a https://a.example/1"},
		{name: "compressed and cut", doc: cutOff(compressed(open + news("/1", "2026-11-24", "a") + end)), want: "2026-11-24T00:00 a https://a.example/1", partial: true},
		{name: "addresses only", doc: "\ufeffhttps://a.example/1\r\nhttps://a.example/2\n\n", want: "0001-01-01T00:00  https://a.example/1\n0001-01-01T00:00  https://a.example/2", untitled: 2},
		{name: "index", doc: `<sitemapindex><sitemap><loc>/old.xml</loc><lastmod>2026-10-31</lastmod></sitemap><sitemap><loc>/new.xml</loc><lastmod>2026-11-24T06:00:00Z</lastmod></sitemap>` +
			`<sitemap><loc>https://b.example/x.xml</loc></sitemap><sitemap><loc>https://a.example/sitemap.xml</loc></sitemap></sitemapindex>`,
			want: "2026-11-24T06:00 https://a.example/new.xml\n2026-10-31T00:00 https://a.example/old.xml", dropped: 2},
		{name: "index of very many", doc: `<sitemapindex>` + strings.Repeat(`<sitemap><loc>/x.xml</loc></sitemap>`, 50_001) + `</sitemapindex>`,
			want: strings.TrimSuffix(strings.Repeat("0001-01-01T00:00 https://a.example/x.xml\n", 100), "\n"), dropped: 49_901},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, err := Parse([]byte(test.doc), Options{URL: "https://a.example/sitemap.xml", Now: now})
			if err != nil {
				t.Fatal(err)
			}
			if got := written(d); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
			if d.Untitled != test.untitled || d.Dropped != test.dropped || d.Partial != test.partial {
				t.Errorf("untitled %d, dropped %d, partial %v; want %d, %d, %v", d.Untitled, d.Dropped, d.Partial, test.untitled, test.dropped, test.partial)
			}
		})
	}
}

func written(d Document) string {
	var lines []string
	for _, it := range d.Items {
		lines = append(lines, newest(it).Format("2006-01-02T15:04 ")+it.Title+" "+it.Link)
	}
	for _, m := range d.Maps {
		lines = append(lines, m.Updated.Format("2006-01-02T15:04 ")+m.URL)
	}
	return strings.Join(lines, "\n")
}

func compressed(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(s))
	z.Close()
	return b.String()
}

// cutOff leaves out the checksum of a compressed file.
func cutOff(s string) string { return s[:len(s)-8] }

func wideBytes(s string) string {
	b := []byte{0xff, 0xfe}
	for _, r := range s {
		b = append(b, byte(r), byte(r>>8))
	}
	return string(b)
}

func TestParseRefuses(t *testing.T) {
	tests := map[string]string{
		"":                             "empty",
		"no news today":                "neither XML nor an address",
		"<!doctype html><html></html>": "<html>",
		`{"urlset":[]}`:                "neither XML nor an address",
		"<?xml version='1.0'?>":        "no element",
		"<rss><channel/></rss>":        "<rss>",
		compressed(strings.Repeat(" ", MaxSize+1)): "more than 16 MiB",
		"\x1f\x8bxx": "gzip",
	}
	for doc, want := range tests {
		if _, err := Parse([]byte(doc), Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: got %v, want %q", doc, err, want)
		}
	}
}

func TestParseKeepsTheNewestOfTooMany(t *testing.T) {
	var b strings.Builder
	b.WriteString(open)
	for i := range 25_000 {
		fmt.Fprintf(&b, "<url><loc>/%d</loc><lastmod>%s</lastmod></url>", i, now.Add(time.Duration(i-25_000)*time.Hour).Format(time.RFC3339))
	}
	d, err := Parse([]byte(b.String()+end), Options{URL: "https://a.example/", Now: now})
	if err != nil || len(d.Items) != maxItems || d.Untitled != maxItems || d.Dropped != 5_000 || d.Items[0].Link != "https://a.example/24999" {
		t.Errorf("%d items, %d untitled, %d dropped, %v", len(d.Items), d.Untitled, d.Dropped, err)
	}
}

func TestParseReadsLanguageAndKeywords(t *testing.T) {
	doc := open + strings.Replace(news("/1", "2026-11-24", "a"), "</news:news>", "<news:keywords>ICE,  cloud ,</news:keywords></news:news>", 1) + end
	d, err := Parse([]byte(doc), Options{URL: "https://www.a.example/"})
	if err != nil || len(d.Items) != 1 {
		t.Fatal(d, err)
	}
	it := d.Items[0]
	if it.Lang != "en" || strings.Join(it.Tags, "|") != "ICE|cloud" || it.URL != "https://a.example/1" || it.GUID != "https://www.a.example/1" {
		t.Errorf("got %+v", it)
	}
}

func TestSharedSitemaps(t *testing.T) {
	shared := os.Getenv("NEWSWATCH_SHARED")
	if shared == "" {
		t.Skip("NEWSWATCH_SHARED is not set")
	}
	for name, want := range map[string]string{
		"news_sitemap.xml": "2026-11-24T06:00  https://harbor-wire.example/2026/11/23/old-story\n2026-11-24T05:10 Agency leans on a vendor’s cloud https://harbor-wire.example/2026/11/24/agency-cloud\n" +
			"2026-11-24T00:00 A day without a time https://harbor-wire.example/relative/loc",
		"news_sitemap_empty.xml": "",
		"sitemap_index.xml":      "2026-11-24T06:00 https://harbor-wire.example/sitemap-2026-11.xml\n2026-10-31T23:00 https://harbor-wire.example/sitemap-2026-10.xml",
	} {
		doc, err := os.ReadFile(filepath.Join(shared, "data/sources/feeds", name))
		if err != nil {
			t.Fatal(err)
		}
		d, err := Parse(doc, Options{URL: "https://harbor-wire.example/sitemap_index.xml", Now: now})
		if err != nil || written(d) != want {
			t.Errorf("%s: got %v\n%s\nwant\n%s", name, err, written(d), want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(open + news("/1", "2026-11-24", "a") + end))
	f.Add([]byte("https://a.example/\n"))
	f.Add([]byte("\xff\xfe<\x00"))
	f.Fuzz(func(t *testing.T, doc []byte) {
		d, err := Parse(doc, Options{URL: "https://a.example/s.xml", Now: now})
		if err != nil {
			return
		}
		for _, it := range d.Items {
			if !strings.HasPrefix(it.Link, "http") || newest(it).After(now.Add(24*time.Hour)) || strings.ContainsAny(it.Title, "\n\x00") {
				t.Errorf("item %+v", it)
			}
		}
	})
}
