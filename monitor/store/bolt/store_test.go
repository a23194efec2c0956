package bolt

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/identity"
	"newswatch/monitor/match"
	"newswatch/monitor/monitortest"
	"newswatch/monitor/schedule"
	"newswatch/monitor/store"
	"newswatch/notify"
	"newswatch/notify/notifytest"
)

func mustOpen(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func temp(t *testing.T) *Store { return mustOpen(t, filepath.Join(t.TempDir(), "n.db")) }

func TestStoreContract(t *testing.T) {
	monitortest.RunStore(t, func(t testing.TB) (monitortest.Store, func() monitortest.Store) {
		path := filepath.Join(t.TempDir(), "n.db")
		open := func() *Store {
			s, err := OpenScratch(path)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		s := open()
		t.Cleanup(func() { s.Close() })
		return s, func() monitortest.Store {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = open()
			return s
		}
	})
}

func TestRoles(t *testing.T) {
	scratch := func(t testing.TB) store.Store {
		s, err := OpenScratch(filepath.Join(t.TempDir(), "n.db"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	t.Run("archive", func(t *testing.T) { monitortest.RunArchive(t, scratch) })
	t.Run("ledger", func(t *testing.T) { monitortest.RunLedger(t, scratch) })
	t.Run("notes", func(t *testing.T) { monitortest.RunNotes(t, scratch) })
}

func TestOutboxContract(t *testing.T) {
	notifytest.RunOutbox(t, func(t *testing.T) notify.Outbox { return temp(t) })
}

var day = time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)

// whole is a batch with something of everything.
func whole() monitor.Batch {
	id := monitor.FirstID(day)
	rec := monitor.Record{ID: id, Feed: "wire", Outlet: "Wire", Seen: day, Story: monitor.StoryID(id), Role: "first",
		Item:    feeds.Item{GUID: "g1", Title: "ICE buys more cloud", URL: "https://example.org/a", Link: "http://example.org/a?x=1", Published: day},
		Matches: []monitor.Matched{{Watch: "w", Verdict: match.Strong, Sentence: "ICE buys more cloud"}}}
	return monitor.Batch{
		Feeds: []monitor.FeedRecord{{ID: "https://example.org/feed", Name: "wire", Added: day, State: feeds.State{ETag: `W/"a b"`},
			Poll: schedule.PollTimes{Last: day, Success: day, Next: day.Add(time.Hour), Polls: 7},
			Seen: []identity.Seen{{ID: uint64(id), GUID: 1<<40 - 1, URL: 1 << 39, Title: 3, Text: 0xABCDEF0123, Hash: 1<<40 - 1, Day: 20000, Listed: true},
				{ID: uint64(id) + 1, GUID: 9, Day: 19000}}}},
		Items:   []monitor.Record{rec},
		URLs:    map[uint64]monitor.ItemID{identity.URLKey(rec.Item.URL): id},
		Stories: []monitor.Story{{ID: monitor.StoryID(id), Headline: "ICE buys more cloud", First: day, Last: day}},
		Notices: []monitor.Notice{{Key: "k1", Destination: "screen", Kind: monitor.AlertKind, Created: day,
			Delivery: monitor.Delivery{State: monitor.Pending, Due: day}}},
		Gaps:     []monitor.Gap{{Feed: "wire", From: day.Add(-time.Hour), To: day, Why: "server error"}},
		Days:     []monitor.DayTotal{{Day: uint16(day.Unix() / 86400), Polls: 3, New: 1}},
		Slots:    map[string]string{"daily": "2026-11-24T07:00"},
		Silences: []monitor.Silence{{ID: "s1", Watch: "w", Until: day.Add(time.Hour)}},
	}
}

func TestCommitSurvivesReopening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "n.db")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	b := whole()
	if err := s.Commit(b); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = mustOpen(t, path)

	rec, err := s.Feed("https://example.org/feed")
	if err == nil {
		rec.Seen, err = s.Seen(rec.ID)
	}
	if err != nil || !reflect.DeepEqual(rec, b.Feeds[0]) {
		t.Errorf("Feed = %+v, %v\nwant %+v", rec, err, b.Feeds[0])
	}
	item, ok, err := s.Item(b.Items[0].ID)
	if err != nil || !ok || !reflect.DeepEqual(item, b.Items[0]) {
		t.Errorf("Item = %+v, %v, %v\nwant %+v", item, ok, err, b.Items[0])
	}
	if id, ok, err := s.ByURL(identity.URLKey("https://example.org/a")); id != b.Items[0].ID || !ok || err != nil {
		t.Errorf("ByURL = %v, %v, %v", id, ok, err)
	}
	if last, err := s.LastItem(); last != b.Items[0].ID || err != nil {
		t.Errorf("LastItem = %v, %v", last, err)
	}
	stories, err := s.StoriesSince(day)
	if err != nil || len(stories) != 1 || stories[0].Headline != b.Stories[0].Headline {
		t.Errorf("StoriesSince = %+v, %v", stories, err)
	}
	if gone, err := s.StoriesSince(day.Add(time.Second)); err != nil || len(gone) != 0 {
		t.Errorf("StoriesSince later = %+v, %v; want none", gone, err)
	}
	gaps, err := s.GapsSince(day)
	if err != nil || !reflect.DeepEqual(gaps, b.Gaps) {
		t.Errorf("GapsSince = %+v, %v", gaps, err)
	}
	if slot, err := s.Slot("daily"); slot != "2026-11-24T07:00" || err != nil {
		t.Errorf("Slot = %q, %v", slot, err)
	}
	if q, err := s.Silences(day); err != nil || len(q) != 1 {
		t.Errorf("Silences = %v, %v", q, err)
	}
	if q, err := s.Silences(day.Add(2 * time.Hour)); err != nil || len(q) != 0 {
		t.Errorf("Silences after the end = %v, %v", q, err)
	}
	if faults := s.Check(); len(faults) != 0 {
		t.Errorf("Check = %v", faults)
	}
}

func TestCommitReplacesOnlyUntriedNotices(t *testing.T) {
	s := temp(t)
	n := monitor.Notice{Key: "k", Destination: "d", Created: day, Content: monitor.Content{Headline: "one"},
		Delivery: monitor.Delivery{State: monitor.Pending, Due: day.Add(time.Minute)}}
	commit := func(headline string) monitor.Notice {
		t.Helper()
		n.Content.Headline = headline
		if err := s.Commit(monitor.Batch{Notices: []monitor.Notice{n}}); err != nil {
			t.Fatal(err)
		}
		got, ok, err := s.Notice("d", "k")
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		return got
	}
	commit("one")
	if got := commit("two"); got.Content.Headline != "two" {
		t.Errorf("untried: headline = %q, want it replaced", got.Content.Headline)
	}
	tried := commit("three")
	tried.Delivery.Attempts, tried.Delivery.State = 1, monitor.Inflight
	if err := s.Update([]monitor.Notice{tried}); err != nil {
		t.Fatal(err)
	}
	if got := commit("four"); got.Content.Headline != "three" {
		t.Errorf("inflight: headline = %q, want it left alone", got.Content.Headline)
	}
}

func TestSecondInstanceIsToldWhoHolds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "n.db")
	mustOpen(t, path)
	began := time.Now()
	_, err := Open(path)
	locked, ok := errors.AsType[*LockedError](err)
	if !ok {
		t.Fatalf("second Open = %v, want a LockedError", err)
	}
	if want := fmt.Sprintf("process %d", os.Getpid()); !strings.Contains(locked.Error(), want) {
		t.Errorf("%q does not say %q", locked, want)
	}
	if took := time.Since(began); took > 3*lockWait {
		t.Errorf("took %v", took)
	}
}

func TestLockOutlivesADeletedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "n.db")
	mustOpen(t, path)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); err == nil {
		t.Error("a second instance opened a new file beside the first's deleted one")
	}
}

// Every way to cut the file off is refused with an error that says what to do,
// and none ends the process.
func TestTruncatedFileIsRefused(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "n.db")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if err := s.Commit(whole()); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	full, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 1, 80, 4095, 4096, 8191, 8192, 12288, 20000} {
		cut := filepath.Join(dir, fmt.Sprintf("cut%d.db", n))
		if err := os.WriteFile(cut, full[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(cut)
		if _, ok := errors.AsType[*DamageError](err); !ok {
			t.Errorf("cut to %d bytes: Open = %v, want a DamageError", n, err)
		}
	}
}

func TestNotADatabaseIsRefused(t *testing.T) {
	for name, content := range map[string][]byte{"text": []byte("hello, I am no database\n"), "zeros": make([]byte, 32<<10)} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "n.db")
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := Open(path); err == nil {
				t.Error("opened")
			}
		})
	}
	if _, err := Open(t.TempDir()); err == nil || !strings.Contains(err.Error(), "directory") {
		t.Errorf("a directory: %v", err)
	}
}

func TestFlippedByteIsFound(t *testing.T) {
	sealed := store.Seal([]byte("a value"))
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		if _, err := store.Unseal(bucketOutbox, []byte("k"), bad); err == nil {
			t.Errorf("flipping byte %d went unnoticed", i)
		}
	}
}

func TestNewerFileIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "n.db")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.update(func(tx *bbolt.Tx) error { return writeVersion(tx, len(migrations)+1) }); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "newer newswatch") {
		t.Errorf("Open = %v, want a refusal that names the newer version", err)
	}
}

func TestBackupAndCompact(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, filepath.Join(dir, "n.db"))
	for i := range 50 { // enough pages to free
		b := whole()
		b.Items[0].ID += monitor.ItemID(i)
		if err := s.Commit(monitor.Batch{Items: b.Items}); err != nil {
			t.Fatal(err)
		}
	}
	copied := filepath.Join(dir, "copy.db")
	if err := s.BackupTo(copied); err != nil {
		t.Fatal(err)
	}
	c := mustOpen(t, copied)
	if faults := c.Check(); len(faults) != 0 {
		t.Errorf("the backup is damaged: %v", faults)
	}
	if last, err := c.LastItem(); err != nil || last == 0 {
		t.Errorf("the backup holds no items: %v", err)
	}
	if removed, err := s.Prune(day.Add(24 * time.Hour)); err != nil || removed == 0 {
		t.Errorf("Prune = %d, %v", removed, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before, after, err := Compact(s.Path())
	if err != nil || after > before {
		t.Errorf("Compact: %d -> %d, %v", before, after, err)
	}
	if again := mustOpen(t, s.Path()); len(again.Check()) != 0 {
		t.Error("the compacted file is damaged")
	}
}

// With an item go all addresses under which it was found, save one that has
// become another item's.
func TestPruneForgetsAllAddresses(t *testing.T) {
	s := temp(t)
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	old, young := monitor.FirstID(now), monitor.FirstID(now.AddDate(1, 0, 0))
	first, guid, further := "https://e.example/1", "https://e.example/2", uint64(77)
	err := s.Commit(monitor.Batch{
		Items: []monitor.Record{{ID: old, Item: feeds.Item{URL: first, GUID: guid, Title: "x"}, Seen: now, Also: []uint64{further, 78}},
			{ID: young, Item: feeds.Item{Title: "y"}, Seen: now.AddDate(1, 0, 0)}},
		URLs: map[uint64]monitor.ItemID{identity.URLKey(first): old, identity.URLKey(guid): old, further: old, 78: young},
	})
	if err == nil {
		_, err = s.Prune(now.AddDate(0, 1, 0))
	}
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[uint64]bool{identity.URLKey(first): false, identity.URLKey(guid): false, further: false, 78: true} {
		if _, ok, err := s.ByURL(key); ok != want || err != nil {
			t.Errorf("key %d is found: %v, %v; want %v", key, ok, err, want)
		}
	}
}

func TestPruneKeepsWhatIsYoung(t *testing.T) {
	s := temp(t)
	b := whole()
	if err := s.Commit(b); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Prune(day); err != nil || n != 0 {
		t.Errorf("Prune(day) = %d, %v; want nothing removed", n, err)
	}
	if _, ok, err := s.Item(b.Items[0].ID); !ok || err != nil {
		t.Errorf("the item is gone: %v", err)
	}
	if _, err := s.Prune(day.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, ok, _ := s.ByURL(identity.URLKey("https://example.org/a")); ok {
		t.Error("the address outlived its item")
	}
	if n, ok, err := s.Notice("screen", "k1"); !ok || err != nil || n.Delivery.State != monitor.Pending {
		t.Errorf("a notice still owed was pruned: %v %v %v", n, ok, err)
	}
}

// BenchmarkCommit commits polls of feeds that changed, one at a time and in
// fifties, to a file that holds 100,000 feeds.
func BenchmarkCommit(b *testing.B) {
	s, err := Open(filepath.Join(b.TempDir(), "n.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	known := make([]identity.Seen, 40)
	for i := range known {
		known[i] = identity.Seen{ID: uint64(monitor.FirstID(day)) + uint64(i), GUID: uint64(i) + 1, Listed: true, Day: 20000}
	}
	batchOf := func(first, n, step int) (batch monitor.Batch) {
		for i := range n {
			batch.Feeds = append(batch.Feeds, monitor.FeedRecord{ID: fmt.Sprintf("https://example.org/%06d", (first+i)*step%100_000), Seen: known})
		}
		return batch
	}
	for i := 0; i < 100_000; i += 5000 {
		if err := s.Commit(batchOf(i, 5000, 1)); err != nil {
			b.Fatal(err)
		}
	}
	for _, group := range []int{1, 50} {
		b.Run(fmt.Sprintf("polls=%d", group), func(b *testing.B) {
			polls := 0
			for b.Loop() {
				// A step far from the last keeps neighbours apart.
				if err := s.Commit(batchOf(polls, group, 61_803)); err != nil {
					b.Fatal(err)
				}
				polls += group
			}
			b.ReportMetric(float64(polls)/b.Elapsed().Seconds(), "polls/s")
		})
	}
}
