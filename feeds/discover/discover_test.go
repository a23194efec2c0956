package discover

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/fetch"
)

func TestReadPage(t *testing.T) {
	const base = "https://harbour.example/news/"
	tests := map[string]struct {
		page string
		want []string // "kind address title"
	}{
		"usual": {`<link rel="alternate" type="application/rss+xml" title="Harbour  News" href="/feed">`, []string{"rss https://harbour.example/feed Harbour News"}},
		"several, in order": {`<link rel=alternate type=application/atom+xml href=a.atom><link href=b.json type=application/feed+json rel=alternate>`,
			[]string{"atom https://harbour.example/news/a.atom ", "json https://harbour.example/news/b.json "}},
		"capitals":          {`<LINK REL="Alternate" TYPE="Application/RSS+XML; charset=utf-8" HREF="F">`, []string{"rss https://harbour.example/news/F "}},
		"more relations":    {`<link rel="home  alternate" type="application/rss+xml" href=f>`, []string{"rss https://harbour.example/news/f "}},
		"rel=feed":          {`<link rel=feed href=f>`, []string{"feed https://harbour.example/news/f "}},
		"base":              {`<base href="https://ferry.example/x/"><link rel=alternate type=application/rss+xml href=f>`, []string{"rss https://ferry.example/x/f "}},
		"two bases":         {`<base href="/1/"><base href="/2/"><link rel=alternate type=application/rss+xml href=f>`, []string{"rss https://harbour.example/1/f "}},
		"twice":             {`<link rel=alternate type=application/rss+xml href=f><link rel=alternate type=application/rss+xml href=f>`, []string{"rss https://harbour.example/news/f "}},
		"self-closing":      {`<link rel="alternate" type="application/rss+xml" href="f" />`, []string{"rss https://harbour.example/news/f "}},
		"entity":            {`<link rel=alternate type=application/rss+xml href="f?a=1&amp;b=2">`, []string{"rss https://harbour.example/news/f?a=1&b=2 "}},
		"in the body":       {`<body><p>x<link rel=alternate type=application/rss+xml href=f>`, []string{"rss https://harbour.example/news/f "}},
		"after junk":        {"\x00<<\xff<!-- - -->" + `<link rel=alternate type=application/rss+xml href=f`, nil},
		"commented out":     {`<!-- <link rel=alternate type=application/rss+xml href=f> -->`, nil},
		"in a script":       {`<script>"<link rel=alternate type=application/rss+xml href=f>"</script>`, nil},
		"stylesheet":        {`<link rel="alternate stylesheet" type="text/xml" href=f>`, nil},
		"translation":       {`<link rel=alternate hreflang=fr href=fr>`, nil},
		"interface":         {`<link rel=alternate type=application/json href=/wp-json/>`, nil},
		"oEmbed":            {`<link rel=alternate type=text/xml+oembed href=/oembed>`, nil},
		"no address":        {`<link rel=alternate type=application/rss+xml>`, nil},
		"not http":          {`<link rel=alternate type=application/rss+xml href="javascript:x()"><link rel=alternate type=application/rss+xml href="http://">`, nil},
		"feed link, no rel": {`<link type=application/rss+xml href=f>`, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range pageFeeds([]byte(tt.page), base) {
				got = append(got, f.Kind+" "+f.URL+" "+f.Title)
				if f.How != ByLink || !f.Pollable {
					t.Errorf("%+v, want a pollable link", f)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("DiscoverPage = %q, want %q", got, tt.want)
			}
		})
	}
}

// Whatever a page holds, what is found has an absolute http(s) address.
func FuzzReadPage(f *testing.F) {
	f.Add([]byte(`<base href=//x><link rel=alternate type=application/rss+xml href=f>`), "https://harbour.example/")
	f.Add([]byte(`<link rel=feed href="http://[::1"><a href=rss.xml>`), "")
	f.Add([]byte("\xef\xbb\xbf<title><link"), ":")
	f.Fuzz(func(t *testing.T, page []byte, base string) {
		for _, found := range pageFeeds(page, base) {
			u, err := url.Parse(found.URL)
			if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
				t.Errorf("found %q on base %q", found.URL, base)
			}
		}
	})
}

const aFeed = `<rss version="2.0"><channel><title>Harbour News</title><item><title>a</title></item></channel></rss>`

func TestDiscover(t *testing.T) {
	const link = `<!doctype html><link rel=alternate type=application/rss+xml href=/linked>`
	tests := map[string]struct {
		site  map[string]string
		want  []string // "how path"
		asked string
	}{
		"the address itself": {map[string]string{"/": aFeed}, []string{ByItself + " /"}, "/"},
		"by link":            {map[string]string{"/": link}, []string{ByLink + " /linked"}, "/ /robots.txt"},
		"by link on the page": {map[string]string{"/": `<!doctype html><a href="/x/index.rss">RSS</a>`, "/x/index.rss": aFeed},
			[]string{ByAnchor + " /x/index.rss"}, "/ /robots.txt /x/index.rss"},
		"by path": {map[string]string{"/": `<!doctype html>`, "/rss.xml": aFeed},
			[]string{ByPath + " /rss.xml"}, "/ /robots.txt /feed/ /rss.xml"},
		"paths that answer with pages": {map[string]string{"/": `<!doctype html>`, "/feed/": "<html>", "/rss.xml": "", "/feed.xml": aFeed},
			[]string{ByPath + " /feed.xml"}, "/ /robots.txt /feed/ /rss.xml /feed.xml"},
		"robots obeyed": {map[string]string{"/": `<!doctype html>`, "/rss.xml": aFeed, "/feed.xml": aFeed, "/robots.txt": "User-agent: *\nDisallow: /rss\nDisallow: /*d/$"},
			[]string{ByPath + " /feed.xml"}, "/ /robots.txt /feed.xml"},
		"news sitemaps": {map[string]string{"/": link, "/robots.txt": "Sitemap: /sitemap.xml\nSITEMAP: /sitemap-news.xml # new\nSitemap: gopher://x/news"},
			[]string{ByLink + " /linked", ByRobots + " /sitemap-news.xml"}, "/ /robots.txt"},
		"a list of links": {map[string]string{"/": `<!doctype html><title>News</title><ul class="news"><li class="n"><a href="/1">The first of all the news</a><li class="n"><a href="/2">The second of all the news</a><li class="n"><a href="/3">The third of all the news</a></ul>`},
			[]string{OnPage + " /"}, "/ /robots.txt /feed/ /rss.xml /feed.xml /rss /atom.xml /index.xml /feeds/posts/default /feed.json"},
		"a news sitemap before a list": {map[string]string{"/": `<!doctype html><ul><li><a href="/1">The first of all the news</a><li><a href="/2">The second of all the news</a><li><a href="/3">The third of all the news</a></ul>`,
			"/robots.txt": "Sitemap: /news.xml", "/news.xml": `<urlset><url><loc>/9</loc><news><title>One</title></news></url></urlset>`},
			[]string{ByRobots + " /news.xml"}, "/ /robots.txt /feed/ /rss.xml /feed.xml /rss /atom.xml /index.xml /feeds/posts/default /feed.json /news.xml"},
		"nothing": {map[string]string{"/": `<!doctype html>`}, nil,
			"/ /robots.txt /feed/ /rss.xml /feed.xml /rss /atom.xml /index.xml /feeds/posts/default /feed.json"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var mu sync.Mutex
			var asked []string
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				asked = append(asked, r.URL.Path)
				mu.Unlock()
				text, ok := tt.site[r.URL.Path]
				if !ok {
					w.WriteHeader(http.StatusNotFound)
				}
				_, _ = w.Write([]byte(text))
			}))
			defer s.Close()
			c := polite(t)
			found, err := Find(context.Background(), c, s.URL+"/")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range found {
				got = append(got, f.How+" "+strings.TrimPrefix(f.URL, s.URL))
				if f.Pollable != (f.Kind != kindSitemap) || (f.Entry != "") != (len(f.Items) > 0) || f.Entry != "" && !strings.Contains(f.Entry, `"kind":"`+f.Kind+`"`) {
					t.Errorf("%+v is not rightly pollable", f)
				}
			}
			if !slices.Equal(got, tt.want) || strings.Join(asked, " ") != tt.asked {
				t.Errorf("Discover = %q by asking %s, want %q by %s", got, asked, tt.want, tt.asked)
			}
		})
	}
}

// polite returns a client that may ask servers of this test.
func polite(t *testing.T) *fetch.Client {
	t.Helper()
	c, err := fetch.NewClient(feeds.Settings{Allow: []string{"127.0.0.0/8"}, Spacing: time.Millisecond, Timeout: 5 * time.Minute}, "1.2")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// A site that makes up a page for every address leads nowhere for long: neither its
// links nor its sitemaps are followed beyond a few.
func TestDiscoverEndsInATarpit(t *testing.T) {
	var asked atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := asked.Add(1)
		switch {
		case r.URL.Path == "/robots.txt":
			for i := range 500 {
				fmt.Fprintf(w, "Sitemap: /news-%d.xml\n", i)
			}
		case strings.HasPrefix(r.URL.Path, "/news-"):
			fmt.Fprintf(w, `<sitemapindex><sitemap><loc>/news-%d0.xml</loc></sitemap></sitemapindex>`, n)
		default:
			fmt.Fprint(w, `<!doctype html>`)
			for i := range 500 {
				fmt.Fprintf(w, `<a href="/rss/%d/%d">RSS feed</a>`, n, i)
			}
		}
	}))
	defer s.Close()
	if _, err := Find(t.Context(), polite(t), s.URL+"/"); err != nil {
		t.Fatal(err)
	}
	if n := asked.Load(); n > 2+maxProbes+mostSitemaps {
		t.Errorf("%d requests", n)
	}
}

func TestDiscoverFails(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	defer s.Close()
	c := polite(t)
	if _, err := Find(context.Background(), c, s.URL+"/?key=secret"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("Discover: %v, want the refusal", err)
	}
	if _, err := Find(context.Background(), c, "http://10.0.0.1/"); err == nil || !strings.Contains(err.Error(), "not public") {
		t.Errorf("Discover: %v, want the guard's refusal", err)
	}
}

// The recorded autodiscovery pages name the feed that their makers expect.
func TestDiscoverSharedPages(t *testing.T) {
	dir := unpacked(t, "robustness", "feedvalidator")
	lines, err := os.ReadFile(filepath.Join(os.Getenv("NEWSWATCH_SHARED"), "data", "robustness", "feedvalidator.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(lines)) {
		var c struct {
			File   string `json:"file"`
			Suffix string `json:"expected_feed_url_suffix"`
		}
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		if c.Suffix == "" {
			continue
		}
		n++
		page, err := os.ReadFile(filepath.Join(dir, c.File))
		if err != nil {
			t.Fatal(err)
		}
		found := pageFeeds(page, "https://"+strings.TrimSuffix(c.Suffix, "xml")+"html")
		if len(found) == 0 || !strings.HasSuffix(found[0].URL, c.Suffix) {
			t.Errorf("%s: found %v, want ...%s", c.File, found, c.Suffix)
		}
	}
	if n == 0 {
		t.Error("no case has an expected address")
	}
	fmt.Fprintln(t.Output(), n, "pages")
}

// unpacked returns a temporary folder with the contents of a shared archive,
// and skips the test where there is no shared data.
func unpacked(t *testing.T, folder, name string) string {
	t.Helper()
	shared := os.Getenv("NEWSWATCH_SHARED")
	if shared == "" {
		t.Skip("NEWSWATCH_SHARED is not set")
	}
	dir := t.TempDir()
	archive := filepath.Join(shared, "data", folder, name+".tar.xz")
	if out, err := exec.Command("tar", "-xJf", archive, "-C", dir).CombinedOutput(); err != nil {
		t.Skipf("tar: %v: %s", err, out)
	}
	return dir
}

// pageFeeds returns the feeds that a page at base names in its link elements.
func pageFeeds(page []byte, base string) []Found {
	u, err := url.Parse(base)
	if err != nil {
		u = &url.URL{}
	}
	found, _ := readPage(page, u)
	return found
}
