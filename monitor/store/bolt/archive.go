package bolt

import (
	"encoding/binary"

	"go.etcd.io/bbolt"

	"newswatch/monitor"
	"newswatch/monitor/store"
)

// page is how many records one read transaction hands out: a reader that
// stays longer pins pages that a writer wants back.
const page = 500

// ItemsFrom calls fn for every archived item whose ID is at least from, in
// order of first sight, until fn returns false or an error comes up. Each page is read in a transaction of its
// own; fn is called outside it and may take its time.
func (s *Store) ItemsFrom(from monitor.ItemID, fn func(monitor.Record) bool) error {
	for {
		recs, err := s.pageFrom(from)
		if err != nil || len(recs) == 0 {
			return err
		}
		for _, rec := range recs {
			if !fn(rec) {
				return nil
			}
		}
		from = recs[len(recs)-1].ID + 1
	}
}

func (s *Store) pageFrom(from monitor.ItemID) (out []monitor.Record, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		out = nil
		c := tx.Bucket(bucketItems).Cursor()
		for k, v := c.Seek(idKey(from)); k != nil && len(out) < page; k, v = c.Next() {
			rec, err := readItem(k, v)
			if err != nil {
				return err
			}
			out = append(out, rec)
		}
		return nil
	})
	return out, err
}

// ItemsBefore is ItemsFrom backwards: newest first, of those whose ID is less
// than before; 0 starts at the newest.
func (s *Store) ItemsBefore(before monitor.ItemID, fn func(monitor.Record) bool) error {
	for {
		recs, err := s.pageBefore(0, before)
		if err != nil || len(recs) == 0 {
			return err
		}
		for _, rec := range recs {
			if !fn(rec) {
				return nil
			}
		}
		before = recs[len(recs)-1].ID
	}
}

// pageBefore reads items from an ID on and less than before, newest first.
func (s *Store) pageBefore(from, before monitor.ItemID) (out []monitor.Record, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		out = nil
		c := tx.Bucket(bucketItems).Cursor()
		k, v := c.Last()
		if before != 0 {
			if k, v = c.Seek(idKey(before)); k == nil {
				k, v = c.Last()
			}
			if k != nil && binary.BigEndian.Uint64(k) >= uint64(before) {
				k, v = c.Prev()
			}
		}
		for ; k != nil && len(out) < page && binary.BigEndian.Uint64(k) >= uint64(from); k, v = c.Prev() {
			rec, err := readItem(k, v)
			if err != nil {
				return err
			}
			out = append(out, rec)
		}
		return nil
	})
	return out, err
}

// Note returns what a room keeps under a name, nil if nothing; PutNote stores
// it. It is for small things that no batch is about, such as leases.
func (s *Store) Note(name string) (v []byte, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		sealed := tx.Bucket(bucketNotes).Get([]byte(name))
		if sealed == nil {
			return nil
		}
		b, err := store.Unseal(bucketNotes, []byte(name), sealed)
		v = append([]byte(nil), b...)
		return err
	})
	return v, err
}

// PutNote stores v under name, see Note; nil removes it.
func (s *Store) PutNote(name string, v []byte) error {
	return s.update(func(tx *bbolt.Tx) error {
		if v == nil {
			return tx.Bucket(bucketNotes).Delete([]byte(name))
		}
		return tx.Bucket(bucketNotes).Put([]byte(name), store.Seal(v))
	})
}
