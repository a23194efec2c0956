package daemon

import (
	"path/filepath"
	"strings"
	"testing"

	"newswatch/feeds"
)

// What the entries of a dead process mean to the next one.
func TestCrashGuardCountsStrikes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "n.db.reading")
	open := func() *crashGuard {
		w, err := openCrashGuard(path)
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
	for i := range w.entries {
		w.entries[i].Until = 1 // a day passes
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
	w, err := openCrashGuard(path)
	if err != nil {
		t.Fatal(err)
	}
	w.Reading(bad)
	if w, err = openCrashGuard(path); err != nil {
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

func BenchmarkCrashGuard(b *testing.B) {
	w, err := openCrashGuard(filepath.Join(b.TempDir(), "n.db.reading"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = w.close() }()
	for b.Loop() {
		w.Reading(feeds.Feed{URL: "https://harbour.example/feed.xml"})(true)
	}
}
