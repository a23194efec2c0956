package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"newswatch/monitor"
	"newswatch/monitor/store"
)

// A row of the outbox lies under its destination and key. Beside it stands
// exactly one index entry, by its state: due for pending and unknown, inflight
// for inflight, done for all others. Entries of done hold the state, so that the
// few rows that failed are found without a look at the many that arrived; those
// of earlier versions hold nothing.

type row store.NoticeRow

var errWrongKey = errors.New("it is the row of another key")

func rowKey(dest, key string) []byte { return []byte(dest + "\x00" + key) }

func readNotice(tx *bbolt.Tx, dest, key string) (row, bool, error) {
	var r row
	ok, err := get(tx, bucketOutbox, rowKey(dest, key), &r)
	if err == nil && ok && (r.Destination != dest || r.Key != key) {
		err = damaged(bucketOutbox, rowKey(dest, key), errWrongKey)
	}
	return r, ok, err
}

// writeNotice replaces old, if there was one, by n, and its index entry and
// counts with it.
func writeNotice(tx *bbolt.Tx, old row, had bool, n monitor.Notice) error {
	now := row{Notice: n, At: time.Now().UTC()}
	if had {
		bucket, k := old.index()
		if err := tx.Bucket(bucket).Delete(k); err != nil {
			return err
		}
	}
	if !had || old.Delivery.State != n.Delivery.State {
		if had {
			if err := addCount(tx, old.Destination, old.Delivery.State, -1); err != nil {
				return err
			}
		}
		if err := addCount(tx, n.Destination, n.Delivery.State, 1); err != nil {
			return err
		}
	}
	if err := now.enter(tx); err != nil {
		return err
	}
	return put(tx, bucketOutbox, rowKey(n.Destination, n.Key), now)
}

// enter puts the row into the indexes.
func (r row) enter(tx *bbolt.Tx) error {
	bucket, k := r.index()
	var state []byte
	if bytes.Equal(bucket, bucketDone) {
		state = []byte(r.Delivery.State)
	}
	if err := tx.Bucket(bucket).Put(k, state); err != nil {
		return err
	}
	for _, id := range r.Tells() {
		if err := tx.Bucket(bucketTold).Put(append(idKey(id), rowKey(r.Destination, r.Key)...), nil); err != nil {
			return err
		}
	}
	return nil
}

// index returns where the row's index entry lies.
func (r row) index() (bucket, k []byte) {
	dest := r.Destination + "\x00"
	switch r.Delivery.State {
	case monitor.Pending, monitor.Unknown:
		k = append([]byte(dest), timeKey(r.Delivery.Due)...)
		k = append(k, timeKey(r.Created)...)
		return bucketDue, append(k, r.Key...)
	case monitor.Inflight:
		return bucketInflight, rowKey(r.Destination, r.Key)
	}
	return bucketDone, append(timeKey(r.At), rowKey(r.Destination, r.Key)...)
}

// Due lists notices that are pending or unknown and due by now, in order of
// due time, then of creation. One with a parent is left out while the parent
// is itself under way.
func (s *Store) Due(dest string, now time.Time, max int) (out []monitor.Notice, err error) {
	prefix := []byte(dest + "\x00")
	end := append(bytes.Clone(prefix), timeKey(now)...)
	err = s.view(func(tx *bbolt.Tx) error {
		out = nil
		c := tx.Bucket(bucketDue).Cursor()
		for k, _ := c.Seek(prefix); len(out) < max && bytes.HasPrefix(k, prefix) && bytes.Compare(k[:len(end)], end) <= 0; k, _ = c.Next() {
			n, ok, err := readNotice(tx, dest, string(k[len(prefix)+16:]))
			if err != nil {
				return err
			}
			if !ok {
				return damaged(bucketDue, k, errors.New("it names a row that is not there"))
			}
			waits, err := parentUnderWay(tx, n.Notice)
			if err != nil {
				return err
			}
			if !waits {
				out = append(out, n.Notice)
			}
		}
		return nil
	})
	return out, err
}

func parentUnderWay(tx *bbolt.Tx, n monitor.Notice) (bool, error) {
	if n.Parent == "" {
		return false, nil
	}
	p, ok, err := readNotice(tx, n.Destination, n.Parent)
	if err != nil || !ok {
		return false, err
	}
	st := p.Delivery.State
	return st == monitor.Pending || st == monitor.Inflight || st == monitor.Unknown, nil
}

// Next returns the earliest due time of a destination, zero if nothing waits.
func (s *Store) Next(dest string) (t time.Time, err error) {
	prefix := []byte(dest + "\x00")
	err = s.view(func(tx *bbolt.Tx) error {
		k, _ := tx.Bucket(bucketDue).Cursor().Seek(prefix)
		if bytes.HasPrefix(k, prefix) {
			t = time.Unix(0, int64(binary.BigEndian.Uint64(k[len(prefix):]))).UTC()
		}
		return nil
	})
	return t, err
}

// Inflight lists the rows of a destination that an attempt was begun for and
// that were not settled.
func (s *Store) Inflight(dest string) (out []monitor.Notice, err error) {
	prefix := []byte(dest + "\x00")
	err = s.view(func(tx *bbolt.Tx) error {
		out = nil
		c := tx.Bucket(bucketInflight).Cursor()
		for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
			n, ok, err := readNotice(tx, dest, string(k[len(prefix):]))
			if err != nil {
				return err
			}
			if ok {
				out = append(out, n.Notice)
			}
		}
		return nil
	})
	return out, err
}

// Notice returns one row.
func (s *Store) Notice(dest, key string) (n monitor.Notice, ok bool, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		r, had, err := readNotice(tx, dest, key)
		n, ok = r.Notice, had
		return err
	})
	return n, ok, err
}

// Update writes all rows or none. A row with Rev 0 is new, and ignored if its
// key exists; any other must have the stored row's Rev, or ErrStale is
// returned. Rev is set to what is now stored.
func (s *Store) Update(ns []monitor.Notice) error {
	revs := make([]uint32, len(ns))
	err := s.update(func(tx *bbolt.Tx) error {
		for i, n := range ns {
			old, had, err := readNotice(tx, n.Destination, n.Key)
			if err != nil {
				return err
			}
			revs[i] = old.Delivery.Rev
			switch {
			case n.Delivery.Rev == 0 && had:
				continue
			case n.Delivery.Rev != old.Delivery.Rev:
				return monitor.ErrStale
			}
			revs[i]++
			n.Delivery.Rev = revs[i]
			if err := writeNotice(tx, old, had, n); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return remedy(err, s.path)
	}
	for i := range ns {
		ns[i].Delivery.Rev = revs[i]
	}
	return nil
}

// Breaker returns what was learned about a destination.
func (s *Store) Breaker(dest string) (g monitor.Breaker, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		_, err := get(tx, bucketGates, []byte(dest), &g)
		return err
	})
	return g, err
}

// SetBreaker stores what was learned about a destination.
func (s *Store) SetBreaker(dest string, g monitor.Breaker) error {
	return s.update(func(tx *bbolt.Tx) error { return put(tx, bucketGates, []byte(dest), g) })
}

// Counts returns how many rows every destination has in every state.
func (s *Store) Counts() (map[string]map[monitor.State]int, error) {
	out := map[string]map[monitor.State]int{}
	err := s.view(func(tx *bbolt.Tx) error {
		return eachCount(tx, func(dest string, state monitor.State, n int) {
			if out[dest] == nil {
				out[dest] = map[monitor.State]int{}
			}
			if n > 0 {
				out[dest][state] = n
			}
		})
	})
	return out, err
}

func eachCount(tx *bbolt.Tx, fn func(dest string, state monitor.State, n int)) error {
	return tx.Bucket(bucketCounts).ForEach(func(k, v []byte) error {
		dest, state, _ := strings.Cut(string(k), "\x00")
		if len(v) != 8 {
			return damaged(bucketCounts, k, errors.New("it is no number"))
		}
		fn(dest, monitor.State(state), int(binary.BigEndian.Uint64(v)))
		return nil
	})
}
