package bolt

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"go.etcd.io/bbolt"

	"newswatch/monitor"
	"newswatch/monitor/store"
)

var _ store.Mover = (*Store)(nil)

// sealed are the buckets whose rows are those of a store.Row behind a checksum,
// the others hold them as they are or in a form of their own.
var sealed = map[string]bool{"feeds": true, "known": true, "items": true, "stories": true, "outbox": true, "gates": true,
	"gaps": true, "days": true, "silences": true, "notes": true, "senses": true, "reads": true}

// Dump calls fn with every row, table by table, in one transaction.
func (s *Store) Dump(fn func(store.Row) error) error {
	return s.view(func(tx *bbolt.Tx) error {
		for _, table := range store.Tables {
			if err := dump(tx, table, fn); err != nil {
				return err
			}
		}
		return nil
	})
}

func dump(tx *bbolt.Tx, table string, fn func(store.Row) error) error {
	b := tx.Bucket([]byte(table))
	if b == nil {
		return nil
	}
	return b.ForEach(func(k, v []byte) (err error) {
		if table == "addresses" {
			return dumpBlock(k, v, fn)
		}
		if sealed[table] {
			if v, err = store.Unseal([]byte(table), k, v); err != nil {
				return err
			}
		}
		return fn(store.Row{Table: table, Key: bytes.Clone(k), Body: bytes.Clone(v)})
	})
}

func dumpBlock(row, v []byte, fn func(store.Row) error) error {
	v, err := store.Unseal(bucketAddresses, row, v)
	if err != nil {
		return err
	}
	block, err := decodeBlock(nil, row, v)
	if err != nil {
		return err
	}
	for _, a := range block {
		if err := fn(store.Row{Table: "addresses", Key: idKey(a.key), Body: idKey(a.id)}); err != nil {
			return err
		}
	}
	return nil
}

// Restore writes rows of one table that holds none of their keys.
func (s *Store) Restore(table string, rows []store.Row) error {
	return s.update(func(tx *bbolt.Tx) error {
		if table == "addresses" {
			return restoreAddresses(tx, rows)
		}
		b, err := tx.CreateBucketIfNotExists([]byte(table))
		if err != nil {
			return err
		}
		for _, r := range rows {
			v := r.Body
			if sealed[table] {
				v = store.Seal(v)
			}
			if err := b.Put(r.Key, v); err != nil {
				return err
			}
			if err := indexRestored(tx, r); err != nil {
				return err
			}
		}
		return nil
	})
}

func restoreAddresses(tx *bbolt.Tx, rows []store.Row) error {
	ids := map[uint64]monitor.ItemID{}
	for _, r := range rows {
		if len(r.Key) != 8 || len(r.Body) != 8 {
			return damaged(bucketAddresses, r.Key, fmt.Errorf("%d and %d bytes", len(r.Key), len(r.Body)))
		}
		ids[binary.BigEndian.Uint64(r.Key)] = monitor.ItemID(binary.BigEndian.Uint64(r.Body))
	}
	return putAddresses(tx, ids)
}

// indexRestored writes what points to a row.
func indexRestored(tx *bbolt.Tx, r store.Row) error {
	switch r.Table {
	case "feeds":
		rec, err := readFeed(tx, r.Key)
		if err != nil {
			return err
		}
		return putSets(tx, &rec)
	case "stories":
		var st monitor.Story
		if err := store.DecodeJSON(r.Body, &st); err != nil {
			return damaged(bucketStories, r.Key, err)
		}
		return tx.Bucket(bucketLast).Put(append(timeKey(st.Last), r.Key...), nil)
	case "outbox":
		var n row
		if err := store.DecodeJSON(r.Body, &n); err != nil {
			return damaged(bucketOutbox, r.Key, err)
		}
		return indexRow(tx, n)
	}
	return nil
}

// keyMoved is where the store says that it was copied elsewhere.
var keyMoved = []byte("moved")

// Moved has the store refused from now on, with the place it was copied to.
func (s *Store) Moved(to string) error {
	return s.update(func(tx *bbolt.Tx) error { return tx.Bucket(bucketMeta).Put(keyMoved, []byte(to)) })
}

// refuseMoved returns an error if the store was copied elsewhere.
func (f *file) refuseMoved() error {
	to := ""
	if err := f.view(func(tx *bbolt.Tx) error {
		if meta := tx.Bucket(bucketMeta); meta != nil {
			to = string(meta.Get(keyMoved))
		}
		return nil
	}); err != nil {
		return err
	}
	if to == "" {
		return nil
	}
	return &store.MovedError{From: f.path, To: to}
}
