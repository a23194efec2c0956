package daemon

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"newswatch/cmd/newswatch/config"
	"newswatch/feeds/article"
	"newswatch/feeds/reading"
	"newswatch/feeds/urls"
	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/store"
)

// articles reads the articles that are owed when they are due: a few at a time,
// and one of a host. What is owed lies in the store, so that an end at any moment
// costs no more than the try under way.
type articles struct {
	monitor *monitor.Monitor
	reader  *reading.Reader
	notes   store.Notes
	log     *slog.Logger
	each    func(result string) // called after every try; may be nil
	changed chan struct{}       // holds a token when what is owed has changed
	done    chan string         // hosts that are free again
	rests   []byte              // as last stored
}

func newArticles(r *reading.Reader, notes store.Notes, log *slog.Logger) *articles {
	return &articles{reader: r, notes: notes, log: log, changed: make(chan struct{}, 1), done: make(chan string)}
}

// The bounds of reading beside those of its packages.
const (
	readAtOnce  = 4                // articles
	readPulse   = time.Minute      // the longest that nothing is looked at
	readPause   = 10 * time.Second // after the store has failed
	drainWithin = 5 * time.Second  // what is due later is left to the next run
)

// readSettings are the bounds of reading in a configuration.
func readSettings(cfg *config.Config) reading.Settings {
	return reading.Settings{PerHost: cfg.Articles.Budget.N, PerTime: cfg.Articles.Budget.Per, Timeout: cfg.Articles.Timeout}
}

// wake has what is owed looked at again.
func (a *articles) wake() {
	select {
	case a.changed <- struct{}{}:
	default: // it will be looked at anyway
	}
}

// run reads until ctx ends, and waits for the tries under way. With drain it ends
// when nothing more is due.
func (a *articles) run(ctx context.Context, drain bool) error {
	var group sync.WaitGroup
	defer group.Wait()
	timer := time.NewTimer(0)
	defer timer.Stop()
	busy := map[string]bool{} // hosts
	for {
		wait := a.start(ctx, &group, busy)
		if drain && len(busy) == 0 && wait > drainWithin {
			return nil
		}
		timer.Reset(min(wait, readPulse))
		select {
		case <-a.changed:
		case host := <-a.done:
			delete(busy, host)
			if err := a.storeRests(); err != nil {
				a.log.Error("it is not written down which hosts refuse articles", "err", err)
			}
		case <-timer.C:
		case <-ctx.Done():
			for range busy {
				<-a.done
			}
			return nil
		}
	}
}

// start begins to read what is due and may be read, and returns how long it is
// until there may be more.
func (a *articles) start(ctx context.Context, group *sync.WaitGroup, busy map[string]bool) (wait time.Duration) {
	now := time.Now()
	if err := a.monitor.ExpireWaits(now); err != nil {
		a.log.Error("alerts go on waiting for articles", "err", err)
		return readPause
	}
	wait = time.Hour
	owed := a.monitor.OwedReads()
	for _, r := range owed {
		if !r.Until.IsZero() {
			wait = min(wait, r.Until.Sub(now))
		}
	}
	for _, r := range owed {
		host := hostOf(r.URL)
		if busy[host] || ctx.Err() != nil {
			continue
		}
		if late := time.Until(r.Due); late > 0 {
			return min(wait, late) // those that follow are due later
		}
		if len(busy) == readAtOnce {
			break
		}
		pause, err := a.reader.Ready(r.URL)
		if a.monitor.Rules().Articles.Read == "" {
			err = errors.New("the configuration has no articles read any more")
		}
		switch {
		case err != nil:
			if err := a.monitor.EndRead(r.Item, monitor.Reading{At: time.Now(), Cause: err.Error()}); err != nil {
				a.log.Error("article not given up", "item", r.Item, "err", err)
				return readPause
			}
		case pause > 0:
			wait = min(wait, pause)
		default:
			busy[host] = true
			group.Go(func() {
				defer func() { a.done <- host }()
				a.try(ctx, r.Item)
			})
		}
	}
	return wait
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return urls.HostKey(u)
}

// try makes one try to read an article.
func (a *articles) try(ctx context.Context, id monitor.ItemID) {
	r, ok, err := a.monitor.BeginRead(id)
	if err == nil && ok {
		got := a.read(ctx, r)
		if ctx.Err() != nil {
			return // it is tried again after the next start
		}
		err = a.monitor.EndRead(id, got)
		a.record(r, got)
	}
	if err != nil && ctx.Err() == nil {
		a.log.Error("article not taken in, it will be tried again", "item", id, "err", err)
		select {
		case <-time.After(readPause):
		case <-ctx.Done():
		}
	}
}

// read asks for an article. A panic costs this article and nobody else anything.
func (a *articles) read(ctx context.Context, r monitor.Read) (got monitor.Reading) {
	defer func() {
		got.At = time.Now().UTC()
		if broken := recover(); broken != nil {
			got.Cause = fmt.Sprint("reading it failed within newswatch: ", broken)
			a.log.Error("reading an article panicked", "url", urls.Shown(r.URL), "err", fmt.Sprint(broken), "stack", string(debug.Stack()))
		}
	}()
	text, err := a.reader.Read(ctx, reading.Request{URL: r.URL, Title: r.Title, Lang: r.Lang})
	if err != nil {
		return failedReading(err)
	}
	return readingOf(text)
}

func readingOf(t article.Article) monitor.Reading {
	return monitor.Reading{Text: t.Text, Words: t.Words(), Dropped: t.Dropped, Partial: t.Reason, Discard: t.NoArchive}
}

func failedReading(err error) monitor.Reading {
	got := monitor.Reading{Cause: err.Error(), Again: true}
	if e, ok := errors.AsType[*reading.Error](err); ok {
		got.Again, got.After = e.Again, e.After
	}
	return got
}

// record logs a try and counts it.
func (a *articles) record(r monitor.Read, got monitor.Reading) {
	result := "read"
	switch {
	case got.Text == "" && got.Again:
		result = "failed"
	case got.Text == "":
		result = "refused"
	}
	if a.each != nil {
		a.each(result)
	}
	a.log.Debug("article "+result, "item", r.Item, "url", urls.Shown(r.URL), "words", got.Words, "attempt", r.Tries, "err", got.Cause)
}

// status tells how reading stands, nil where the configuration has nothing read.
func (a *articles) status() *api.Articles {
	owed := len(a.monitor.OwedReads())
	if a.monitor.Rules().Articles.Read == "" && owed == 0 {
		return nil
	}
	out := &api.Articles{Owed: owed, Refusing: []api.RefusingHost{}}
	rests := a.reader.Rests()
	for _, host := range slices.Sorted(maps.Keys(rests)) {
		out.Refusing = append(out.Refusing, api.RefusingHost{Host: host, Until: rests[host].Until, Cause: rests[host].Cause})
	}
	return out
}

// restsNote is the note of the hosts that refuse articles.
const restsNote = "articles.rests"

func (a *articles) restoreRests() error {
	text, err := a.notes.Note(restsNote)
	if err != nil || text == nil {
		return err
	}
	a.rests = text
	var rests map[string]reading.Rest
	if err := json.Unmarshal(text, &rests); err != nil {
		return err
	}
	a.reader.Restore(rests)
	return nil
}

// storeRests writes down which hosts refuse, if that has changed.
func (a *articles) storeRests() error {
	text, err := json.Marshal(a.reader.Rests())
	if err != nil || bytes.Equal(text, a.rests) || a.rests == nil && string(text) == "{}" {
		return err
	}
	if err := a.notes.PutNote(restsNote, text); err != nil {
		return err
	}
	a.rests = text
	return nil
}
