package main

import (
	"strings"
	"testing"
	"time"

	"newswatch/notify/slack/slacktest"
)

// What readers say by buttons, emoji and commands is kept, shown, and taken
// back; a claim stands on the card.
func TestReadersAnswer(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.only("newsroom", `api_url: "${SLACK}"}`, `api_url: "${SLACK}", app_token: xapp-1}`,
		"match: ferry", `match: "{tern}"`, "watches:", "entities:\n  tern: {label: the ferry Tern, words: [Tern], support: {any: [ferry]}}\nwatches:")
	s.daemon()
	s.settled()
	s.feeds.Publish("wire", "Ferry Tern runs aground off Tarbock", "All are safe.", time.Minute)
	s.until("it is told", func() bool { return len(s.slack.Messages()) == 1 })
	m := s.slack.Messages()[0]
	do := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	do("press", s.slack.Press(t.Context(), m, "newswatch_irrelevant"))
	s.until("it is answered", func() bool { return len(s.slack.Whispers()) == 1 })
	item := ""
	s.until("it is kept", func() bool {
		for line := range strings.Lines(s.run("search", "tern").out.String()) {
			if _, rest, ok := strings.Cut(line, "story "); ok {
				item = strings.TrimSpace(rest)
			}
		}
		return strings.Contains(s.run("explain", item).out.String(), "not relevant for ferries, {tern} is meant otherwise, says reader")
	})
	do("react", s.slack.React(t.Context(), m, "-1", true))
	s.until("it is taken back", func() bool { return !strings.Contains(s.run("explain", item).out.String(), "labelled") })
	s.run("label", item, "--undo").ends(1, "nobody has labelled")
	s.run("label", item, "relevant", "--by", "ann").ends(0)
	if got := s.run("explain", item).out.String(); !strings.Contains(got, "relevant for ferries, {tern}, says ann") {
		t.Error(got)
	}
	if got := s.run("entities", "show", "tern").out.String(); !strings.Contains(got, "# Learnt: 6 decided items mean it, 0 another\n  #   wire: 6 ") {
		t.Error(got)
	}
	if got := s.run("label", "--suggest").out.String(); !strings.Contains(got, "{tern}: 1 labelled relevant, 0 not\n  suggestions need 10 labels") {
		t.Error(got)
	}
	s.run("label").ends(2, "--suggest")
	s.run("label", item, "perhaps").ends(2, "relevant, not-relevant or --undo")
	s.run("label", "zzz", "relevant").ends(1, "no item zzz is kept")
	do("press mine", s.slack.Press(t.Context(), m, "newswatch_mine"))
	s.until("the card says so", func() bool {
		return s.slack.Calls(slacktest.Update) > 0 && strings.Contains(s.slack.Messages()[0].Render(false), "taken by reader")
	})
	if got := s.run("story", "claim", item, "--by", "bob").out.String(); !strings.Contains(got, "bob's, was reader's") {
		t.Error(got)
	}
	s.run("story", "claim", item).ends(2, "--by NAME or --release")
	if got := s.run("stories").out.String(); !strings.Contains(got, "taken by bob") {
		t.Error(got)
	}
}
