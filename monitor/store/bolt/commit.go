package bolt

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"syscall"
	"time"

	"go.etcd.io/bbolt"

	"newswatch/monitor"
	"newswatch/monitor/store"
)

// Commit writes the batch in one durable transaction: after it returns nil,
// nothing of it is lost. On a full disk it leaves the reserve to deliveries.
func (s *Store) Commit(b monitor.Batch) error {
	if err := s.refill(); err != nil {
		return remedy(err, s.path)
	}
	err := s.heal(func() error {
		return s.db.Update(func(tx *bbolt.Tx) error {
			s.advice.touched(tx, int64(len(b.Feeds)*wholePage+len(b.URLs)))
			return commit(tx, b)
		})
	})
	if errors.Is(err, syscall.ENOSPC) {
		s.release()
	}
	return remedy(err, s.path)
}

func commit(tx *bbolt.Tx, b monitor.Batch) error {
	for _, step := range [...]func(*bbolt.Tx, monitor.Batch) error{
		commitFeeds, commitItems, commitStories, commitNotices, commitLedger, commitSenses, commitReads,
	} {
		if err := step(tx, b); err != nil {
			return err
		}
	}
	return nil
}

// remedy adds to an error of writing what can be done about it.
func remedy(err error, path string) error {
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("writing the store %s: %w: free some space; nothing is lost, newswatch goes on trying", path, err)
	case errors.Is(err, syscall.EROFS):
		return fmt.Errorf("writing the store %s: %w: make the file system writable again", path, err)
	}
	return err
}

func commitFeeds(tx *bbolt.Tx, b monitor.Batch) error {
	polls, known := tx.Bucket(bucketPolls), tx.Bucket(bucketKnown)
	known.FillPercent = 0.9 // three to a page instead of two
	for _, rec := range b.Feeds {
		if err := put(tx, bucketFeeds, []byte(rec.ID), rec); err != nil {
			return fmt.Errorf("feed %s: %w", rec.ID, err)
		}
		if err := putSets(tx, &rec); err != nil {
			return err
		}
		if rec.Seen != nil {
			if err := known.Put([]byte(rec.ID), store.Seal(store.EncodeKnown(rec.Seen))); err != nil {
				return err
			}
		}
		if err := polls.Put([]byte(rec.ID), store.EncodePoll(rec.Poll)); err != nil {
			return err
		}
	}
	for _, rec := range b.Polls {
		if err := polls.Put([]byte(rec.ID), store.EncodePoll(rec.Poll)); err != nil {
			return err
		}
	}
	return nil
}

func commitItems(tx *bbolt.Tx, b monitor.Batch) error {
	items := tx.Bucket(bucketItems)
	items.FillPercent = 0.9 // keys only grow
	var enc store.ItemEncoder
	for _, rec := range b.Items {
		v, err := enc.Encode(rec)
		if err != nil {
			return fmt.Errorf("item %s: %w", rec.ID, err)
		}
		if err := items.Put(idKey(rec.ID), store.Seal(v)); err != nil {
			return err
		}
	}
	if err := noteChanged(tx, b.Items); err != nil {
		return err
	}
	return putAddresses(tx, b.URLs)
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

func commitStories(tx *bbolt.Tx, b monitor.Batch) error {
	for _, st := range b.Stories {
		k := idKey(st.ID)
		var old struct { // no more of a row that may list hundreds of reports
			Last time.Time `json:"last"`
		}
		if ok, err := get(tx, bucketStories, k, &old); err != nil {
			return err
		} else if ok {
			if err := tx.Bucket(bucketLast).Delete(append(timeKey(old.Last), k...)); err != nil {
				return err
			}
		}
		if err := put(tx, bucketStories, k, st); err != nil {
			return err
		}
		if err := tx.Bucket(bucketLast).Put(append(timeKey(st.Last), k...), nil); err != nil {
			return err
		}
	}
	return nil
}

func commitNotices(tx *bbolt.Tx, b monitor.Batch) error {
	for _, n := range b.Notices {
		old, ok, err := readNotice(tx, n.Destination, n.Key)
		if err != nil {
			return err
		}
		if ok && (old.Delivery.State != monitor.Pending || old.Delivery.Attempts > 0) {
			continue
		}
		n.Delivery.Rev = old.Delivery.Rev + 1
		if err := writeNotice(tx, old, ok, n); err != nil {
			return err
		}
	}
	return nil
}

func commitLedger(tx *bbolt.Tx, b monitor.Batch) error {
	for _, g := range b.Gaps {
		if err := put(tx, bucketGaps, append(timeKey(g.To), g.Feed...), g); err != nil {
			return err
		}
	}
	for _, d := range b.Days {
		var sum monitor.DayTotal
		if _, err := get(tx, bucketDays, dayKey(d.Day), &sum); err != nil {
			return err
		}
		sum.Day = d.Day
		sum.Polls += d.Polls
		sum.Items += d.Items
		sum.New += d.New
		sum.Matched += d.Matched
		sum.Notices += d.Notices
		if err := put(tx, bucketDays, dayKey(d.Day), sum); err != nil {
			return err
		}
	}
	for digest, slot := range b.Slots {
		if err := tx.Bucket(bucketSlots).Put([]byte(digest), []byte(slot)); err != nil {
			return err
		}
	}
	for _, q := range b.Silences {
		if q.Until.IsZero() {
			if err := tx.Bucket(bucketSilences).Delete([]byte(q.ID)); err != nil {
				return err
			}
		} else if err := put(tx, bucketSilences, []byte(q.ID), q); err != nil {
			return err
		}
	}
	return nil
}

// commitSenses writes counts of the book of senses. Their bucket is made with
// the first: a store of before needs no migration.
func commitSenses(tx *bbolt.Tx, b monitor.Batch) error {
	if len(b.Senses) == 0 {
		return nil
	}
	counts, err := tx.CreateBucketIfNotExists(bucketSenses)
	if err != nil {
		return err
	}
	for _, r := range b.Senses {
		k := store.SenseKey(r)
		if r.Count.Total() == 0 {
			err = counts.Delete(k)
		} else {
			err = put(tx, bucketSenses, k, r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// commitReads writes what is owed to items. Their bucket is made with the
// first, too.
func commitReads(tx *bbolt.Tx, b monitor.Batch) error {
	if len(b.Reads) == 0 {
		return nil
	}
	bucket, err := tx.CreateBucketIfNotExists(bucketReads)
	if err != nil {
		return err
	}
	for _, r := range b.Reads {
		if r.Due.IsZero() {
			err = bucket.Delete(idKey(r.Key()))
		} else {
			err = put(tx, bucketReads, idKey(r.Key()), r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// addCount adds to the number of rows a destination has in a state.
func addCount(tx *bbolt.Tx, dest string, state monitor.State, by int) error {
	k := []byte(dest + "\x00" + string(state))
	n := int64(by)
	if v := tx.Bucket(bucketCounts).Get(k); len(v) == 8 {
		n += int64(binary.BigEndian.Uint64(v))
	}
	return tx.Bucket(bucketCounts).Put(k, binary.BigEndian.AppendUint64(nil, uint64(n)))
}
