package daemon

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"newswatch/cmd/newswatch/config"
	"newswatch/monitor"
	"newswatch/monitor/report"
)

type DigestArgs struct {
	Name  string    `json:"name"`
	Since time.Time `json:"since"`
	Send  bool      `json:"send"`
}

// runDigest makes a digest of the time since the last slot.
func runDigest(_ context.Context, d *server, raw json.RawMessage, emit func(any) error) error {
	args, err := decodeArgs[DigestArgs](raw)
	if err != nil {
		return err
	}
	p, err := d.plan(args.Name)
	if err != nil {
		return err
	}
	now := time.Now()
	period, err := d.recent(p, args.Since, now)
	if err != nil {
		return err
	}
	made, err := report.BuildDigest(d.store, d.monitor.Rules(), p.Plan(), period)
	if err != nil {
		return err
	}
	if args.Send {
		if err := d.monitor.SendDigest(p.Plan(), made); err != nil {
			return err
		}
	}
	return emit(monitor.Notice{Kind: monitor.DigestKind, Created: now, Content: monitor.Content{Headline: made.Headline(), Digest: made}})
}

// plan returns the digest of a name, or the first; without any, one over all
// watches every morning.
func (d *server) plan(name string) (config.Digest, error) {
	plans := d.plans()
	for _, p := range plans {
		if name == "" || p.Name == name {
			return p, nil
		}
	}
	if name != "" {
		return config.Digest{}, BadRequest{fmt.Errorf("no digest is named %q", name)}
	}
	zone := cmp.Or(d.monitor.Rules().Zone, time.Local)
	slots, err := config.ParseSlots("0 7 * * *", zone)
	return config.Digest{Name: "digest", Zone: zone, Slots: slots}, err
}

// recent is the period of a preview: since the last slot sent, up to now.
func (d *server) recent(p config.Digest, since, now time.Time) (report.Period, error) {
	slot, at := p.Slots.Last(now)
	if at.IsZero() {
		at, slot = now.AddDate(0, 0, -1), now.Format(config.SlotForm)
	}
	if !since.IsZero() {
		at = since
	}
	if at.After(now) {
		return report.Period{}, fmt.Errorf("--since lies in the future")
	}
	return report.Period{Slot: slot, From: at, To: now}, nil
}
