package bolt

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"

	"newswatch/monitor"
	"newswatch/monitor/store"
)

// Backup writes a consistent copy of the file to w while the store is in use.
func (f *file) Backup(w io.Writer) (n int64, err error) {
	err = f.view(func(tx *bbolt.Tx) (err error) {
		n, err = tx.WriteTo(w)
		return err
	})
	return n, err
}

// BackupTo writes a consistent copy to path, whole or not at all.
func (f *file) BackupTo(path string) error {
	return atomically(path, func(tmp string) error {
		out, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			return err
		}
		_, err = f.Backup(out)
		if err == nil {
			err = out.Sync()
		}
		return errors.Join(err, out.Close())
	})
}

// atomically makes path by way of a file beside it.
func atomically(path string, fill func(tmp string) error) error {
	tmp := path + ".partial"
	if err := fill(tmp); err != nil {
		os.Remove(tmp) // it may never have come to be
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// CompactTo writes the file's content without its free pages to path. bbolt
// reuses the pages that forgetting frees but never gives them back.
func (f *file) CompactTo(path string) error {
	return atomically(path, func(tmp string) error {
		if err := os.Remove(tmp); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		dst, err := bbolt.Open(tmp, 0o600, &bbolt.Options{Timeout: lockWait})
		if err != nil {
			return err
		}
		return errors.Join(f.guard(func() error { return bbolt.Compact(dst, f.db, 1<<20) }), dst.Close())
	})
}

// Compact replaces the file at path, which nobody has open, by a copy without
// free pages. It returns the sizes before and after.
func Compact(path string) (before, after int64, err error) {
	s, err := Open(path)
	if err != nil {
		return 0, 0, err
	}
	before = size(path)
	small := path + ".compact"
	err = errors.Join(s.CompactTo(small), s.db.Close())
	if err == nil {
		err = os.Rename(small, path)
	}
	return before, size(path), errors.Join(err, s.lock.Close())
}

func size(path string) int64 {
	st, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return st.Size()
}

// Check reads every page and every row. It returns one error for each fault.
func (f *file) Check() (faults []error) {
	err := f.view(func(tx *bbolt.Tx) error {
		// The channel must be drained to its end: its sender would otherwise
		// go on reading after the transaction.
		for err := range tx.Check() {
			faults = append(faults, err)
		}
		if len(faults) > 0 {
			return nil
		}
		for _, name := range [][]byte{bucketFeeds, bucketKnown, bucketItems, bucketAddresses, bucketStories, bucketOutbox, bucketGates, bucketGaps, bucketDays, bucketSilences, bucketNotes, bucketSenses, bucketReads} {
			b := tx.Bucket(name)
			if b == nil {
				continue // of a later version
			}
			err := b.ForEach(func(k, v []byte) error {
				if _, err := store.Unseal(name, k, v); err != nil {
					faults = append(faults, err)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return checkIndex(tx, &faults)
	})
	if err != nil {
		faults = append(faults, err)
	}
	return faults
}

// checkIndex holds the outbox against its index: every row has exactly the
// entry its state asks for.
func checkIndex(tx *bbolt.Tx, faults *[]error) error {
	rows := 0
	err := tx.Bucket(bucketOutbox).ForEach(func(k, _ []byte) error {
		var r row
		rows++
		if _, err := get(tx, bucketOutbox, k, &r); err != nil {
			return nil // reported already
		}
		bucket, at := r.index()
		found, state := tx.Bucket(bucket).Cursor().Seek(at)
		if !bytes.Equal(found, at) || len(state) > 0 && string(state) != string(r.Delivery.State) {
			*faults = append(*faults, fmt.Errorf("outbox %q: %s but not so in the index %s", k, r.Delivery.State, bucket))
		}
		return nil
	})
	entries := 0
	for _, b := range [][]byte{bucketDue, bucketInflight, bucketDone} {
		entries += tx.Bucket(b).Stats().KeyN
	}
	if entries != rows {
		*faults = append(*faults, fmt.Errorf("outbox: %d rows but %d index entries", rows, entries))
	}
	return err
}

// Stats measures the file. It walks whole buckets if deep is set.
func (f *file) Stats(deep bool) (st store.Stats, err error) {
	st.Bytes = size(f.path)
	st.Free = f.Free()
	if !deep {
		return st, nil
	}
	err = f.view(func(tx *bbolt.Tx) error {
		st.Items = tx.Bucket(bucketItems).Stats().KeyN
		st.Stories = tx.Bucket(bucketStories).Stats().KeyN
		for _, name := range [][]byte{bucketKnown, bucketAddresses} {
			b := tx.Bucket(name).Stats()
			st.KnownUsed += b.LeafInuse + b.BranchInuse
			st.KnownSize += b.LeafAlloc + b.BranchAlloc
		}
		return nil
	})
	return st, err
}

// Free returns the bytes of the file that forgotten rows have left, to be used
// again.
func (f *file) Free() int64 {
	st := f.db.Stats()
	return int64(st.FreePageN+st.PendingPageN) * int64(f.db.Info().PageSize)
}

// Size returns the length of the file in bytes.
func (f *file) Size() int64 { return size(f.path) }

// pruneStep is how many rows one transaction removes: readers and polls must
// not wait long.
const pruneStep = 1000

// Prune forgets what is older than before: archived items with their
// addresses, stories, settled rows of the outbox, gaps and totals. It works in
// short transactions and returns how many rows it removed. Known entries of
// feeds go by their last sighting, with the feed's next poll.
func (f *file) Prune(before time.Time) (removed int, err error) {
	for _, step := range [...]func(*bbolt.Tx, time.Time) (int, error){pruneItems, pruneStories, pruneOutbox, pruneLedger} {
		for {
			n := 0
			err := f.update(func(tx *bbolt.Tx) (err error) {
				n, err = step(tx, before)
				return err
			})
			removed += n
			if err != nil {
				return removed, err
			}
			if n == 0 {
				break
			}
		}
	}
	return removed, nil
}

// firstKeys returns up to pruneStep keys below end.
func firstKeys(tx *bbolt.Tx, bucket, end []byte) (out [][]byte) {
	c := tx.Bucket(bucket).Cursor()
	for k, _ := c.First(); k != nil && len(out) < pruneStep && bytes.Compare(k, end) < 0; k, _ = c.Next() {
		out = append(out, bytes.Clone(k))
	}
	return out
}

// DropTexts takes the texts out of items, see store.Maintainer.
func (f *file) DropTexts(before time.Time) (dropped int, err error) {
	for more := true; more && err == nil; {
		n := 0
		err = f.update(func(tx *bbolt.Tx) (err error) {
			n, more, err = dropTexts(tx, idKey(monitor.FirstID(before)))
			return err
		})
		dropped += n
	}
	return dropped, err
}

// dropTexts looks at some items with IDs below end.
func dropTexts(tx *bbolt.Tx, end []byte) (dropped int, more bool, err error) {
	items, notes := tx.Bucket(bucketItems), tx.Bucket(bucketNotes)
	from := idKey(monitor.ItemID(0))
	if v, err := store.Unseal(bucketNotes, []byte(store.TextsNote), notes.Get([]byte(store.TextsNote))); err == nil && len(v) == len(from) {
		from = v
	}
	bare, seen := map[string]monitor.Record{}, 0
	c := items.Cursor()
	k, v := c.Seek(from)
	for ; k != nil && bytes.Compare(k, end) < 0 && seen < store.DropStep; k, v = c.Next() {
		if rec, err := readItem(k, v); err == nil && rec.DropTexts() { // a damaged one is set aside by who needs it
			bare[string(k)] = rec
		}
		seen++
	}
	if seen == 0 {
		return 0, false, nil
	}
	next := end
	if k != nil && bytes.Compare(k, end) < 0 {
		next = bytes.Clone(k)
	}
	var enc store.ItemEncoder
	for _, k := range sortedKeys(bare) {
		packed, err := enc.Encode(bare[k])
		if err == nil {
			err = items.Put([]byte(k), store.Seal(packed))
		}
		if err != nil {
			return 0, false, err
		}
	}
	return len(bare), seen == store.DropStep, notes.Put([]byte(store.TextsNote), store.Seal(next))
}

func pruneItems(tx *bbolt.Tx, before time.Time) (int, error) {
	items, gone := tx.Bucket(bucketItems), map[uint64]monitor.ItemID{}
	keys := firstKeys(tx, bucketItems, idKey(monitor.FirstID(before)))
	for _, k := range keys {
		if rec, err := readItem(k, items.Get(k)); err == nil {
			for _, key := range rec.Addresses() {
				gone[key] = rec.ID
			}
		}
		if err := items.Delete(k); err != nil {
			return 0, err
		}
	}
	return len(keys), errors.Join(dropAddresses(tx, gone), pruneWords(tx))
}

func pruneStories(tx *bbolt.Tx, before time.Time) (int, error) {
	keys := firstKeys(tx, bucketLast, timeKey(before))
	for _, k := range keys {
		if err := tx.Bucket(bucketStories).Delete(k[8:]); err != nil {
			return 0, err
		}
		if err := tx.Bucket(bucketLast).Delete(k); err != nil {
			return 0, err
		}
	}
	return len(keys), nil
}

func pruneOutbox(tx *bbolt.Tx, before time.Time) (int, error) {
	keys := firstKeys(tx, bucketDone, timeKey(before))
	for _, k := range keys {
		var r row
		if ok, err := get(tx, bucketOutbox, k[8:], &r); err == nil && ok {
			if err := addCount(tx, r.Destination, r.Delivery.State, -1); err != nil {
				return 0, err
			}
			for _, id := range r.Tells() {
				if err := tx.Bucket(bucketTold).Delete(append(idKey(id), k[8:]...)); err != nil {
					return 0, err
				}
			}
		}
		if err := tx.Bucket(bucketOutbox).Delete(k[8:]); err != nil {
			return 0, err
		}
		if err := tx.Bucket(bucketDone).Delete(k); err != nil {
			return 0, err
		}
	}
	return len(keys), nil
}

func pruneLedger(tx *bbolt.Tx, before time.Time) (int, error) {
	n := 0
	for bucket, end := range map[string][]byte{
		string(bucketGaps): timeKey(before), string(bucketDays): dayKey(uint16(before.Unix() / 86400)),
	} {
		for _, k := range firstKeys(tx, []byte(bucket), end) {
			if err := tx.Bucket([]byte(bucket)).Delete(k); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, nil
}
