package slack_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/monitor/text"
	"newswatch/notify/slack"
	"newswatch/notify/slack/slacktest"
)

var morning = time.Date(2026, 11, 24, 12, 42, 0, 0, time.UTC)

// hits marks every occurrence of words in a sentence.
func hits(sentence string, words ...string) []text.Range {
	var out []text.Range
	for i := range len(sentence) {
		for _, w := range words {
			if strings.HasPrefix(sentence[i:], w) {
				out = append(out, text.Range{Start: i, End: i + len(w)})
			}
		}
	}
	return out
}

func card() monitor.Card {
	sentence := "The agency signed a $30 million order for cloud storage with Contoso, according to records."
	return monitor.Card{Item: 7, Claimed: "ann & bob",
		Story: 81, Headline: "Agency moves detention records to a private cloud", URL: "https://news.example/a?b=1&c=2",
		Outlet: "Example Times", Feed: "example-times", Class: "press",
		Published: morning.Add(-11 * time.Minute), Seen: morning, Watch: "cloud-contracts", Verdict: match.Strong,
		Sentence: sentence, Hits: hits(sentence, "agency", "cloud"),
		Watches: []string{"cloud-contracts", "agency"}, Doubt: "agency: named in full below",
		Why: []string{`agency: "detention" stands 9 words away`}, Outlets: 14, Independent: 3,
		Also: []monitor.Mention{{Outlet: "Daily Example", Title: "Cloud deal", URL: "https://daily.example/x|y"}, {Outlet: "Wire & Co"}},
	}
}

func alert() monitor.Notice {
	c := card()
	return monitor.Notice{
		Key: "alert-1", Destination: "newsroom", Kind: monitor.AlertKind, Watch: c.Watch, Story: c.Story, Created: morning,
		Content:  monitor.Content{Headline: c.Headline, Cards: []monitor.Card{c}},
		Delivery: monitor.Delivery{Started: time.Now()},
	}
}

func reply() monitor.Notice {
	n := alert()
	n.Key, n.Kind, n.Parent = "reply-1", monitor.ReplyKind, "alert-1"
	n.Content.Change = "A new amount: $45 million"
	return n
}

func edit() monitor.Notice {
	n := alert()
	n.Key, n.Kind, n.Parent = "edit-1", monitor.EditKind, "alert-1"
	n.Content.Cards[0].Outlets = 21
	return n
}

func catchup(cards int) monitor.Notice {
	n := monitor.Notice{Key: "catchup-1", Kind: monitor.CatchupKind, Created: morning,
		Content: monitor.Content{Headline: "3 stories from the time newswatch was not running", More: 2}}
	for i := range cards {
		c := card()
		c.Headline = fmt.Sprintf("%s, part %d", c.Headline, i+1)
		n.Content.Cards = append(n.Content.Cards, c)
	}
	return n
}

func operations() monitor.Notice {
	return monitor.Notice{Key: "ops-1", Kind: monitor.OperationsKind, Created: morning, Content: monitor.Content{
		Headline: "Feed example-times is blocked", Lines: []string{"403 since 09:12 UTC", "retried hourly"},
	}}
}

func digest(watches, stories int) monitor.Notice {
	d := &monitor.Digest{
		Name: "daily", Slot: "2026-11-24T07:00", Zone: "America/New_York", From: morning.Add(-24 * time.Hour), To: morning,
		Feeds: 43, FeedsOK: 41, Items: 1204, Possible: []monitor.Card{card()},
		CoverageGaps:     []monitor.CoverageGap{{Feed: "agency-press", From: morning.Add(-5 * time.Hour), Why: "403", Watches: []string{"cloud-contracts"}}},
		FailedDeliveries: []monitor.FailedDelivery{{Destination: "desk", Headline: "Cloud deal", State: monitor.Dead, Reason: "550 no such user"}},
		Silences:         []string{"story 2p until 25 Nov 09:00: mute"}, Audit: []string{"watch old-probe has not matched for 90 days"},
	}
	for i := range 14 {
		d.Days = append(d.Days, morning.AddDate(0, 0, i-13).Format(time.DateOnly))
	}
	for i := range watches {
		w := monitor.DigestWatch{Name: fmt.Sprintf("watch-%d", i+1)}
		for j := range 14 {
			w.PerDay = append(w.PerDay, (i+3)*j%7)
		}
		for range stories {
			c := card()
			c.Reports = []monitor.Report{{Outlet: "Wire & Co", Title: "Advocates sue over the order", URL: "https://wire.example/suit", At: morning}}
			c.MoreReports = 3
			w.Stories = append(w.Stories, c)
		}
		d.Watches = append(d.Watches, w)
	}
	d.Watches = append(d.Watches, monitor.DigestWatch{Name: "quiet-one", PerDay: make([]int, 14)})
	return monitor.Notice{Key: "digest-1", Kind: monitor.DigestKind, Created: morning,
		Content: monitor.Content{Headline: "Daily digest, Tuesday 24 November 2026", Digest: d}}
}

// token stands for a bot's token in all tests; none of it may leak.
const token = "xoxb-1111-SecretOfTheBot"

func workspace(t *testing.T) *slacktest.Server {
	s := slacktest.New()
	t.Cleanup(s.Close)
	return s
}

func bot(t *testing.T, s *slacktest.Server) *slack.Notifier {
	t.Helper()
	return open(t, slack.Config{Token: token, Channel: "#news", APIURL: s.APIURL()})
}

func hook(t *testing.T, s *slacktest.Server) *slack.Notifier {
	t.Helper()
	return open(t, slack.Config{WebhookURL: secret(s.WebhookURL())})
}

func open(t *testing.T, c slack.Config) *slack.Notifier {
	t.Helper()
	n, err := slack.New(c, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	return n
}
