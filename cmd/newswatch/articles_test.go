package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A site is a newsroom whose feed carries headlines and one sentence, and whose
// pages carry the rest.
type site struct {
	*httptest.Server
	mu     sync.Mutex
	items  []string       // of the feed, newest first
	pages  map[string]any // by path: a body, a status, or a handler
	asked  map[string]int // by path
	atOnce int            // pages being asked for
	most   int            // of them
}

func newSite(t *testing.T) *site {
	s := &site{pages: map[string]any{}, asked: map[string]int{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	s.publish("old", "Council counts its chairs", "")
	return s
}

func (s *site) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked[r.URL.Path]++
	if r.URL.Path == "/feed" {
		defer s.mu.Unlock()
		fmt.Fprintf(w, `<rss version="2.0"><channel><title>Harbor Wire</title>%s</channel></rss>`, strings.Join(s.items, ""))
		return
	}
	page := s.pages[r.URL.Path]
	if s.atOnce++; s.atOnce > s.most {
		s.most = s.atOnce
	}
	s.mu.Unlock()
	defer func() { s.mu.Lock(); s.atOnce--; s.mu.Unlock() }()
	switch page := page.(type) {
	case string:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(page))
	case int:
		w.WriteHeader(page)
	case http.HandlerFunc:
		page(w, r)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// publish lists an article whose page is page.
func (s *site) publish(name, title string, page any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages["/"+name] = page
	s.items = append([]string{fmt.Sprintf(`<item><title>%s</title><link>%s/%s</link><guid>%s</guid><pubDate>%s</pubDate></item>`, title, s.URL, name, name,
		time.Now().Add(-time.Minute).UTC().Format(time.RFC1123Z))}, s.items...)
}

func (s *site) count(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[path]
}

// pageAbout is a page with a headline and paragraphs after the usual ones.
func pageAbout(title string, paragraphs ...string) string {
	body := ""
	for i := range 3 {
		body += fmt.Sprintf("<p>The council met for the %d. time this year to talk about the harbor and its old pilots, and came to no decision that anybody could name afterwards.</p>", i+1)
	}
	for _, p := range paragraphs {
		body += "<p>" + p + "</p>"
	}
	return `<!doctype html><html lang="en"><head><title>` + title + ` - Harbor Wire</title></head><body><nav><a href="/">Home</a></nav><article><h1>` + title + `</h1>` + body + `</article></body></html>`
}

const articlesConfig = `store: {path: newswatch.db}
http: {listen: ""}
fetch: {allow: [127.0.0.0/8], spacing: 100ms, schedule: "@every 1s", timeout: 5s}
articles: {read: near, per_host: 1000/h}
feeds:
  - {url: "${SITE}/feed", name: wire}
watches:
  - {name: pilots, match: "Tarbock AND kestrel", notify: [screen]}
  - {name: secret, match: "Mudlark AND kestrel", notify: [screen], sensitive: true}
destinations:
  - {name: screen, console: {}}
`

// A near miss is told once its article has been read, within ten seconds of the
// poll; robots.txt is asked for once and obeyed; nobody is asked for a sensitive
// watch.
func TestArticleMakesTheAlert(t *testing.T) {
	t.Parallel()
	s, web := newStage(t), newSite(t)
	web.pages["/robots.txt"] = "User-agent: *\nDisallow: /closed\n"
	s.env = append(s.env, "SITE="+web.URL)
	s.write("config.yaml", articlesConfig)
	p := s.daemon()
	s.until("the feed is known", func() bool {
		return strings.Contains(s.run("feeds", "list", "--json").out.String(), `"last_success":"2`)
	})
	began := time.Now()
	web.publish("near", "Tarbock pilots meet the council", pageAbout("Tarbock pilots meet the council", "A cloud of Kestrel keeps their files, the minutes say."))
	web.publish("closed/near", "Tarbock pilots meet behind doors", pageAbout("Tarbock pilots meet behind doors", "Kestrel was there."))
	web.publish("secret", "Mudlark is sold", pageAbout("Mudlark is sold", "Kestrel has bought it."))
	web.publish("dull", "A bridge is painted", pageAbout("A bridge is painted", "Kestrel has painted it."))
	s.until("it is told", func() bool { return p.console("Tarbock pilots meet the council") == 1 })
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("told after %v", took)
	}
	if !strings.Contains(p.out.String(), "A cloud of Kestrel keeps their files") {
		t.Errorf("the sentence is not shown:\n%s", p.out.String())
	}
	s.until("the other is given up", func() bool {
		return strings.Contains(s.run("explain", web.URL+"/closed/near").out.String(), "robots.txt")
	})
	for path, want := range map[string]int{"/robots.txt": 1, "/near": 1, "/closed/near": 0, "/secret": 0, "/dull": 0} {
		if got := web.count(path); got != want {
			t.Errorf("%s was asked for %d times, want %d", path, got, want)
		}
	}
	if out := s.run("status").out.String(); !strings.Contains(out, "articles   0 to be read\n") {
		t.Errorf("status says %s", out)
	}
	if web.most > 1 {
		t.Errorf("%d pages were asked for at a time", web.most)
	}
	p.stop()
	if out := s.run("evidence", "pilots", "--out", "shown").out.String(); !strings.Contains(out, "shown  1 item of pilots on 1 day") {
		t.Errorf("evidence says %s", out)
	}
	if v := s.run("evidence", "verify", "shown"); v.status != exitDone || !strings.Contains(v.out.String(), "seal ") {
		t.Errorf("evidence verify says %s", v.out.String())
	}
	for _, args := range [][]string{{"evidence", "pilots", "--out", "shown"}, {"evidence", "nobody", "--out", "none"}, {"evidence", "verify", "none"}} {
		if v := s.run(args...); v.status != exitFailed {
			t.Errorf("%v: status %d", args, v.status)
		}
	}
	if strings.Contains(p.out.String(), "behind doors") || strings.Contains(p.out.String(), "Mudlark") || strings.Contains(p.out.String(), "bridge") {
		t.Errorf("told too much:\n%s", p.out.String())
	}
}

// An article that is owed when the process is killed is read after the restart.
// No address brings its text twice, and none is asked for more than four times.
func TestOwedArticlesSurviveKills(t *testing.T) {
	t.Parallel()
	s, web := newStage(t), newSite(t)
	s.env = append(s.env, "SITE="+web.URL)
	s.write("config.yaml", articlesConfig)
	p := s.daemon()
	s.until("the feed is known", func() bool {
		return strings.Contains(s.run("feeds", "list", "--json").out.String(), `"last_success":"2`)
	})
	p.kill()
	hung := make(chan struct{})
	t.Cleanup(sync.OnceFunc(func() { close(hung) }))
	slow := pageAbout("Tarbock pilots wait", "For Kestrel, it is said.")
	kills := 0
	web.publish("slow", "Tarbock pilots wait", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		web.mu.Lock()
		kills++
		first := kills == 1
		web.mu.Unlock()
		if first { // until the process is gone
			select {
			case <-r.Context().Done():
			case <-hung:
			}
			return
		}
		_, _ = w.Write([]byte(slow))
	}))
	p = s.daemon()
	s.until("it is being read", func() bool { return web.count("/slow") == 1 })
	p.kill()
	p = s.daemon()
	if web.count("/slow") != 1 {
		t.Error("it is read again at once")
	}
	s.until("it is told", func() bool { return p.console("Tarbock pilots wait") == 1 })
	p.stop()
	if n := web.count("/slow"); n != 2 {
		t.Errorf("asked for %d times", n)
	}
}

// A page that matched surely is kept by the web archive, which is asked once,
// whatever ends newswatch afterwards.
func TestCopyIsKept(t *testing.T) {
	t.Parallel()
	s, web := newStage(t), newSite(t)
	s.env = append(s.env, "SITE="+web.URL)
	const item = "https://site.example/deal"
	asked := make(chan string, 10)
	archive := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/save/") {
			asked <- r.RequestURI
			w.Header().Set("Location", "/web/20261129022400/"+item) // http.Redirect would clean it
			w.WriteHeader(http.StatusFound)
		}
	}))
	t.Cleanup(archive.Close)
	s.write("config.yaml", strings.Replace(articlesConfig, "watches:\n", `watches:
  - {name: deals, match: deal, notify: [screen], archive: wayback}
`, 1)+`wayback: {url: "`+archive.URL+`"}
`)
	p := s.daemon()
	s.until("the feed is known", func() bool {
		return strings.Contains(s.run("feeds", "list", "--json").out.String(), `"last_success":"2`)
	})
	web.mu.Lock()
	web.items = append([]string{`<item><title>Harbor signs a deal</title><link>` + item + `</link><guid>deal</guid><pubDate>` + time.Now().UTC().Format(time.RFC1123Z) + `</pubDate></item>`}, web.items...)
	web.mu.Unlock()
	select {
	case path := <-asked:
		if path != "/save/"+item {
			t.Errorf("asked for %s", path)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the archive is not asked")
	}
	s.until("the copy is known", func() bool {
		out := s.run("explain", item).out.String()
		return strings.Contains(out, "copy  ") && strings.Contains(out, "kept by the web archive") && strings.Contains(out, archive.URL+"/web/20261129022400/"+item)
	})
	p.kill()
	p = s.daemon()
	p.stop()
	if len(asked) > 0 {
		t.Error("it is asked once more")
	}
	s.run("evidence", "deals", "--out", "kept")
	if out, err := os.ReadFile(filepath.Join(s.dir, "kept", "items.csv")); err != nil || !strings.Contains(string(out), "/web/20261129022400/") {
		t.Errorf("the evidence does not have it: %v\n%s", err, out)
	}
}
