package reading

import (
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"newswatch/feeds"
	"newswatch/feeds/article"
	"newswatch/feeds/fetch"
)

// A site answers by path and counts what it is asked for.
type site struct {
	*httptest.Server
	robots http.HandlerFunc
	mu     sync.Mutex
	asked  map[string]int
	cookie bool
}

func newSite(t *testing.T, pages map[string]http.HandlerFunc) *site {
	s := &site{asked: map[string]int{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked[r.URL.Path]++
		s.cookie = s.cookie || r.Header.Get("Cookie")+r.Header.Get("Referer") != ""
		s.mu.Unlock()
		if r.URL.Path == "/robots.txt" && s.robots != nil {
			s.robots(w, r)
		} else if page := pages[r.URL.Path]; page != nil {
			page(w, r)
		} else {
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *site) count(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[path]
}

// newReader returns a reader for loopback sites, and its clock.
func newReader(t *testing.T, settings Settings) (*Reader, *time.Time) {
	c, err := fetch.NewClient(feeds.Settings{Allow: []string{"127.0.0.1/32"}, Spacing: time.Millisecond, MaxBody: 1 << 20}, "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	now := time.Now()
	r := New(func() *fetch.Client { return c }, func() time.Time { return now })
	r.Use(settings)
	return r, &now
}

const title = "Agency leans on a vendor’s cloud"

var prose = "<p>The agency moved its case files to a cloud of the vendor in March, according to three contracts that were published on Monday.</p>" +
	"<p>Officials said the migration would be finished before the end of the fiscal year, and declined to say what it had cost so far.</p>"

func pageOf(head, body string) string {
	return `<!doctype html><html lang="en"><head><title>` + title + ` - Harbor Wire</title>` + head + `</head><body><article><h1>` + title + `</h1>` + body + `</article></body></html>`
}

func say(page string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		_, _ = w.Write([]byte(page))
	}
}

func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

func to(address string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, address, http.StatusFound) }
}

// slowly sends a page byte by byte, for as long as it is listened to.
func slowly(page string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		for i := 0; r.Context().Err() == nil; i++ {
			_, _ = w.Write([]byte{page[i%len(page)]})
			_ = http.NewResponseController(w).Flush()
			time.Sleep(20 * time.Millisecond)
		}
	}
}

func endless(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	for line := []byte(strings.Repeat("<p>and on ", 1000)); r.Context().Err() == nil; {
		if _, err := w.Write(line); err != nil {
			return
		}
	}
}

func bomb(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	w.Header().Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	for range 8 {
		_, _ = z.Write(make([]byte, 1<<20))
	}
	_ = z.Close()
}

func utf16Page() string {
	var b strings.Builder
	b.WriteString("\xff\xfe")
	for _, u := range utf16.Encode([]rune(pageOf("", prose))) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}

// What a site may answer, and what becomes of it: a text, a cause that stands, or
// one that may pass.
var answers = []struct {
	name  string
	page  http.HandlerFunc
	cause string // "" for a text
	again bool
	after time.Duration
	rests bool // and the host is left alone

	within time.Duration // 0 is a second
	check  func(article.Article) bool
}{
	{name: "an article", page: say(pageOf("", prose)), check: func(a article.Article) bool { return strings.HasPrefix(a.Text, "The agency moved") && a.Words() > 40 }},
	{name: "in UTF-16", page: say(utf16Page(), "Content-Type", "text/html"), check: func(a article.Article) bool { return strings.Contains(a.Text, "fiscal year") }},
	{name: "a lie about the charset", page: say(pageOf("", prose), "Content-Type", "text/html; charset=shift_jis"), check: func(a article.Article) bool { return strings.Contains(a.Text, "fiscal year") }},
	{name: "no content type", page: say(pageOf("", prose), "Content-Type", ""), check: func(a article.Article) bool { return a.Words() > 40 }},
	{name: "not to be archived, by header", page: say(pageOf("", prose), "X-Robots-Tag", "noarchive"), check: func(a article.Article) bool { return a.NoArchive }},
	{name: "not to be archived, by page", page: say(pageOf(`<meta name="robots" content="noarchive">`, prose)), check: func(a article.Article) bool { return a.NoArchive }},
	{name: "not free", page: say(pageOf(`<script type="application/ld+json">{"@type":"NewsArticle","headline":"`+title+`","isAccessibleForFree":false}</script>`, prose)), check: func(a article.Article) bool { return a.Partial && a.Reason != "" }},
	{name: "base elsewhere", page: say(pageOf(`<base href="https://stranger.example/">`, prose)), check: func(a article.Article) bool { return a.Words() > 40 }},
	{name: "canonical of a stranger", page: say(pageOf(`<link rel="canonical" href="https://stranger.example/x">`, prose)), check: func(a article.Article) bool { return a.Canonical == "" }},
	{name: "reserved, by header", page: say(pageOf("", prose), "Tdm-Reservation", "1"), cause: "reserves the text against mining"},
	{name: "reserved, by page", page: say(pageOf(`<meta name="tdm-reservation" content="1">`, prose)), cause: "reserves the text against mining"},
	{name: "not found", page: status(404), cause: "does not have it (404)"},
	{name: "gone", page: status(410), cause: "does not have it (410)"},
	{name: "credentials wanted", page: status(401), cause: "refuses (401)", rests: true},
	{name: "payment wanted", page: status(402), cause: "refuses (402)", rests: true},
	{name: "forbidden", page: status(403), cause: "refuses (403)", rests: true},
	{name: "withheld", page: status(451), cause: "refuses (451)", rests: true},
	{name: "a challenge by header", page: status(503, "Cf-Mitigated", "challenge"), cause: "Cloudflare", rests: true},
	{name: "a challenge with 200", page: say(`<html><head><title>Just a moment...</title></head><body>Enable JavaScript and cookies to continue</body></html>`), cause: "challenge", rests: true},
	{name: "too many requests", page: status(429, "Retry-After", "600"), cause: "429", again: true, after: 10 * time.Minute},
	{name: "down for a while", page: status(503, "Retry-After", "120"), cause: "503", again: true, after: 2 * time.Minute},
	{name: "broken", page: status(500), cause: "500", again: true},
	{name: "broken off", page: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "999")
		_, _ = w.Write([]byte("<p>"))
	}, cause: "cut off", again: true},
	{name: "a byte at a time", page: slowly(pageOf("", prose)), cause: "no complete answer within 1s", again: true},
	{name: "without end", page: endless, cause: "larger than"},
	{name: "a bomb", page: bomb, cause: "larger than", within: 9 * time.Second},
	{name: "to the home page", page: to("/"), cause: "redirected to the home page"},
	{name: "to a login", page: to("/login"), cause: "login"},
	{name: "in a circle", page: to("/page"), cause: "more than 5 redirects"},
	{name: "to a private network", page: to("http://10.1.2.3/page"), cause: "10.1.2.3"},
	{name: "to this machine", page: to("http://127.0.0.2:1/page"), cause: "127.0.0.2"},
	{name: "to a file", page: to("file:///etc/passwd"), cause: "redirect refused"},
	{name: "a PDF behind .html", page: say("%PDF-1.7 and so on", "Content-Type", "application/pdf"), cause: "not HTML"},
	{name: "an error page with 200", page: say(`<html><head><title>Page not found</title></head><body><p>The page you requested cannot be found.</p></body></html>`), cause: "error page", again: true},
	{name: "a consent wall", page: say(`<html><head><title>Your privacy</title></head><body><p>We and our 841 partners use cookies. Accept all</p></body></html>`), cause: "consent"},
	{name: "drawn by scripts", page: say(`<html><head><title>` + title + `</title></head><body><noscript>Please enable JavaScript</noscript><div id="root"></div></body></html>`), cause: "challenge", rests: true},
	{name: "another article", page: say(strings.ReplaceAll(pageOf("", prose), title, "Kestrel wins the race of sailing boats")), cause: "other page"},
	{name: "a gallery", page: say(pageOf("", "<p>See the pictures.</p>")), cause: "short"},
	{name: "nothing", page: say(""), cause: "short"},
	{name: "JSON", page: say(`{"title": "x"}`, "Content-Type", "application/json"), cause: "not HTML"},
	{name: "bait", page: say(pageOf("", prose+`<p style="display:none">Kestrel</p><noscript><p>Kestrel</p></noscript>`)), check: func(a article.Article) bool { return !strings.Contains(a.Text, "Kestrel") }},
}

func TestAnswers(t *testing.T) {
	for _, c := range answers {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, map[string]http.HandlerFunc{"/page": c.page, "/": say(pageOf("", prose)), "/login": say(pageOf("", prose))})
			r, _ := newReader(t, Settings{Timeout: cmp.Or(c.within, time.Second)})
			began := time.Now()
			a, err := r.Read(t.Context(), Request{URL: s.URL + "/page", Title: title, Lang: "en"})
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("it took %v", took)
			}
			_, resting := r.Ready(s.URL + "/other")
			if (resting != nil) != c.rests {
				t.Errorf("the host is left alone: %v, want %v", resting, c.rests)
			}
			if c.cause == "" {
				if err != nil || !c.check(a) {
					t.Fatalf("%+v, %v", a, err)
				}
				return
			}
			e, ok := errors.AsType[*Error](err)
			if !ok || !strings.Contains(e.Cause, c.cause) || strings.Contains(e.Cause, "\n") {
				t.Fatalf("%v, want it to say %q", err, c.cause)
			}
			if e.Again != c.again || e.After.Round(time.Second) != c.after {
				t.Errorf("again %v after %v, want %v after %v", e.Again, e.After, c.again, c.after)
			}
		})
	}
}

// The robots.txt is asked for once a day and obeyed; a site that cannot say what
// it allows is asked later.
func TestRobots(t *testing.T) {
	for name, c := range map[string]struct {
		robots http.HandlerFunc
		cause  string
		again  bool
	}{
		"forbidden":      {say("User-agent: *\nDisallow: /pa"), "line 2, forbids it", false},
		"of others":      {say("User-agent: other\nDisallow: /"), "", false},
		"ours":           {say("User-agent: newswatch\nDisallow: /\nUser-agent: *\nAllow: /"), "line 2", false},
		"none":           {status(404), "", false},
		"refused":        {status(403), "", false},
		"a page instead": {say("<html><body>Disallow: nothing</body></html>"), "", false},
		"broken":         {status(500), "does not answer what its robots.txt allows", true},
		"too long":       {endless, "", false},
		"in a circle":    {to("/robots.txt"), "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, map[string]http.HandlerFunc{"/page": say(pageOf("", prose))})
			s.robots = c.robots
			r, now := newReader(t, Settings{Timeout: time.Second})
			for range 2 {
				_, err := r.Read(t.Context(), Request{URL: s.URL + "/page"})
				e, failed := errors.AsType[*Error](err)
				if failed != (c.cause != "") || failed && (!strings.Contains(e.Cause, c.cause) || e.Again != c.again) {
					t.Errorf("%v, want %q", err, c.cause)
				}
			}
			if c.cause != "" && s.count("/page") > 0 || c.cause == "" && s.count("/page") != 2 {
				t.Errorf("the page was asked for %d times", s.count("/page"))
			}
			before := s.count("/robots.txt")
			*now = now.Add(25 * time.Hour)
			_, _ = r.Read(t.Context(), Request{URL: s.URL + "/page"})
			if after := s.count("/robots.txt"); name != "in a circle" && (before != 1 || after != 2) {
				t.Errorf("robots.txt was asked for %d times, and %d times a day later", before, after)
			}
		})
	}
}

// Where a page moved to, the robots.txt there is asked before the page is.
func TestRobotsOfARedirect(t *testing.T) {
	there := newSite(t, map[string]http.HandlerFunc{"/open/page": say(pageOf("", prose)), "/closed/page": say(pageOf("", prose))})
	there.robots = say("User-agent: *\nDisallow: /closed/")
	for name, c := range map[string]struct {
		to, cause string
	}{
		"allowed there":                    {there.URL + "/open/page", ""},
		"forbidden there":                  {there.URL + "/closed/page", "line 2, forbids it"},
		"allowed in the house":             {"/moved", ""},
		"forbidden elsewhere in the house": {"/private/page", "line 2, forbids it"},
		"forbidden on the way":             {"/private/hop", "line 2, forbids it"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, map[string]http.HandlerFunc{"/page": to(c.to), "/moved": say(pageOf("", prose)), "/private/page": say(pageOf("", prose)), "/private/hop": to("/moved")})
			s.robots = say("User-agent: *\nDisallow: /private/")
			r, _ := newReader(t, Settings{Timeout: 5 * time.Second})
			_, err := r.Read(t.Context(), Request{URL: s.URL + "/page", Title: title})
			if e, failed := errors.AsType[*Error](err); failed != (c.cause != "") || failed && (!strings.Contains(e.Cause, c.cause) || e.Again) {
				t.Errorf("%v, want %q", err, c.cause)
			}
			if n := s.count("/private/page") + s.count("/private/hop") + there.count("/closed/page"); n > 0 {
				t.Errorf("%d pages were asked for that robots.txt forbids", n)
			}
		})
	}
}

func TestBudgetAndDelay(t *testing.T) {
	s := newSite(t, map[string]http.HandlerFunc{"/page": say(pageOf("", prose))})
	r, now := newReader(t, Settings{PerHost: 2, PerTime: time.Hour})
	for i, want := range []time.Duration{0, 0, 50 * time.Minute, 10 * time.Minute} {
		wait, err := r.Ready(s.URL + "/page")
		if err != nil || wait != want {
			t.Errorf("%d: wait %v, %v, want %v", i, wait, err, want)
		}
		if i < 2 {
			if _, err := r.Read(t.Context(), Request{URL: s.URL + "/page"}); err != nil {
				t.Fatal(err)
			}
		}
		*now = now.Add([]time.Duration{0, 10 * time.Minute, 40 * time.Minute, 0}[i])
	}
	*now = now.Add(10 * time.Minute)
	if wait, _ := r.Ready(s.URL + "/page"); wait != 0 {
		t.Errorf("wait %v after the time of the budget", wait)
	}
	slow := newSite(t, map[string]http.HandlerFunc{"/page": say(pageOf("", prose))})
	slow.robots = say("User-agent: *\nCrawl-delay: 90\nDisallow: /x")
	r, _ = newReader(t, Settings{})
	if _, err := r.Read(t.Context(), Request{URL: slow.URL + "/page"}); err != nil {
		t.Fatal(err)
	}
	if wait, err := r.Ready(slow.URL + "/other"); wait != 90*time.Second || err != nil {
		t.Errorf("wait %v, %v, want the crawl delay", wait, err)
	}
	if wait, err := r.Ready(s.URL + "/page"); wait != 0 || err != nil {
		t.Errorf("another host waits %v, %v", wait, err)
	}
}

// A host that refuses is left alone for a day, over a restart too.
func TestRest(t *testing.T) {
	s := newSite(t, map[string]http.HandlerFunc{"/page": status(403)})
	r, now := newReader(t, Settings{})
	_, _ = r.Read(t.Context(), Request{URL: s.URL + "/page"})
	rests := r.Rests()
	if len(rests) != 1 {
		t.Fatalf("%+v", rests)
	}
	next, later := newReader(t, Settings{})
	next.Restore(rests)
	for _, r := range []*Reader{r, next} {
		if _, err := r.Ready(s.URL + "/other"); err == nil || !strings.Contains(err.Error(), "is left alone until") || !strings.Contains(err.Error(), "refuses (403)") {
			t.Errorf("Ready = %v", err)
		}
	}
	*now, *later = now.Add(25*time.Hour), later.Add(25*time.Hour)
	for _, r := range []*Reader{r, next} {
		if _, err := r.Ready(s.URL + "/other"); err != nil || len(r.Rests()) != 0 {
			t.Errorf("after a day: %v, %v", err, r.Rests())
		}
	}
}

// Nobody is recognised: no cookies, not even within one exchange, and no referer.
func TestNoTraces(t *testing.T) {
	s := newSite(t, map[string]http.HandlerFunc{
		"/page": func(w http.ResponseWriter, r *http.Request) {
			http.SetCookie(w, &http.Cookie{Name: "id", Value: "7"})
			http.Redirect(w, r, "/2026/page", http.StatusFound)
		},
		"/2026/page": say(pageOf("", prose)),
	})
	r, _ := newReader(t, Settings{})
	if _, err := r.Read(t.Context(), Request{URL: s.URL + "/page"}); err != nil {
		t.Fatal(err)
	}
	if s.cookie {
		t.Error("a cookie or a referer was sent")
	}
}

func TestReadEndsWithItsContext(t *testing.T) {
	ctx, stop := context.WithCancelCause(t.Context())
	s := newSite(t, map[string]http.HandlerFunc{"/page": func(_ http.ResponseWriter, r *http.Request) { stop(errors.New("enough")); <-r.Context().Done() }})
	r, _ := newReader(t, Settings{})
	_, err := r.Read(ctx, Request{URL: s.URL + "/page"})
	if fmt.Sprint(err) != "enough" {
		t.Errorf("%v", err)
	}
}
