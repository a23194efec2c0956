package main

import (
	"encoding/binary"
	"hash/fnv"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
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
		s.until("the document is being read", func() bool { return isReading(s.path("newswatch.db.run/reading"), poison.URL+"/feed") })
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

// isReading reports whether the notes at path say that a feed is being read.
func isReading(path, url string) bool {
	raw, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(url))
	for ; len(raw) >= 24; raw = raw[24:] { // an entry: hash, strikes, whether it is being read, end of quarantine
		if binary.LittleEndian.Uint64(raw) == h.Sum64() && binary.LittleEndian.Uint32(raw[12:]) != 0 {
			return true
		}
	}
	return false
}
