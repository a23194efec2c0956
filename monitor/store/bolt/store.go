// Package bolt is the embedded store: the monitor's state and the outbox in one
// bbolt file. It is the only package that imports bbolt.
//
// A batch is committed whole or not at all. The package does not know why
// anything is stored.
package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"newswatch/monitor"
	"newswatch/monitor/store"
)

// A Store is an open file. It is safe for concurrent use.
type Store struct {
	*file
	advice pageAdvice
}

// A file is what keeps the rows, whatever they mean: transactions, lock and
// reserve, and their maintenance.
type file struct {
	db      *bbolt.DB
	path    string
	lock    *os.File // nil when open for reading only
	reserve reserve
}

var (
	_ store.Store      = (*Store)(nil)
	_ store.Maintainer = (*Store)(nil)
)

// The buckets. Keys that hold a time or an ID begin with it, big-endian, so
// that the file is read in order of time.
var (
	bucketMeta      = []byte("meta")      // "version"
	bucketFeeds     = []byte("feeds")     // address -> feed record
	bucketKnown     = []byte("known")     // address -> known entries
	bucketPolls     = []byte("polls")     // address -> times of polls
	bucketSets      = []byte("sets")      // address -> sets the feed is in, if any
	bucketItems     = []byte("items")     // item ID -> record
	bucketURLs      = []byte("urls")      // until version 1: key of a canonical address -> item ID
	bucketAddresses = []byte("addresses") // blocks of keys of canonical addresses with the IDs of items
	bucketStories   = []byte("stories")   // story ID -> story
	bucketLast      = []byte("last")      // time of last report, story ID
	bucketOutbox    = []byte("outbox")    // destination, key -> row
	bucketDue       = []byte("due")       // destination, due, created, key: of rows pending or unknown
	bucketInflight  = []byte("inflight")  // destination, key: of rows inflight
	bucketDone      = []byte("done")      // time, destination, key: of all other rows
	bucketCounts    = []byte("counts")    // destination, state -> number of rows
	bucketTold      = []byte("told")      // story, destination, key: of rows that tell the story
	bucketGates     = []byte("gates")     // destination -> gate
	bucketGaps      = []byte("gaps")      // end, feed -> gap
	bucketDays      = []byte("days")      // day -> totals
	bucketSlots     = []byte("slots")     // digest -> last slot told
	bucketSilences  = []byte("silences")  // ID -> silence
	bucketReads     = []byte("reads")     // item ID -> article owed; made with the first
	bucketNotes     = []byte("notes")     // name -> what a room wants kept, opaque
	bucketSenses    = []byte("senses")    // entity, scope, story or feed -> count; made with the first
	bucketDamaged   = []byte("damaged")   // bucket, key -> when, the bytes of a damaged row; made with the first
)

// lockWait is how long a second instance waits before it says who holds the
// file: long enough for a restart to overlap, short enough to be noticed.
const lockWait = time.Second

// mapSize is reserved of the address space, not of memory: a map that need not
// grow never makes a writer wait for readers.
const mapSize = 1 << 30

// Open opens the file at path for reading and writing, makes it if there is
// none, and brings an older one up to date. It fails within two seconds if
// another process has it open, and refuses a damaged file instead of guessing.
func Open(path string) (*Store, error) {
	lock, err := acquire(path, lockWait)
	if err != nil {
		return nil, err
	}
	s, err := open(path)
	if err != nil {
		lock.Close()
		return nil, err
	}
	s.lock = lock
	if err := store.AdoptRuntimeFiles(path); err != nil {
		return nil, errors.Join(fmt.Errorf("clearing away what an earlier version left: %w", err), s.Close())
	}
	return s, nil
}

// OpenReadOnly opens a file that is at rest, such as a backup, to read it; it
// changes nothing, and does not bring an older one up to date.
func OpenReadOnly(path string) (*Store, error) {
	if err := inspect(path); err != nil {
		return nil, err
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockWait, ReadOnly: true})
	if errors.Is(err, berrors.ErrTimeout) {
		return nil, &LockedError{Path: path, Holder: "a daemon"}
	}
	if err != nil {
		return nil, fmt.Errorf("opening the store %s: %w", path, err)
	}
	return &Store{file: &file{db: db, path: path}}, nil
}

// OpenScratch opens a store that will be deleted: commits do not wait for the
// disk.
func OpenScratch(path string) (*Store, error) {
	s, err := Open(path)
	if err == nil {
		s.db.NoSync = true
	}
	return s, err
}

func open(path string) (*Store, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := create(path); err != nil {
			return nil, fmt.Errorf("making the store: %w", err)
		}
	}
	if err := inspect(path); err != nil {
		return nil, err
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockWait, InitialMmapSize: mapSize, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return nil, fmt.Errorf("opening the store %s: %w", path, err)
	}
	s := &Store{file: &file{db: db, path: path}}
	if err := errors.Join(s.refuseMoved(), s.migrate(), warmDecoder()); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// warmDecoder decodes the record of a feed once. A type's decoder is built at
// its first use; the first polls after a start are hundreds at a
// time, and each of them would build it.
func warmDecoder() error {
	var rec monitor.FeedRecord
	return store.DecodeJSON([]byte(`{"state": {}, "health": {}, "daily": [{}]}`), &rec)
}

// create makes the file under another name and renames it: a power cut half way
// would otherwise leave a file that is no store under the store's name.
func create(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	tmp := path + ".new"
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	db, err := bbolt.Open(tmp, 0o600, &bbolt.Options{Timeout: lockWait})
	if err != nil {
		return err
	}
	if err := db.Close(); err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// Close ends all use of the file.
func (f *file) Close() error {
	err := f.db.Close()
	if f.lock != nil {
		err = errors.Join(err, f.lock.Close())
	}
	return err
}

// Path returns the file's path.
func (f *file) Path() string { return f.path }

// migrations[i] takes a file from version i to i+1. Append; never edit.
var migrations = []func(*bbolt.Tx) error{
	createBuckets,
	packKeys,
	indexSets,
	hideSecrets,
}

func createBuckets(tx *bbolt.Tx) error {
	for _, name := range [][]byte{bucketFeeds, bucketPolls, bucketItems, bucketURLs, bucketStories, bucketLast,
		bucketOutbox, bucketDue, bucketInflight, bucketDone, bucketCounts, bucketTold, bucketGates, bucketGaps, bucketDays,
		bucketSlots, bucketSilences, bucketNotes} {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	return nil
}

var keyVersion = []byte("version")

// migrate brings the file to this program's version in one transaction. A file
// that holds data is copied beside itself first.
func (f *file) migrate() error {
	version, err := f.version()
	if err != nil {
		return err
	}
	if version > len(migrations) {
		return fmt.Errorf("the store %s was written by a newer newswatch (version %d, this one knows %d): install that one again, or restore a backup from before", f.path, version, len(migrations))
	}
	if version == len(migrations) {
		return nil
	}
	if version > 0 {
		if err := f.BackupTo(fmt.Sprintf("%s.v%d", f.path, version)); err != nil {
			return fmt.Errorf("backup before migration: %w", err)
		}
	}
	return f.update(func(tx *bbolt.Tx) error {
		for i := version; i < len(migrations); i++ {
			if err := migrations[i](tx); err != nil {
				return fmt.Errorf("migration to version %d: %w", i+1, err)
			}
		}
		return writeVersion(tx, len(migrations))
	})
}

func writeVersion(tx *bbolt.Tx, v int) error {
	meta, err := tx.CreateBucketIfNotExists(bucketMeta)
	if err != nil {
		return err
	}
	return meta.Put(keyVersion, binary.BigEndian.AppendUint32(nil, uint32(v)))
}

func (f *file) version() (v int, err error) {
	err = f.view(func(tx *bbolt.Tx) error {
		if meta := tx.Bucket(bucketMeta); meta != nil {
			if b := meta.Get(keyVersion); len(b) == 4 {
				v = int(binary.BigEndian.Uint32(b))
			}
		}
		return nil
	})
	return v, err
}

// view and update run fn in one transaction, and again in another when it met a
// damaged row and that was set aside: fn must come to the same when it is run
// anew. A fault on the mapped file, which would end the process, becomes a
// DamageError.
func (f *file) view(fn func(*bbolt.Tx) error) error {
	return f.heal(func() error { return f.db.View(fn) })
}

func (f *file) update(fn func(*bbolt.Tx) error) error {
	err := f.heal(func() error { return f.db.Update(fn) })
	if errors.Is(err, syscall.ENOSPC) && f.release() {
		err = f.heal(func() error { return f.db.Update(fn) })
	}
	return err
}

func (f *file) guard(fn func() error) (err error) {
	old := debug.SetPanicOnFault(true)
	defer debug.SetPanicOnFault(old)
	defer func() {
		if r := recover(); r != nil {
			err = &DamageError{Path: f.path, Cause: fmt.Sprint(r)}
		}
	}()
	return fn()
}
