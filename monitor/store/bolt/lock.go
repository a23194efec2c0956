package bolt

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"newswatch/monitor/store"
)

// acquire takes the lock file of the store at path. bbolt locks the store itself,
// but a lock on a file that somebody deletes no longer keeps anyone out; and
// this one says who holds it.
func acquire(path string, wait time.Duration) (*os.File, error) {
	dir := store.RuntimeDir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the store's directory: %w (%s must be writable for the user newswatch runs as, or store.path name a place that is)", err, filepath.Dir(dir))
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking the store: %w (the directory must be writable for the user newswatch runs as)", err)
	}
	deadline := time.Now().Add(wait)
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil || !errors.Is(err, syscall.EWOULDBLOCK) || time.Now().After(deadline) {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = &LockedError{Path: path, Holder: holder(f)}
	} else if err == nil {
		err = sign(f)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// A LockedError means that another process has the store open.
type LockedError struct {
	Path   string
	Holder string // as it described itself
}

// Error says who holds the file and what to do.
func (e *LockedError) Error() string {
	return fmt.Sprintf("the store %s is in use by %s: stop that one first, or give this one a store of its own (store.path)", e.Path, e.Holder)
}

// sign writes who we are into the lock file.
func sign(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt(fmt.Appendf(nil, "process %d since %s\n", os.Getpid(), time.Now().UTC().Format(time.DateTime)), 0)
	return err
}

func holder(f *os.File) string {
	b := make([]byte, 128)
	n, _ := f.ReadAt(b, 0)
	if who := strings.TrimSpace(string(b[:n])); who != "" {
		return who
	}
	return "another process"
}
