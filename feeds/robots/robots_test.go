package robots

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestCheck(t *testing.T) {
	tests := []struct {
		name, robots, path string
		want               Verdict
	}{
		{"no rules", "", "/a", Verdict{Allowed: true}},
		{"everybody's", "User-agent: *\nDisallow: /a", "/a/b", Verdict{Line: 2}},
		{"other path", "User-agent: *\nDisallow: /a", "/b", Verdict{Allowed: true}},
		{"root without slash", "User-agent: *\nDisallow: /", "", Verdict{Line: 2}},
		{"own group before everybody's", "User-agent: *\nDisallow: /\n\nUser-agent: newswatch\nDisallow: /b", "/a", Verdict{Allowed: true}},
		{"own group without rules", "User-agent: newswatch\nCrawl-delay: 1\nUser-agent: *\nDisallow: /", "/a", Verdict{Allowed: true}},
		{"names in a row share a group", "User-agent: other\nUser-agent: newswatch\n\nUser-agent: third\nDisallow: /", "/a", Verdict{Line: 5}},
		{"version and case", "User-agent: NewsWatch/2.1 (bot)\nDisallow: /", "/a", Verdict{Line: 2}},
		{"longer name is another's", "User-agent: newswatch-pro\nDisallow: /", "/a", Verdict{Allowed: true}},
		{"groups merge", "User-agent: newswatch\nDisallow: /a\nUser-agent: x\nDisallow: /c\nUser-agent: newswatch\nDisallow: /b", "/b", Verdict{Line: 6}},
		{"longest wins", "User-agent: *\nDisallow: /p\nAllow: /p/x", "/p/x", Verdict{Allowed: true, Line: 3}},
		{"longest wins in any order", "User-agent: *\nAllow: /p/x\nDisallow: /p", "/p/x", Verdict{Allowed: true, Line: 2}},
		{"allow wins a tie", "User-agent: *\nDisallow: /p\nAllow: /p", "/p", Verdict{Allowed: true, Line: 3}},
		{"allow keeps a tie", "User-agent: *\nAllow: /p\nDisallow: /p", "/p", Verdict{Allowed: true, Line: 2}},
		{"star", "User-agent: *\nDisallow: /*/private", "/a/b/private/c", Verdict{Line: 2}},
		{"star at the end", "User-agent: *\nDisallow: /a*", "/abc", Verdict{Line: 2}},
		{"end", "User-agent: *\nDisallow: /a$", "/a/b", Verdict{Allowed: true}},
		{"star and end, last place", "User-agent: *\nDisallow: /*a$", "/aba", Verdict{Line: 2}},
		{"star before the end", "User-agent: *\nDisallow: /a*$", "/abc", Verdict{Line: 2}},
		{"literal dollar and star encoded", "User-agent: *\nDisallow: /a%24%2Ab", "/a$*b", Verdict{Line: 2}},
		{"encoded star is no wildcard", "User-agent: *\nDisallow: /a%2Ab", "/axb", Verdict{Allowed: true}},
		{"slash stays apart from its encoding", "User-agent: *\nDisallow: /a%2Fb", "/a/b", Verdict{Allowed: true}},
		{"unreserved characters encoded", "User-agent: *\nDisallow: /%7e%61", "/~a", Verdict{Line: 2}},
		{"beyond ASCII", "User-agent: *\nDisallow: /straße", "/stra%c3%9fe", Verdict{Line: 2}},
		{"per cent sign alone", "User-agent: *\nDisallow: /100%", "/100%25", Verdict{Line: 2}},
		{"query", "User-agent: *\nDisallow: /*?s=", "/find?s=1", Verdict{Line: 2}},
		{"byte order mark", "\ufeffUser-agent: *\nDisallow: /", "/a", Verdict{Line: 2}},
		{"line ends", "User-agent: *\rDisallow: /a\r\nDisallow: /b\n\rDisallow: /c", "/c", Verdict{Line: 5}},
		{"rule before any group", "Disallow: /\nUser-agent: *\nAllow: /b", "/a", Verdict{Allowed: true}},
		{"comment", "User-agent: * # all\nDisallow: /a # why", "/a", Verdict{Line: 2}},
		{"misspelt rule", "User-agent: *\nDissallow: /", "/a", Verdict{Allowed: true}},
		{"a page", "<!doctype html><title>Disallow: /</title>", "/a", Verdict{Allowed: true}},
		{"itself", "User-agent: *\nDisallow: /", "/robots.txt", Verdict{Allowed: true}},
		{"beyond what is read", strings.Repeat("#\n", MaxSize/2) + "User-agent: *\nDisallow: /", "/a", Verdict{Allowed: true}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := check(t, test.robots, test.path); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func check(t *testing.T, robots, path string) Verdict {
	t.Helper()
	u, err := url.Parse("https://example.org" + path)
	if err != nil {
		t.Fatal(err)
	}
	return Parse([]byte(robots), "newswatch").Check(u)
}

func TestParseReadsDelayAndSitemaps(t *testing.T) {
	got := Parse([]byte("Sitemap: https://a.example/1.xml\nUser-agent: *\nCrawl-delay: 2.5\nSitemap: /2.xml\nUser-agent: x\nCrawl-delay: 9"), "newswatch")
	if got.Delay != 2500*time.Millisecond || strings.Join(got.Sitemaps, " ") != "https://a.example/1.xml /2.xml" {
		t.Errorf("delay %v, sitemaps %q", got.Delay, got.Sitemaps)
	}
	for text, want := range map[string]time.Duration{"1e30": time.Hour, "-1": 0, "NaN": 0, "soon": 0} {
		if got := Parse([]byte("User-agent: *\nCrawl-delay: "+text), "newswatch").Delay; got != want {
			t.Errorf("Crawl-delay: %s: got %v, want %v", text, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	const text = "\ufeffUser-agent: other\nDisallow: /\n\nUser-Agent: newswatch\nUser-agent: second\nDisallow: /a # not this\nAllow: /a/b\nDisallow: /*.xml$\nDisallow: /q?x=\nDisallow:\n\nUser-agent: *\nDisallow: /"
	tests := map[string]bool{
		"/": true, "/a": false, "/a/c": false, "/a/b": true, "/a/b/c": true, "/x.xml": false, "/x.xml2": true,
		"/x.xml.xml": false, "/q?x=1": false, "/q": true, "/q?y=1": true,
	}
	r := Parse([]byte(text), "newswatch")
	for path, want := range tests {
		u, err := url.Parse("https://harbour.example" + path)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Check(u).Allowed; got != want {
			t.Errorf("allow(%s) = %v, want %v", path, got, want)
		}
	}
}

// Many agents over many rules cost no more than the file has lines.
func TestParseIsLinear(t *testing.T) {
	text := strings.Repeat("User-agent: a\n", 20_000) + "User-agent: *\n" + strings.Repeat("Disallow: /x\n", 15_000)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r := Parse([]byte(text), "newswatch")
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; len(r.rules) == 0 || used > 8<<20 {
		t.Errorf("%d rules, %d MiB allocated for %d KiB", len(r.rules), used>>20, len(text)>>10)
	}
}

// A hostile file costs no more than a long one.
func TestCheckIsLinear(t *testing.T) {
	text := "User-agent: *\n" + strings.Repeat("Disallow: /"+strings.Repeat("*a", 500)+"b$\n", 400)
	u := &url.URL{Path: "/" + strings.Repeat("a", 8000)}
	begin := time.Now()
	rules := Parse([]byte(text), "newswatch")
	if got := rules.Check(u); !got.Allowed {
		t.Errorf("got %+v", got)
	}
	if took := time.Since(begin); took > time.Second {
		t.Errorf("took %v", took)
	}
}

func TestUpdate(t *testing.T) {
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	closed := []byte("User-agent: *\nDisallow: /")
	page := &url.URL{Scheme: "https", Host: "example.org", Path: "/a"}
	read := Copy{}.Update(200, closed, "newswatch", now)
	lost := Copy{}.Update(503, nil, "newswatch", now)
	tests := []struct {
		name    string
		got     Copy
		allowed bool
		until   time.Duration
	}{
		{"read", read, false, 24 * time.Hour},
		{"none there", Copy{}.Update(404, closed, "newswatch", now), true, 24 * time.Hour},
		{"redirected without end", Copy{}.Update(302, closed, "newswatch", now), true, 24 * time.Hour},
		{"server failed", lost, false, time.Hour},
		{"no answer", Copy{}.Update(0, nil, "newswatch", now), false, time.Hour},
		{"lost after allowing", Copy{}.Update(404, nil, "newswatch", now.Add(-time.Hour)).Update(500, nil, "newswatch", now), true, time.Hour},
		{"lost after disallowing", read.Update(0, nil, "newswatch", now), false, time.Hour},
		{"lost for 30 days", Copy{}.Update(0, nil, "newswatch", now.Add(-30*24*time.Hour)).Update(0, nil, "newswatch", now), true, time.Hour},
		{"found again", lost.Update(200, nil, "newswatch", now), true, 24 * time.Hour},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.got.Rules.Check(page).Allowed; got != test.allowed {
				t.Errorf("allowed: got %v, want %v", got, test.allowed)
			}
			if got := test.got.Until.Sub(now); got != test.until {
				t.Errorf("until: got %v, want %v", got, test.until)
			}
			if !test.got.Fresh(now) || test.got.Fresh(now.Add(test.until)) {
				t.Error("fresh for another time than until")
			}
		})
	}
}

// TestSharedCases runs the cases beside the project.
func TestSharedCases(t *testing.T) {
	shared := os.Getenv("NEWSWATCH_SHARED")
	if shared == "" {
		t.Skip("NEWSWATCH_SHARED is not set")
	}
	text, err := os.ReadFile(filepath.Join(shared, "data/sources/robots_cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name, Robots, Path, Agent string
		Allowed                   bool
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 27 {
		t.Fatalf("%d cases", len(cases))
	}
	for _, c := range cases {
		u, err := url.Parse("https://example.org" + c.Path)
		if err != nil {
			t.Fatal(err)
		}
		if got := Parse([]byte(c.Robots), c.Agent).Check(u); got.Allowed != c.Allowed {
			t.Errorf("%s: got %+v, want allowed %v", c.Name, got, c.Allowed)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /*a$", "/a?b")
	f.Add("user-agent:newswatch\rallow:/%zz%4", "/%2a")
	f.Fuzz(func(t *testing.T, text, path string) {
		u, err := url.Parse("https://example.org/" + path)
		if err != nil {
			return
		}
		rules := Parse([]byte(text), "newswatch")
		verdict := rules.Check(u)
		if !verdict.Allowed && verdict.Line == 0 {
			t.Errorf("%q disallows %q by no rule", text, path)
		}
		if again := normal(normal(path, true), true); again != normal(path, true) {
			t.Errorf("normal form of %q is not stable: %q", path, again)
		}
	})
}
