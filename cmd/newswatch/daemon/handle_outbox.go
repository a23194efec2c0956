package daemon

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/notify"
)

// AllRows is more than an outbox holds.
const AllRows = 1_000_000

// OutboxArgs select rows of the outbox.
type OutboxArgs struct {
	Destination string          `json:"destination,omitempty"`
	States      []monitor.State `json:"states,omitempty"`
	Limit       int             `json:"limit,omitempty"`
	Keys        []string        `json:"keys,omitempty"`
	Reason      string          `json:"reason,omitempty"`
}

func runOutboxList(_ context.Context, d *server, raw json.RawMessage, emit func(any) error) error {
	args, err := decodeArgs[OutboxArgs](raw)
	if err != nil {
		return err
	}
	rows, err := d.store.List(monitor.NoticeFilter{Destination: args.Destination, States: args.States, Limit: args.Limit})
	if err != nil {
		return err
	}
	list, err := api.Notices(d.store, rows, time.Now())
	if err != nil {
		return err
	}
	return emitAll(list, emit)
}

func runOutboxRetry(_ context.Context, d *server, raw json.RawMessage, emit func(any) error) error {
	return changeRows(d, raw, emit, func(n monitor.Notice, _ string) (monitor.Notice, error) { return notify.Requeue(n, time.Now().UTC()) })
}

func runOutboxDrop(_ context.Context, d *server, raw json.RawMessage, emit func(any) error) error {
	return changeRows(d, raw, emit, notify.Drop)
}

// changeRows applies an operator's order to the rows named by key or by the
// beginning of one.
func changeRows(d *server, raw json.RawMessage, emit func(any) error, change func(monitor.Notice, string) (monitor.Notice, error)) error {
	args, err := decodeArgs[OutboxArgs](raw)
	if err != nil {
		return err
	}
	for _, key := range args.Keys {
		n, err := d.row(key, args.Destination)
		if err != nil {
			return err
		}
		if n, err = change(n, args.Reason); err != nil {
			return err
		}
		if err := d.store.Update([]monitor.Notice{n}); err != nil {
			return fmt.Errorf("notice %s: %w", key, err)
		}
		if err := emit(api.NoticeOf(n)); err != nil {
			return err
		}
	}
	d.wake()
	return nil
}

// row finds the one row whose key begins as given.
func (d *server) row(key, dest string) (monitor.Notice, error) {
	rows, err := d.store.List(monitor.NoticeFilter{Destination: dest, Limit: AllRows})
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
