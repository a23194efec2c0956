package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"newswatch/monitor"
)

// webhookMessage is a message as incoming webhooks take it.
type webhookMessage struct {
	Text        string              `json:"text"`
	Blocks      []slack.Block       `json:"blocks,omitempty"`
	Markdown    bool                `json:"mrkdwn"`
	UnfurlLinks bool                `json:"unfurl_links"`
	UnfurlMedia bool                `json:"unfurl_media"`
	Metadata    slack.SlackMetadata `json:"metadata"`
}

// postWebhook posts to the webhook. slack-go's own way keeps the status alone and
// loses the word of the body, which is the reason.
func (n *Notifier) postWebhook(ctx context.Context, nt monitor.Notice, m message) (monitor.Receipt, error) {
	body, err := json.Marshal(webhookMessage{Text: m.text, Blocks: m.blocks, Metadata: metadata(nt)})
	if err != nil {
		return monitor.Receipt{}, err
	}
	x := n.exchange()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, n.config.WebhookURL.Reveal(), bytes.NewReader(body))
	if err != nil {
		return monitor.Receipt{}, x.redact(err)
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := x.Do(req)
	if err != nil {
		return monitor.Receipt{}, x.failure(err)
	}
	defer resp.Body.Close()
	word, err := io.ReadAll(io.LimitReader(resp.Body, 4096))
	said := strings.TrimSpace(string(word))
	switch {
	case err == nil && x.status/100 == 2 && accepted(said):
		return monitor.Receipt{Detail: "ok", At: time.Now()}, nil
	case err == nil && isCode(said) && x.status != http.StatusTooManyRequests && (x.status < 500 || verdictOf(said) != refused):
		return monitor.Receipt{}, x.codeFailure(said, "")
	case err == nil:
		err = errWord
	}
	return monitor.Receipt{}, x.failure(err)
}

// accepted reports whether the body of a 2xx is one of acceptance: Slack's ok,
// or whatever word a program that imitates its webhooks has for it. One of
// Slack's reasons to refuse is not, nor an object that says false, nor a page:
// that is from something in between.
func accepted(said string) bool {
	object := struct{ OK, Success *bool }{}
	if json.Unmarshal([]byte(said), &object) == nil {
		no := func(b *bool) bool { return b != nil && !*b }
		return !no(object.OK) && !no(object.Success)
	}
	return !strings.HasPrefix(said, "<") && verdictOf(said) == refused
}

type constant string

func (c constant) Error() string { return string(c) }

const errWord = constant("it is not the word ok")

// isCode reports whether a body is one of Slack's reasons rather than a page.
func isCode(s string) bool {
	if s == "" || len(s) > 60 || s == "ok" {
		return false
	}
	for _, r := range s {
		if r != '_' && (r < 'a' || r > 'z') {
			return false
		}
	}
	return true
}
