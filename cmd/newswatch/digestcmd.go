package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"newswatch/cmd/newswatch/config"
	"newswatch/monitor"
	"newswatch/monitor/report"
	"newswatch/notify/email"
	"newswatch/notify/render"
	"newswatch/notify/webhook"
)

func (a *app) digestCommand() *cobra.Command {
	var args digestArgs
	var from, html string
	c := &cobra.Command{
		Use: "digest", Short: "Preview a digest, or send it now",
		Long: `Print the digest as it would be sent now: all since its last slot, or --since.
--html writes it as a page instead; --send sends it to its destinations. --json
prints what newswatch schema webhook describes as data.`,
		Example: "  newswatch digest\n  newswatch digest --since 7d --html digest.html\n  newswatch digest --name daily --send",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if args.Since, err = since(from, time.Now()); err != nil {
				return err
			}
			b := *a
			b.json = false // the line is a notice as it is stored; what is printed is made of it
			return b.live(c.Context(), "digest", args, decoded(func(n monitor.Notice) error { return a.showDigest(n, args, html) }))
		},
	}
	c.Flags().StringVar(&args.Name, "name", "", "which `digest`; the first if not given, one over all watches if none is configured")
	a.completeFlag(c, "name", digestNames)
	c.Flags().StringVar(&from, "since", "", "what came since: a `duration` or date")
	c.Flags().StringVar(&html, "html", "", "write a page to a `file`")
	c.Flags().BoolVar(&args.Send, "send", false, "send it to its destinations")
	return c
}

type digestArgs struct {
	Name  string    `json:"name"`
	Since time.Time `json:"since"`
	Send  bool      `json:"send"`
}

// runDigest makes a digest of the time since the last slot.
func runDigest(_ context.Context, d *desk, raw json.RawMessage, emit func(any) error) error {
	args, err := decodeArgs[digestArgs](raw)
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
	made, err := report.BuildDigest(d.store, d.monitor.Rules(), p.DigestPlan, period)
	if err != nil {
		return err
	}
	if args.Send {
		if err := d.monitor.SendDigest(p.DigestPlan, made); err != nil {
			return err
		}
	}
	return emit(monitor.Notice{Kind: monitor.DigestKind, Created: now, Content: monitor.Content{Headline: made.Headline(), Digest: made}})
}

// plan returns the digest of a name, or the first; without any, one over all
// watches every morning.
func (d *desk) plan(name string) (plan, error) {
	plans := d.plans()
	for _, p := range plans {
		if name == "" || p.Name == name {
			return p, nil
		}
	}
	if name != "" {
		return plan{}, usageError{fmt.Errorf("no digest is named %q", name)}
	}
	zone := cmp.Or(d.monitor.Rules().Zone, time.Local)
	slots, err := config.ParseSlots("0 7 * * *", zone)
	return plan{monitor.DigestPlan{Name: "digest", Zone: zone}, slots}, err
}

func (a *app) showDigest(n monitor.Notice, args digestArgs, html string) error {
	zone, err := time.LoadLocation(n.Content.Digest.Zone)
	if err != nil {
		zone = time.Local
	}
	if html != "" {
		page, err := email.HTML(n, email.Options{Preview: true})
		if err != nil {
			return err
		}
		if err := os.WriteFile(html, page, 0o644); err != nil {
			return err
		}
	}
	switch {
	case a.json:
		line, err := webhook.Payload(n, zone)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(a.out, "%s\n", line)
		return err
	case args.Send:
		_, err = fmt.Fprintf(a.out, "%s enqueued: %s\n", n.Content.Headline, n.Content.Digest.Found())
	case html != "":
		_, err = fmt.Fprintln(a.out, html)
	default:
		_, err = fmt.Fprintln(a.out, render.Text(n, render.Options{Zone: zone}))
	}
	return err
}
