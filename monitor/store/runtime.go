package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// RuntimeDir returns the folder of what only a running process needs of the store
// at path: its lock, the reserve of disk space, the socket, and what is being read.
// While nothing runs on the store the folder may be removed.
func RuntimeDir(path string) string { return path + ".run" }

// AdoptRuntimeFiles clears away what versions before this folder left beside the
// store at path, which the caller has locked. What was being read when the last
// of them ended is kept.
func AdoptRuntimeFiles(path string) error {
	err := os.Rename(path+".reading", filepath.Join(RuntimeDir(path), "reading"))
	errs := []error{err, os.Remove(path + ".ballast"), os.Remove(path + ".sock"), os.Remove(path + ".lock")}
	for i, err := range errs {
		if errors.Is(err, fs.ErrNotExist) {
			errs[i] = nil
		}
	}
	return errors.Join(errs...)
}
