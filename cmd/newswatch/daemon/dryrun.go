package daemon

import (
	"bufio"
	"context"
	"encoding/json"
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
	"newswatch/monitor/api"
	"newswatch/notify"
	"newswatch/notify/render"
)

// CopyStore turns a configuration into one that changes nothing: its store is a
// copy. The function it returns removes the copy.
func CopyStore(ctx context.Context, cfg *config.Config) (cleanUp func() error, err error) {
	dir, err := os.MkdirTemp("", "newswatch-dry-run-")
	if err != nil {
		return nil, err
	}
	cleanUp = func() error { return os.RemoveAll(dir) }
	copied := filepath.Join(dir, "newswatch.db")
	if err := copyStore(ctx, cfg, copied); err != nil {
		return nil, errors.Join(err, cleanUp())
	}
	cfg.Store.Path, cfg.Store.URL = copied, ""
	return cleanUp, nil
}

// copyStore copies the store, if there is one: a running daemon is asked for
// it, because a file that is being written to would be torn.
func copyStore(ctx context.Context, cfg *config.Config, to string) (err error) {
	if cfg.Store.URL != "" {
		return copyDatabase(ctx, cfg, to)
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(out, 1<<20)
	err = AskDaemon(cfg, func(c *api.Client) error { return c.Copy(ctx, "store/backup", w) })
	if !errors.Is(err, api.ErrNoDaemon) {
		return errors.Join(err, w.Flush(), out.Close())
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

// A DryRun prints what would have been sent, and under whose name.
type DryRun struct {
	Out  io.Writer
	JSON bool

	turn sync.Mutex // one notice at a time, whatever the destination
}

// DryNotice is a notice as once --dry-run --json prints it.
type DryNotice struct {
	Type        string    `json:"type"` // "notice"
	At          time.Time `json:"at"`
	Destination string    `json:"destination"`
	Kind        string    `json:"kind"`
	Watch       string    `json:"watch"`
	Story       string    `json:"story"`
	Headline    string    `json:"headline"`
	Text        string    `json:"text"`
}

// replaceNotifiers puts printers in the place of all notifiers.
func (d *DryRun) replaceNotifiers(channels []notify.Channel, zone *time.Location) {
	for i := range channels {
		channels[i].Notifier = &printer{d, channels[i].Name, zone}
	}
}

// A printer stands in for a destination in a dry run.
type printer struct {
	*DryRun
	name string
	zone *time.Location
}

// Capabilities reports that a flood does no harm.
func (p *printer) Capabilities() notify.Capabilities { return notify.Capabilities{Bulk: true} }

// Notify prints the notice.
func (p *printer) Notify(_ context.Context, n monitor.Notice, _ monitor.Receipt) (monitor.Receipt, error) {
	p.turn.Lock()
	defer p.turn.Unlock()
	text := render.Text(n, render.Options{Zone: p.zone})
	receipt := monitor.Receipt{ID: n.Key, At: time.Now()}
	if p.JSON {
		return receipt, json.NewEncoder(p.Out).Encode(DryNotice{"notice", n.Created, p.name, string(n.Kind), n.Watch, n.Story.String(), n.Content.Headline, text})
	}
	_, err := fmt.Fprintf(p.Out, "── to %s\n%s\n", p.name, text)
	return receipt, err
}
