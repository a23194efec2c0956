package slack_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"newswatch/monitor"
	"newswatch/notify"
	"newswatch/notify/slack"
	"newswatch/notify/slack/slacktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestListenCarriesOutButtons(t *testing.T) {
	s := workspace(t)
	n := open(t, slack.Config{Token: token, Channel: "#news", APIURL: s.APIURL(), AppToken: "xapp-1-secret"})
	if _, err := n.Notify(t.Context(), alert(), monitor.Receipt{}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
	defer stop()
	got, ended := make(chan notify.Action, 2), make(chan error, 1)
	go func() {
		ended <- n.Listen(ctx, func(a notify.Action) string {
			got <- a
			return "Muted until tomorrow <!channel>"
		})
	}()
	m := s.Messages()[0]
	for _, tt := range []struct {
		id   string
		verb notify.Verb
	}{{"newswatch_mute", notify.Mute}, {"newswatch_irrelevant", notify.Irrelevant}, {"newswatch_relevant", notify.Relevant}, {"newswatch_mine", notify.Mine}} {
		whispered := s.Arrived()
		if err := s.Press(ctx, m, tt.id); err != nil {
			t.Fatal(err)
		}
		var a notify.Action
		select {
		case a = <-got:
		case <-ctx.Done():
			t.Fatal("the press was not carried out")
		}
		if a != (notify.Action{Verb: tt.verb, Watch: "cloud-contracts", Story: 81, Item: 7, User: "reader"}) {
			t.Errorf("action = %+v", a)
		}
		<-whispered
	}
	for emoji, verb := range map[string]notify.Verb{"+1::skin-tone-3": notify.Relevant, "-1": notify.Irrelevant, "eyes": notify.Mine} {
		for _, away := range []bool{false, true} {
			if err := s.React(ctx, m, emoji, away); err != nil {
				t.Fatal(err)
			}
			if a := <-got; a != (notify.Action{Verb: verb, Undo: away, Receipt: m.TS, User: "U0READER"}) {
				t.Errorf("%s: action = %+v", emoji, a)
			}
		}
	}
	if err := s.React(ctx, m, "pizza", false); err != nil || len(got) > 0 {
		t.Errorf("an emoji that says nothing: %v, %d actions", err, len(got))
	}
	if w := s.Whispers(); len(w) != 4 || strings.Contains(w[0], "<") {
		t.Errorf("answers = %q, want four without a mention", w)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Listen = %v at its context's end, want nil", err)
	}
}

func TestListenSaysWhenTheTokenIsRefused(t *testing.T) {
	s := workspace(t)
	s.Script(slacktest.Open, slacktest.Step{Error: "invalid_auth"})
	n := open(t, slack.Config{Token: token, Channel: "#news", APIURL: s.APIURL(), AppToken: "xapp-1-secret"})
	err := n.Listen(t.Context(), func(notify.Action) string { return "" })
	if err == nil || !strings.Contains(err.Error(), "app_token") || strings.Contains(err.Error(), "secret") {
		t.Errorf("Listen = %v, want the key and no secret", err)
	}
	if err := bot(t, s).Listen(t.Context(), nil); err != nil {
		t.Errorf("Listen without an app token = %v, want nil", err)
	}
}
