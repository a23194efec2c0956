package bolt

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"newswatch/monitor"
	"newswatch/monitor/identity"
	"newswatch/notify"
)

// twice is a batch with two of everything, and notices in every state.
func twice() (monitor.Batch, []monitor.Notice) {
	b := whole()
	feed := b.Feeds[0]
	feed.ID, feed.Name = "https://example.org/other", "other"
	b.Feeds = append(b.Feeds, feed)
	item := b.Items[0]
	item.ID, item.Item.URL = item.ID+1, "https://example.org/b"
	b.Items = append(b.Items, item)
	b.URLs[identity.URLKey(item.Item.URL)] = item.ID
	b.Stories = append(b.Stories, monitor.Story{ID: monitor.StoryID(item.ID), Headline: "Another", First: day, Last: day})
	b.Gaps = append(b.Gaps, monitor.Gap{Feed: "other", From: day.Add(-time.Hour), To: day, Why: "server error"})
	b.Days = append(b.Days, monitor.DayTotal{Day: uint16(day.Unix()/86400) + 1, Polls: 3})
	b.Slots["weekly"] = "2026-11-24T07:00"
	b.Silences = append(b.Silences, monitor.Silence{ID: "s2", Watch: "v", Until: day.Add(time.Hour)})
	b.Notices = nil
	var ns []monitor.Notice
	for i, st := range []monitor.State{monitor.Pending, monitor.Pending, monitor.Unknown, monitor.Inflight, monitor.Sent, monitor.Dead} {
		n := monitor.Notice{Key: fmt.Sprintf("key%d", i), Destination: "screen", Kind: monitor.AlertKind, Created: time.Now().UTC(), Seen: time.Now().UTC(),
			Content: monitor.Content{Cards: []monitor.Card{{Story: b.Stories[0].ID, Headline: "h"}}, Headline: "h"}}
		n.Delivery = monitor.Delivery{State: st, Due: time.Now().UTC(), Started: time.Now().UTC(), Attempts: 1}
		ns = append(ns, n)
	}
	return b, ns
}

// A taker accepts whatever it is given.
type taker struct {
	mu   sync.Mutex
	took []string
}

func (t *taker) Notify(_ context.Context, n monitor.Notice, _ monitor.Receipt) (monitor.Receipt, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.took = append(t.took, n.Key)
	return monitor.Receipt{ID: n.Key, At: time.Now()}, nil
}

func (t *taker) has(key string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, k := range t.took {
		if k == key {
			return true
		}
	}
	return false
}

// readAll reads everything there is, as a running daemon does.
func readAll(s *Store) map[string]error {
	errs := map[string]error{}
	note := func(what string, err error) { errs[what] = err }
	var recs []monitor.FeedRecord
	err := s.Feeds(monitor.AllFeeds, func(rec monitor.FeedRecord) bool { recs = append(recs, rec); return true })
	note("Feeds", err)
	for _, rec := range recs {
		_, err = s.Feed(rec.ID)
		note("Feed", err)
		_, err = s.Seen(rec.ID)
		note("Seen", err)
	}
	_, err = s.Polls()
	note("Polls", err)
	note("ItemsFrom", s.ItemsFrom(0, func(monitor.Record) bool { return true }))
	note("ItemsBefore", s.ItemsBefore(0, func(monitor.Record) bool { return true }))
	_, _, err = s.Lookup([]uint64{identity.URLKey("https://example.org/a"), identity.URLKey("https://example.org/b")}, nil)
	note("Lookup", err)
	_, err = s.StoriesSince(time.Time{})
	note("StoriesSince", err)
	_, err = s.Silences(day)
	note("Silences", err)
	_, err = s.GapsSince(time.Time{})
	note("GapsSince", err)
	_, err = s.DaysSince(time.Unix(0, 0))
	note("DaysSince", err)
	_, err = s.Slot("daily")
	note("Slot", err)
	_, err = s.Note("lease")
	note("Note", err)
	_, err = s.Breaker("screen")
	note("Breaker", err)
	_, err = s.Counts()
	note("Counts", err)
	_, err = s.List(monitor.NoticeFilter{})
	note("List", err)
	_, err = s.List(monitor.NoticeFilter{Story: monitor.StoryID(monitor.FirstID(day))})
	note("List of a story", err)
	return errs
}

// spoilRow flips a bit in the row at a place of a bucket, in its value or in its
// key. It reports whether there is one.
func spoilRow(t *testing.T, path, bucket string, place, at int, inKey bool) (there bool) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte(bucket))
		c := b.Cursor()
		k, v := c.First()
		for range place {
			k, v = c.Next()
		}
		if k == nil {
			return nil
		}
		k, v = bytes.Clone(k), bytes.Clone(v)
		target := v
		if inKey {
			target = k
			if err := b.Delete(k); err != nil {
				return err
			}
		}
		if len(target) == 0 {
			return nil
		}
		there = true
		target[(at+len(target))%len(target)] ^= 4
		return b.Put(k, v)
	}); err != nil {
		t.Fatal(err)
	}
	return there
}

// Every bucket is damaged in turn, in its values and in its keys. The store
// opens, every scan goes through, and a notice that is owed is delivered, as is
// one that comes afterwards.
func TestEveryBucketDamaged(t *testing.T) {
	for _, bucket := range []string{"feeds", "known", "polls", "items", "addresses", "stories", "last", "outbox", "due", "inflight", "done",
		"counts", "told", "gates", "gaps", "days", "slots", "silences", "notes"} {
		for _, inKey := range []bool{false, true} {
			for _, at := range []int{-1, 4} { // behind all else, and in the checksum or the times
				t.Run(fmt.Sprintf("%s, in the key %v, at %d", bucket, inKey, at), func(t *testing.T) {
					damageAndDeliver(t, bucket, at, inKey)
				})
			}
		}
	}
}

func damageAndDeliver(t *testing.T, bucket string, at int, inKey bool) {
	path := filepath.Join(t.TempDir(), "n.db")
	s, err := OpenScratch(path)
	if err != nil {
		t.Fatal(err)
	}
	b, ns := twice()
	if err := s.Commit(b); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{s.Update(ns), s.SetBreaker("screen", monitor.Breaker{}), s.PutNote("lease", []byte("x")), s.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if !spoilRow(t, path, bucket, 0, at, inKey) {
		return // an index has no values
	}
	if s, err = OpenScratch(path); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.MendOutbox(); err != nil {
		t.Errorf("MendOutbox: %v", err)
	}
	for what, err := range readAll(s) {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	// The same once more, and what comes next.
	if err := s.Commit(b); err != nil {
		t.Errorf("Commit: %v", err)
	}
	late := ns[0]
	late.Key, late.Delivery = "late", monitor.Delivery{State: monitor.Pending, Due: time.Now().UTC()}
	if err := s.Update([]monitor.Notice{late}); err != nil {
		t.Errorf("Update: %v", err)
	}
	to := &taker{}
	d := &notify.Dispatcher{Outbox: s, Log: slog.New(slog.DiscardHandler)}
	if err := d.Prepare([]notify.Channel{{Name: "screen", Notifier: to}}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); d.Run(ctx) }()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end) && (!to.has("key1") || !to.has("late")); {
		time.Sleep(5 * time.Millisecond)
	}
	if err := d.Stopped(time.Now()); err != nil {
		t.Errorf("Stopped: %v", err)
	}
	stop()
	<-ended
	if !to.has("key1") || !to.has("late") {
		t.Errorf("delivered %v, want key1 and late among them", to.took)
	}
	if faults := s.Check(); len(faults) > 0 && bucket != "done" { // a wrong time there is harmless
		t.Errorf("Check = %v", faults)
	}
}

// A damaged row is set aside with its bytes, listed, and removed by its ID.
func TestDamagedRowIsSetAside(t *testing.T) {
	s := temp(t)
	_, ns := twice()
	if err := s.Update(ns); err != nil {
		t.Fatal(err)
	}
	if err := s.update(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketOutbox).Put(rowKey("screen", "key0"), []byte("no row at all"))
	}); err != nil {
		t.Fatal(err)
	}
	if rows, err := s.List(monitor.NoticeFilter{}); err != nil || len(rows) != len(ns)-1 {
		t.Fatalf("List = %d rows, %v; want all but one", len(rows), err)
	}
	if c, err := s.Counts(); err != nil || c["screen"][monitor.Pending] != 1 {
		t.Errorf("Counts = %v, %v; want one pending", c, err)
	}
	// Another transaction may have met the row at the same time.
	if err := s.update(func(tx *bbolt.Tx) error { return setAside(tx, bucketOutbox, rowKey("screen", "key0")) }); err != nil {
		t.Fatal(err)
	}
	aside, err := s.Damaged()
	if err != nil || len(aside) != 1 || aside[0].Table != "outbox" || aside[0].Key != "screen key0" || string(aside[0].Bytes) != "no row at all" {
		t.Fatalf("Damaged = %+v, %v", aside, err)
	}
	if found, err := s.Forget(aside[0].ID); !found || err != nil {
		t.Errorf("Forget = %v, %v", found, err)
	}
	if found, err := s.Forget(aside[0].ID); found || err != nil {
		t.Errorf("Forget again = %v, %v", found, err)
	}
}

// A store open for reading only says which row is damaged.
func TestDamageIsNamedWhereNothingMayBeWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "n.db")
	s, err := OpenScratch(path)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := twice()
	if err := s.Commit(b); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	spoilRow(t, path, "silences", 0, -1, false)
	if s, err = OpenReadOnly(path); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Silences(day); err == nil || !strings.Contains(err.Error(), `silences "s1"`) {
		t.Errorf("Silences = %v, want the row named", err)
	}
}
