package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"newswatch/monitor/store"
)

// The reserve is a file that occupies disk space. A full disk
// releases it: deliveries alone may then write into the freed space, so that
// owed notices still go out and operations are told. Commit is refused until
// the reserve fits again; an uncommitted poll is repeated, so nothing is lost.
const (
	maxReserve   = 16 << 20
	reserveShare = 20 // it takes no more than one part in so many of the free space
	minReserve   = 1 << 20
)

// A reserve is the state of the reserve file. The zero value is no file.
type reserve struct {
	mu       sync.Mutex // guards what follows
	size     int64      // 0 for none
	released bool
}

// FillReserve sets space aside for when the disk is full, if there is enough
// of it. Without a reserve a full disk stops every write.
func (f *file) FillReserve() error {
	f.reserve.mu.Lock()
	defer f.reserve.mu.Unlock()
	free, err := freeSpace(f.path)
	if err != nil {
		return fmt.Errorf("reserve: %w", err)
	}
	if fi, err := os.Stat(f.reservePath()); err == nil {
		f.reserve.size = fi.Size()
		return nil
	}
	size := min(maxReserve, free/reserveShare)
	if size < minReserve {
		return nil
	}
	if err := fillFile(f.reservePath(), size); err != nil {
		return fmt.Errorf("reserve: %w", err)
	}
	f.reserve.size = size
	return nil
}

// Full reports whether the disk is full and the reserve released.
func (f *file) Full() bool {
	f.reserve.mu.Lock()
	defer f.reserve.mu.Unlock()
	return f.reserve.released
}

// release removes the reserve file and reports whether that freed space.
func (f *file) release() bool {
	f.reserve.mu.Lock()
	defer f.reserve.mu.Unlock()
	if f.reserve.size == 0 || f.reserve.released {
		return false
	}
	f.reserve.released = os.Remove(f.reservePath()) == nil
	return f.reserve.released
}

// refill writes the reserve again once twice its size is free, and
// returns an error while the disk is full.
func (f *file) refill() error {
	f.reserve.mu.Lock()
	defer f.reserve.mu.Unlock()
	if !f.reserve.released {
		return nil
	}
	if free, err := freeSpace(f.path); err != nil || free < 2*f.reserve.size {
		return fmt.Errorf("only the reserve for deliveries is left: %w", errors.Join(err, syscall.ENOSPC))
	}
	if err := fillFile(f.reservePath(), f.reserve.size); err != nil {
		return fmt.Errorf("reserve: %w", err)
	}
	f.reserve.released = false
	return nil
}

func (f *file) reservePath() string { return filepath.Join(store.RuntimeDir(f.path), "reserve") }

// fillFile makes a file of a size whose blocks are allocated, which a sparse
// file's are not.
func fillFile(path string, size int64) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	page := make([]byte, 1<<20)
	for left := size; left > 0; left -= int64(len(page)) {
		if _, err := f.Write(page[:min(left, int64(len(page)))]); err != nil {
			return err
		}
	}
	return f.Sync()
}

// freeSpace returns the bytes an unprivileged process may still write on the disk
// that holds path.
func freeSpace(path string) (int64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(path, &st); err != nil {
		return 0, &fs.PathError{Op: "statfs", Path: path, Err: err}
	}
	return int64(uint64(st.Bavail) * uint64(st.Bsize)), nil
}
