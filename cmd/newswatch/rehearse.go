package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"newswatch/cmd/newswatch/config"
	"newswatch/monitor"
	"newswatch/notify"
	"newswatch/notify/render"
)

// rehearse turns a configuration into one that changes nothing: its store is a
// copy. The function it returns removes the copy.
func rehearse(ctx context.Context, cfg *config.Config) (cleanUp func() error, err error) {
	dir, err := os.MkdirTemp("", "newswatch-rehearsal-")
	if err != nil {
		return nil, err
	}
	cleanUp = func() error { return os.RemoveAll(dir) }
	copied := filepath.Join(dir, "newswatch.db")
	if err := copyStore(ctx, cfg, copied); err != nil {
		return nil, errors.Join(err, cleanUp())
	}
	cfg.Store.Path = copied
	return cleanUp, nil
}

// copyStore copies the store, if there is one: a running daemon is asked for
// it, because a file that is being written to would be torn.
func copyStore(ctx context.Context, cfg *config.Config, to string) (err error) {
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(out, 1<<20)
	for _, path := range socketsOf(cfg) {
		err = askDaemon(ctx, path, "store backup", nil, writePieces(w))
		if !errors.Is(err, errNoDaemon) {
			return errors.Join(err, w.Flush(), out.Close())
		}
	}
	in, err := os.Open(cfg.Store.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return errors.Join(out.Close(), os.Remove(to))
	}
	if err == nil {
		_, err = io.Copy(w, in)
		in.Close()
	}
	return errors.Join(err, w.Flush(), out.Close())
}

// writePieces returns what takes the lines of a backup and writes what they
// hold.
func writePieces(w io.Writer) func(line []byte) error {
	return decoded(func(p piece) error {
		_, err := w.Write(p.Data)
		return err
	})
}

// A rehearsal stands in for a destination: it prints what that would have been
// sent, and under whose name.
type rehearsal struct {
	app  *app
	name string
	zone *time.Location
	turn *sync.Mutex // one notice at a time, whatever the destination
}

// rehearsed is a notice as once --dry-run --json prints it.
type rehearsed struct {
	Type        string    `json:"type"` // "notice"
	At          time.Time `json:"at"`
	Destination string    `json:"destination"`
	Kind        string    `json:"kind"`
	Watch       string    `json:"watch"`
	Story       string    `json:"story"`
	Headline    string    `json:"headline"`
	Text        string    `json:"text"`
}

// rehearsals puts rehearsals in the place of all notifiers.
func (a *app) rehearsals(exits []exit, zone *time.Location) {
	turn := new(sync.Mutex)
	for i := range exits {
		exits[i].notifier = &rehearsal{a, exits[i].name, zone, turn}
	}
}

// Capabilities reports that a flood does no harm.
func (r *rehearsal) Capabilities() notify.Capabilities { return notify.Capabilities{Bulk: true} }

// Notify prints the notice.
func (r *rehearsal) Notify(_ context.Context, n monitor.Notice, _ monitor.Receipt) (monitor.Receipt, error) {
	r.turn.Lock()
	defer r.turn.Unlock()
	text := render.Text(n, render.Options{Zone: r.zone})
	receipt := monitor.Receipt{ID: n.Key, At: time.Now()}
	if r.app.json {
		return receipt, r.app.printJSON(rehearsed{"notice", n.Created, r.name, string(n.Kind), n.Watch, n.Story.String(), n.Content.Headline, text})
	}
	_, err := fmt.Fprintf(r.app.out, "── to %s\n%s\n", r.name, text)
	return receipt, err
}
