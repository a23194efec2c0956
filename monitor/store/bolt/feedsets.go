package bolt

import (
	"bytes"

	"go.etcd.io/bbolt"

	"newswatch/monitor"
)

// Most feeds are in no set but that of all: the index holds the others, an
// address with one byte of sets each, with the condition.

// putSets notes the sets a feed is in.
func putSets(tx *bbolt.Tx, rec *monitor.FeedRecord) error {
	sets, b := byte(rec.Sets()), tx.Bucket(bucketSets)
	switch had := b.Get([]byte(rec.ID)); {
	case sets == 0 && had != nil:
		return b.Delete([]byte(rec.ID))
	case sets != 0 && !bytes.Equal(had, []byte{sets}):
		return b.Put([]byte(rec.ID), []byte{sets})
	}
	return nil
}

// indexSets takes a file to version 3, which knows the sets of feeds. A damaged
// row is in none, and is reported when it is read.
func indexSets(tx *bbolt.Tx) error {
	if _, err := tx.CreateBucketIfNotExists(bucketSets); err != nil {
		return err
	}
	return tx.Bucket(bucketFeeds).ForEach(func(k, _ []byte) error {
		rec, err := readFeed(tx, k)
		if err != nil {
			return nil
		}
		return putSets(tx, &rec)
	})
}

// Sets returns the sets of the feeds that are in any, by address.
func (s *Store) Sets() (map[string]monitor.FeedSet, error) {
	out := map[string]monitor.FeedSet{}
	err := s.view(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketSets).ForEach(func(k, v []byte) error {
			if len(v) == 1 {
				out[string(k)] = monitor.FeedSet(v[0])
			}
			return nil
		})
	})
	return out, err
}

// Feeds calls fn for every feed of a set, by address, until fn returns false.
// Each page is read in a transaction of its own.
func (s *Store) Feeds(which monitor.FeedSet, fn func(monitor.FeedRecord) bool) error {
	from := []byte{}
	for {
		recs, err := s.feedsFrom(from, which)
		if err != nil || len(recs) == 0 {
			return err
		}
		for _, rec := range recs {
			if !fn(rec) {
				return nil
			}
		}
		from = append([]byte(recs[len(recs)-1].ID), 0)
	}
}

func (s *Store) feedsFrom(from []byte, which monitor.FeedSet) (out []monitor.FeedRecord, err error) {
	index := bucketSets
	if which == monitor.AllFeeds {
		index = bucketFeeds
	}
	err = s.view(func(tx *bbolt.Tx) error {
		out = nil
		c := tx.Bucket(index).Cursor()
		for k, v := c.Seek(from); k != nil && len(out) < page; k, v = c.Next() {
			if which != monitor.AllFeeds && (len(v) != 1 || !which.Holds(monitor.FeedSet(v[0]))) || tx.Bucket(bucketFeeds).Get(k) == nil {
				continue
			}
			rec, err := readFeed(tx, k)
			if err != nil {
				return err
			}
			out = append(out, rec)
		}
		return nil
	})
	return out, err
}
