package main

import (
	"encoding/binary"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"newswatch/feeds"
)

// A process killed twice while it read one feed leaves that feed alone at its
// third start and says so; the others go on, and a feed that was only once in
// the wrong place is read again.
func TestPoisonousFeedIsQuarantined(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	var asked atomic.Int64
	entry := "<item><title>Harbor log</title><description>" + strings.Repeat("The <b>tide</b> came &amp; went. ", 25) + "</description></item>"
	slow := []byte("<rss><channel>" + strings.Repeat(entry, 15000) + "</channel></rss>") // takes a second
	poison := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		_, _ = w.Write(slow)
	}))
	t.Cleanup(poison.Close)
	s.env = append(s.env, "POISON="+poison.URL)
	s.only("desk", "feeds:\n", "operations: {notify: [hook]}\nfeeds:\n  - {url: \"${POISON}/feed\", name: poison}\n")
	for range 2 {
		p := s.daemon()
		s.until("the document is being read", func() bool { return isReading(t, s.path("newswatch.db.reading"), poison.URL+"/feed") })
		p.kill()
	}
	before := asked.Load()
	p := s.daemon()
	s.until("the operator is told", func() bool {
		for _, m := range s.hook.messages() {
			if strings.Contains(m.raw, "newswatch ended 2 times while it read this feed") {
				return true
			}
		}
		return false
	})
	s.settled() // the two others
	if n := asked.Load(); n != before {
		t.Errorf("the poisonous feed was asked %d more times", n-before)
	}
	p.stop()
}

func isReading(t *testing.T, path, url string) bool {
	raw, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	notes := make([]note, len(raw)/noteSize)
	if _, err := binary.Decode(raw, binary.LittleEndian, notes); err != nil {
		t.Fatal(err)
	}
	for _, n := range notes {
		if n.Reading != 0 && n.Feed == hashOf(feeds.Feed{URL: url}) {
			return true
		}
	}
	return false
}

// What the notes of a dead process mean to the next one.
func TestWitnessCountsStrikes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "n.db.reading")
	open := func() *witness {
		w, err := openWitness(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = w.close() })
		return w
	}
	bad, good := feeds.Feed{URL: "https://bad.example/"}, feeds.Feed{URL: "https://good.example/"}

	w := open()
	w.Reading(bad)
	w.Reading(good) // the process dies with both of them open

	w = open()
	w.Reading(good)(true) // alone, and to its end
	grows := w.Reading(bad)
	grows(false) // to be tried once more, in more room
	w.Reading(bad)

	w = open() // dies again
	if err := w.Quarantined(bad); err == nil || !strings.Contains(err.Error(), "2 times") {
		t.Errorf("bad: %v", err)
	}
	if err := w.Quarantined(good); err != nil {
		t.Errorf("good: %v", err)
	}
	for i := range w.notes {
		w.notes[i].Until = 1 // a day passes
	}
	if err := w.Quarantined(bad); err != nil {
		t.Errorf("after a day: %v", err)
	}
	w.Reading(bad)(true)
	w.Reading(bad)

	w = open()
	if err := w.Quarantined(bad); err != nil {
		t.Errorf("having been read once, it is quarantined at the first strike: %v", err)
	}
}

// A suspect is read while nobody else is.
func TestSuspectIsReadAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "n.db.reading")
	bad, good := feeds.Feed{URL: "https://bad.example/"}, feeds.Feed{URL: "https://good.example/"}
	w, err := openWitness(path)
	if err != nil {
		t.Fatal(err)
	}
	w.Reading(bad)
	if w, err = openWitness(path); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.close() }()
	done := w.Reading(bad)
	if w.alone.TryRLock() {
		t.Error("others are read beside a suspect")
	}
	done(true)
	w.Reading(good)
	if !w.alone.TryRLock() {
		t.Error("others are not read beside a feed that nothing speaks against")
	}
}

func BenchmarkWitness(b *testing.B) {
	w, err := openWitness(filepath.Join(b.TempDir(), "n.db.reading"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = w.close() }()
	for b.Loop() {
		w.Reading(feeds.Feed{URL: "https://harbour.example/feed.xml"})(true)
	}
}
