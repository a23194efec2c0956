package web

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
)

// TestPastFollows changes stories behind the server's back and wants each
// change to show, at the latest when it has been read once more.
func TestPastFollows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, r := manyStories(100, 3, time.Now())
		s := &Server{Server: &api.Server{Reader: p, Rules: func() *monitor.Rules { return r }}}
		list := func() []*api.Summary {
			t.Helper()
			time.Sleep(api.SnapshotFresh)
			snap, err := s.Snapshot()
			if err != nil {
				t.Fatal(err)
			}
			return snap.Stories
		}
		first := list()
		if len(first) != 100 {
			t.Fatalf("%d stories, want 100", len(first))
		}
		again := list()
		if &first[0] != &again[0] {
			t.Error("nothing changed, but the list was made anew")
		}
		old := first[5].ID // three hours and more old: found only by reading it once more
		changed, _, _ := p.Story(old)
		changed.Headline = "Another headline"
		p.put(changed)
		merged, _, _ := p.Story(first[7].ID)
		merged.Into = old
		p.put(merged)
		p.add(fakeStory{at: time.Now(), headline: "New", watch: []string{"ice-any"}, reports: []fakeReport{{outlet: "a", feed: "a", url: "https://a.example.org/new"}}}, 500)
		if !slices.ContainsFunc(list(), func(b *api.Summary) bool { return b.Headline == "New" }) {
			t.Error("a new story does not show at once")
		}
		seen := map[monitor.StoryID]string{}
		for range 5 {
			clear(seen)
			for _, b := range list() {
				seen[b.ID] = b.Headline
			}
		}
		if seen[old] != "Another headline" || seen[merged.ID] != "" {
			t.Errorf("changed: %q, merged: %q", seen[old], seen[merged.ID])
		}
		time.Sleep(31 * 24 * time.Hour)
		if got := list(); len(got) != 0 {
			t.Errorf("%d stories left after a month", len(got))
		}
	})
}

// TestUnchangedPastIsNotDecoded counts what one look costs when nothing
// happens.
func TestUnchangedPastIsNotDecoded(t *testing.T) {
	now := testNow
	p, r := manyStories(3000, 3, now)
	s := &Server{Server: &api.Server{Reader: p, Rules: func() *monitor.Rules { return r }, Now: func() time.Time { return now }}}
	if err := s.Warm(); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Hour)
	if _, err := s.Snapshot(); err != nil {
		t.Fatal(err)
	}
	p.reads = 0
	now = now.Add(time.Minute)
	if _, err := s.Snapshot(); err != nil || p.reads > api.SnapshotRevisit+2 {
		t.Errorf("%d stories decoded, %v; want %d at most", p.reads, err, api.SnapshotRevisit+2)
	}
}
