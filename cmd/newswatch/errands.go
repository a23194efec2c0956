package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/query"
	"newswatch/monitor/web"
)

func runStatus(_ context.Context, d *desk, _ json.RawMessage, emit func(any) error) error {
	st, err := web.StatusOf(d.store, d.monitor.Rules(), version(), d.started, time.Now())
	if err != nil {
		return err
	}
	return emit(st)
}

func runFeeds(_ context.Context, d *desk, _ json.RawMessage, emit func(any) error) error {
	feeds, err := web.Feeds(d.store, d.monitor.Rules(), time.Now())
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

// sinceArgs bound a listing.
type sinceArgs struct {
	Since time.Time `json:"since"`
	Watch string    `json:"watch,omitempty"`
	Limit int       `json:"limit,omitempty"`
}

func runStories(_ context.Context, d *desk, raw json.RawMessage, emit func(any) error) error {
	args, err := decodeArgs[sinceArgs](raw)
	if err != nil {
		return err
	}
	stories, err := web.Stories(d.store, args.Since)
	if err != nil {
		return err
	}
	for _, s := range stories {
		if args.Watch != "" && !has(s.Watches, args.Watch) {
			continue
		}
		if err := emit(s); err != nil {
			return err
		}
	}
	return nil
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// storyArgs name a story, and what to do it with.
type storyArgs struct {
	Story string `json:"story"`
	Other string `json:"other"` // a story to merge in, or an item to split off
}

func (a storyArgs) ids() (x, y monitor.StoryID, err error) {
	x, err1 := monitor.ParseStoryID(a.Story)
	y, err2 := monitor.ParseStoryID(a.Other)
	return x, y, errors.Join(err1, err2)
}

func runSplit(_ context.Context, d *desk, raw json.RawMessage, emit func(any) error) error {
	args, err := decodeArgs[storyArgs](raw)
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

func runMerge(_ context.Context, d *desk, raw json.RawMessage, emit func(any) error) error {
	args, err := decodeArgs[storyArgs](raw)
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

// searchArgs is a query over the archive.
type searchArgs struct {
	Query string    `json:"query"`
	Since time.Time `json:"since"`
	Limit int       `json:"limit"`
}

// runSearch reads the archive backwards, newest first, and emits what matches.
func runSearch(ctx context.Context, d *desk, raw json.RawMessage, emit func(any) error) error {
	args, err := decodeArgs[searchArgs](raw)
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
		failed = emit(web.ItemOf(rec))
		return failed == nil && found < cmp.Or(args.Limit, 100)
	})
	return errors.Join(err, failed, ctx.Err())
}

// compileOne compiles a query given on the command line.
func compileOne(match string, entities map[string]query.Entity) (*query.Set, error) {
	set, problems := query.Compile(entities, []query.Rule{{Name: "query", Match: match}})
	for _, p := range problems {
		if !p.Warning && p.Path == "watches[0].match" {
			return nil, errors.New(drawProblem(match, p))
		}
	}
	return set, nil
}

// outboxArgs select rows of the outbox.
type outboxArgs struct {
	Destination string          `json:"destination,omitempty"`
	States      []monitor.State `json:"states,omitempty"`
	Limit       int             `json:"limit,omitempty"`
	Keys        []string        `json:"keys,omitempty"`
	Reason      string          `json:"reason,omitempty"`
}

func runOutboxList(_ context.Context, d *desk, raw json.RawMessage, emit func(any) error) error {
	args, err := decodeArgs[outboxArgs](raw)
	if err != nil {
		return err
	}
	rows, err := d.store.List(monitor.Query{Destination: args.Destination, States: args.States, Limit: args.Limit})
	if err != nil {
		return err
	}
	gates := map[string]string{}
	for _, n := range rows {
		v := web.NoticeOf(n)
		if v.Reason == "" && n.Delivery.State == monitor.Pending {
			if v.Reason, err = d.waits(n.Destination, gates); err != nil {
				return err
			}
		}
		if err := emit(v); err != nil {
			return err
		}
	}
	return nil
}

// waits says why a destination takes nothing at present, "" if it does.
func (d *desk) waits(dest string, known map[string]string) (string, error) {
	if why, ok := known[dest]; ok {
		return why, nil
	}
	g, err := d.store.Gate(dest)
	if err == nil && g.Until.After(time.Now()) {
		known[dest] = fmt.Sprintf("the destination waits until %s: %s", g.Until.Local().Format(time.TimeOnly), g.Reason)
	} else {
		known[dest] = ""
	}
	return known[dest], err
}

func runOutboxRetry(_ context.Context, d *desk, raw json.RawMessage, emit func(any) error) error {
	return changeRows(d, raw, emit, func(n *monitor.Notice, _ string) error {
		switch n.Delivery.State {
		case monitor.Dead, monitor.Unconfirmed, monitor.Pending, monitor.Parked:
			n.Delivery = monitor.Delivery{State: monitor.Pending, Due: time.Now().UTC(), Rev: n.Delivery.Rev,
				Reason: "tried again by hand; before: " + cmp.Or(n.Delivery.Reason, string(n.Delivery.State))}
			return nil
		}
		return fmt.Errorf("notice %s is %s: only dead, unconfirmed, pending and parked ones can be tried again", n.Key, n.Delivery.State)
	})
}

func runOutboxDrop(_ context.Context, d *desk, raw json.RawMessage, emit func(any) error) error {
	return changeRows(d, raw, emit, func(n *monitor.Notice, reason string) error {
		switch n.Delivery.State {
		case monitor.Pending, monitor.Unknown, monitor.Parked:
			n.Delivery.State, n.Delivery.Reason = monitor.Dead, "dropped by hand"
			if reason != "" {
				n.Delivery.Reason += ": " + reason
			}
			return nil
		}
		return fmt.Errorf("notice %s is %s: only what is still owed can be dropped", n.Key, n.Delivery.State)
	})
}

// changeRows applies an operator's order to the rows named by key or by the
// beginning of one.
func changeRows(d *desk, raw json.RawMessage, emit func(any) error, change func(*monitor.Notice, string) error) error {
	args, err := decodeArgs[outboxArgs](raw)
	if err != nil {
		return err
	}
	for _, key := range args.Keys {
		n, err := d.row(key, args.Destination)
		if err != nil {
			return err
		}
		if err := change(&n, args.Reason); err != nil {
			return err
		}
		if err := d.store.Update([]monitor.Notice{n}); err != nil {
			return fmt.Errorf("notice %s: %w", key, err)
		}
		if err := emit(web.NoticeOf(n)); err != nil {
			return err
		}
	}
	d.wake()
	return nil
}

// row finds the one row whose key begins as given.
func (d *desk) row(key, dest string) (monitor.Notice, error) {
	rows, err := d.store.List(monitor.Query{Destination: dest, Limit: 1_000_000})
	if err != nil {
		return monitor.Notice{}, err
	}
	var found []monitor.Notice
	for _, n := range rows {
		if len(key) >= 4 && len(n.Key) >= len(key) && n.Key[:len(key)] == key {
			found = append(found, n)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return monitor.Notice{}, fmt.Errorf("no notice has a key that begins with %q (four characters or more): see newswatch outbox list", key)
	}
	return monitor.Notice{}, fmt.Errorf("%d notices have keys that begin with %q: give more of it, or --destination", len(found), key)
}

func runSilenceAdd(_ context.Context, d *desk, raw json.RawMessage, emit func(any) error) error {
	q, err := decodeArgs[monitor.Silence](raw)
	if err != nil {
		return err
	}
	q.Created = time.Now().UTC()
	q.ID = q.Name()
	if err := d.monitor.Silence(q); err != nil {
		return err
	}
	return emit(q)
}

func runSilenceList(_ context.Context, d *desk, _ json.RawMessage, emit func(any) error) error {
	list, err := d.store.Silences(time.Now())
	if err != nil {
		return err
	}
	return emitAll(list, emit)
}

func runSilenceExpire(_ context.Context, d *desk, raw json.RawMessage, emit func(any) error) error {
	args, err := decodeArgs[struct {
		ID string `json:"id"`
	}](raw)
	if err != nil {
		return err
	}
	list, err := d.store.Silences(time.Now())
	if err != nil {
		return err
	}
	for _, q := range list {
		if q.ID == args.ID {
			q.Until = time.Time{}
			if err := d.monitor.Silence(q); err != nil {
				return err
			}
			return emit(q)
		}
	}
	return fmt.Errorf("no silence %q: see newswatch silence list", args.ID)
}

func runBackup(_ context.Context, d *desk, raw json.RawMessage, emit func(any) error) error {
	args, err := decodeArgs[struct {
		Path string `json:"path"`
	}](raw)
	if err != nil {
		return err
	}
	if err := d.store.BackupTo(args.Path); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return emit(map[string]any{"path": args.Path, "bytes": fileSize(args.Path)})
}

func runStoreStats(_ context.Context, d *desk, _ json.RawMessage, emit func(any) error) error {
	st, err := d.store.Stats(true)
	if err != nil {
		return err
	}
	return emit(st)
}

func runReload(ctx context.Context, d *desk, _ json.RawMessage, emit func(any) error) error {
	if d.reload == nil {
		return errNoDaemon
	}
	changes, err := d.reload(ctx)
	if err != nil {
		return err
	}
	return emit(map[string]any{"changes": changes})
}
