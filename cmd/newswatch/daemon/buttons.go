package daemon

import (
	"context"
	"time"

	"newswatch/monitor"
	"newswatch/notify"
)

// muteFor is how long the buttons silence a story.
const muteFor = 24 * time.Hour

// listenButtons hears the buttons of every channel that has some. Alerting does
// not depend on it: a refused token is logged, and the commands remain.
func (d *Daemon) listenButtons(ctx context.Context, channels []notify.Channel) {
	for _, c := range channels {
		if n, ok := c.Notifier.(notify.Listener); ok {
			d.buttons.Go(func() {
				if err := n.Listen(ctx, d.press); err != nil {
					d.Log.Error("buttons not heard", "channel", c.Name, "err", err)
				}
			})
		}
	}
}

// press does what a button asks and returns the answer for the person.
func (d *Daemon) press(a notify.Action) string {
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
	d.Log.Info("button pressed", "verb", string(a.Verb), "story", a.Story, "watch", a.Watch, "by", a.User)
	return done
}
