package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// A farm is a running feed server.
type farm struct {
	admin string
	list  string // file of addresses
	feeds int
	cmd   *exec.Cmd
}

// The farm's ports: its own, so that another farm may run beside it.
const (
	farmPort  = "18480"
	farmAdmin = "127.0.0.1:18481"
)

// serve starts a farm with so many feeds, and waits until it answers.
func (b *bench) serve(ctx context.Context, feeds int, args ...string) (*farm, error) {
	f := &farm{admin: "http://" + farmAdmin, list: filepath.Join(b.dir, "list.txt"), feeds: feeds}
	f.cmd = exec.CommandContext(ctx, b.farm, append([]string{"-feeds", fmt.Sprint(feeds), "-json-share", "0", "-port", farmPort,
		"-admin", farmAdmin, "-smtp", ""}, args...)...)
	if err := f.cmd.Start(); err != nil {
		return nil, err
	}
	for range 3000 {
		if text, err := f.ask("/list.txt"); err == nil {
			return f, os.WriteFile(f.list, text, 0o600)
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return nil, err
		}
	}
	return nil, errors.Join(errors.New("the farm did not start within five minutes; is its port in use?"), f.close())
}

// close ends the farm. That it was killed is no news.
func (f *farm) close() error {
	if err := f.cmd.Process.Kill(); err != nil {
		return err
	}
	_ = f.cmd.Wait()
	return nil
}

// ask makes one request to the farm's control interface.
func (f *farm) ask(path string) ([]byte, error) {
	resp, err := http.Get(f.admin + path)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", path, resp.Status, text)
	}
	return text, err
}

// counts are the farm's requests since the last reset.
type counts struct {
	Requests int64 `json:"requests"`
	S200     int64 `json:"s200"`
	S304     int64 `json:"s304"`
	Distinct int64 `json:"distinct_feeds"`
}

func (f *farm) counts() (c counts, err error) {
	text, err := f.ask("/stats")
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(text, &c)
}

// publish puts an item on top of a feed and returns when.
func (f *farm) publish(feed int, title string) (time.Time, error) {
	began := time.Now()
	_, err := f.ask("/publish?" + url.Values{"feed": {fmt.Sprint(feed)}, "title": {title}, "text": {title}}.Encode())
	return began, err
}

// addresses returns those of the feeds.
func addresses(list string) ([]string, error) {
	text, err := os.ReadFile(list)
	if err != nil {
		return nil, err
	}
	var out []string
	for l := range bytes.Lines(text) {
		out = append(out, string(bytes.TrimSpace(l)))
	}
	return out, nil
}

// pause waits, no longer than ctx.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
