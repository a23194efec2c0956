package slack

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"newswatch/notify"
	"newswatch/notify/render"
)

// A verdict is what one of Slack's error codes means for a notice. The zero
// verdict refuses it for good.
type verdict uint8

const (
	refused       verdict = iota
	retry                 // not posted; later it may be
	doubtful              // hardly posted, but the answer may be wrong
	down                  // not posted, nor would any other notice be
	blocksRefused         // not posted; as plain text it may be
	threadRefused         // not posted as a reply, or not edited; by itself it may be
)

// verdictOf knows the codes of chat.postMessage, chat.update and incoming
// webhooks that say more than no.
func verdictOf(code string) verdict {
	switch code {
	case "ratelimited", "rate_limited", "message_limit_exceeded", "team_added_to_org":
		return retry
	case "internal_error", "fatal_error", "service_unavailable", "request_timeout", "rollup_error":
		return doubtful
	case "msg_too_long", "msg_blocks_too_long", "invalid_blocks", "invalid_blocks_format",
		"invalid_payload", "invalid_attachments", "metadata_too_large", "invalid_metadata_format",
		"invalid_metadata_schema":
		return blocksRefused
	case "restricted_action_thread_locked", "restricted_action_non_threadable_channel", "cannot_reply_to_message",
		"thread_not_found", "invalid_thread_ts", "message_not_found", "cant_update_message", "edit_window_closed":
		return threadRefused
	case "channel_not_found", "not_in_channel", "is_archived", "channel_is_archived", "invalid_auth",
		"not_authed", "token_revoked", "token_expired", "account_inactive", "missing_scope",
		"no_permission", "access_denied", "accesslimited", "not_allowed_token_type", "ekm_access_denied",
		"team_access_not_granted", "org_login_required", "enterprise_is_restricted", "deprecated_endpoint",
		"method_deprecated", "unknown_method", "team_disabled", "no_team", "no_service", "no_service_id",
		"no_active_hooks", "invalid_token", "action_prohibited", "posting_to_general_channel_denied",
		"user_not_found", "as_user_not_supported", "two_factor_setup_required", "cannot_post_to_channel":
		return down
	}
	if strings.HasPrefix(code, "restricted_action") {
		return down
	}
	return refused
}

// remedy says what an operator can do about a code, "" if nothing is known.
func remedy(code string) string {
	switch code {
	case "not_in_channel":
		return "invite the app into the channel with /invite"
	case "channel_not_found":
		return "check the channel's name, or give its ID; a private one must invite the app first"
	case "is_archived", "channel_is_archived":
		return "unarchive the channel, or name another"
	case "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive":
		return "install the app again and put its new token into the configuration"
	case "no_service", "no_service_id", "no_active_hooks", "invalid_token":
		return "the webhook was removed; make a new one"
	}
	return ""
}

// errThreadRefused marks a reply or an edit that its parent does not take. It
// says nothing about the channel.
var errThreadRefused = errors.New("slack takes nothing for this message")

// errBlocksRefused marks a message that Slack finds too long or malformed.
var errBlocksRefused = errors.New("slack does not take the blocks")

// failure turns what a call ended with into the errors of package notify. It
// trusts the exchange before slack-go's error, which loses the status of some
// answers.
func (x *exchange) failure(err error) error {
	err = x.redact(err)
	switch {
	case x.status == 0 && !x.left.Load():
		return notify.Retry(fmt.Errorf("slack was not reached: %w", err), 0)
	case x.status == 0:
		return notify.Unanswered(fmt.Errorf("slack did not answer: %w", err), x.cause, x.answered.Load())
	case x.status == http.StatusTooManyRequests:
		wait := x.pause(time.Now())
		return notify.Retry(fmt.Errorf("slack asks for a pause of %v", wait), wait)
	case x.status >= 500:
		return notify.Doubtful(fmt.Errorf("slack answered %d", x.status))
	}
	if said, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return x.codeFailure(said.Err, said.Needed)
	}
	if x.status != http.StatusOK {
		return notify.Down(fmt.Errorf("slack answered %d; check %s", x.status, x.key), 0)
	}
	return notify.Unknown(fmt.Errorf("slack's answer could not be read: %w", err))
}

// unknown reports whether the far end has no such method: not all that speaks
// Slack's language knows all of it.
func (x *exchange) unknown(err error) bool {
	switch x.status {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return true
	}
	said, ok := errors.AsType[slack.SlackErrorResponse](err)
	return ok && (said.Err == "unknown_method" || said.Err == "method_deprecated" || said.Err == "not_allowed_token_type")
}

// codeFailure is failure for an answer that names its reason. needed is the scope
// that was missing, "" if Slack does not say.
func (x *exchange) codeFailure(code, needed string) error {
	err := errors.New("slack says " + render.Truncate(render.Sanitize(code), 80))
	if needed != "" {
		err = fmt.Errorf("%w: add the scope %s to the app", err, render.Sanitize(needed))
	} else if r := remedy(code); r != "" {
		err = fmt.Errorf("%w: %s", err, r)
	}
	switch verdictOf(code) {
	case retry:
		return notify.Retry(err, x.pause(time.Now()))
	case doubtful:
		return notify.Doubtful(err)
	case down:
		return notify.Down(err, 0)
	case blocksRefused:
		return fmt.Errorf("%w: %w", errBlocksRefused, err)
	case threadRefused:
		return fmt.Errorf("%w: %w", errThreadRefused, err)
	}
	return err
}
