package bolt

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"newswatch/monitor"
	"newswatch/monitor/store"
)

// heal runs a transaction. When it ends at a damaged row, the row is set aside
// and the transaction runs again: one row costs one row. The error is returned
// when that cannot be done, as in a file open for reading only.
func (f *file) heal(run func() error) error {
	met := map[string]bool{}
	for {
		err := f.guard(run)
		row, ok := errors.AsType[*store.RowError](err)
		if !ok || met[row.Table+"\x00"+string(row.Key)] {
			return err
		}
		met[row.Table+"\x00"+string(row.Key)] = true
		if aside := f.guard(func() error {
			return f.db.Update(func(tx *bbolt.Tx) error { return setAside(tx, []byte(row.Table), row.Key) })
		}); aside != nil {
			return errors.Join(err, fmt.Errorf("setting the row aside: %w", aside))
		}
	}
}

// setAside moves a row to those that are damaged, and takes it out of whatever
// points to it. An index holds nothing of its own, so it is made anew instead.
func setAside(tx *bbolt.Tx, bucket, k []byte) error {
	switch string(bucket) {
	case string(bucketDue), string(bucketInflight), string(bucketDone), string(bucketCounts):
		return indexOutbox(tx)
	case string(bucketOutbox):
		if err := keepBytes(tx, bucket, k); err != nil {
			return err
		}
		return indexOutbox(tx)
	case string(bucketStories):
		if err := dropLast(tx, k); err != nil {
			return err
		}
	}
	return keepBytes(tx, bucket, k)
}

// keepBytes moves what lies under k to the damaged rows.
func keepBytes(tx *bbolt.Tx, bucket, k []byte) error {
	aside, err := tx.CreateBucketIfNotExists(bucketDamaged)
	if err != nil {
		return err
	}
	row := tx.Bucket(bucket).Get(k)
	if row == nil {
		return nil // another transaction met it too, and was first
	}
	v := append(timeKey(time.Now()), row...)
	if err := aside.Put(bytes.Join([][]byte{bucket, k}, []byte{0}), v); err != nil {
		return err
	}
	return tx.Bucket(bucket).Delete(k)
}

// dropLast forgets when a story had its last report.
func dropLast(tx *bbolt.Tx, id []byte) error {
	c := tx.Bucket(bucketLast).Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		if bytes.HasSuffix(k, id) {
			if err := c.Delete(); err != nil {
				return err
			}
		}
	}
	return nil
}

// indexOutbox makes the indexes and counts of the outbox anew from its rows. Of
// these it sets the damaged ones aside, and puts those that lie under a damaged
// key under their own.
func indexOutbox(tx *bbolt.Tx) error {
	for _, name := range [...][]byte{bucketDue, bucketInflight, bucketDone, bucketCounts, bucketTold} {
		if err := tx.DeleteBucket(name); err != nil {
			return err
		}
		if _, err := tx.CreateBucket(name); err != nil {
			return err
		}
	}
	var broken [][]byte
	strayed := map[string]row{}
	err := tx.Bucket(bucketOutbox).ForEach(func(k, _ []byte) error {
		var r row
		if _, err := get(tx, bucketOutbox, k, &r); err != nil {
			broken = append(broken, bytes.Clone(k))
			return nil
		}
		if own := rowKey(r.Destination, r.Key); !bytes.Equal(own, k) {
			strayed[string(k)] = r
			return nil
		}
		return indexRow(tx, r)
	})
	for _, k := range broken {
		err = errors.Join(err, keepBytes(tx, bucketOutbox, k))
	}
	for _, k := range sortedKeys(strayed) {
		err = errors.Join(err, returnRow(tx, []byte(k), strayed[k]))
	}
	return err
}

// returnRow puts a row that lies under k under its own key, unless there is one.
func returnRow(tx *bbolt.Tx, k []byte, r row) error {
	own := rowKey(r.Destination, r.Key)
	if tx.Bucket(bucketOutbox).Get(own) != nil {
		return keepBytes(tx, bucketOutbox, k)
	}
	if err := tx.Bucket(bucketOutbox).Delete(k); err != nil {
		return err
	}
	if err := put(tx, bucketOutbox, own, r); err != nil {
		return err
	}
	return indexRow(tx, r)
}

// indexRow puts a row into the indexes and counts it.
func indexRow(tx *bbolt.Tx, r row) error {
	if err := r.enter(tx); err != nil {
		return err
	}
	return addCount(tx, r.Destination, r.Delivery.State, 1)
}

// MendOutbox makes the indexes of the outbox anew if they do not fit its rows: a
// notice without its entry would never be sent. It reports whether it had to.
func (f *file) MendOutbox() (mended bool, err error) {
	fits := false
	err = f.view(func(tx *bbolt.Tx) (err error) {
		fits, err = indexesFit(tx)
		return err
	})
	if err != nil || fits {
		return false, err
	}
	return true, f.update(indexOutbox)
}

// indexesFit reports whether every row of the outbox has one entry and is
// counted. It decodes only what is still to be sent.
func indexesFit(tx *bbolt.Tx) (bool, error) {
	entries := map[string]bool{}
	for _, index := range [...]struct {
		name []byte
		key  func(k []byte) ([]byte, bool)
	}{
		{bucketDue, func(k []byte) ([]byte, bool) {
			dest, rest, _ := bytes.Cut(k, []byte{0})
			return append(append(bytes.Clone(dest), 0), rest[min(16, len(rest)):]...), len(rest) > 16
		}},
		{bucketInflight, func(k []byte) ([]byte, bool) { return k, true }},
		{bucketDone, func(k []byte) ([]byte, bool) { return k[min(8, len(k)):], len(k) > 8 }},
	} {
		c := tx.Bucket(index.name).Cursor()
		for k, _ := c.First(); k != nil; k, _ = c.Next() {
			at, ok := index.key(k)
			if !ok || entries[string(at)] {
				return false, nil
			}
			entries[string(at)] = true
			if !bytes.Equal(index.name, bucketDone) {
				dest, key, _ := bytes.Cut(at, []byte{0})
				r, ok, err := readNotice(tx, string(dest), string(key))
				if err != nil {
					return false, err
				}
				if _, is := r.index(); !ok || !bytes.Equal(is, k) {
					return false, nil
				}
			}
		}
	}
	rows := 0
	for c, k := first(tx, bucketOutbox); k != nil; k, _ = c.Next() {
		if !entries[string(k)] {
			return false, nil
		}
		rows++
	}
	counted := uint64(0)
	for c, k := first(tx, bucketCounts); k != nil; k, _ = c.Next() {
		if v := tx.Bucket(bucketCounts).Get(k); len(v) == 8 {
			counted += binary.BigEndian.Uint64(v)
		}
	}
	return rows == len(entries) && counted == uint64(rows), nil
}

func first(tx *bbolt.Tx, bucket []byte) (*bbolt.Cursor, []byte) {
	c := tx.Bucket(bucket).Cursor()
	k, _ := c.First()
	return c, k
}

// Damaged lists the rows that were set aside, in order of table and key.
func (f *file) Damaged() (out []store.Damaged, err error) {
	err = f.view(func(tx *bbolt.Tx) error {
		out = nil
		b := tx.Bucket(bucketDamaged)
		if b == nil {
			return nil
		}
		return b.ForEach(func(k, v []byte) error {
			table, key, _ := bytes.Cut(k, []byte{0})
			d := store.Damaged{ID: damageID(k), Table: string(table), Key: readableKey(table, key)}
			if len(v) >= 8 {
				d.At = time.Unix(0, int64(binary.BigEndian.Uint64(v))).UTC()
				d.Bytes = bytes.Clone(v[8:])
			}
			out = append(out, d)
			return nil
		})
	})
	return out, err
}

// Forget removes the row that was set aside under an ID, and reports whether
// there was one.
func (f *file) Forget(id string) (found bool, err error) {
	err = f.update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucketDamaged)
		if b == nil {
			return nil
		}
		c := b.Cursor()
		for k, _ := c.First(); k != nil; k, _ = c.Next() {
			if damageID(k) == id {
				found = true
				return c.Delete()
			}
		}
		return nil
	})
	return found, err
}

func damageID(k []byte) string {
	sum := sha256.Sum256(k)
	return hex.EncodeToString(sum[:4])
}

// readableKey writes a key for people: text as it is, of the outbox as
// destination and key, anything else in hexadecimal.
func readableKey(table, key []byte) string {
	switch string(table) {
	case string(bucketOutbox):
		return string(bytes.Replace(key, []byte{0}, []byte{' '}, 1))
	case string(bucketItems), string(bucketStories), string(bucketReads):
		if len(key) == 8 {
			return monitor.ItemID(binary.BigEndian.Uint64(key)).String()
		}
	case string(bucketFeeds), string(bucketKnown), string(bucketGates), string(bucketSilences), string(bucketNotes):
		return string(key)
	}
	return hex.EncodeToString(key)
}
