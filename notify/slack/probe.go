package slack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"newswatch/monitor"
	"newswatch/notify"
	"newswatch/notify/render"
)

const (
	probeMargin = time.Minute        // before the attempt, for clocks that differ a little
	parentSpan  = 8 * 24 * time.Hour // how long before its reply an alert can have been posted
	pageSize    = 200                // messages; Slack's advice for one page
	maxPages    = 50                 // of one question
)

// Probe looks for the notice in the channel's history or, if it is a reply, in
// its thread. The answer false is as good as the history: a message shows up
// there within seconds.
func (n *Notifier) Probe(ctx context.Context, nt monitor.Notice) (monitor.Receipt, bool, error) {
	if n.config.Token == "" {
		return monitor.Receipt{}, false, notify.ErrCannotProbe
	}
	if nt.Kind == monitor.EditKind {
		return monitor.Receipt{}, false, nil // doing it twice is doing it once
	}
	since := nt.Delivery.Started
	if since.IsZero() {
		since = nt.Created
	}
	since = since.Add(-probeMargin)
	var t thread
	if nt.Parent != "" {
		parent, found, err := n.parent(ctx, nt)
		if err != nil {
			return monitor.Receipt{}, false, err
		}
		if !found {
			return n.probeLoose(ctx, nt, since)
		}
		t = parent
	}
	r, found, err := n.search(ctx, t, nt.Key, since)
	if found {
		n.forget(nt.Key)
	}
	return r, found, err
}

// probeLoose looks for a reply whose parent has no message of its own, because
// a card told it: then the reply stands in the channel. That it is not there
// proves nothing, for the parent may have been taken away.
func (n *Notifier) probeLoose(ctx context.Context, nt monitor.Notice, since time.Time) (monitor.Receipt, bool, error) {
	r, found, err := n.search(ctx, thread{}, nt.Key, since)
	if err == nil && !found {
		err = notify.ErrCannotProbe
	}
	return r, found, err
}

// parent finds the message that a reply belongs to: from memory, or after a
// restart in the channel.
func (n *Notifier) parent(ctx context.Context, nt monitor.Notice) (thread, bool, error) {
	n.mu.Lock()
	t, ok := n.threads[nt.Key]
	n.mu.Unlock()
	if ok {
		return t, true, nil
	}
	r, found, err := n.search(ctx, thread{}, nt.Parent, nt.Created.Add(-parentSpan))
	return thread{r.Channel, r.ID}, found, err
}

// search goes through a thread, or the channel if t is zero, for the message
// that bears key. Slack's clock dates the messages: should its answers show
// that it is behind ours, the search goes back further.
func (n *Notifier) search(ctx context.Context, t thread, key string, since time.Time) (monitor.Receipt, bool, error) {
	if t.channel == "" {
		var err error
		if t.channel, err = n.channelID(ctx); err != nil {
			return monitor.Receipt{}, false, err
		}
	}
	for {
		behind := n.behind()
		r, found, err := n.scan(ctx, t, key, since.Add(-behind))
		if found || err != nil || n.behind() < behind+probeMargin/2 {
			return r, found, err
		}
	}
}

// behind returns how far Slack's clock is behind ours, 0 if it is not.
func (n *Notifier) behind() time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	return max(0, -n.skew)
}

func (n *Notifier) scan(ctx context.Context, t thread, key string, since time.Time) (monitor.Receipt, bool, error) {
	cursor := ""
	for range maxPages {
		p, err := n.page(ctx, t, since, cursor)
		if err != nil {
			return monitor.Receipt{}, false, err
		}
		for _, m := range p.messages {
			if m.Metadata.EventType == eventType && m.Metadata.EventPayload["key"] == key {
				return monitor.Receipt{ID: m.Timestamp, Channel: t.channel, Detail: "found by asking", At: time.Now()}, true, nil
			}
		}
		if cursor = p.next; cursor == "" {
			return monitor.Receipt{}, false, nil
		}
	}
	return monitor.Receipt{}, false, fmt.Errorf("%w: the history is too long", notify.ErrCannotProbe)
}

type historyPage struct {
	messages []slack.Message
	next     string
}

func (n *Notifier) page(ctx context.Context, t thread, since time.Time, cursor string) (historyPage, error) {
	x := n.exchange()
	oldest := strconv.FormatInt(since.Unix(), 10)
	var p historyPage
	var err error
	if t.ts == "" {
		var h *slack.GetConversationHistoryResponse
		h, err = n.api(x).GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
			ChannelID: t.channel, Oldest: oldest, Cursor: cursor, Limit: pageSize, Inclusive: true, IncludeAllMetadata: true,
		})
		if err == nil {
			p = historyPage{h.Messages, h.ResponseMetaData.NextCursor}
		}
	} else {
		p.messages, _, p.next, err = n.api(x).GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
			ChannelID: t.channel, Timestamp: t.ts, Oldest: oldest, Cursor: cursor, Limit: pageSize, Inclusive: true, IncludeAllMetadata: true,
		})
	}
	n.noteAnswer(x, "")
	switch {
	case err != nil:
		return historyPage{}, x.probeFailure(err)
	case !x.ok():
		return historyPage{}, notify.Unknown(errNotOK)
	case p.messages == nil:
		return historyPage{}, fmt.Errorf("%w: slack shows no messages", notify.ErrCannotProbe)
	}
	return p, nil
}

// probeFailure is failure for a question. Where the far end will not answer it the
// notice is none the worse; what says that nothing else would be answered
// either, or asks for patience, is what it is for a message.
func (x *exchange) probeFailure(err error) error {
	said, refusing := errors.AsType[slack.SlackErrorResponse](err)
	switch {
	case x.status == http.StatusTooManyRequests:
	case x.status >= 400 && x.status < 500, x.status == http.StatusNotImplemented:
		return fmt.Errorf("%w: slack answered %d", notify.ErrCannotProbe, x.status)
	case refusing && !concernsAll(said.Err):
		return fmt.Errorf("%w: slack says %s", notify.ErrCannotProbe, render.Sanitize(said.Err))
	}
	return x.failure(err)
}

// concernsAll reports whether a code is no answer to the question asked: Slack
// is in trouble, or no longer knows us.
func concernsAll(code string) bool {
	switch code {
	case "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive":
		return true
	}
	v := verdictOf(code)
	return v == retry || v == doubtful
}

// channelID returns the channel as history wants it, by its ID: known from an
// earlier answer, or configured, or looked up in the list of channels. If the
// list is closed to us it returns the name, for history to refuse.
func (n *Notifier) channelID(ctx context.Context) (string, error) {
	n.mu.Lock()
	known := n.channel
	n.mu.Unlock()
	if known != "" || isID(n.config.Channel) {
		return cmp.Or(known, n.config.Channel), nil
	}
	name := strings.TrimLeft(n.config.Channel, "#")
	params := &slack.GetConversationsParameters{
		Limit: pageSize, ExcludeArchived: true, Types: []string{"public_channel", "private_channel"},
	}
	for range maxPages {
		x := n.exchange()
		channels, next, err := n.api(x).GetConversationsContext(ctx, params)
		if err != nil {
			if err = x.probeFailure(err); !errors.Is(err, notify.ErrCannotProbe) {
				return "", err
			}
			break
		}
		for _, c := range channels {
			if c.Name == name {
				n.noteAnswer(x, c.ID)
				return c.ID, nil
			}
		}
		if params.Cursor = next; next == "" {
			break
		}
	}
	return n.config.Channel, nil
}

// isID reports whether a channel is named by its ID, as in C024BE91L.
func isID(s string) bool {
	return len(s) > 1 && strings.ContainsRune("CGD", rune(s[0])) &&
		strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}
