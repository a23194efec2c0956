package bolt

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"go.etcd.io/bbolt"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/identity"
	"newswatch/monitor/store"
)

// packKeys takes a file to version 2, in which the keys by which items are
// recognised take less room.
func packKeys(tx *bbolt.Tx) error {
	if err := splitKnown(tx); err != nil {
		return err
	}
	return packAddresses(tx)
}

// packAddresses moves addresses from a row each into blocks.
func packAddresses(tx *bbolt.Tx) error {
	if _, err := tx.CreateBucketIfNotExists(bucketAddresses); err != nil {
		return err
	}
	some := map[uint64]monitor.ItemID{}
	err := tx.Bucket(bucketURLs).ForEach(func(k, v []byte) (err error) {
		if len(k) != 8 || len(v) != 8 {
			return nil
		}
		some[binary.BigEndian.Uint64(k)] = monitor.ItemID(binary.BigEndian.Uint64(v))
		if len(some) == 10_000 {
			err = putAddresses(tx, some)
			clear(some)
		}
		return err
	})
	if err == nil {
		err = putAddresses(tx, some)
	}
	if err != nil {
		return err
	}
	return tx.DeleteBucket(bucketURLs)
}

// splitKnown moves what is known of a feed's entries, which lay behind the
// feed's record, into a bucket of its own, with shorter keys. A row that is
// damaged stays as it is, to be reported when it is read.
func splitKnown(tx *bbolt.Tx) error {
	known, err := tx.CreateBucketIfNotExists(bucketKnown)
	if err != nil {
		return err
	}
	rows := tx.Bucket(bucketFeeds)
	var keys [][]byte
	if err := rows.ForEach(func(k, _ []byte) error {
		keys = append(keys, bytes.Clone(k))
		return nil
	}); err != nil {
		return err
	}
	for _, k := range keys {
		v, err := store.Unseal(bucketFeeds, k, rows.Get(k))
		if err != nil {
			continue
		}
		head, entries, err := feedOf1(v)
		if err != nil {
			return fmt.Errorf("feed %s: %w", k, err)
		}
		if err := known.Put(k, store.Seal(store.EncodeKnown(entries))); err != nil {
			return err
		}
		if err := rows.Put(k, store.Seal(head)); err != nil {
			return err
		}
	}
	return nil
}

// feedOf1 reads a feed's row of version 1:
//
//	length of the JSON, the JSON, number listed, the listed entries, then the others
//	an entry: ID 8, GUID 6, URL 6, title 6, text 6, day 2; a listed one also span 8
func feedOf1(v []byte) (head []byte, known []identity.Seen, err error) {
	const knownSize, spanSize = 8 + 4*6 + 2, 8
	if len(v) < 4 || len(v) < 8+int(binary.BigEndian.Uint32(v)) {
		return nil, nil, fmt.Errorf("%d bytes are no feed record", len(v))
	}
	n := 4 + int(binary.BigEndian.Uint32(v))
	head = bytes.Clone(v[4:n])
	listed := int(binary.BigEndian.Uint32(v[n:]))
	v = v[n+4:]
	if len(v) < listed*(knownSize+spanSize) || (len(v)-listed*spanSize)%knownSize != 0 {
		return nil, nil, fmt.Errorf("%d bytes do not hold %d listed entries", len(v), listed)
	}
	for i := 0; len(v) > 0; i++ {
		six := func(at int) uint64 { return feeds.ShortHash(binary.BigEndian.Uint64(v[at-2:]) & (1<<48 - 1)) }
		k := identity.Seen{ID: binary.BigEndian.Uint64(v), GUID: six(8), URL: six(14), Title: six(20), Text: six(26),
			Day: binary.BigEndian.Uint16(v[32:])}
		v = v[knownSize:]
		if i < listed {
			k.Listed, k.Hash = true, feeds.ShortHash(binary.BigEndian.Uint64(v))
			v = v[spanSize:]
		}
		known = append(known, k)
	}
	return head, known, nil
}
