package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"newswatch/monitor/api"
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
	muted := func() bool { return strings.Contains(s.run("silence", "list").out.String(), "marked not relevant") }
	s.until("it is muted", muted)
	do("react", s.slack.React(t.Context(), m, "-1", true))
	s.until("it is taken back", func() bool { return !strings.Contains(s.run("explain", item).out.String(), "labelled") })
	s.until("it is heard again", func() bool { return !muted() })
	do("press", s.slack.Press(t.Context(), m, "newswatch_irrelevant"))
	s.until("it is muted again", muted)
	do("press", s.slack.Press(t.Context(), m, "newswatch_relevant"))
	s.until("who thinks better of it hears it again", func() bool { return !muted() })
	do("react", s.slack.React(t.Context(), m, "+1", true))
	s.until("that is taken back, too", func() bool { return !strings.Contains(s.run("explain", item).out.String(), "labelled") })
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
	s.run("label", "--feed", "wire", "--since", "1h").ends(2, "go with --undo")
	s.run("label", "--undo", "--feed", "wire", "--since", "soon").ends(2, "give a duration")
	s.run("label", "--undo", "--feed", "wires").ends(1, `nobody has labelled an item of a feed named "wires"`)
	for _, took := range []string{"would be taken back", "taken back"} {
		args := []string{"label", "--undo", "--feed", "wire", "--since", "1h", "--dry-run"}
		if took == "taken back" {
			args = args[:len(args)-1]
		}
		if got := s.run(args...).out.String(); got != "1 × relevant for ferries, {tern}, says ann\n"+took+": 1 of wire\n" {
			t.Error(got)
		}
	}
	s.run("label", "--undo", "--feed", "wire").ends(1, "nobody has labelled")
	do("press mine", s.slack.Press(t.Context(), m, "newswatch_mine"))
	s.until("the card says so", func() bool {
		return s.slack.Calls(slacktest.Update) > 0 && strings.Contains(s.slack.Messages()[0].Render(false), "taken by reader")
	})
	if got := s.run("story", "claim", item, "--by", "bob").out.String(); !strings.Contains(got, "bob's, was reader's") {
		t.Error(got)
	}
	do("take hands off", s.slack.React(t.Context(), m, "eyes", true))
	do("mute", s.slack.React(t.Context(), m, "mute", false))
	s.until("it was heard", func() bool { return strings.Contains(s.run("silence", "list").out.String(), "muted by button") })
	do("unmute", s.slack.React(t.Context(), m, "mute", true))
	s.until("it is unmuted", func() bool { return !strings.Contains(s.run("silence", "list").out.String(), "muted by button") })
	s.run("story", "claim", item).ends(2, "--by NAME or --release")
	if got := s.run("stories").out.String(); !strings.Contains(got, "taken by bob") {
		t.Error(got)
	}
}

// What is suggested, and what it is said to do, is what counting by hand gives.
func TestLabelSuggest(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.only("screen", "match: ferry", `match: "{tern}"`, "watches:", "entities:\n  tern: {label: the ferry Tern, words: [Tern], support: {any: [ferry]}}\nwatches:")
	s.daemon()
	s.settled()
	titles := map[string]string{
		"Tern nests found on Kalvo beach": "not-relevant", "Walker counts Tern nests at Brenthurst": "not-relevant", "Storm floods Tern nests": "not-relevant",
		"Fox takes eggs of Tern nests": "not-relevant", "Fence for Tern nests paid by council": "not-relevant", "Rare Tern seen over Okapi marsh": "not-relevant",
		"Tern leaves harbour of Ellery late": "relevant", "Passengers wait for Tern in Tarlow": "relevant", "Engine of Tern repaired": "relevant",
		"Crew of Tern votes on pay": "relevant", "Sailing of Tern cancelled": "relevant",
		"Count of Tern nests rises in Veld": "", "Tern to call at Marisol": "", "Tickets of Tern dearer from May": "", "Gulls: nests removed from roofs": "",
	}
	for title := range titles {
		s.feeds.Publish("wire", title, "", time.Minute)
	}
	ids := map[string]string{}
	s.until("all are kept", func() bool {
		for line := range strings.Lines(s.run("search", "tern OR gulls", "--json").out.String()) {
			var it api.Item
			if err := json.Unmarshal([]byte(line), &it); err != nil {
				t.Fatal(err)
			}
			ids[it.Title] = it.ID
		}
		return len(ids) == len(titles)
	})
	for title, verdict := range titles {
		if verdict != "" {
			s.run("label", ids[title], verdict).ends(0)
		}
	}
	want := "{tern}: 5 labelled relevant, 6 not\n  against nests: removes 5 of 6 bad, 0 of 5 good, 1 of 3 others\n  tern:\n    against: {any: [nests]}\n"
	if got := s.run("label", "--suggest").out.String(); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	s.run("label", ids["Storm floods Tern nests"], "--undo").ends(0)
	if got := s.run("label", "--suggest").out.String(); !strings.Contains(got, "removes 4 of 5 bad, 0 of 5 good, 2 of 4 others") {
		t.Error("after one label is taken back:", got)
	}
}
