package bolt

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"newswatch/monitor"
	"newswatch/monitor/store"
)

// Which item was first seen under which address: a row for each would take
// three times the room, most of it for the row itself. So they lie in blocks,
// sorted by the address's key.
//
//	a row: the least key the block may hold -> its entries
//	an entry: key as step from the one before, milliseconds of the item's ID
//	as step from the one before, what else tells the ID
const (
	rowSize      = 6  // bytes of a key
	entrySize    = 12 // bytes, about
	seqBits      = 20 // of an ID, those that tell items of one millisecond apart
	blockEntries = 64 // at most; more are split
)

type address struct {
	key uint64
	id  monitor.ItemID
}

func addressRow(key uint64) []byte { return binary.BigEndian.AppendUint64(nil, key<<16)[:rowSize] }

func rowAddress(row []byte) uint64 {
	return binary.BigEndian.Uint64(append(bytes.Clone(row), 0, 0)) >> 16
}

func encodeBlock(row []byte, block []address) []byte {
	v := make([]byte, 0, len(block)*entrySize)
	last := address{key: rowAddress(row)}
	for _, a := range block {
		v = binary.AppendUvarint(v, a.key-last.key)
		v = binary.AppendVarint(v, int64(a.id>>seqBits)-int64(last.id>>seqBits))
		v = binary.AppendUvarint(v, uint64(a.id&(1<<seqBits-1)))
		last = a
	}
	return v
}

// decodeBlock appends the entries of a block to out.
func decodeBlock(out []address, row, v []byte) ([]address, error) {
	last := address{}
	if len(v) > 0 {
		last.key = rowAddress(row)
	}
	for len(v) > 0 {
		key, n := binary.Uvarint(v)
		ms, m := binary.Varint(v[max(n, 0):])
		seq, l := binary.Uvarint(v[max(n, 0)+max(m, 0):])
		if n <= 0 || m <= 0 || l <= 0 {
			return out, damaged(bucketAddresses, row, errors.New("this is no block"))
		}
		v = v[n+m+l:]
		last = address{last.key + key, monitor.ItemID(int64(last.id>>seqBits)+ms)<<seqBits | monitor.ItemID(seq)}
		out = append(out, last)
	}
	return out, nil
}

// blockOf returns the block that key belongs into, and the key of the next one,
// nil if there is none. row is nil if there is no block yet.
func blockOf(tx *bbolt.Tx, key uint64) (row, block, next []byte, err error) {
	c := tx.Bucket(bucketAddresses).Cursor()
	want := addressRow(key)
	k, v := c.Seek(want)
	if !bytes.Equal(k, want) {
		next = k
		if k == nil {
			k, v = c.Last()
		} else {
			k, v = c.Prev()
		}
	} else {
		next, _ = c.Next()
	}
	if k == nil {
		return nil, nil, next, nil
	}
	block, err = store.Unseal(bucketAddresses, k, v)
	return k, block, next, err
}

// findAddress returns the item first seen under an address, by its key.
func findAddress(tx *bbolt.Tx, key uint64) (id monitor.ItemID, ok bool, err error) {
	row, v, _, err := blockOf(tx, key)
	if err != nil {
		return 0, false, err
	}
	block, err := decodeBlock(make([]address, 0, blockEntries), row, v)
	if at, found := find(block, key); found {
		return block[at].id, true, nil
	}
	return 0, false, err
}

func find(block []address, key uint64) (at int, found bool) {
	return slices.BinarySearchFunc(block, key, func(a address, key uint64) int { return cmp.Compare(a.key, key) })
}

// putAddresses notes the items of addresses, in the place of others noted
// before.
func putAddresses(tx *bbolt.Tx, ids map[uint64]monitor.ItemID) error {
	return editAddresses(tx, ids, func(block []address, a address, at int, found bool) []address {
		if found {
			block[at] = a
			return block
		}
		return slices.Insert(block, at, a)
	})
}

// dropAddresses forgets addresses, as far as they are still those of these
// items.
func dropAddresses(tx *bbolt.Tx, ids map[uint64]monitor.ItemID) error {
	return editAddresses(tx, ids, func(block []address, a address, at int, found bool) []address {
		if found && block[at] == a {
			return slices.Delete(block, at, at+1)
		}
		return block
	})
}

// editAddresses makes a change for each of ids, block by block.
func editAddresses(tx *bbolt.Tx, ids map[uint64]monitor.ItemID, change func(block []address, a address, at int, found bool) []address) error {
	keys := sortedKeys(ids)
	if n := len(keys); n > 0 && keys[n-1]>>(8*rowSize) != 0 {
		return fmt.Errorf("the key of an address has more than %d bits: %#x", 8*rowSize, keys[n-1])
	}
	for len(keys) > 0 {
		row, raw, next, err := blockOf(tx, keys[0])
		if err != nil {
			return err
		}
		block, err := decodeBlock(make([]address, 0, 2*blockEntries), row, raw)
		if err != nil {
			return err
		}
		n := len(keys)
		if next != nil {
			n, _ = slices.BinarySearch(keys, rowAddress(next))
		}
		for _, key := range keys[:n] {
			at, found := find(block, key)
			block = change(block, address{key, ids[key]}, at, found)
		}
		if err := writeBlock(tx, bytes.Clone(row), block); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}

// writeBlock stores a block under row, and what is too much for one in more.
func writeBlock(tx *bbolt.Tx, row []byte, block []address) error {
	b := tx.Bucket(bucketAddresses)
	b.FillPercent = 0.9 // a block is much smaller than a page
	if row == nil {
		row = addressRow(0)
	}
	if len(block) == 0 {
		return b.Delete(row)
	}
	parts := (len(block) + blockEntries - 1) / blockEntries
	for i := range parts {
		part := block[i*len(block)/parts : (i+1)*len(block)/parts]
		if i > 0 {
			row = addressRow(part[0].key)
		}
		if err := b.Put(row, store.Seal(encodeBlock(row, part))); err != nil {
			return err
		}
	}
	return nil
}
