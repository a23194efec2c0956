package main

import (
	"context"
	"time"

	"newswatch/monitor"
	"newswatch/notify"
	"newswatch/notify/slack"
)

// muteFor is how long the buttons silence a story.
const muteFor = 24 * time.Hour

// listenButtons hears the buttons of every Slack destination that has an app
// token. Alerting does not depend on it: a refused token is logged, and the
// commands remain.
func (d *daemon) listenButtons(ctx context.Context, exits []exit) {
	for _, e := range exits {
		n, ok := e.notifier.(*slack.Notifier)
		if !ok || e.config.Slack.AppToken == "" {
			continue
		}
		d.buttons.Go(func() {
			if err := n.Listen(ctx, d.press); err != nil {
				d.log.Error("buttons not heard", "channel", e.name, "err", err)
			}
		})
	}
}

// press does what a button asks and returns what to tell the person.
func (d *daemon) press(a notify.Action) string {
	q := monitor.Silence{Story: a.Story, Until: time.Now().Add(muteFor).UTC().Truncate(time.Second), By: "Slack user " + a.User, Reason: "muted by button"}
	done := "Muted for 24 hours: what comes of this story is kept for the digest."
	if a.Verb == notify.Irrelevant {
		q.Watch, q.Reason = a.Watch, "marked not relevant"
		done = "Noted: this story is not relevant for " + a.Watch + ". newswatch explain shows why it matched; the watch can be made stricter."
	}
	err := errNoStory
	if a.Story != 0 {
		err = d.silence(q)
	}
	if err != nil {
		return "That did not work: " + err.Error()
	}
	d.log.Info("button pressed", "verb", string(a.Verb), "story", a.Story, "watch", a.Watch, "by", a.User)
	return done
}
