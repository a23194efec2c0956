package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"newswatch/monitor"
	"newswatch/monitor/api"
	"newswatch/notify/email"
	"newswatch/notify/render"
	"newswatch/notify/webhook"
)

func digestCommand(a *app) *cobra.Command {
	var args api.DigestOrder
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
			// The answer is a notice as it is stored; what is printed is made of it.
			show := decoded(func(n monitor.Notice) error { return a.showDigest(n, args, html) })
			return a.ask(func(d *api.Client) error { return d.Each(c.Context(), "POST", "digest", args, show) })
		},
	}
	c.Flags().StringVar(&args.Name, "name", "", "which `digest`; the first if not given, one over all watches if none is configured")
	a.completeFlag(c, "name", digestNames)
	c.Flags().StringVar(&from, "since", "", "what came since: a `duration` or date")
	c.Flags().StringVar(&html, "html", "", "write a page to a `file`")
	c.Flags().BoolVar(&args.Send, "send", false, "send it to its destinations")
	return c
}

func (a *app) showDigest(n monitor.Notice, args api.DigestOrder, html string) error {
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
