// Package hangup catches SIGHUP from a process's first moment on. The default is
// that it ends the process, and remains so until somebody asks for it, which main
// could only do after all packages were initialised: ten times as late. This one
// needs next to nothing, so that it is among the first. It is why nothing may be
// added to what it imports.
package hangup

import (
	"os"
	"os/signal"
	"syscall"
)

var caught = catch()

func catch() chan os.Signal {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP)
	return c
}

// Signals returns where the signals arrive, those that came before too; several
// that are not received are one.
func Signals() <-chan os.Signal { return caught }

// Default gives SIGHUP back what it does by default, or nothing at all under
// nohup, and lets one that has come do it.
func Default() error {
	signal.Stop(caught)
	select {
	case sig := <-caught:
		self, err := os.FindProcess(os.Getpid())
		if err != nil {
			return err
		}
		return self.Signal(sig)
	default:
		return nil
	}
}
