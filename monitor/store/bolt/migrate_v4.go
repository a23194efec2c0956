package bolt

import (
	"bytes"
	"encoding/json"

	"go.etcd.io/bbolt"

	"newswatch/feeds/urls"
	"newswatch/monitor/store"
)

// hideSecrets takes a file to version 4, in which the key of a feed is its
// address without secrets, no longer the address itself.
func hideSecrets(tx *bbolt.Tx) error {
	for _, name := range [...][]byte{bucketFeeds, bucketKnown, bucketPolls, bucketSets} {
		b := tx.Bucket(name)
		var keys [][]byte
		if err := b.ForEach(func(k, _ []byte) error {
			if urls.Identity(string(k)) != string(k) {
				keys = append(keys, bytes.Clone(k))
			}
			return nil
		}); err != nil {
			return err
		}
		for _, k := range keys {
			if err := renameFeed(b, name, k); err != nil {
				return err
			}
		}
	}
	return nil
}

// renameFeed puts a feed's row under the feed's identity. Of two feeds that had
// one the later stays.
func renameFeed(b *bbolt.Bucket, name, k []byte) error {
	id, row := urls.Identity(string(k)), bytes.Clone(b.Get(k))
	if bytes.Equal(name, bucketFeeds) {
		row = renamedRow(name, k, row, id)
	}
	if err := b.Put([]byte(id), row); err != nil {
		return err
	}
	return b.Delete(k)
}

// renamedRow returns a feed's row with another ID in it. A damaged one stays as it
// is, to be reported when it is read.
func renamedRow(name, k, row []byte, id string) []byte {
	v, err := store.Unseal(name, k, row)
	if err != nil {
		return row
	}
	var rec map[string]json.RawMessage
	if err := json.Unmarshal(v, &rec); err != nil {
		return row
	}
	if rec["id"], err = json.Marshal(id); err != nil {
		return row
	}
	if v, err = json.Marshal(rec); err != nil {
		return row
	}
	return store.Seal(v)
}
