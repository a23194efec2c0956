package web

import (
	"strings"
	"testing"

	"newswatch/monitor"
	"newswatch/monitor/api"
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
		if it.GUID == "" || ids[it.GUID] || it.Link == "" || it.Published.IsZero() || len(it.Tags) != 1 {
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

// TestAtomIsStable wants an entry to keep its name from one minute to the
// next, and no two watches to share one.
func TestAtomIsStable(t *testing.T) {
	if a, b := urn("alert", "x", "w1"), urn("alert", "x", "w2"); a == b || a != urn("alert", "x", "w1") || len(a) != len("urn:uuid:")+36 {
		t.Errorf("%s %s", a, b)
	}
}
