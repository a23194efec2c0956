package slack_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/notify"
	"newswatch/notify/notifytest"
	"newswatch/notify/slack"
	"newswatch/notify/slack/slacktest"
)

type secret = notify.Secret

func TestNotifyClassifiesOutcomes(t *testing.T) {
	tests := map[string]struct {
		step slacktest.Step
		want string
	}{
		"accepted":                     {slacktest.Step{}, "sent"},
		"429 with seconds":             {slacktest.Step{Status: 429, RetryAfter: "7"}, "retry 7s"},
		"429 without a pause":          {slacktest.Step{Status: 429}, "retry 10s"},
		"429 with a fraction":          {slacktest.Step{Status: 429, RetryAfter: "1.5"}, "retry 2s"},
		"429 with nonsense":            {slacktest.Step{Status: 429, RetryAfter: "soon"}, "retry 10s"},
		"429 with less than nothing":   {slacktest.Step{Status: 429, RetryAfter: "-5"}, "retry 10s"},
		"429 with no number":           {slacktest.Step{Status: 429, RetryAfter: "NaN"}, "retry 10s"},
		"429 for ever":                 {slacktest.Step{Status: 429, RetryAfter: "1e300"}, "retry 1h0m0s"},
		"ratelimited in words":         {slacktest.Step{Error: "ratelimited"}, "retry 10s"},
		"500":                          {slacktest.Step{Status: 500}, "doubtful"},
		"503 with a page":              {slacktest.Step{Status: 503, Body: "<html>"}, "doubtful"},
		"internal_error":               {slacktest.Step{Error: "internal_error"}, "doubtful"},
		"fatal_error":                  {slacktest.Step{Error: "fatal_error"}, "doubtful"},
		"request_timeout":              {slacktest.Step{Error: "request_timeout"}, "doubtful"},
		"200 with a page":              {slacktest.Step{Body: "<html>maintenance</html>"}, "unknown"},
		"200 with an empty object":     {slacktest.Step{Body: "{}"}, "unknown"},
		"200 and ok, nothing else":     {slacktest.Step{Body: `{"ok":true}`}, "sent"},
		"200 and ok as a word":         {slacktest.Step{Body: `{"ok":"yes"}`}, "unknown"},
		"ok false without a reason":    {slacktest.Step{Body: `{"ok":false}`}, "unknown"},
		"connection closed":            {slacktest.Step{Drop: true}, "doubtful"},
		"accepted, answer lost":        {slacktest.Step{Drop: true, Accept: true}, "doubtful"},
		"channel_not_found":            {slacktest.Step{Error: "channel_not_found"}, "down"},
		"not_in_channel":               {slacktest.Step{Error: "not_in_channel"}, "down"},
		"is_archived":                  {slacktest.Step{Error: "is_archived"}, "down"},
		"restricted_action":            {slacktest.Step{Error: "restricted_action_read_only_channel"}, "down"},
		"invalid_auth":                 {slacktest.Step{Error: "invalid_auth"}, "down"},
		"token_revoked":                {slacktest.Step{Error: "token_revoked"}, "down"},
		"missing_scope":                {slacktest.Step{Body: `{"ok":false,"error":"missing_scope","needed":"chat:write"}`}, "down"},
		"404 from something else":      {slacktest.Step{Status: 404}, "down"},
		"302 elsewhere":                {slacktest.Step{Status: 302}, "down"},
		"a code nobody knows":          {slacktest.Step{Error: "mercury_in_retrograde"}, "refused"},
		"blocks refused, text as well": {slacktest.Step{Error: "no_text"}, "refused"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := workspace(t)
			s.Script(slacktest.Post, tt.step)
			r, err := bot(t, s).Notify(t.Context(), alert(), monitor.Receipt{})
			if got := notifytest.Class(err); got != tt.want {
				t.Errorf("outcome = %s (%v), want %s", got, err, tt.want)
			}
			if err == nil && (r.ID == "" && tt.step == (slacktest.Step{}) || r.Channel == "" || r.At.IsZero()) {
				t.Errorf("receipt = %+v, want all of it", r)
			}
			if n := s.Calls(slacktest.Post); n != 1 {
				t.Errorf("%d requests in one attempt, want 1", n)
			}
		})
	}
}

// TestEveryDocumentedError holds whom each code of chat.postMessage and
// chat.update concerns: the message, its thread, the destination, or nobody,
// since it passes (https://docs.slack.dev/reference/methods/chat.postMessage).
func TestEveryDocumentedError(t *testing.T) {
	outcomes := map[string]string{"message": "refused", "blocks": "sent", "thread": "sent", "destination": "down", "passes": "retry", "trouble": "doubtful"}
	for concerns, codes := range map[string]string{
		"message": `attachment_payload_limit_exceeded duplicate_message_not_found invalid_arguments markdown_text_conflict
			no_text slack_connect_file_link_sharing_blocked too_many_attachments too_many_contact_cards`,
		"blocks": `invalid_blocks invalid_blocks_format invalid_metadata_format invalid_metadata_schema metadata_too_large msg_blocks_too_long msg_too_long`,
		"thread": `cannot_reply_to_message restricted_action_non_threadable_channel restricted_action_thread_locked thread_not_found
			invalid_thread_ts message_not_found`,
		"destination": `access_denied accesslimited account_inactive as_user_not_supported channel_not_found deprecated_endpoint ekm_access_denied
			enterprise_is_restricted invalid_auth is_archived method_deprecated missing_scope no_permission not_allowed_token_type not_authed
			not_in_channel org_login_required restricted_action restricted_action_read_only_channel restricted_action_thread_only_channel
			team_access_not_granted token_expired token_revoked two_factor_setup_required`,
		"passes":  `message_limit_exceeded rate_limited ratelimited team_added_to_org`,
		"trouble": `fatal_error internal_error request_timeout service_unavailable`,
	} {
		for code := range strings.FieldsSeq(codes) {
			s := workspace(t)
			n := bot(t, s)
			parent, err := n.Notify(t.Context(), alert(), monitor.Receipt{})
			if err != nil {
				t.Fatal(err)
			}
			s.Script(slacktest.Post, slacktest.Step{Error: code})
			_, err = n.Notify(t.Context(), reply(), parent)
			if got := strings.Fields(notifytest.Class(err))[0]; got != outcomes[concerns] {
				t.Errorf("%s concerns %s: reply %s (%v), want %s", code, concerns, got, err, outcomes[concerns])
			}
			if ms := s.Messages(); concerns == "thread" && (len(ms) != 2 || ms[1].ThreadTS != "") {
				t.Errorf("%s: %d messages, want the reply by itself", code, len(ms))
			}
			s.Script(slacktest.Update, slacktest.Step{Error: code})
			if _, err = n.Notify(t.Context(), edit(), parent); concerns == "thread" && !errors.Is(err, notify.ErrCannotEdit) {
				t.Errorf("%s: edit %v, want it folded", code, err)
			}
		}
	}
	for _, code := range []string{"cant_update_message", "edit_window_closed"} {
		s := workspace(t)
		s.Script(slacktest.Update, slacktest.Step{Error: code})
		if _, err := bot(t, s).Notify(t.Context(), edit(), monitor.Receipt{ID: "1.2", Channel: "C1"}); !errors.Is(err, notify.ErrCannotEdit) {
			t.Errorf("%s: edit %v, want it folded", code, err)
		}
	}
}

func TestNotifyReadsADateInRetryAfter(t *testing.T) {
	s := workspace(t)
	s.ClockAhead = 10 * time.Minute // the date counts by the clock it comes from
	date := time.Now().Add(s.ClockAhead + 90*time.Second).UTC().Format(http.TimeFormat)
	s.Script(slacktest.Post, slacktest.Step{Status: 429, RetryAfter: date})
	_, err := bot(t, s).Notify(t.Context(), alert(), monitor.Receipt{})
	if after, ok := notify.RetryAfter(err); !ok || after < 80*time.Second || after > 100*time.Second {
		t.Errorf("pause = %v, %v, want about 90 s", after, ok)
	}
}

func TestNotifyKnowsWhetherTheRequestLeft(t *testing.T) {
	s := workspace(t)
	n := bot(t, s)
	s.Script(slacktest.Post, slacktest.Step{Hang: true})
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := n.Notify(ctx, alert(), monitor.Receipt{}); notifytest.Class(err) != "unknown" {
		t.Errorf("a server that hangs: %s (%v), want unknown", notifytest.Class(err), err)
	}
	dead := workspace(t)
	dead.Close()
	n = open(t, slack.Config{Token: token, Channel: "#news", APIURL: dead.APIURL()})
	if _, err := n.Notify(t.Context(), alert(), monitor.Receipt{}); notifytest.Class(err) != "retry" {
		t.Errorf("nobody listens: %s (%v), want retry", notifytest.Class(err), err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	cancel()
	if _, err := bot(t, s).Notify(ctx, alert(), monitor.Receipt{}); notifytest.Class(err) != "retry" {
		t.Errorf("cancelled before it began: %s (%v), want retry", notifytest.Class(err), err)
	}
}

func TestWebhookClassifiesOutcomes(t *testing.T) {
	tests := map[string]struct {
		step slacktest.Step
		want string
	}{
		"accepted":         {slacktest.Step{}, "sent"},
		"accepted by kin":  {slacktest.Step{Body: `{"success":true}`}, "sent"},
		"a word of theirs": {slacktest.Step{Body: "thanks"}, "sent"},
		"an empty object":  {slacktest.Step{Body: "{}"}, "sent"},
		"no content":       {slacktest.Step{Status: 204}, "sent"},
		"created":          {slacktest.Step{Status: 201, Body: "queued"}, "sent"},
		"200, refused":     {slacktest.Step{Error: "no_service"}, "down"},
		"refused by kin":   {slacktest.Step{Body: `{"ok":false}`}, "unknown"},
		"429":              {slacktest.Step{Status: 429, RetryAfter: "3"}, "retry 3s"},
		"429 with a word":  {slacktest.Step{Status: 429, Error: "rate_limited"}, "retry 10s"},
		"500":              {slacktest.Step{Status: 500}, "doubtful"},
		"500 with a word":  {slacktest.Step{Status: 500, Error: "oops"}, "doubtful"},
		"rollup_error":     {slacktest.Step{Status: 500, Error: "rollup_error"}, "doubtful"},
		"lost":             {slacktest.Step{Drop: true, Accept: true}, "doubtful"},
		"no_service":       {slacktest.Step{Status: 404, Error: "no_service"}, "down"},
		"archived":         {slacktest.Step{Status: 410, Error: "channel_is_archived"}, "down"},
		"forbidden":        {slacktest.Step{Status: 403, Error: "action_prohibited"}, "down"},
		"404 with a page":  {slacktest.Step{Status: 404, Body: "<html>"}, "down"},
		"200 with a page":  {slacktest.Step{Body: "<html>"}, "unknown"},
		"400 out of reach": {slacktest.Step{Status: 400, Error: "too_many_moons"}, "refused"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := workspace(t)
			s.Script(slacktest.Hook, tt.step)
			_, err := hook(t, s).Notify(t.Context(), alert(), monitor.Receipt{})
			if got := notifytest.Class(err); got != tt.want {
				t.Errorf("outcome = %s (%v), want %s", got, err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "api_url") {
				t.Errorf("%v: that key has no part in a webhook", err)
			}
		})
	}
}

func TestNotifyFallsBackToPlainText(t *testing.T) {
	for _, code := range []string{"invalid_blocks", "msg_too_long", "msg_blocks_too_long"} {
		t.Run(code, func(t *testing.T) {
			s := workspace(t)
			s.Script(slacktest.Post, slacktest.Step{Error: code})
			if _, err := bot(t, s).Notify(t.Context(), alert(), monitor.Receipt{}); err != nil {
				t.Fatal(err)
			}
			m := s.Messages()[0]
			if string(m.Blocks) != "[]" || !strings.Contains(m.Text, card().Headline) || !strings.Contains(m.Text, "Example Times") {
				t.Errorf("blocks %s, text %q: want the whole notice as text", m.Blocks, m.Text)
			}
		})
	}
	s := workspace(t)
	s.Script(slacktest.Hook, slacktest.Step{Status: 400, Error: "invalid_blocks"}, slacktest.Step{Status: 400, Error: "msg_too_long"})
	if _, err := hook(t, s).Notify(t.Context(), alert(), monitor.Receipt{}); notifytest.Class(err) != "refused" {
		t.Errorf("text refused as well: %s, want refused", notifytest.Class(err))
	}
	if n := s.Calls(slacktest.Hook); n != 2 {
		t.Errorf("%d requests, want 2: once only", n)
	}
}

func TestRepliesAndEdits(t *testing.T) {
	s := workspace(t)
	n := bot(t, s)
	parent, err := n.Notify(t.Context(), alert(), monitor.Receipt{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Notify(t.Context(), reply(), parent); err != nil {
		t.Fatal(err)
	}
	s.Script(slacktest.Update, slacktest.Step{Drop: true, Accept: true})
	if _, err := n.Notify(t.Context(), edit(), parent); notifytest.Class(err) != "retry" {
		t.Errorf("edit with a lost answer: %s, want retry: an edit can be repeated", notifytest.Class(err))
	}
	if _, err := n.Notify(t.Context(), edit(), parent); err != nil {
		t.Fatal(err)
	}
	ms := s.Messages()
	if len(ms) != 2 || ms[1].ThreadTS != parent.ID || ms[1].Key() != "reply-1" {
		t.Fatalf("messages = %+v, want the alert and a reply in its thread", ms)
	}
	if ms[0].Edits != 2 || ms[0].Key() != "alert-1" || !strings.Contains(ms[0].Render(false), "21 outlets") {
		t.Errorf("the alert = %s, key %s: want new counts under the old key", ms[0].Render(false), ms[0].Key())
	}
	if _, err := n.Notify(t.Context(), edit(), monitor.Receipt{}); !errors.Is(err, notify.ErrCannotEdit) {
		t.Errorf("edit of nothing: %v, want ErrCannotEdit", err)
	}
	if _, err := hook(t, s).Notify(t.Context(), edit(), parent); !errors.Is(err, notify.ErrCannotEdit) {
		t.Errorf("edit through a webhook: %v, want ErrCannotEdit", err)
	}
	for _, step := range []slacktest.Step{{Status: 404}, {Status: 405}, {Status: 501}, {Error: "unknown_method"}} {
		s.Script(slacktest.Update, step)
		if _, err := n.Notify(t.Context(), edit(), parent); !errors.Is(err, notify.ErrCannotEdit) {
			t.Errorf("where chat.update is not known (%+v): %v, want ErrCannotEdit", step, err)
		}
	}
	if _, err := hook(t, s).Notify(t.Context(), reply(), monitor.Receipt{}); err != nil {
		t.Errorf("reply through a webhook: %v, want a message", err)
	}
}

func TestNotifyLeaksNoSecret(t *testing.T) {
	s := workspace(t)
	hooked := hook(t, s)
	tried := map[string]*slack.Notifier{"bot": bot(t, s), "webhook": hooked}
	leaks := []string{"SecretOfTheBot", "/services/"}
	check := func(name string, err error) {
		t.Helper()
		for _, l := range leaks {
			if err == nil || strings.Contains(err.Error(), l) {
				t.Errorf("%s: error %v, want one without %s", name, err, l)
			}
		}
	}
	for name, n := range tried {
		for m, code := range map[string]int{slacktest.Post: 200, slacktest.Hook: 400} {
			s.Script(m, slacktest.Step{Drop: true}, slacktest.Step{Body: "<p>" + token + s.WebhookURL()}, slacktest.Step{Status: code, Error: strings.ToLower(token)})
		}
		for range 3 {
			_, err := n.Notify(t.Context(), alert(), monitor.Receipt{})
			check(name, err)
		}
	}
	s.Close()
	for name, n := range tried {
		_, err := n.Notify(t.Context(), alert(), monitor.Receipt{})
		check(name+" without a server", err)
	}
	_, err := slack.New(slack.Config{Token: token, WebhookURL: "http://hooks.example/services/x"}, nil)
	check("configuration", err)
}

func TestValidateNamesEveryMistake(t *testing.T) {
	tests := map[string]struct {
		config slack.Config
		want   []string
	}{
		"nothing":            {slack.Config{}, []string{"token"}},
		"both":               {slack.Config{Token: token, Channel: "#a", WebhookURL: "https://hooks.example/x"}, []string{"webhook_url"}},
		"no channel":         {slack.Config{Token: token}, []string{"channel"}},
		"open line":          {slack.Config{Token: token, Channel: "#a", APIURL: "http://slack.example/api/"}, []string{"api_url"}},
		"loopback":           {slack.Config{Token: token, Channel: "#a", APIURL: "http://127.0.0.1:1/api"}, nil},
		"webhook, no scheme": {slack.Config{WebhookURL: "hooks.example/x", AppToken: "xapp-1"}, []string{"app_token", "webhook_url"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, err := range tt.config.Validate() {
				key, _, _ := strings.Cut(err.Error(), ":")
				got = append(got, key)
			}
			if strings.Join(got, " ") != strings.Join(tt.want, " ") {
				t.Errorf("mistakes in %q, want %q", got, tt.want)
			}
		})
	}
}

func TestCapabilities(t *testing.T) {
	s := workspace(t)
	if a := bot(t, s).Capabilities(); !a.Edits || a.PerSecond != 1 {
		t.Errorf("bot = %+v, want edits and one a second", a)
	}
	if a := hook(t, s).Capabilities(); a.Edits {
		t.Errorf("webhook = %+v, want no edits", a)
	}
	if _, _, err := hook(t, s).Probe(t.Context(), alert()); !errors.Is(err, notify.ErrCannotProbe) {
		t.Errorf("webhook probed: %v, want ErrCannotProbe", err)
	}
}
