package web

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
)

func TestWordDiff(t *testing.T) {
	for _, c := range [][3]string{
		{"ferry late again", "ferry late again", "ferry late again"},
		{"ferry late again", "ferry on time again", "ferry [-late] [+on time] again"},
		{"", "new text", "[+new text]"},
		{"old text", "", "[-old text]"},
		{"12 dead", "14 dead, one hurt", "[-12 dead] [+14 dead, one hurt]"},
	} {
		var got []string
		for _, w := range wordDiff(c[0], c[1]) {
			got = append(got, map[string]string{"": w.Text, "ins": "[+" + w.Text + "]", "del": "[-" + w.Text + "]"}[w.How])
		}
		if s := strings.Join(got, " "); s != c[2] {
			t.Errorf("%q to %q: %q, want %q", c[0], c[1], s, c[2])
		}
	}
	if got := wordDiff(strings.Repeat("a ", 9000), "b"); len(got) != 2 {
		t.Errorf("a long text is compared in %d parts", len(got))
	}
}

// A story is split, merged and silenced from its page, without typing an ID, and
// shows how its reports were reworded.
func TestStoryIsCorrected(t *testing.T) {
	s, _ := newEditor(t)
	var did []string
	s.Split = func(story monitor.StoryID, item monitor.ItemID) (monitor.StoryID, error) {
		did = append(did, "split "+story.String()+" "+item.String())
		return monitor.StoryID(item), nil
	}
	s.Merge = func(into, from monitor.StoryID) error {
		did = append(did, "merge "+into.String()+" "+from.String())
		return nil
	}
	s.Silence = func(q monitor.Silence) error {
		did = append(did, fmt.Sprint("silence ", q.Story, " ", q.Until.Sub(q.Created)))
		return nil
	}

	past := s.Reader.(*fakePast)
	st := storyWith(t, past, 2)
	first := st.Items[0].ID
	rec := past.items[first]
	rec.Revisions = []monitor.Revision{{At: testNow.Add(-time.Hour), Title: "Agency signs no contract", Summary: rec.Item.Summary}}
	rec.Item.Title = "Agency signs a contract"
	rec.Copy = &monitor.Copy{For: "ice-any", At: testNow, Taken: testNow, URL: "https://archive.example/web/20261124090000/page"}
	rec.Absences = []monitor.Absence{{From: testNow.Add(-2 * time.Hour), To: testNow.Add(-time.Hour), Was: testNow, Now: testNow.Add(-72 * time.Hour)}}
	past.items[first] = rec
	h := s.Handler()
	body := ask(h, "GET", "/stories/"+st.ID.String(), "").Body.String()
	for _, want := range []string{"Agency signs <del>no</del> <ins>a</ins> contract", "Another story", "https://archive.example/web/20261124090000/page", "kept by the web archive", "it came back dated", "Merge it into this one", "Silence it for a day"} {
		if !strings.Contains(body, want) {
			t.Errorf("the story's page has no %q", want)
		}
	}
	id, item := st.ID.String(), st.Items[1].ID.String()
	if _, _, to := post(h, "/stories/"+id+"/split", "item", item); to != "/stories/"+item {
		t.Errorf("split leads to %q", to)
	}
	if _, _, to := post(h, "/stories/"+id+"/merge", "other", item); to != "/stories/"+id {
		t.Errorf("merge leads to %q", to)
	}
	if code, _, _ := post(h, "/stories/"+id+"/merge", "other", "!"); code != http.StatusNotFound {
		t.Errorf("merge with nothing: %d", code)
	}
	post(h, "/silences", "story", id, "hours", "24")
	if want := "split " + id + " " + item + "; merge " + id + " " + item + "; silence " + id + " 24h0m0s"; strings.Join(did, "; ") != want {
		t.Errorf("did %q, want %q", did, want)
	}
}

// With ten thousand stories no page is above 60 KB on its way.
func TestPagesAreSmall(t *testing.T) {
	p, r := manyStories(10_000, 2_000, testNow)
	s := &Server{Server: &api.Server{Reader: p, Rules: func() *monitor.Rules { return r }, Now: fixed(testNow), Orders: done}, Edits: true}
	f := &fakeFile{}
	s.Edit, s.ConfigFile = f.edit, func() (api.ConfigFile, error) { return api.ConfigFile{}, nil }
	h := s.Handler()
	for _, path := range []string{"/", "/?days=7", "/stories", "/search?q=contract", "/search?q=contract&as=items", "/watches", "/watches/edit?name=ice-any", "/feeds",
		"/feeds/add", "/feeds/one?name=feed-0001", "/outbox", "/silences", "/explain?what=ICE", "/feed.atom", "/feed.atom?q=contract"} {
		w := ask(h, "GET", path, "", "Accept-Encoding", "br;q=1.0, gzip;q=0.8")
		if w.Code != http.StatusOK || w.Header().Get("Content-Encoding") != "gzip" || w.Body.Len() > 60_000 {
			t.Errorf("%s: %d, encoding %q, %d bytes", path, w.Code, w.Header().Get("Content-Encoding"), w.Body.Len())
			continue
		}
		z, err := gzip.NewReader(w.Body)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if text, err := io.ReadAll(z); err != nil || !strings.Contains(string(text), "newswatch") {
			t.Errorf("%s: %v, %.200s", path, err, text)
		}
	}
	for _, accepts := range []string{"", "br", "gzip;q=0", "identity"} {
		if w := ask(h, "GET", "/stories", "", "Accept-Encoding", accepts); w.Header().Get("Content-Encoding") != "" {
			t.Errorf("Accept-Encoding %q is answered with %s", accepts, w.Header().Get("Content-Encoding"))
		}
	}
	if w := ask(h, "GET", "/feed.atom?q=(contract", ""); w.Code != http.StatusBadRequest {
		t.Errorf("a feed of a broken search: %d", w.Code)
	}
}
