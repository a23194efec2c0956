package web

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/match"
	"newswatch/monitor/story"
)

// TestTold holds that the page of a card names every story that was folded into
// it, once, and only those.
func TestTold(t *testing.T) {
	p, r := newPast(), fakeRules()
	card := func(n int, watches ...string) monitor.Card {
		return monitor.Card{Story: monitor.StoryID(n), Item: monitor.ItemID(n), Headline: fmt.Sprintf("Headline %03d.", n), URL: fmt.Sprintf("https://example.org/%d", n),
			Outlet: "The Valley Dispatch", Published: testNow.Add(-time.Hour), Watch: watches[0], Watches: watches, Verdict: match.Strong}
	}
	into := monitor.Notice{Key: "card-1", Destination: "newsroom", Kind: monitor.CatchupKind, Watch: "ice-any", Created: testNow.Add(-time.Minute),
		Content: monitor.Content{Headline: "121 stories at once", More: 21}, Delivery: monitor.Delivery{State: monitor.Sent}}
	for n := 1; n <= 120; n++ {
		c := card(n, "ice-any")
		if n <= 100 {
			into.Content.Cards = append(into.Content.Cards, c)
		}
		p.notices = append(p.notices, monitor.Notice{Key: fmt.Sprintf("a-%d", n), Destination: "newsroom", Kind: monitor.AlertKind, Story: c.Story, Created: testNow.Add(-time.Minute),
			Content: monitor.Content{Headline: c.Headline, Cards: []monitor.Card{c}}, Delivery: monitor.Delivery{State: monitor.Folded, Into: "card-1"}})
	}
	later := card(7, "azure-at-ice")
	later.Item, later.Headline, later.URL = 1007, "Seven is denied", "https://example.org/denied"
	p.notices = append(p.notices, into,
		monitor.Notice{Key: "r-7", Destination: "newsroom", Kind: monitor.ReplyKind, Story: 7, Created: testNow, Content: monitor.Content{Headline: "Seven is denied", Change: "changed: 3 to 4 arrests",
			Cards: []monitor.Card{later}}, Delivery: monitor.Delivery{State: monitor.Folded, Into: "card-1"}},
		monitor.Notice{Key: "bare", Destination: "newsroom", Kind: monitor.AlertKind, Story: 500, Watch: "geo-group", Created: testNow,
			Content: monitor.Content{Headline: "A row of old"}, Delivery: monitor.Delivery{State: monitor.Folded, Into: "card-1"}},
		monitor.Notice{Key: "other", Destination: "newsroom", Kind: monitor.AlertKind, Story: 501, Created: testNow,
			Content: monitor.Content{Headline: "Of another card"}, Delivery: monitor.Delivery{State: monitor.Folded, Into: "card-2"}})
	s := &Server{Server: &api.Server{Reader: p, Rules: func() *monitor.Rules { return r }, Now: fixed(testNow)}}
	h := s.Handler()
	w := ask(h, "GET", "/told/card-1", "")
	page := w.Body.String()
	if w.Code != 200 {
		t.Fatalf("%d: %s", w.Code, page)
	}
	for n := 1; n <= 120; n++ {
		if got := strings.Count(page, fmt.Sprintf(">Headline %03d.</a>", n)); got != 1 {
			t.Errorf("story %d is named %d times", n, got)
		}
	}
	for _, want := range []string{"A row of old", "Seven is denied", "changed: 3 to 4 arrests", "The Valley Dispatch", `href="/stories/` + monitor.StoryID(7).String() + `"`,
		`<span class="chip">azure-at-ice</span>`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "Of another card") {
		t.Error("the page names what another card tells")
	}
	if got := ask(h, "GET", "/told/card-9", "", "Accept", "text/html"); got.Code != 404 || !strings.Contains(got.Body.String(), "store.keep") {
		t.Errorf("a card that is not kept: %d %s", got.Code, got.Body)
	}
	if outbox := ask(h, "GET", "/outbox?state=sent", "").Body.String(); !strings.Contains(outbox, `href="/told/card-1"`) || !strings.Contains(outbox, "121 stories") {
		t.Error("the outbox does not lead to the card's page")
	}
}

// TestStoryPage holds the order of reports, their outlets, and what was told
// where.
func TestStoryPage(t *testing.T) {
	p, r := newPast(), fakeRules()
	at := testNow.Add(-3 * time.Hour)
	id := monitor.FirstID(at)
	st := monitor.Story{ID: monitor.StoryID(id), Headline: "Second seen first", First: at, Last: testNow,
		Items: []monitor.StoryItem{
			{ID: id, Feed: "late", Outlet: "late", Name: "The Late Gazette", Title: "Seen first", Published: at.Add(-time.Minute), Role: story.First},
			{ID: monitor.FirstID(at.Add(time.Minute)), Feed: "early", Outlet: "early", Name: "The Early Herald", Title: "Published first", Published: at.Add(-90 * time.Minute), Role: story.Original}},
		Watches: []monitor.StoryWatch{{Watch: "ice-any", Verdict: match.Strong, Item: id, At: at, Alerted: true}},
		Told: []monitor.Telling{{Destination: "newsroom", Card: "alert-1", Watches: []string{"ice-any", "azure-at-ice"}},
			{Destination: "desk", Watches: []string{"ice-any"}, Catchup: at}},
		Changes: []monitor.Change{{At: testNow.Add(-time.Hour), Outlet: "The Late Gazette", What: "changed: $3m to $4m"}}}
	p.put(st)
	s := &Server{Server: &api.Server{Reader: p, Rules: func() *monitor.Rules { return r }, Now: fixed(testNow)}}
	page := ask(s.Handler(), "GET", "/stories/"+st.ID.String(), "").Body.String()
	early, late, first := strings.Index(page, "The Early Herald"), strings.Index(page, "The Late Gazette"), strings.Index(page, "first report")
	if early < 0 || late < early || first < early || first > late || strings.Count(page, "first report") != 1 {
		t.Errorf("early herald at %d, late gazette at %d, first report at %d", early, late, first)
	}
	for _, want := range []string{"changed: $3m to $4m", `href="/told/alert-1"`, "in the catch-up of", `<span class="chip">azure-at-ice</span>`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// rooted finds addresses on a page that begin at the top of its host.
var rooted = regexp.MustCompile(`(?:href|src|action|value)="(/[^"]*)"`)

// TestBelowAPath holds that no link leaves the path of public_url, and that the
// page works with and without it: some proxies take it off.
func TestBelowAPath(t *testing.T) {
	p, r := newsroom(testNow)
	s := &Server{Server: &api.Server{Reader: p, Rules: func() *monitor.Rules { return r }, Now: fixed(testNow),
		Orders: api.Orders{Silence: func(monitor.Silence) error { return nil }}}, Listen: "127.0.0.1:8087", PublicURL: "https://intranet.example/desk/newswatch/"}
	h := s.Handler()
	const base = "/desk/newswatch"
	story := "/stories/" + storyWith(t, p, 5).ID.String()
	for _, path := range []string{"/", "/feeds", "/watches", "/stories", story, "/outbox", "/silences", "/explain", "/told/none"} {
		for _, asked := range []string{path, base + path} {
			w := ask(h, "GET", asked, "", "Accept", "text/html")
			if w.Code != 200 && path != "/told/none" {
				t.Errorf("%s: %d", asked, w.Code)
			}
			links := rooted.FindAllStringSubmatch(w.Body.String(), -1)
			if len(links) < 5 {
				t.Errorf("%s has %d links", asked, len(links))
			}
			for _, l := range links {
				if !strings.HasPrefix(l[1], base+"/") {
					t.Errorf("%s: %s leaves the path", asked, l[0])
				}
			}
		}
	}
	front := ask(h, "GET", "/", "").Body.String()
	for _, file := range []string{"style.css", "icon.svg", "live.js"} {
		at := regexp.MustCompile(`"(` + base + `/static/` + regexp.QuoteMeta(file) + `[^"]*)"`).FindStringSubmatch(front)
		if at == nil {
			t.Errorf("%s is not on the page", file)
			continue
		}
		for _, asked := range []string{at[1], strings.TrimPrefix(at[1], base)} {
			if w := ask(h, "GET", asked, ""); w.Code != 200 || w.Body.Len() == 0 {
				t.Errorf("%s: %d", asked, w.Code)
			}
		}
	}
	if w := ask(h, "GET", base, ""); w.Header().Get("Location") != base+"/" {
		t.Errorf("without the last slash: %d to %q", w.Code, w.Header().Get("Location"))
	}
	for _, tt := range []struct{ path, want string }{{"/silences", base + "/silences"}, {"/explain", base + "/explain?"}} {
		w := ask(h, "POST", tt.path, "what=ICE&watch=ice-any&hours=1", "Content-Type", "application/x-www-form-urlencoded")
		if got := w.Header().Get("Location"); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s leads to %q, want %q", tt.path, got, tt.want)
		}
	}
}
