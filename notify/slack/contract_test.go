package slack_test

import (
	"testing"

	"newswatch/notify/notifytest"
	"newswatch/notify/slack"
	"newswatch/notify/slack/slacktest"
)

// TestContract holds both ways into Slack to what every channel promises.
func TestContract(t *testing.T) {
	peer := func(s *slacktest.Server, n *slack.Notifier, method, secret string, reject slacktest.Step) notifytest.Peer {
		next := func(st slacktest.Step) func() { return func() { s.Script(method, st) } }
		return notifytest.Peer{
			Notifier: n, Secrets: []string{secret},
			Arrived: func() (keys []string) {
				for _, m := range s.Messages() {
					keys = append(keys, m.Key())
				}
				return keys
			},
			Away: s.Close, Reject: next(reject), Ban: next(slacktest.Step{Error: "is_archived"}),
			Busy: next(slacktest.Step{Status: 429, RetryAfter: "3"}), Hang: next(slacktest.Step{Hang: true}),
			Drop: next(slacktest.Step{Drop: true}), Lose: next(slacktest.Step{Drop: true, Accept: true}),
		}
	}
	t.Run("bot", func(t *testing.T) {
		notifytest.RunNotifier(t, func(t *testing.T) notifytest.Peer {
			s := workspace(t)
			return peer(s, bot(t, s), slacktest.Post, token, slacktest.Step{Error: "no_text"})
		})
	})
	t.Run("webhook", func(t *testing.T) {
		notifytest.RunNotifier(t, func(t *testing.T) notifytest.Peer {
			s := workspace(t)
			return peer(s, hook(t, s), slacktest.Hook, s.WebhookURL(), slacktest.Step{Status: 400, Error: "no_text"})
		})
	})
}
