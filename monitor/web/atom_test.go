package web

import (
	"slices"
	"strings"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/match"
)

// TestAtom reads the feed as another newswatch would.
func TestAtom(t *testing.T) {
	p, r := newsroom(testNow)
	s := &Server{Server: &api.Server{Reader: p, Rules: func() *monitor.Rules { return r }, Now: nil},
		PublicURL: "https://nw.example"}
	s.Now = fixed(testNow)
	h := s.Handler()
	w := ask(h, "GET", "/feed.atom", "")
	doc := atom(t, w.Body.Bytes())
	if doc.Title != "newswatch" || len(doc.Items) != atomEntries {
		t.Fatalf("%q with %d items, want newswatch with %d", doc.Title, len(doc.Items), atomEntries)
	}
	ids := map[string]bool{}
	for _, it := range doc.Items {
		if it.GUID == "" || ids[it.GUID] || it.Link == "" || it.Published.IsZero() || len(it.Tags) == 0 {
			t.Errorf("entry %+v", it)
		}
		ids[it.GUID] = true
		if strings.Contains(it.Title, "license plate") {
			t.Errorf("a silenced alert is in the feed: %s", it.Title)
		}
		if strings.Contains(it.Title, "guidance Monday") {
			t.Errorf("a doubtful match is in the feed: %s", it.Title)
		}
	}
	if again := ask(h, "GET", "/feed.atom", "", "If-None-Match", w.Header().Get("ETag")); again.Code != 304 {
		t.Errorf("asked again: %d, want 304", again.Code)
	}
	one := atom(t, ask(h, "GET", "/feed.atom?watch=azure-at-ice", "").Body.Bytes())
	for _, it := range one.Items {
		if it.Tags[0] != "azure-at-ice" {
			t.Errorf("of one watch, but tagged %q", it.Tags)
		}
	}
}

// TestAtomTellsAStoryOnce wants one entry for all watches of a story, which
// keeps its name when one more matches.
func TestAtomTellsAStoryOnce(t *testing.T) {
	p, r := newPast(), fakeRules()
	id := monitor.StoryID(monitor.FirstID(testNow.Add(-time.Hour)))
	st := monitor.Story{ID: id, Headline: "ICE leans on Azure", First: testNow.Add(-time.Hour), Last: testNow.Add(-time.Hour),
		Items:   []monitor.StoryItem{{ID: monitor.ItemID(id), Feed: "wire", Outlet: "wire", Title: "ICE leans on Azure"}},
		Watches: []monitor.StoryWatch{{Watch: "ice-any", Verdict: match.Strong, Item: monitor.ItemID(id), At: testNow.Add(-time.Hour), Alerted: true}}}
	feed := func() (string, []string) {
		t.Helper()
		p.put(st)
		s := &Server{Server: &api.Server{Reader: p, Rules: func() *monitor.Rules { return r }, Now: fixed(testNow)}}
		doc := atom(t, ask(s.Handler(), "GET", "/feed.atom", "").Body.Bytes())
		if len(doc.Items) != 1 {
			t.Fatalf("%d entries of one story", len(doc.Items))
		}
		return doc.Items[0].GUID, doc.Items[0].Tags
	}
	name, tags := feed()
	if !slices.Equal(tags, []string{"ice-any"}) {
		t.Errorf("categories %q", tags)
	}
	st.Watches = append(st.Watches,
		monitor.StoryWatch{Watch: "azure-at-ice", Verdict: match.Strong, Item: monitor.ItemID(id), At: testNow.Add(-time.Minute), Alerted: true},
		monitor.StoryWatch{Watch: "geo-group", Verdict: match.Strong, At: testNow.Add(-time.Minute), Suppressed: "silenced until noon"})
	again, tags := feed()
	if again != name || !slices.Equal(tags, []string{"azure-at-ice", "ice-any"}) {
		t.Errorf("with one more watch it is %s, was %s; categories %q", again, name, tags)
	}
}

// TestAtomIsStable wants an entry to keep its name from one minute to the
// next, and no two watches to share one.
func TestAtomIsStable(t *testing.T) {
	if a, b := urn("alert", "x", "w1"), urn("alert", "x", "w2"); a == b || a != urn("alert", "x", "w1") || len(a) != len("urn:uuid:")+36 {
		t.Errorf("%s %s", a, b)
	}
}
