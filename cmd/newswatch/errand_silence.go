package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"newswatch/monitor"
)

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
