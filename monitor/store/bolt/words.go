package bolt

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"

	"go.etcd.io/bbolt"

	"newswatch/monitor"
	"newswatch/monitor/store"
)

// A search reads only those runs of items of which it may find something. What
// words a run has is found out when its items are all there, by IndexWords, so that
// commits pay nothing for it; only the items of a run that are changed later are
// noted. Both buckets are made with their first row, and may be lost at no cost but
// that of making them again.
var (
	bucketWords   = []byte("words")   // last item ID of a run -> its first, filter
	bucketChanged = []byte("changed") // ID of an item of a run that was changed since
)

const (
	runItems     = 64  // in a run
	runsAtOnce   = 16  // that one transaction makes
	changedMost  = 256 // that one transaction enters
	runsPerRead  = 512 // that one transaction of a search looks at
	headerOfRuns = 8
)

// IndexWords makes some of what searches need of the items that were not looked at
// yet. It reports whether there is more to do. Its transactions are short.
func (s *Store) IndexWords() (more bool, err error) {
	err = s.update(func(tx *bbolt.Tx) error {
		words, err := tx.CreateBucketIfNotExists(bucketWords)
		if err != nil {
			return err
		}
		if more, err = enterChanged(tx, words); err != nil {
			return err
		}
		for range runsAtOnce {
			whole, err := addRun(tx, words)
			if err != nil || !whole {
				return err
			}
		}
		more = true
		return nil
	})
	return more, err
}

// addRun makes the next run, if all its items are there.
func addRun(tx *bbolt.Tx, words *bbolt.Bucket) (whole bool, err error) {
	last, _ := words.Cursor().Last()
	c := tx.Bucket(bucketItems).Cursor()
	k, v := c.First()
	if last != nil {
		if k, v = c.Seek(last); bytes.Equal(k, last) {
			k, v = c.Next()
		}
	}
	var first, end []byte
	var keys []uint64
	n := 0
	for ; k != nil && n < runItems; k, v = c.Next() {
		if first == nil {
			first = bytes.Clone(k)
		}
		end = bytes.Clone(k)
		if rec, err := readItem(k, v); err == nil { // a damaged one is no find
			keys = store.WordsOf(keys, &rec)
		}
		n++
	}
	if n < runItems {
		return false, nil
	}
	words.FillPercent = 0.9 // keys only grow
	return true, words.Put(end, store.Seal(append(first, store.NewWordFilter(keys)...)))
}

// enterChanged adds the words of changed items to the filters of their runs.
func enterChanged(tx *bbolt.Tx, words *bbolt.Bucket) (more bool, err error) {
	changed := tx.Bucket(bucketChanged)
	if changed == nil {
		return false, nil
	}
	ids := firstKeys(tx, bucketChanged, idKey(uint64(math.MaxUint64)))
	for _, id := range ids[:min(len(ids), changedMost)] {
		if v := tx.Bucket(bucketItems).Get(id); v != nil {
			if err := enterItem(words, id, v); err != nil {
				return false, err
			}
		}
		if err := changed.Delete(id); err != nil {
			return false, err
		}
	}
	return len(ids) > changedMost, nil
}

func enterItem(words *bbolt.Bucket, id, v []byte) error {
	rec, err := readItem(id, v)
	if err != nil {
		return nil // set aside by who needs it
	}
	last, run := words.Cursor().Seek(id)
	if last == nil {
		return nil
	}
	b, err := store.Unseal(bucketWords, last, run)
	if err != nil {
		return words.Delete(last)
	}
	b = bytes.Clone(b)
	store.WordFilter(b[headerOfRuns:]).Add(store.WordsOf(nil, &rec))
	return words.Put(bytes.Clone(last), store.Seal(b))
}

// noteChanged notes which of the items that are written belong to a run.
func noteChanged(tx *bbolt.Tx, items []monitor.Record) error {
	words := tx.Bucket(bucketWords)
	if words == nil {
		return nil
	}
	last, _ := words.Cursor().Last()
	var changed *bbolt.Bucket
	for i := range items {
		id := idKey(items[i].ID)
		if last == nil || bytes.Compare(id, last) > 0 {
			continue
		}
		if changed == nil {
			var err error
			if changed, err = tx.CreateBucketIfNotExists(bucketChanged); err != nil {
				return err
			}
		}
		if err := changed.Put(id, nil); err != nil {
			return err
		}
	}
	return nil
}

// pruneWords forgets runs of items that are forgotten.
func pruneWords(tx *bbolt.Tx) error {
	oldest, _ := tx.Bucket(bucketItems).Cursor().First()
	if tx.Bucket(bucketWords) == nil || oldest == nil {
		return nil
	}
	for _, k := range firstKeys(tx, bucketWords, oldest) {
		if err := tx.Bucket(bucketWords).Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// A span is the items from one ID to another, both included, that a search has to
// read.
type span struct{ from, to uint64 }

// ItemsWith is ItemsBefore for the items from an ID on, without those that have not
// the words: may is told which keys (match.AppendWordKeys) the items of a run may
// have, and reports whether they are to be read.
func (s *Store) ItemsWith(from, before monitor.ItemID, may func(has func(key uint64) bool) bool, fn func(monitor.Record) bool) error {
	for rest := (span{max(1, uint64(from)), uint64(before) - 1}); rest.to >= rest.from; { // before 0 is behind all
		spans, next, err := s.spans(rest, may)
		if err != nil {
			return err
		}
		for _, sp := range spans {
			if more, err := s.readSpan(sp, fn); err != nil || !more {
				return err
			}
		}
		rest.to = next - 1
	}
	return nil
}

// readSpan calls fn with the items of a span, newest first, and reports whether it
// wants more.
func (s *Store) readSpan(sp span, fn func(monitor.Record) bool) (more bool, err error) {
	for {
		recs, err := s.pageBefore(monitor.ItemID(sp.from), monitor.ItemID(sp.to+1))
		if err != nil || len(recs) == 0 {
			return true, err
		}
		for _, rec := range recs {
			if !fn(rec) {
				return false, nil
			}
		}
		if sp.to = uint64(recs[len(recs)-1].ID) - 1; sp.to < sp.from {
			return true, nil
		}
	}
}

// spans returns what of a span is to be read, the newest first, down to next; what
// is below that is for another transaction.
func (s *Store) spans(rest span, may func(has func(key uint64) bool) bool) (out []span, next uint64, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		out, next = nil, rest.from
		words := tx.Bucket(bucketWords)
		if words == nil {
			out = []span{rest}
			return nil
		}
		v := spanner{tx: tx, items: tx.Bucket(bucketItems).Cursor(), rest: rest, may: may}
		c := words.Cursor()
		k, run := c.Seek(idKey(rest.to))
		if k == nil {
			k, run = c.Last()
		}
		for range runsPerRead {
			if k == nil || v.rest.to < v.rest.from {
				break
			}
			v.run(k, run)
			k, run = c.Prev()
		}
		if k == nil {
			v.unknown(v.rest.from)
		}
		out = v.out
		next = max(rest.from, v.rest.to+1)
		return nil
	})
	return out, next, err
}

// A spanner goes through the runs of a span, from the newest on.
type spanner struct {
	tx    *bbolt.Tx
	items *bbolt.Cursor
	rest  span // yet to come
	may   func(has func(key uint64) bool) bool
	out   []span
}

// run decides what of a run, of which the last item has a key, is to be read.
func (v *spanner) run(last, sealed []byte) {
	b, err := store.Unseal(bucketWords, last, sealed)
	if err != nil || len(b) <= headerOfRuns {
		return // it is unknown to those before it
	}
	to, from := binary.BigEndian.Uint64(last), binary.BigEndian.Uint64(b)
	v.unknown(to + 1)
	if v.rest.to < from || v.rest.to < v.rest.from {
		return
	}
	of := span{max(from, v.rest.from), min(to, v.rest.to)}
	if v.may(store.WordFilter(b[headerOfRuns:]).Has) {
		v.out = append(v.out, of)
	} else {
		v.changed(of)
	}
	v.rest.to = of.from - 1
}

// unknown has all items from an ID on be read, if there are any.
func (v *spanner) unknown(from uint64) {
	from = max(from, v.rest.from)
	if from > v.rest.to {
		return
	}
	if k, _ := v.items.Seek(idKey(from)); k != nil && binary.BigEndian.Uint64(k) <= v.rest.to {
		v.out = append(v.out, span{from, v.rest.to})
	}
	v.rest.to = from - 1
}

// changed has the items of a span be read that were changed since.
func (v *spanner) changed(of span) {
	changed := v.tx.Bucket(bucketChanged)
	if changed == nil {
		return
	}
	c, at := changed.Cursor(), len(v.out)
	for k, _ := c.Seek(idKey(of.from)); k != nil && binary.BigEndian.Uint64(k) <= of.to; k, _ = c.Next() {
		id := binary.BigEndian.Uint64(k)
		v.out = append(v.out, span{id, id})
	}
	slices.Reverse(v.out[at:])
}
