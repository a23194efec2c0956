// Package replace puts a text in the place of a file, whole or not at all, and
// never over what somebody else has written meanwhile.
package replace

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
)

// ErrChanged is returned for a file that somebody else has changed meanwhile.
var ErrChanged = errors.New("the configuration file was changed meanwhile; look at what it says now and try again")

// File puts next in the place of the file's text, if that is still base and
// check accepts the file that it is given, which holds next and lies beside
// the old one. The former text stays in a file with the suffix ".bak". Until
// the last step, a rename, the file is as it was: an error changed nothing.
// A symbolic link stays one.
func File(path string, base, next []byte, check func(file string) error) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	beside, err := place(path, ".new-*", next, info)
	if err != nil {
		return err
	}
	defer os.Remove(beside)
	if err := check(beside); err != nil {
		return err
	}
	now, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, base) {
		return ErrChanged
	}
	former, err := place(path, ".bak-*", now, info)
	if err != nil {
		return err
	}
	if err := os.Rename(former, path+".bak"); err != nil {
		return errors.Join(err, os.Remove(former))
	}
	return os.Rename(beside, path)
}

// place writes text into a new file beside path, on disk and with the rights
// of the file it is to replace.
func place(path, pattern string, text []byte, like os.FileInfo) (name string, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+pattern)
	if err != nil {
		return "", err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(like.Mode().Perm()), keepOwner(f, like), f.Sync(), f.Close())
	if err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}
