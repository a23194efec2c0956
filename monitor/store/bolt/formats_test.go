package bolt

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"

	"newswatch/monitor"
)

var update = flag.Bool("update", false, "write the fixture of the present format, if there is none")

// Every format that was ever released opens, is brought up to date and still
// holds what was put into it. The files are kept for good: a new migration
// adds one and changes none.
func TestEveryFormatOpens(t *testing.T) {
	present := filepath.Join("testdata", fmt.Sprintf("v%d.db.gz", len(migrations)))
	if _, err := os.Stat(present); *update && os.IsNotExist(err) {
		writeFixture(t, present)
	}
	files, err := filepath.Glob("testdata/v*.db.gz")
	if err != nil || len(files) != len(migrations) {
		t.Fatalf("%d fixtures of %d formats, %v: run with -update", len(files), len(migrations), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			if old, err := OpenReadOnly(unpack(t, file)); err != nil {
				t.Error(err)
			} else if faults := errors.Join(append(old.Check(), old.Close())...); faults != nil {
				t.Errorf("as it was: Check = %v", faults)
			}
			s := mustOpen(t, unpack(t, file))
			b := whole()
			if rec, err := s.Feed(b.Feeds[0].ID); err != nil || rec.State.ETag != b.Feeds[0].State.ETag {
				t.Errorf("the feed = %+v, %v", rec, err)
			}
			known, err := s.Seen(b.Feeds[0].ID)
			if err != nil || len(known) != 2 || known[0].GUID != 1<<40-1 || known[0].Hash != 1<<40-1 || !known[0].Listed ||
				known[1].ID != uint64(b.Items[0].ID)+1 || known[1].GUID != 9 || known[1].Day != 19000 || known[1].Listed {
				t.Errorf("the feed knows %+v, %v", known, err)
			}
			if item, ok, err := s.Item(b.Items[0].ID); err != nil || !ok || item.Item.Title != b.Items[0].Item.Title {
				t.Errorf("item = %+v, %v, %v", item, ok, err)
			}
			if due, err := s.Due("screen", day, 10); err != nil || len(due) != 1 {
				t.Errorf("%d notices due, %v; want 1", len(due), err)
			}
			if faults := s.Check(); len(faults) != 0 {
				t.Errorf("Check = %v", faults)
			}
		})
	}
}

func writeFixture(t *testing.T, path string) {
	t.Helper()
	s := temp(t)
	if err := s.Commit(whole()); err != nil {
		t.Fatal(err)
	}
	small := filepath.Join(t.TempDir(), "small.db")
	if err := s.CompactTo(small); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(small)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(f)
	if _, err := z.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func unpack(t *testing.T, file string) string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "n.db")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// One damaged row is named by a check, and once read is there no more; the
// others can still be read.
func TestDamagedRowIsNamed(t *testing.T) {
	s := temp(t)
	b := whole()
	second := b.Items[0]
	second.ID++
	b.Items = append(b.Items, second)
	if err := s.Commit(b); err != nil {
		t.Fatal(err)
	}
	spoil(t, s, b.Items[0].ID)
	if faults := s.Check(); len(faults) != 1 {
		t.Errorf("Check = %v, want the one damaged row", faults)
	}
	if _, ok, err := s.Item(b.Items[0].ID); ok || err != nil {
		t.Errorf("a damaged row: %v, %v; want none", ok, err)
	}
	if _, ok, err := s.Item(second.ID); err != nil || !ok {
		t.Errorf("its neighbour: %v, %v", ok, err)
	}
	if faults := s.Check(); len(faults) != 0 {
		t.Errorf("Check = %v, want none once the row was set aside", faults)
	}
}

// spoil flips a bit in an item's row.
func spoil(t *testing.T, s *Store, id monitor.ItemID) {
	t.Helper()
	err := s.update(func(tx *bbolt.Tx) error {
		bad := bytes.Clone(tx.Bucket(bucketItems).Get(idKey(id)))
		bad[len(bad)-1] ^= 1
		return tx.Bucket(bucketItems).Put(idKey(id), bad)
	})
	if err != nil {
		t.Fatal(err)
	}
}
