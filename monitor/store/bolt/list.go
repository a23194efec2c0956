package bolt

import (
	"bytes"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"newswatch/monitor"
)

// List returns rows of the outbox: first what is under way, by destination and
// due time, then the rest, newest first.
func (s *Store) List(q monitor.NoticeFilter) (out []monitor.Notice, err error) {
	if q.Limit == 0 {
		q.Limit = 1000
	}
	if q.Story != 0 {
		return s.listStory(q)
	}
	err = s.view(func(tx *bbolt.Tx) error {
		out = nil
		take := func(dest, key string) error {
			r, ok, err := readNotice(tx, dest, key)
			if err == nil && ok && wants(q, r) {
				out = append(out, r.Notice)
			}
			return err
		}
		if takes(q, q.Destination, monitor.Inflight) {
			if err := walk(q, tx.Bucket(bucketInflight), 0, &out, take); err != nil {
				return err
			}
		}
		if takes(q, q.Destination, monitor.Pending) || takes(q, q.Destination, monitor.Unknown) {
			if err := walk(q, tx.Bucket(bucketDue), 16, &out, take); err != nil {
				return err
			}
		}
		return listDone(tx, q, &out, take)
	})
	return out, err
}

// listDone hands take the rows of the index done that may be wanted, the newest
// first, and no more than there are by the counts.
func listDone(tx *bbolt.Tx, q monitor.NoticeFilter, out *[]monitor.Notice, take func(dest, key string) error) error {
	wanted, from := 0, timeKey(q.Since)
	if err := eachCount(tx, func(dest string, state monitor.State, n int) {
		if takes(q, dest, state) {
			wanted += n
		}
	}); err != nil {
		return err
	}
	c := tx.Bucket(bucketDone).Cursor()
	for k, v := c.Last(); len(*out) < min(q.Limit, wanted) && k != nil && bytes.Compare(k[:8], from) >= 0; k, v = c.Prev() {
		dest, key, _ := bytes.Cut(k[8:], []byte{0})
		state := monitor.State(v)
		if len(v) == 0 && len(q.States) > 0 {
			state = q.States[0] // the row itself says it
		}
		if !takes(q, string(dest), state) {
			continue
		}
		if err := take(string(dest), string(key)); err != nil {
			return err
		}
	}
	return nil
}

// takes reports whether the filter takes rows of a destination in a state.
func takes(q monitor.NoticeFilter, dest string, state monitor.State) bool {
	return (q.Destination == "" || q.Destination == dest) && (len(q.States) == 0 || slices.Contains(q.States, state))
}

// listStory returns the rows that tell a story, by destination.
func (s *Store) listStory(q monitor.NoticeFilter) (out []monitor.Notice, err error) {
	prefix := idKey(q.Story)
	err = s.view(func(tx *bbolt.Tx) error {
		out = nil
		c := tx.Bucket(bucketTold).Cursor()
		for k, _ := c.Seek(prefix); len(out) < q.Limit && bytes.HasPrefix(k, prefix); k, _ = c.Next() {
			dest, key, _ := bytes.Cut(k[len(prefix):], []byte{0})
			r, ok, err := readNotice(tx, string(dest), string(key))
			if err != nil {
				return err
			}
			if ok && wants(q, r) {
				out = append(out, r.Notice)
			}
		}
		return nil
	})
	return out, err
}

// walk hands the rows of an index that begins with the destination to take;
// skip bytes of times stand between destination and key.
func walk(q monitor.NoticeFilter, index *bbolt.Bucket, skip int, out *[]monitor.Notice, take func(dest, key string) error) error {
	var prefix []byte
	if q.Destination != "" {
		prefix = []byte(q.Destination + "\x00")
	}
	c := index.Cursor()
	for k, _ := c.Seek(prefix); len(*out) < q.Limit && k != nil && bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		dest, rest, _ := bytes.Cut(k, []byte{0})
		if err := take(string(dest), string(rest[skip:])); err != nil {
			return err
		}
	}
	return nil
}

func wants(q monitor.NoticeFilter, r row) bool {
	return (q.Since.IsZero() || !r.At.Before(q.Since)) && takes(q, r.Destination, r.Delivery.State)
}

// FailedDeliveries returns what did not reach its destination as it should, newest
// first, since t.
func (s *Store) FailedDeliveries(t time.Time) ([]monitor.Notice, error) {
	return s.List(monitor.NoticeFilter{States: []monitor.State{monitor.Dead, monitor.Unconfirmed}, Since: t, Limit: 100})
}
