package daemon

import (
	"context"
	"errors"
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
				press := func(a notify.Action) string { return d.press(c.Name, a) }
				if err := n.Listen(ctx, press); err != nil {
					d.Log.Error("buttons not heard", "channel", c.Name, "err", err)
				}
			})
		}
	}
}

// press does what a reader of a destination asks and returns the answer.
func (d *Daemon) press(destination string, a notify.Action) string {
	if a.Receipt != "" {
		n, ok := d.sent(destination, a.Receipt)
		if !ok {
			return "" // an emoji under somebody else's message
		}
		a.Watch, a.Story, a.Item = n.Watch, n.Story, n.Content.Cards[0].Item
	}
	done, err := "", errNoStory
	if a.Story != 0 {
		done, err = d.carryOut(a)
	}
	if err != nil {
		return "That did not work: " + err.Error()
	}
	d.Log.Info("button pressed", "verb", string(a.Verb), "undo", a.Undo, "story", a.Story, "watch", a.Watch, "by", a.User)
	return done
}

// sent returns the alert that a receipt is for. Only the newest are looked at.
func (d *Daemon) sent(destination, receipt string) (monitor.Notice, bool) {
	rows, err := d.Store.List(monitor.NoticeFilter{Destination: destination, States: []monitor.State{monitor.Sent}})
	if err != nil {
		d.Log.Error("reaction not understood", "err", err)
	}
	for _, n := range rows {
		if n.Delivery.Receipt.ID == receipt && len(n.Content.Cards) == 1 && n.Story != 0 {
			return n, true
		}
	}
	return monitor.Notice{}, false
}

// carryOut does what an action asks of a story, and says so.
func (d *Daemon) carryOut(a notify.Action) (string, error) {
	label := monitor.LabelOrder{Item: a.Item, Watch: a.Watch, Relevant: a.Verb == notify.Relevant, Undo: a.Undo, By: a.User}
	switch a.Verb {
	case notify.Mine:
		return d.claim(a)
	case notify.Mute:
		return "Muted for 24 hours: what comes of this story is kept for the digest.", d.mute(a, "", byMute)
	case notify.Irrelevant:
		_, err := d.label(label)
		if err == nil {
			err = d.mute(a, a.Watch, byVerdict)
		}
		return "Noted: this story is not relevant for " + a.Watch + ", and muted there for 24 hours. newswatch explain shows why it matched, newswatch label --suggest what would make it stricter.", err
	case notify.Relevant:
		_, err := d.label(label)
		if err == nil && !a.Undo {
			err = d.unmute(a, a.Watch, byVerdict)
		}
		return "Noted: this story is relevant for " + a.Watch + ".", err
	}
	return "", errors.New("this version of newswatch does not know that button")
}

// label has a reader's word kept, and the item found by it.
func (r *components) label(o monitor.LabelOrder) ([]monitor.Label, error) {
	if _, ok, err := r.Store.Item(o.Item); ok && !o.Undo {
		if err := r.labelled.Add(o.Item); err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, err
	}
	return r.Monitor.Label(o)
}

// claim notes that who pressed works on the story, or no longer does; what another
// took meanwhile stays theirs.
func (d *Daemon) claim(a notify.Action) (string, error) {
	if a.Undo {
		s, ok, err := d.Store.Story(a.Story)
		if err == nil && ok && s.Claim.By == a.User {
			_, err = d.Monitor.Claim(a.Story, "")
		}
		return "The story is nobody's now.", err
	}
	before, err := d.Monitor.Claim(a.Story, a.User)
	switch before.By {
	case "":
		return "The story is yours: its card and the page say so.", err
	case a.User:
		return "The story was yours already.", err
	}
	return "The story is yours now; " + before.By + " had it before.", err
}

// Why buttons silence.
const (
	byMute    = "muted by button"
	byVerdict = "marked not relevant"
)

// mute silences a story for a watch, "" for all, or ends that where an action is
// undone.
func (d *Daemon) mute(a notify.Action, watch, reason string) error {
	if a.Undo {
		return d.unmute(a, watch, reason)
	}
	return d.silence(monitor.Silence{Story: a.Story, Watch: watch, Until: time.Now().Add(muteFor).UTC().Truncate(time.Second),
		By: "Slack user " + a.User, Reason: reason})
}

// unmute ends what buttons silenced of a story for a watch, whoever pressed.
func (d *Daemon) unmute(a notify.Action, watch, reason string) error {
	silences, err := d.Store.Silences(time.Now())
	for _, q := range silences {
		if q.Story == a.Story && q.Watch == watch && q.Reason == reason {
			q.Until = time.Time{}
			err = errors.Join(err, d.silence(q))
		}
	}
	return err
}
