package bolt

import (
	"math/rand/v2"
	"testing"

	"go.etcd.io/bbolt"

	"newswatch/monitor"
)

// TestAddresses holds the blocks against a map, through changes at random.
func TestAddresses(t *testing.T) {
	s := temp(t)
	r := rand.New(rand.NewPCG(7, 8))
	want := map[uint64]monitor.ItemID{}
	var all []uint64
	for round := range 60 {
		some := map[uint64]monitor.ItemID{}
		drop := round%3 == 2
		for range r.IntN(400) {
			key := r.Uint64N(1 << 48)
			if len(all) > 0 && (drop || r.IntN(4) == 0) {
				key = all[r.IntN(len(all))]
			}
			if _, twice := some[key]; twice {
				continue
			}
			all = append(all, key)
			some[key] = monitor.ItemID(r.Uint64())
			switch have, ok := want[key]; {
			case !drop:
				want[key] = some[key]
			case ok && r.IntN(2) == 0: // the others are of another item by now
				some[key] = have
				delete(want, key)
			}
		}
		edit := putAddresses
		if drop {
			edit = dropAddresses
		}
		if err := s.update(func(tx *bbolt.Tx) error { return edit(tx, some) }); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range all {
		id, ok, err := s.ByURL(key)
		if w, known := want[key]; err != nil || ok != known || id != w {
			t.Fatalf("ByURL(%x) = %v, %v, %v; want %v, %v", key, id, ok, err, w, known)
		}
	}
	for range 1000 {
		if _, ok, err := s.ByURL(r.Uint64N(1 << 48)); ok || err != nil {
			t.Fatalf("an address nobody noted is found, %v", err)
		}
	}
	_ = s.view(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketAddresses).ForEach(func(k, v []byte) error {
			block, err := decodeBlock(nil, k, v[4:])
			if n := len(block); n == 0 || n > blockEntries {
				t.Errorf("block %x has %d entries", k, n)
			}
			return err
		})
	})
	if faults := s.Check(); len(faults) != 0 {
		t.Errorf("Check = %v", faults)
	}
}

// A key that does not fit into a row is an error, not a search without end.
func TestAddressKeysAreBounded(t *testing.T) {
	s := temp(t)
	for _, key := range []uint64{1 << 48, 1<<64 - 1} {
		some := map[uint64]monitor.ItemID{7: 1, key: 2}
		if err := s.update(func(tx *bbolt.Tx) error { return putAddresses(tx, some) }); err == nil {
			t.Errorf("%#x is taken", key)
		}
		if _, ok, err := s.ByURL(key); ok || err != nil {
			t.Errorf("%#x is found: %v", key, err)
		}
	}
}
