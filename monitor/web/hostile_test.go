package web

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"newswatch/feeds"
	"newswatch/feeds/parse"
	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/match"
	"newswatch/monitor/schedule"
	"newswatch/monitor/story"
)

// hostileTexts are what a stranger may write into a title, a name, a reason.
var hostileTexts = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `</title></main><script src=//evil.example></script>`,
	`javascript:alert(1)`, "\u202egnp.exe", `{{.Page}}`, `]]><x/>`, "\x1b[31mred", `&lt;script&gt;`, "a\x00b", "\xff\xfe",
}

// hostilePast has a hostile text everywhere a stranger can put one.
func hostilePast(text string) (*fakePast, *monitor.Rules, monitor.StoryID) {
	p, r := newPast(), fakeRules()
	addFeed(p, r, feeds.Feed{Name: text, URL: "https://feed.example.org/?q=" + text, Tags: []string{text}, Class: text},
		schedule.Health{Condition: schedule.Blocked, Since: testNow, Cause: text}, testNow, 3)
	id := p.add(fakeStory{at: testNow.Add(-time.Hour), watch: []string{"ice-any", "geo-group"}, verdict: match.Strong, headline: text,
		sentence: text + " and ICE " + text, hits: []string{"ICE"}, why: []string{text}, held: text,
		reports: []fakeReport{{outlet: text, feed: text, title: text, url: "javascript:alert(1)//" + text, role: story.First},
			{outlet: text + "2", feed: text, title: text, url: "https://outlet.example.org/" + text, role: story.Original, why: text}}}, 1)
	p.gaps = []monitor.Gap{{Feed: text, From: testNow.Add(-time.Hour), To: testNow, Lost: true, Why: text}}
	n := notice(monitor.Dead)
	n.Story, n.Content.Headline, n.Delivery.Reason, n.Delivery.Receipt.ID = id, text, text, text
	p.notices = []monitor.Notice{n}
	p.silences = []monitor.Silence{{ID: "s", Feed: text, Query: text, Reason: text, By: text, Until: testNow.Add(time.Hour)}}
	return p, r, id
}

// TestHostileTextsAreInert looks at every page with a browser's parser: no
// element, attribute or link comes out of a text.
func TestHostileTextsAreInert(t *testing.T) {
	for _, text := range hostileTexts {
		p, r, id := hostilePast(text)
		s := &Server{Server: &api.Server{Reader: p, Rules: func() *monitor.Rules { return r }, Now: func() time.Time { return testNow }, Version: "test", Orders: done},
			Metrics: NewMetrics("test"), Listen: "127.0.0.1:8087"}
		h := s.Handler()
		q := "?q=" + escape(text) + "&watch=" + escape(text)
		for _, path := range []string{"/", "/feeds", "/feeds" + q, "/watches", "/stories", "/stories" + q, "/stories/" + id.String(), "/outbox", "/outbox?destination=" + escape(text),
			"/silences", "/explain", "/explain?what=" + escape(text), "/explain?what=" + id.String(), "/explain?what=https://feed.example.org/x", "/nothing/" + escape(text)} {
			w := ask(h, "GET", path, "", "Accept", "text/html")
			if w.Code >= 500 {
				t.Errorf("%s: %d", path, w.Code)
			}
			inert(t, path, w.Body.Bytes())
		}
		for _, path := range []string{"/api/v1/stories", "/api/v1/feeds", "/api/v1/outbox", "/api/v1/explain?what=" + id.String(), "/api/v1/stories/" + id.String()} {
			body := ask(h, "GET", path, "").Body.Bytes()
			if bytes.ContainsAny(body, "<>") || !json.Valid(body) {
				t.Errorf("%s: markup or no JSON: %.200s", path, body)
			}
		}
		atom(t, ask(h, "GET", "/feed.atom", "").Body.Bytes())
	}
}

func escape(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(s) {
		b.WriteString("%" + string(hex[c>>4]) + string(hex[c&15]))
	}
	return b.String()
}

// inert fails if a page holds anything that our templates do not.
func inert(t *testing.T, path string, page []byte) {
	t.Helper()
	if bytes.Contains(page, []byte("ZgotmplZ")) {
		t.Errorf("%s: the template engine found something unsafe", path)
	}
	z := html.NewTokenizer(bytes.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			switch tok.Data {
			case "img", "iframe", "object", "embed", "x", "base", "style":
				t.Errorf("%s: element %s", path, tok)
			}
			for _, a := range tok.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" && !strings.HasPrefix(a.Val, "/static/") {
					t.Errorf("%s: attribute %s", path, tok)
				}
				if a.Key == "href" && !strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "#") && !strings.HasPrefix(a.Val, "https://") {
					t.Errorf("%s: link %s", path, tok)
				}
				if a.Key == "href" && strings.HasPrefix(a.Val, "https://") && !strings.Contains(tok.String(), `rel="noopener noreferrer nofollow"`) {
					t.Errorf("%s: link without rel: %s", path, tok)
				}
			}
		}
	}
}

// atom parses a feed as other readers would.
func atom(t *testing.T, body []byte) feeds.Document {
	t.Helper()
	doc, err := parse.Document(body, parse.Options{URL: "http://127.0.0.1:8087/feed.atom", ContentType: "application/atom+xml; charset=utf-8"})
	if err != nil {
		t.Fatalf("feed: %v\n%.400s", err, body)
	}
	if doc.Format != "atom" || doc.Repaired {
		t.Errorf("format %s, repaired %v", doc.Format, doc.Repaired)
	}
	return doc
}
