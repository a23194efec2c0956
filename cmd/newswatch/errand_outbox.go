package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/web"
)

// allRows is more than an outbox holds.
const allRows = 1_000_000

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
	list, err := web.Notices(d.store, rows, time.Now())
	if err != nil {
		return err
	}
	return emitAll(list, emit)
}

func runOutboxRetry(_ context.Context, d *desk, raw json.RawMessage, emit func(any) error) error {
	return changeRows(d, raw, emit, func(n *monitor.Notice, _ string) error {
		switch n.Delivery.State {
		case monitor.Dead, monitor.Unconfirmed, monitor.Pending, monitor.Parked:
			now := time.Now().UTC()
			n.Delivery = monitor.Delivery{State: monitor.Pending, Due: now, Renewed: now, Rev: n.Delivery.Rev,
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
	rows, err := d.store.List(monitor.Query{Destination: dest, Limit: allRows})
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
