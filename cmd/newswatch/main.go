// Command newswatch watches news feeds and tells people about what they watch
// for. See README.md.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // a bare system knows no zones
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(newswatch(ctx, streams{os.Stdin, os.Stdout, os.Stderr}, os.Args[1:]))
}
