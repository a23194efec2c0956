package bolt

import (
	"bytes"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"newswatch/monitor"
)

// A file of version 3 that has passwords among its keys loses them, and nothing
// of what is known of their feeds.
func TestMigrationHidesSecrets(t *testing.T) {
	const address, id = "https://anna:hunter2@example.org/feed?token=hunter2", "https://~996b9bd56f@example.org/feed?token=~62133bfcc4"
	s := temp(t)
	b := whole()
	b.Feeds[0].ID = address
	if err := s.Commit(b); err != nil {
		t.Fatal(err)
	}
	if err := s.update(func(tx *bbolt.Tx) error { return writeVersion(tx, 3) }); err != nil {
		t.Fatal(err)
	}
	path := s.Path()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = mustOpen(t, path)
	var recs []monitor.FeedRecord
	err := s.Feeds(monitor.AllFeeds, func(rec monitor.FeedRecord) bool { recs = append(recs, rec); return true })
	if err != nil || len(recs) != 1 {
		t.Fatalf("feeds = %+v, %v", recs, err)
	}
	known, err := s.Seen(recs[0].ID)
	if err != nil || len(known) != len(b.Feeds[0].Seen) || recs[0].State.ETag != b.Feeds[0].State.ETag || !recs[0].Poll.Last.Equal(b.Feeds[0].Poll.Last) {
		t.Errorf("the feed = %+v with %d entries, %v", recs[0], len(known), err)
	}
	if recs[0].ID != id {
		t.Errorf("the feed is %s, want %s", recs[0].ID, id)
	}
	err = s.view(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
			return b.ForEach(func(k, v []byte) error {
				if bytes.Contains(k, []byte("hunter2")) || bytes.Contains(v, []byte("hunter2")) {
					t.Errorf("the password is in %s: %q = %q", name, k, v)
				}
				return nil
			})
		})
	})
	if err != nil {
		t.Error(err)
	}
	if faults := s.Check(); len(faults) != 0 {
		t.Errorf("Check = %v", faults)
	}
}

// A damaged row of a feed moves as it is.
func TestMigrationMovesDamagedRows(t *testing.T) {
	s := temp(t)
	b := whole()
	b.Feeds = append(b.Feeds, monitor.FeedRecord{ID: "https://a:hunter2@example.org/", Name: "a"})
	if err := s.Commit(b); err != nil {
		t.Fatal(err)
	}
	err := s.update(func(tx *bbolt.Tx) error {
		feeds := tx.Bucket(bucketFeeds)
		broken := bytes.Clone(feeds.Get([]byte("https://a:hunter2@example.org/")))
		broken[len(broken)/2] ^= 1
		if err := feeds.Put([]byte("https://a:hunter2@example.org/"), broken); err != nil {
			return err
		}
		return hideSecrets(tx)
	})
	if err != nil {
		t.Fatal(err)
	}
	faults := s.Check()
	if len(faults) != 1 || strings.Contains(faults[0].Error(), "hunter2") {
		t.Fatalf("Check = %v, want the damaged row without its password", faults)
	}
}
