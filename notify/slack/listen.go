package slack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"sync"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"

	"newswatch/notify"
	"newswatch/notify/render"
)

// listenAgain is the pause after the connection manager gave up, which it does
// only for reasons that do not pass quickly.
const listenAgain = time.Minute

// Listen hears buttons and emoji by Socket Mode until ctx ends, and then returns nil.
// It calls handle for each press, one at a time, and shows its answer to who
// pressed; handle should take no longer than a commit. Without an app token it
// returns at once. An error means that Slack refuses the token. Nothing else depends on Listen: whatever the
// buttons do is a command too.
func (n *Notifier) Listen(ctx context.Context, handle func(notify.Action) string) error {
	if n.config.AppToken == "" {
		return nil
	}
	for {
		err := n.listen(ctx, handle)
		if ctx.Err() != nil {
			return nil
		}
		if said, ok := errors.AsType[slack.SlackErrorResponse](err); ok && verdictOf(said.Err) == down {
			return fmt.Errorf("slack: app_token: slack says %s", render.Sanitize(said.Err))
		}
		t := time.NewTimer(listenAgain)
		select {
		case <-ctx.Done():
			t.Stop()
			return nil
		case <-t.C:
		}
	}
}

// listen holds connections until their manager gives up or ctx ends.
func (n *Notifier) listen(ctx context.Context, handle func(notify.Action) string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// slack-go logs to standard error, with more than a log should hold.
	client := socketmode.New(n.api(n.exchange()),
		socketmode.OptionLog(log.New(io.Discard, "", 0)), socketmode.OptionReadLimit(1<<20))
	var err error
	var wg sync.WaitGroup
	wg.Go(func() {
		defer cancel()
		err = client.RunContext(ctx)
	})
	for {
		select {
		case <-ctx.Done():
			wg.Wait()
			return err
		case e := <-client.Events:
			switch {
			case e.Request == nil:
			case e.Type == socketmode.EventTypeInteractive:
				n.pressed(ctx, client, e, handle)
			case e.Type == socketmode.EventTypeEventsAPI:
				react(ctx, client, e, handle)
			}
		}
	}
}

// react carries out an emoji, where the app is told of them: it subscribes to
// reaction_added and reaction_removed, and its token has reactions:read. Nobody
// is answered: the emoji stands.
func react(ctx context.Context, client *socketmode.Client, e socketmode.Event, handle func(notify.Action) string) {
	if client.AckCtx(ctx, e.Request.EnvelopeID, nil) != nil {
		return
	}
	event, _ := e.Data.(slackevents.EventsAPIEvent)
	switch r := event.InnerEvent.Data.(type) {
	case *slackevents.ReactionAddedEvent:
		if a, ok := reacted(r.Reaction, r.Item.Timestamp, r.User, false); ok {
			handle(a)
		}
	case *slackevents.ReactionRemovedEvent:
		if a, ok := reacted(r.Reaction, r.Item.Timestamp, r.User, true); ok {
			handle(a)
		}
	}
}

// pressed acknowledges an interaction, which Slack wants within three seconds,
// then has it carried out and answers.
func (n *Notifier) pressed(ctx context.Context, client *socketmode.Client, e socketmode.Event, handle func(notify.Action) string) {
	if client.AckCtx(ctx, e.Request.EnvelopeID, nil) != nil {
		return // the connection is going down; Slack shows that to who pressed
	}
	call, ok := e.Data.(slack.InteractionCallback)
	if !ok {
		return
	}
	for _, b := range call.ActionCallback.BlockActions {
		if b == nil {
			continue
		}
		a, ok := actionOf(b.ActionID, b.Value)
		if !ok {
			continue
		}
		a.User = cmp.Or(call.User.Name, call.User.ID)
		if answer := handle(a); answer != "" {
			// An answer that is lost changes nothing of what was done.
			_, _ = n.api(n.exchange()).PostEphemeralContext(ctx, call.Channel.ID, call.User.ID,
				slack.MsgOptionText(fitEscaped(render.Sanitize(answer), maxPlain), false), slack.MsgOptionParse(false))
		}
	}
}
