package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"newswatch/cmd/newswatch/config"
	"newswatch/feeds/urls"
	"newswatch/feeds/webarchive"
	"newswatch/monitor"
	"newswatch/monitor/store"
)

// copies has a web archive keep the pages that are owed to items when they are
// due: one at a time, with a pause between two and so many a day. What is owed lies
// in the store, so that an end at any moment costs no more than the try under way.
type copies struct {
	owed    monitor.Copies
	client  *fetcher
	notes   store.Notes
	log     *slog.Logger
	changed chan struct{} // holds a token when what is owed has changed
	section atomic.Pointer[config.Wayback]
	day     copyDay
}

// A copyDay counts what the archive was asked on a day in UTC.
type copyDay struct {
	Day string `json:"day"`
	N   int    `json:"n"`
}

func newCopies(client *fetcher, notes store.Notes, log *slog.Logger) *copies {
	return &copies{client: client, notes: notes, log: log, changed: make(chan struct{}, 1)}
}

// The bounds of asking beside that of a day.
const (
	copySpacing = 20 * time.Second
	copyNote    = "copies.asked" // of the present copyDay
)

// use puts a configuration into force.
func (c *copies) use(cfg *config.Config) { c.section.Store(&cfg.Wayback) }

// wake has what is owed looked at again.
func (c *copies) wake() {
	select {
	case c.changed <- struct{}{}:
	default: // it will be looked at anyway
	}
}

// run asks until ctx ends. With drain it ends when nothing more is due.
func (c *copies) run(ctx context.Context, drain bool) error {
	if err := c.restore(); err != nil {
		c.log.Warn("it is not known how often the web archive was asked today", "err", err)
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		wait := c.next(ctx)
		if drain && wait > copySpacing {
			return nil
		}
		timer.Reset(wait)
		select {
		case <-c.changed:
			// Whatever is owed now, the pause is kept: it is for the archive.
			if wait <= copySpacing {
				select {
				case <-timer.C:
				case <-ctx.Done():
					return nil
				}
			}
		case <-timer.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// next asks for the copy that is due first, and returns how long it is until
// there may be another.
func (c *copies) next(ctx context.Context) (wait time.Duration) {
	due := c.owed.Owed()
	if len(due) == 0 {
		return readPulse
	}
	r, now := due[0], time.Now()
	if late := r.Due.Sub(now); late > 0 {
		return max(min(late, readPulse), time.Second)
	}
	if today := now.UTC().Format(time.DateOnly); c.day.Day != today {
		c.day = copyDay{Day: today}
	}
	if c.day.N >= c.section.Load().PerDay {
		return readPulse // tomorrow there are more
	}
	c.day.N++
	if err := errors.Join(c.storeDay(), c.try(ctx, r.Item)); err != nil && ctx.Err() == nil {
		c.log.Error("copy not taken in, it will be asked for again", "item", r.Item, "err", err)
	}
	return copySpacing
}

// try makes one try to have a page kept.
func (c *copies) try(ctx context.Context, id monitor.ItemID) error {
	r, ok, err := c.owed.Begin(id)
	if err != nil || !ok {
		return err
	}
	copied, err := webarchive.Archive{Base: c.section.Load().URL, Client: c.client.Load()}.Save(ctx, r.URL)
	if ctx.Err() != nil {
		return nil // it is tried again after the next start
	}
	got := monitor.Copying{At: time.Now(), URL: copied.URL, Taken: copied.Taken}
	if err != nil {
		got.Cause = err.Error()
		if e, ok := errors.AsType[*webarchive.Error](err); ok {
			got.Again, got.After = e.Again, e.After
		}
	}
	c.log.Debug("copy asked for", "item", id, "url", urls.Shown(r.URL), "copy", got.URL, "attempt", r.Tries, "err", got.Cause)
	return c.owed.End(id, got)
}

func (c *copies) restore() error {
	text, err := c.notes.Note(copyNote)
	if err != nil || text == nil {
		return err
	}
	return json.Unmarshal(text, &c.day)
}

func (c *copies) storeDay() error {
	text, err := json.Marshal(c.day)
	if err != nil {
		return err
	}
	return c.notes.PutNote(copyNote, text)
}
