package daemon

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"newswatch/monitor"
)

func runSilenceAdd(_ context.Context, d *server, raw json.RawMessage, emit func(any) error) error {
	q, err := decodeArgs[monitor.Silence](raw)
	if err != nil {
		return err
	}
	q.Created = time.Now().UTC()
	q.ID = q.Name()
	rules := d.monitor.Rules()
	if q.Query != "" {
		if _, err := compileOne(q.Query, rules.Entities); err != nil {
			return err
		}
	}
	if err := rules.CheckSilence(q, q.Created); err != nil {
		return BadRequest{err}
	}
	if err := d.monitor.Silence(q); err != nil {
		return err
	}
	return emit(viewOf(q))
}

// SilenceView is a silence as programs see it: with the ID of its story as it
// stands everywhere else.
type SilenceView struct {
	monitor.Silence
	Story string `json:"story,omitempty"`
}

func viewOf(q monitor.Silence) SilenceView { return SilenceView{q, q.Story.String()} }

// String says what is silenced, and until when.
func (v SilenceView) String() string {
	q := v.Silence
	q.Story, _ = monitor.ParseStoryID(v.Story)
	return q.String()
}

func runSilenceList(_ context.Context, d *server, _ json.RawMessage, emit func(any) error) error {
	list, err := d.store.Silences(time.Now())
	if err != nil {
		return err
	}
	for _, q := range list {
		if err := emit(viewOf(q)); err != nil {
			return err
		}
	}
	return nil
}

func runSilenceExpire(_ context.Context, d *server, raw json.RawMessage, emit func(any) error) error {
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
			return emit(viewOf(q))
		}
	}
	return fmt.Errorf("no silence %q: see newswatch silence list", args.ID)
}
