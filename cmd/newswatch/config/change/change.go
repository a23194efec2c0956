// Package change carries out what an editor wants of the configuration file:
// made in the text by package edit, checked as a whole, and put into place by
// package replace; or refused, and then the file is as it was.
package change

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"newswatch/cmd/newswatch/config"
	"newswatch/cmd/newswatch/config/edit"
	"newswatch/cmd/newswatch/config/replace"
)

// ErrChanged is returned for a file that somebody else has changed meanwhile.
var ErrChanged = replace.ErrChanged

// A Refusal is the error of a change that would leave the configuration with
// mistakes. The file is as it was.
type Refusal struct {
	Problems []config.Problem // mistakes and remarks on the file as it would be
	Before   bool             // it has mistakes without the change
}

func (e *Refusal) Error() string {
	head := "nothing was changed: with this change newswatch would refuse the configuration"
	if e.Before {
		head = "nothing was changed: the configuration has mistakes already"
	}
	lines := []string{head}
	for _, p := range e.Problems {
		if !p.Warning {
			lines = append(lines, p.String())
		}
	}
	return strings.Join(lines, "\n")
}

// Hash names a text of the configuration, so that a change can say which one it
// was made for.
func Hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// A Change is what to do with a configuration file.
type Change struct {
	File    string                      // the configuration
	Section string                      // which Make changes
	Base    string                      // Hash of the file it was made for; "" for any
	Make    func(file *edit.File) error // see package edit
	Env     func(string) (string, bool) // os.LookupEnv
}

// Apply makes a change. The error is a *Refusal if it would not pass a check,
// an *edit.ByHand if the file cannot be changed or written by this program, and
// ErrChanged if the file is no longer the one that Base names.
func (c Change) Apply() error {
	former, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	if c.Base != "" && c.Base != Hash(former) {
		return ErrChanged
	}
	file, err := edit.Parse(former)
	if err == nil {
		err = c.Make(file)
	}
	if err != nil {
		return c.refused(former, err)
	}
	next := file.Text()
	if _, report := config.LoadText(c.File, string(next), c.Env); !report.OK() {
		return c.refused(former, &Refusal{Problems: report.Problems})
	}
	err = replace.File(c.File, former, next, func(string) error { return nil })
	if unwritable(err) {
		return edit.Difference("this program may not write "+c.File, edit.Under(c.Section), former, next)
	}
	return err
}

// refused blames the file for what was wrong with it before the change.
func (c Change) refused(former []byte, err error) error {
	if _, report := config.LoadText(c.File, string(former), c.Env); !report.OK() {
		return &Refusal{report.Problems, true}
	}
	return err
}

// unwritable reports whether a file could not be put into place because of who
// this program runs as or where the file lies.
func unwritable(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EBUSY)
}
