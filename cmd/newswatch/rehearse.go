package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"newswatch/cmd/newswatch/config"
	"newswatch/notify/console"
)

// rehearse turns a configuration into one that changes nothing: its store is a
// copy, and its destinations print. The function it returns removes the copy.
func rehearse(cfg *config.Config) (cleanUp func() error, err error) {
	dir, err := os.MkdirTemp("", "newswatch-rehearsal-")
	if err != nil {
		return nil, err
	}
	cleanUp = func() error { return os.RemoveAll(dir) }
	copied := filepath.Join(dir, "newswatch.db")
	if err := copyFile(copied, cfg.Store.Path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(err, cleanUp())
	}
	cfg.Store.Path = copied
	for i := range cfg.Destinations {
		d := &cfg.Destinations[i]
		d.Slack, d.Email, d.Webhook = nil, nil, nil
		d.Console = &console.Config{}
	}
	return cleanUp, nil
}

// copyFile copies a store that nobody is writing to. A copy taken while a
// daemon writes may be torn: opening it then says so.
func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
