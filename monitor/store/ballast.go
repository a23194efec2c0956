package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"syscall"
)

// Ballast is space that a full disk leaves for what matters most. A file beside
// the store takes it up; when the disk is full it is thrown away, and from then
// on deliveries alone may write, so that what is owed still goes out and
// somebody can be told. Commit is refused until there is room for the ballast
// again: nothing is lost by that, for what was not committed was not seen.
const (
	mostBallast  = 16 << 20
	ballastShare = 20 // it takes no more than one part in so many of the free space
	leastBallast = 1 << 20
)

// A ballast is the file and what became of it. The zero value is none.
type ballast struct {
	mu     sync.Mutex // guards what follows
	size   int64      // 0 for none
	thrown bool
}

// LoadBallast sets space aside for when the disk is full, if there is enough
// of it. Who does not call it has a store without ballast: then a full disk
// stops whatever is written.
func (s *Store) LoadBallast() error {
	s.ballast.mu.Lock()
	defer s.ballast.mu.Unlock()
	free, err := freeSpace(s.path)
	if err != nil {
		return fmt.Errorf("ballast: %w", err)
	}
	if fi, err := os.Stat(s.ballastPath()); err == nil {
		s.ballast.size = fi.Size()
		return nil
	}
	size := min(mostBallast, free/ballastShare)
	if size < leastBallast {
		return nil
	}
	if err := fill(s.ballastPath(), size); err != nil {
		return fmt.Errorf("ballast: %w", err)
	}
	s.ballast.size = size
	return nil
}

// Full reports whether the disk is full and the ballast gone.
func (s *Store) Full() bool {
	s.ballast.mu.Lock()
	defer s.ballast.mu.Unlock()
	return s.ballast.thrown
}

// throw gives the ballast up. It reports whether that made room.
func (s *Store) throw() bool {
	s.ballast.mu.Lock()
	defer s.ballast.mu.Unlock()
	if s.ballast.size == 0 || s.ballast.thrown {
		return false
	}
	s.ballast.thrown = os.Remove(s.ballastPath()) == nil
	return s.ballast.thrown
}

// reload takes the ballast in again once there is twice the room for it, and
// returns an error while the disk is full.
func (s *Store) reload() error {
	s.ballast.mu.Lock()
	defer s.ballast.mu.Unlock()
	if !s.ballast.thrown {
		return nil
	}
	if free, err := freeSpace(s.path); err != nil || free < 2*s.ballast.size {
		return fmt.Errorf("only the reserve for deliveries is left: %w", errors.Join(err, syscall.ENOSPC))
	}
	if err := fill(s.ballastPath(), s.ballast.size); err != nil {
		return fmt.Errorf("ballast: %w", err)
	}
	s.ballast.thrown = false
	return nil
}

func (s *Store) ballastPath() string { return s.path + ".ballast" }

// fill makes a file of a size whose blocks are really taken.
func fill(path string, size int64) (err error) {
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

// freeSpace is what the disk that holds path has left for us.
func freeSpace(path string) (int64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(path, &st); err != nil {
		return 0, &fs.PathError{Op: "statfs", Path: path, Err: err}
	}
	return int64(uint64(st.Bavail) * uint64(st.Bsize)), nil
}
