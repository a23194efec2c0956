package bolt

import (
	"bytes"
	"encoding/binary"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"newswatch/monitor"
	"newswatch/monitor/identity"
	"newswatch/monitor/schedule"
	"newswatch/monitor/senses"
	"newswatch/monitor/store"
)

// get decodes the JSON under a key into v and reports whether there was any.
func get(tx *bbolt.Tx, bucket, k []byte, v any) (bool, error) {
	sealed := tx.Bucket(bucket).Get(k)
	if sealed == nil {
		return false, nil
	}
	// What bbolt returns is mapped memory that dies with tx: decode it here.
	b, err := store.Unseal(bucket, k, sealed)
	if err != nil {
		return false, err
	}
	if err := store.DecodeJSON(b, v); err != nil {
		return false, damaged(bucket, k, err)
	}
	return true, nil
}

func damaged(bucket, k []byte, cause error) error {
	return &store.RowError{Table: string(bucket), Key: bytes.Clone(k), Cause: cause}
}

func put(tx *bbolt.Tx, bucket, k []byte, v any) error {
	b, err := store.EncodeJSON(v)
	if err != nil {
		return err
	}
	return tx.Bucket(bucket).Put(k, store.Seal(b))
}

// Feed returns what is remembered of the feed at an address.
func (s *Store) Feed(id string) (rec monitor.FeedRecord, err error) {
	err = s.view(func(tx *bbolt.Tx) (err error) {
		s.advice.touched(tx, wholePage)
		rec, err = readFeed(tx, []byte(id))
		return err
	})
	return rec, err
}

func readFeed(tx *bbolt.Tx, k []byte) (rec monitor.FeedRecord, err error) {
	if _, err := get(tx, bucketFeeds, k, &rec); err != nil {
		return rec, err
	}
	rec.ID = string(k)
	rec.Poll = store.DecodePoll(tx.Bucket(bucketPolls).Get(k))
	return rec, nil
}

// Seen returns the entries known of the feed at an address.
func (s *Store) Seen(id string) (known []identity.Seen, err error) {
	err = s.view(func(tx *bbolt.Tx) (err error) {
		s.advice.touched(tx, wholePage)
		v := tx.Bucket(bucketKnown).Get([]byte(id))
		if v == nil {
			return nil
		}
		b, err := store.Unseal(bucketKnown, []byte(id), v)
		if err != nil {
			return err
		}
		if known, err = store.DecodeKnown(b); err != nil {
			return damaged(bucketKnown, []byte(id), err)
		}
		return nil
	})
	return known, err
}

// Polls returns when every feed was polled and is due, by address.
func (s *Store) Polls() (map[string]schedule.PollTimes, error) {
	out := map[string]schedule.PollTimes{}
	err := s.view(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketPolls).ForEach(func(k, v []byte) error {
			out[string(k)] = store.DecodePoll(v)
			return nil
		})
	})
	return out, err
}

// Item returns an archived item.
func (s *Store) Item(id monitor.ItemID) (rec monitor.Record, ok bool, err error) {
	err = s.view(func(tx *bbolt.Tx) (err error) {
		k := idKey(id)
		v := tx.Bucket(bucketItems).Get(k)
		if ok = v != nil; !ok {
			return nil
		}
		rec, err = readItem(k, v)
		return err
	})
	return rec, ok, err
}

func readItem(k, v []byte) (rec monitor.Record, err error) {
	b, err := store.Unseal(bucketItems, k, v)
	if err != nil {
		return rec, err
	}
	if rec, err = store.DecodeItem(b); err != nil {
		err = damaged(bucketItems, k, err)
	} else if !bytes.Equal(idKey(rec.ID), k) { // whoever goes on behind it would not come further
		err = damaged(bucketItems, k, errWrongKey)
	}
	return rec, err
}

// LastItem returns the greatest ID stored, 0 for none.
func (s *Store) LastItem() (id monitor.ItemID, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		if k, _ := tx.Bucket(bucketItems).Cursor().Last(); len(k) == 8 {
			id = monitor.ItemID(binary.BigEndian.Uint64(k))
		}
		return nil
	})
	return id, err
}

// ByURL returns the item first seen under a canonical address.
func (s *Store) ByURL(key uint64) (id monitor.ItemID, ok bool, err error) {
	err = s.view(func(tx *bbolt.Tx) (err error) {
		s.advice.touched(tx, 1)
		id, ok, err = findAddress(tx, key)
		return err
	})
	return id, ok, err
}

// Lookup returns the items first seen under addresses, and all of these and
// those with the IDs, in one transaction.
func (s *Store) Lookup(keys []uint64, ids []monitor.ItemID) (byURL map[uint64]monitor.ItemID, items map[monitor.ItemID]monitor.Record, err error) {
	byURL, items = map[uint64]monitor.ItemID{}, map[monitor.ItemID]monitor.Record{}
	err = s.view(func(tx *bbolt.Tx) error {
		s.advice.touched(tx, int64(len(keys)))
		ids := slices.Clone(ids) // the caller's stays as it is
		for _, key := range keys {
			id, ok, err := findAddress(tx, key)
			if err != nil {
				return err
			}
			if ok {
				byURL[key] = id
				ids = append(ids, id)
			}
		}
		for _, id := range ids {
			k := idKey(id)
			v := tx.Bucket(bucketItems).Get(k)
			if _, have := items[id]; have || v == nil {
				continue
			}
			rec, err := readItem(k, v)
			if err != nil {
				return err
			}
			items[id] = rec
		}
		return nil
	})
	return byURL, items, err
}

// Story returns a story, or the one it was merged into.
func (s *Store) Story(id monitor.StoryID) (st monitor.Story, ok bool, err error) {
	err = s.view(func(tx *bbolt.Tx) (err error) {
		for range maxMerges {
			st = monitor.Story{}
			if ok, err = get(tx, bucketStories, idKey(id), &st); err != nil || !ok || st.Into == 0 {
				return err
			}
			id = st.Into
		}
		return nil
	})
	return st, ok, err
}

// maxMerges bounds how many merges are followed to a story.
const maxMerges = 32

// StoriesSince returns the stories with a report since t, by ID. Merged ones
// are among them, as aliases.
func (s *Store) StoriesSince(t time.Time) (out []monitor.Story, err error) {
	ids := map[monitor.StoryID]bool{}
	err = s.view(func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketLast).Cursor()
		for k, _ := c.Seek(timeKey(t)); len(k) == 16; k, _ = c.Next() {
			ids[monitor.StoryID(binary.BigEndian.Uint64(k[8:]))] = true
		}
		out = nil
		for _, id := range sortedKeys(ids) {
			var st monitor.Story
			if ok, err := get(tx, bucketStories, idKey(id), &st); err != nil {
				return err
			} else if ok {
				out = append(out, st)
			}
		}
		return nil
	})
	return out, err
}

// Silences returns those that have not ended by now, by ID.
func (s *Store) Silences(now time.Time) (out []monitor.Silence, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		out = nil
		return tx.Bucket(bucketSilences).ForEach(func(k, _ []byte) error {
			var q monitor.Silence
			if _, err := get(tx, bucketSilences, k, &q); err != nil {
				return err
			}
			if q.Until.After(now) {
				out = append(out, q)
			}
			return nil
		})
	})
	return out, err
}

// Senses returns the counts of the book of senses.
func (s *Store) Senses() (out []senses.Row, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		out = nil
		counts := tx.Bucket(bucketSenses)
		if counts == nil {
			return nil
		}
		return counts.ForEach(func(k, _ []byte) error {
			var r senses.Row
			_, err := get(tx, bucketSenses, k, &r)
			out = append(out, r)
			return err
		})
	})
	return out, err
}

// Reads returns the articles that are owed, by item.
func (s *Store) Reads() (out []monitor.Read, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		out = nil
		if tx.Bucket(bucketReads) == nil {
			return nil
		}
		return tx.Bucket(bucketReads).ForEach(func(k, _ []byte) error {
			var r monitor.Read
			_, err := get(tx, bucketReads, k, &r)
			out = append(out, r)
			return err
		})
	})
	return out, err
}

// Slot returns the last slot a digest was told for, "" for none.
func (s *Store) Slot(digest string) (slot string, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		slot = string(tx.Bucket(bucketSlots).Get([]byte(digest)))
		return nil
	})
	return slot, err
}

// GapsSince returns the gaps that ended since t, oldest first.
func (s *Store) GapsSince(t time.Time) (out []monitor.Gap, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		out = nil
		c := tx.Bucket(bucketGaps).Cursor()
		for k, _ := c.Seek(timeKey(t)); k != nil; k, _ = c.Next() {
			var g monitor.Gap
			if _, err := get(tx, bucketGaps, k, &g); err != nil {
				return err
			}
			out = append(out, g)
		}
		return nil
	})
	return out, err
}

// DaysSince returns the totals of the days since t, oldest first.
func (s *Store) DaysSince(t time.Time) (out []monitor.DayTotal, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		out = nil
		c := tx.Bucket(bucketDays).Cursor()
		for k, _ := c.Seek(dayKey(uint16(t.Unix() / 86400))); k != nil; k, _ = c.Next() {
			var d monitor.DayTotal
			if _, err := get(tx, bucketDays, k, &d); err != nil {
				return err
			}
			out = append(out, d)
		}
		return nil
	})
	return out, err
}
