package slack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"newswatch/monitor"
	"newswatch/notify"
)

// Notify makes one attempt. A reply goes into the thread of parent, or is a
// message of its own where that takes none; an edit changes parent itself. Through a webhook a reply is a message like others
// and an edit is refused.
func (n *Notifier) Notify(ctx context.Context, nt monitor.Notice, parent monitor.Receipt) (monitor.Receipt, error) {
	if nt.Kind == monitor.EditKind && (parent.ID == "" || n.config.Token == "") {
		return monitor.Receipt{}, fmt.Errorf("%w: nothing is known of it", notify.ErrCannotEdit)
	}
	m := n.compose(nt)
	r, err := n.send(ctx, nt, parent, m)
	if errors.Is(err, errBlocksRefused) && m.blocks != nil {
		r, err = n.send(ctx, nt, parent, message{text: n.plain(nt)})
	}
	switch {
	case errors.Is(err, errThreadRefused) && nt.Kind == monitor.EditKind:
		err = fmt.Errorf("%w: %w", notify.ErrCannotEdit, err)
	case errors.Is(err, errThreadRefused) && parent.ID != "":
		n.remember(nt.Key, thread{}) // in the channel: there a lost answer is asked about
		return n.Notify(ctx, nt, monitor.Receipt{})
	}
	return r, err
}

func (n *Notifier) send(ctx context.Context, nt monitor.Notice, parent monitor.Receipt, m message) (monitor.Receipt, error) {
	switch {
	case n.config.Token == "":
		return n.postWebhook(ctx, nt, m)
	case nt.Kind == monitor.EditKind:
		return n.update(ctx, nt, parent, m)
	}
	return n.post(ctx, nt, parent, m)
}

// options are what posts and edits have in common.
func options(nt monitor.Notice, m message) []slack.MsgOption {
	return []slack.MsgOption{
		slack.MsgOptionText(m.text, false), // escaped already
		slack.MsgOptionBlocks(m.blocks...),
		slack.MsgOptionDisableMarkdown(), // or a title's asterisks would format the plain text
		slack.MsgOptionParse(false),
		slack.MsgOptionDisableLinkUnfurl(),
		slack.MsgOptionDisableMediaUnfurl(),
		slack.MsgOptionMetadata(metadata(nt)),
	}
}

// eventType marks our messages, so that a lost one can be found again.
const eventType = "newswatch_notice"

// metadata is what programs may read from a message. An edit leaves the
// message what it is: the alert.
func metadata(nt monitor.Notice) slack.SlackMetadata {
	key, kind := nt.Key, nt.Kind
	if kind == monitor.EditKind {
		key, kind = nt.Parent, monitor.AlertKind
	}
	return slack.SlackMetadata{EventType: eventType, EventPayload: map[string]any{
		"key": key, "kind": string(kind), "watch": nt.Watch, "watches": monitor.AllWatches(nt), "story": nt.Story.String(),
	}}
}

func (n *Notifier) post(ctx context.Context, nt monitor.Notice, parent monitor.Receipt, m message) (monitor.Receipt, error) {
	opts, channel := options(nt, m), n.target()
	if parent.ID != "" {
		opts = append(opts, slack.MsgOptionTS(parent.ID))
		channel = parent.Channel
		n.remember(nt.Key, thread{parent.Channel, parent.ID})
	}
	x := n.exchange()
	id, ts, err := n.api(x).PostMessageContext(ctx, channel, opts...)
	n.noteAnswer(x, id)
	if err != nil {
		return monitor.Receipt{}, n.forgetUnlessUnknown(nt.Key, x.failure(err))
	}
	if !x.ok() {
		return monitor.Receipt{}, notify.Unknown(errNotOK)
	}
	n.forget(nt.Key)
	return monitor.Receipt{ID: ts, Channel: cmp.Or(id, channel), At: time.Now()}, nil
}

func (n *Notifier) update(ctx context.Context, nt monitor.Notice, parent monitor.Receipt, m message) (monitor.Receipt, error) {
	x := n.exchange()
	id, ts, _, err := n.api(x).UpdateMessageContext(ctx, parent.Channel, parent.ID, options(nt, m)...)
	n.noteAnswer(x, "")
	switch {
	case err == nil && !x.ok():
		err = notify.Unknown(errNotOK)
	case err != nil && x.unknown(err):
		err = fmt.Errorf("%w: slack does not know chat.update", notify.ErrCannotEdit)
	case err != nil:
		err = x.failure(err)
	}
	if notify.IsUnknown(err) {
		err = notify.Retry(err, 0) // doing it twice is doing it once
	}
	if err != nil {
		return monitor.Receipt{}, err
	}
	return monitor.Receipt{ID: cmp.Or(ts, parent.ID), Channel: cmp.Or(id, parent.Channel), Detail: "edited", At: time.Now()}, nil
}

var errNotOK = errors.New("slack's answer does not say ok")

// target is the channel to post to: its ID once known, which outlives a
// renaming.
func (n *Notifier) target() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.channel != "" {
		return n.channel
	}
	return n.config.Channel
}

// noteAnswer keeps what an answer tells beside itself.
func (n *Notifier) noteAnswer(x *exchange, channel string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if channel != "" && n.channel == "" {
		n.channel = channel
	}
	if ahead, ok := x.skew(); ok {
		n.skew = ahead
	}
}

func (n *Notifier) remember(key string, t thread) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.threads[key] = t
}

func (n *Notifier) forget(key string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.threads, key)
}

// forgetUnlessUnknown forgets the thread of a reply that certainly was not posted.
func (n *Notifier) forgetUnlessUnknown(key string, err error) error {
	if !notify.IsUnknown(err) {
		n.forget(key)
	}
	return err
}
