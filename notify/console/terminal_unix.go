//go:build unix

package console

import (
	"os"

	"golang.org/x/sys/unix"
)

func isTerminal(f *os.File) bool { return terminalWidth(f) >= 0 }

// terminalWidth returns the columns of a terminal, 0 if it does not say, and
// -1 if f is none.
func terminalWidth(f *os.File) int {
	size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return -1
	}
	return int(size.Col)
}
