//go:build !unix

package console

import "os"

// isTerminal tells a device from a file, which is all that is known here.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func terminalWidth(*os.File) int { return 0 }
