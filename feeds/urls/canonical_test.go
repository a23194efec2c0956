package urls

import (
	"bufio"
	"compress/gzip"
	"encoding/base64"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

func TestCanonicalURL(t *testing.T) {
	tests := map[string]struct{ raw, want string }{
		"plain":                  {"https://example.org/a", "https://example.org/a"},
		"scheme":                 {"http://example.org/a", "https://example.org/a"},
		"case of host":           {"HTTP://Example.ORG/Path", "https://example.org/Path"},
		"www":                    {"https://www.example.org/a", "https://example.org/a"},
		"www alone":              {"https://www.com/a", "https://www.com/a"},
		"default port":           {"http://example.org:80/a", "https://example.org/a"},
		"tls port":               {"https://example.org:443/a", "https://example.org/a"},
		"other port":             {"http://127.0.0.1:8080/a", "https://127.0.0.1:8080/a"},
		"userinfo":               {"https://me:secret@example.org/a", "https://example.org/a"},
		"root":                   {"http://example.org", "https://example.org/"},
		"trailing slash":         {"https://example.org/a/", "https://example.org/a"},
		"doubled slash":          {"https://example.org//a//b", "https://example.org/a/b"},
		"dot segments":           {"https://example.org/x/../a/./b", "https://example.org/a/b"},
		"index page":             {"https://example.org/a/index.html", "https://example.org/a"},
		"fragment":               {"https://example.org/a#comments", "https://example.org/a"},
		"hashbang":               {"https://example.org/#!/story/7", "https://example.org/#!/story/7"},
		"route":                  {"https://example.org/app#/story/7", "https://example.org/app#/story/7"},
		"text fragment":          {"https://example.org/a#:~:text=word", "https://example.org/a"},
		"blanks around":          {"  https://example.org/a\n", "https://example.org/a"},
		"line break within":      {"https://example.org/a\n  b", "https://example.org/a%20%20b"},
		"backslashes":            {`http:\\example.org\a`, "https://example.org/a"},
		"no scheme but slashes":  {"//example.org/a", "https://example.org/a"},
		"feed scheme":            {"feed://example.org/a", "https://example.org/a"},
		"feed of https":          {"feed:https://example.org/a", "https://example.org/a"},
		"international name":     {"https://Bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"},
		"trailing dot":           {"https://example.org./a", "https://example.org/a"},
		"address v6":             {"http://[2001:DB8:0::1]:80/a", "https://[2001:db8::1]/a"},
		"needless escapes":       {"https://example.org/%7Euser/%61%2d", "https://example.org/~user/a-"},
		"lower-case escapes":     {"https://example.org/caf%c3%a9", "https://example.org/caf%C3%A9"},
		"raw letters":            {"https://example.org/café", "https://example.org/caf%C3%A9"},
		"stray percent":          {"https://example.org/100%-sure", "https://example.org/100%25-sure"},
		"escaped slash stays":    {"https://example.org/a%2Fb", "https://example.org/a%2Fb"},
		"session id":             {"https://example.org/a;jsessionid=1F2", "https://example.org/a"},
		"utm":                    {"https://example.org/a?utm_source=rss&utm_medium=feed", "https://example.org/a"},
		"click ids":              {"https://example.org/a?fbclid=1&gclid=2&mc_cid=3&msclkid=4", "https://example.org/a"},
		"escaped ampersand":      {"https://example.org/a?id=4&amp;utm_source=x", "https://example.org/a?id=4"},
		"id stays":               {"https://example.org/news?id=4&utm_source=x", "https://example.org/news?id=4"},
		"p stays":                {"https://example.org/?p=446154", "https://example.org/?p=446154"},
		"v stays":                {"https://youtube.com/watch?v=abc&feature=rss", "https://youtube.com/watch?v=abc"},
		"story stays":            {"https://example.org/show?story=12&from=rss", "https://example.org/show?story=12"},
		"m elsewhere":            {"https://example.org/s?m=1961", "https://example.org/s?m=1961"},
		"m at blogspot":          {"https://some.blogspot.com/2020/1/a.html?m=1", "https://some.blogspot.com/2020/1/a.html"},
		"ref with an id":         {"https://example.org/case?ref=2023-15", "https://example.org/case?ref=2023-15"},
		"ref with an origin":     {"https://example.org/case?ref=homepage", "https://example.org/case"},
		"rss suffix":             {"https://example.org/a?rss=1", "https://example.org/a"},
		"bare rss":               {"https://example.org/a?rss", "https://example.org/a"},
		"query order":            {"https://example.org/a?b=2&a=1", "https://example.org/a?a=1&b=2"},
		"order within one name":  {"https://example.org/a?x=2&x=1", "https://example.org/a?x=2&x=1"},
		"repeated pair":          {"https://example.org/a?x=2&x=2", "https://example.org/a?x=2"},
		"empty value":            {"https://example.org/a?x=", "https://example.org/a?x"},
		"blank in query":         {"https://example.org/a?x=b%20c", "https://example.org/a?x=b+c"},
		"escaped ampersand kept": {"https://example.org/a?x=b%26c", "https://example.org/a?x=b%26c"},
		"amp ending":             {"https://example.org/2024/a/amp/", "https://example.org/2024/a"},
		"amp first":              {"https://example.org/amp/news/a-1", "https://example.org/news/a-1"},
		"amp file":               {"https://example.org/news/a.amp.html", "https://example.org/news/a.html"},
		"amp host":               {"https://amp.example.org/news/a", "https://example.org/news/a"},
		"amp host of cnn":        {"https://amp.cnn.com/cnn/2022/07/27/x/a/index.html", "https://cnn.com/2022/07/27/x/a"},
		"amp query":              {"https://example.org/a?amp=1", "https://example.org/a"},
		"amp output":             {"https://example.org/a?outputType=amp", "https://example.org/a"},
		"amp alone names a page": {"https://example.org/amp", "https://example.org/amp"},
		"amp cache":              {"https://example-org.cdn.ampproject.org/c/s/example.org/a?id=1", "https://example.org/a?id=1"},
		"amp viewer":             {"https://www.google.com/amp/s/www.example.org/a/amp", "https://example.org/a"},
		"mobile":                 {"http://m.example.org/a", "https://example.org/a"},
		"mobile before a suffix": {"http://m.co.uk/a", "https://m.co.uk/a"},
		"mobile and www":         {"http://www.m.example.org/a", "https://example.org/a"},
		"mobile encyclopedia":    {"https://en.m.wikipedia.org/wiki/A", "https://en.wikipedia.org/wiki/A"},
		"google redirect":        {"https://www.google.com/url?rct=j&sa=t&url=https://example.org/a%3Fid%3D1&ct=ga", "https://example.org/a?id=1"},
		"old google news":        {"http://news.google.com/news/url?sa=t&fd=R&ct2=us&url=http://www.example.org/a&cid=1", "https://example.org/a"},
		"google news id": {"https://news.google.com/rss/articles/" +
			base64.RawURLEncoding.EncodeToString([]byte("\x08\x13\x22\x15http://example.org/a1\xd2\x01\x00")) + "?oc=5", "https://example.org/a1"},
		"opaque google news id": {"https://news.google.com/rss/articles/CBMiAAAA?oc=5", "https://news.google.com/rss/articles/CBMiAAAA"},
		"bing redirect":         {"http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&url=https%3a%2f%2fexample.org%2fa&c=1", "https://example.org/a"},
		"wrapped twice":         {"https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3Dhttp%253A%252F%252Fexample.org%252Fa", "https://example.org/a"},
		"short video":           {"https://youtu.be/4XAFYbIxkcA?si=x", "https://youtube.com/watch?v=4XAFYbIxkcA"},
		"video of an old feed":  {"http://gdata.youtube.com/feeds/api/videos/4XAFYbIxkcA", "https://youtube.com/watch?v=4XAFYbIxkcA"},
		"embedded video":        {"https://www.youtube.com/embed/4XAFYbIxkcA", "https://youtube.com/watch?v=4XAFYbIxkcA"},
		"post":                  {"https://medium.com/@who/some-title-e9aa43486521?source=rss----1", "https://medium.com/p/e9aa43486521"},
		"post, own host":        {"https://who.medium.com/other-title-e9aa43486521", "https://medium.com/p/e9aa43486521"},
		"post without number":   {"https://medium.com/@who/about-us", "https://medium.com/@who/about-us"},
		"redirect to nothing":   {"https://www.google.com/url?url=javascript:alert(1)", "https://google.com/url?url=javascript:alert(1)"},

		"empty":           {"", ""},
		"relative":        {"/a/b", ""},
		"no host":         {"http:///a", ""},
		"mail":            {"mailto:me@example.org", ""},
		"tag":             {"tag:example.org,2005:1", ""},
		"ftp":             {"ftp://example.org/a", ""},
		"word":            {"example.org/a", ""},
		"blank in host":   {"http://exa mple.org/", ""},
		"port in words":   {"http://example.org:http/", ""},
		"v6 cut off":      {"http://[2001:db8/", ""},
		"endless":         {"https://example.org/" + strings.Repeat("a", MaxLength), ""},
		"dots for a host": {"http://../a", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Canonical(tt.raw); got != tt.want {
				t.Errorf("CanonicalURL(%q) = %q, want %q", tt.raw, got, tt.want)
			}
		})
	}
}

func FuzzCanonicalURL(f *testing.F) {
	for _, s := range []string{
		"", "http://a.b/c?d=e#f", "https://www.google.com/url?url=http://x.y/%61?a=b%26c", "http://[::1]:80/..//.;sid=1/amp/",
		"http://m.amp.www.example.co.uk/%2e%2E/a b?x=%+%zz&&amp;amp;=", "https://xn--a/", "https://ﬁ.ü.org\\a", "http://a.b/index.php/amp.html",
		"https://news.google.com/articles/CBMiFWh0dHA6", "http://a.b/x.amp.amp?=&=a&a=", "https://google.com/amp/url?url=http://a.b",
		"https://x.cdn.ampproject.org/c/s/www.google.com/amp/s/", "http://a.b/#!%", "http://a.b/;sid;", "http://a.b/?%75tm_source=1",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got := Canonical(raw)
		if again := Canonical(got); again != got {
			t.Errorf("CanonicalURL(%q) = %q, and of that %q", raw, got, again)
		}
		if got == "" {
			return
		}
		if u, err := url.Parse(got); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
			t.Errorf("CanonicalURL(%q) = %q, which is no plain https address (%v)", raw, got, err)
		}
	})
}

// Real addresses that become one name their article by one slug.
func TestCanonicalURLKeepsArticlesApart(t *testing.T) {
	dir := os.Getenv("NEWSWATCH_SHARED")
	if dir == "" {
		t.Skip("NEWSWATCH_SHARED is not set")
	}
	file, err := os.Open(filepath.Join(dir, "data/corpora/topnews_urls.txt.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	first := make(map[string]string)
	lines := bufio.NewScanner(unzipped)
	for lines.Scan() {
		raw := lines.Text()
		got := Canonical(raw)
		if other, ok := first[got]; ok && slug(raw) != slug(other) {
			t.Errorf("%q and %q are both %q", raw, other, got)
		}
		if got != "" {
			first[got] = raw
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if len(first) == 0 {
		t.Fatal("no addresses")
	}
}

func slug(raw string) string {
	return path.Base(strings.TrimSuffix(strings.TrimSuffix(raw, "/"), "/index.html"))
}

func BenchmarkCanonicalURL(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Canonical("http://www.example.org/2026/03/02/politics/agents-search-warehouse/index.html?utm_source=rss&id=7")
	}
}
