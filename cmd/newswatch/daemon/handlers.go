package daemon

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"newswatch/cmd/newswatch/config"
	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/monitor/match"
)

func runStatus(_ context.Context, d *server, _ json.RawMessage, emit func(any) error) error {
	st, err := api.StatusOf(d.store, d.monitor.Rules(), d.version, d.started, time.Now())
	if err != nil {
		return err
	}
	return emit(st)
}

func runFeeds(_ context.Context, d *server, _ json.RawMessage, emit func(any) error) error {
	feeds, err := api.Feeds(d.store, d.monitor.Rules(), time.Now())
	if err != nil {
		return err
	}
	return emitAll(feeds, emit)
}

func emitAll[T any](list []T, emit func(any) error) error {
	for _, v := range list {
		if err := emit(v); err != nil {
			return err
		}
	}
	return nil
}

// SinceArgs bound a listing.
type SinceArgs struct {
	Since time.Time `json:"since"`
	Watch string    `json:"watch,omitempty"`
	Limit int       `json:"limit,omitempty"`
}

func runStories(_ context.Context, d *server, raw json.RawMessage, emit func(any) error) error {
	args, err := decodeArgs[SinceArgs](raw)
	if err != nil {
		return err
	}
	stories, err := api.Stories(d.store, args.Since)
	if err != nil {
		return err
	}
	emitted := 0
	for _, s := range stories {
		if args.Watch != "" && !slices.Contains(s.Watches, args.Watch) {
			continue
		}
		emitted++
		if err := emit(s); err != nil {
			return err
		}
	}
	isNamed := func(w monitor.Watch) bool { return w.Name == args.Watch }
	if emitted == 0 && args.Watch != "" && !slices.ContainsFunc(d.monitor.Rules().Watches, isNamed) {
		return BadRequest{fmt.Errorf("no watch is named %q", args.Watch)}
	}
	return nil
}

// StoryArgs name a story, and what to do it with.
type StoryArgs struct {
	Story string `json:"story"`
	Other string `json:"other"` // a story to merge in, or an item to split off
}

func (a StoryArgs) ids() (x, y monitor.StoryID, err error) {
	x, err1 := monitor.ParseStoryID(a.Story)
	y, err2 := monitor.ParseStoryID(a.Other)
	return x, y, errors.Join(err1, err2)
}

func runSplit(_ context.Context, d *server, raw json.RawMessage, emit func(any) error) error {
	args, err := decodeArgs[StoryArgs](raw)
	if err != nil {
		return err
	}
	id, item, err := args.ids()
	if err != nil {
		return err
	}
	split, err := d.monitor.SplitStory(id, monitor.ItemID(item))
	if err != nil {
		return err
	}
	return emit(map[string]string{"story": split.String()})
}

func runMerge(_ context.Context, d *server, raw json.RawMessage, emit func(any) error) error {
	args, err := decodeArgs[StoryArgs](raw)
	if err != nil {
		return err
	}
	into, from, err := args.ids()
	if err != nil {
		return err
	}
	if err := d.monitor.MergeStories(into, from); err != nil {
		return err
	}
	return emit(map[string]string{"story": into.String()})
}

// SearchArgs is a query over the archive.
type SearchArgs struct {
	Query string    `json:"query"`
	Since time.Time `json:"since"`
	Limit int       `json:"limit"`
}

// runSearch reads the archive backwards, newest first, and emits what matches.
func runSearch(ctx context.Context, d *server, raw json.RawMessage, emit func(any) error) error {
	args, err := decodeArgs[SearchArgs](raw)
	if err != nil {
		return err
	}
	rules := d.monitor.Rules()
	set, err := compileOne(args.Query, rules.Entities)
	if err != nil {
		return err
	}
	found := 0
	var failed error
	err = d.store.ItemsBefore(0, func(rec monitor.Record) bool {
		if ctx.Err() != nil || rec.Seen.Before(args.Since) {
			return false
		}
		if len(set.Match(monitor.DocOf(rec.Item, rules.Feed(rec.Feed), rec.Seen))) == 0 {
			return true
		}
		found++
		failed = emit(api.ItemOf(rec))
		return failed == nil && found < cmp.Or(args.Limit, 100)
	})
	return errors.Join(err, failed, ctx.Err())
}

// compileOne compiles a query given on the command line.
func compileOne(q string, entities map[string]match.Entity) (*match.Set, error) {
	set, problems := match.Compile(entities, []match.Rule{{Name: "query", Match: q}})
	for _, p := range problems {
		if !p.Warning && p.Path == "watches[0].match" {
			return nil, BadRequest{errors.New(config.DrawProblem(q, p))}
		}
	}
	return set, nil
}

// runBackup emits the store as it is at this moment, piece by piece: the file is
// written by whoever asked, because the daemon may be shut out of every folder
// but its own.
func runBackup(_ context.Context, d *server, _ json.RawMessage, emit func(any) error) error {
	out := bufio.NewWriterSize(pieces(emit), 1<<20)
	if _, err := d.store.Backup(out); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return out.Flush()
}

// piece is a part of a backup.
type piece struct {
	Data []byte `json:"data"`
}

// pieces emits what is written to it.
type pieces func(any) error

func (p pieces) Write(b []byte) (int, error) { return len(b), p(piece{b}) }

func runStoreStats(_ context.Context, d *server, _ json.RawMessage, emit func(any) error) error {
	st, err := d.store.Stats(true)
	if err != nil {
		return err
	}
	return emit(st)
}

func runReload(ctx context.Context, d *server, _ json.RawMessage, emit func(any) error) error {
	if d.reload == nil {
		return ErrNoDaemon
	}
	changes, err := d.reload(ctx)
	if err != nil {
		return err
	}
	return emit(map[string]any{"changes": append([]string{}, changes...)})
}
