package daemon

import (
	"fmt"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/source"
	"newswatch/monitor"
)

// push takes items in that a program pushes to a feed, and returns once they are
// committed.
func (d *Daemon) push(name string, items []byte) (monitor.PollResult, error) {
	f := d.Monitor.Rules().Feed(name)
	if f.Kind != feeds.KindPush {
		return monitor.PollResult{}, fmt.Errorf("no feed named %q takes items", name)
	}
	reader, err := source.New(f)
	if err != nil {
		return monitor.PollResult{}, err
	}
	answer, err := reader.Read(source.Request{}, items, source.Options{Now: time.Now()})
	if err != nil {
		return monitor.PollResult{}, err
	}
	out, err := d.Monitor.Fill(f, answer.Document)
	if err == nil {
		d.Log.Debug("feed pushed", "feed", name, "items", out.Items, "new", out.New, "matched", out.Matched)
	}
	return out, err
}
