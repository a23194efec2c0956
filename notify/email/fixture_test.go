package email_test

import (
	"fmt"
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/monitor/text"
)

var morning = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

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
	sentence := "The agency signed a $30 million order for cloud storage with Contoso, according to records the paper obtained."
	return monitor.Card{
		Story: 81, Headline: "Agency moves detention records to a private cloud, and nobody asked what it costs", URL: "https://news.example.org/a?b=1&c=2",
		Outlet: "Example Times", Feed: "example-times", Class: "press",
		Published: morning.Add(-11 * time.Minute), Seen: morning, Watch: "cloud-contracts", Verdict: match.Strong,
		Sentence: sentence, Hits: hits(sentence, "agency", "cloud"),
		Watches: []string{"cloud-contracts", "agency"}, Why: []string{`agency: "detention" stands 9 words away`, `cloud: as written`},
		Doubt:   "agency: named in full below",
		Outlets: 14, Independent: 3,
		Also: []monitor.Mention{{Outlet: "Daily Example", Title: "Cloud deal", URL: "https://daily.example/x"}, {Outlet: "Wire & Co"}},
	}
}

// other is a story that fewer tell.
func other(headline, outlet string) monitor.Card {
	c := card()
	c.Headline, c.Outlet, c.Class, c.Outlets, c.Independent = headline, outlet, "", 1, 1
	c.Sentence = "Officials said the cloud contract was reviewed by the agency in October."
	c.Hits, c.Also = hits(c.Sentence, "cloud contract"), nil
	return c
}

func alert() monitor.Notice {
	c := card()
	return monitor.Notice{
		Key: "alert-1", Destination: "desk", Kind: monitor.AlertKind, Watch: c.Watch, Story: c.Story, Created: morning,
		Priority: monitor.High, Content: monitor.Content{Headline: c.Headline, Cards: []monitor.Card{c}},
	}
}

func reply() monitor.Notice {
	n := alert()
	n.Key, n.Kind, n.Parent, n.Priority = "reply-1", monitor.ReplyKind, "alert-1", ""
	n.Content.Change, n.Content.Thread = "A new amount: $45 million", "[cloud-contracts +1] Agency moves records"
	return n
}

func catchup() monitor.Notice {
	c := []monitor.Card{card(), other("Auditors question a storage order", "Wire & Co"), other("A quiet renewal", "County Record")}
	c[2].Verdict = match.Weak
	return monitor.Notice{Key: "catchup-1", Kind: monitor.CatchupKind, Created: morning,
		Content: monitor.Content{Headline: "5 stories from the time newswatch was not running", Cards: c, More: 2}}
}

func operations() monitor.Notice {
	return monitor.Notice{Key: "ops-1", Kind: monitor.OperationsKind, Created: morning, Content: monitor.Content{
		Headline: "Feed example-times is blocked", Lines: []string{"403 since 09:12 UTC", "retried hourly; nothing to do unless it lasts"},
	}}
}

func digest() monitor.Notice {
	d := &monitor.Digest{
		Name: "daily", Slot: "2026-11-24T07:00", Zone: "America/New_York", From: morning.Add(-24 * time.Hour), To: morning,
		Feeds: 43, FeedsOK: 41, Items: 1204,
		Possible: []monitor.Card{other("Cloud over the harbour as agency opens", "Harbour Post")},
		CoverageGaps: []monitor.CoverageGap{
			{Feed: "agency-press", From: morning.Add(-5 * time.Hour), Why: "403, a challenge page", Watches: []string{"cloud-contracts"}},
			{Feed: "county-record", From: morning.Add(-9 * time.Hour), To: morning.Add(-8 * time.Hour), Why: "no answer"},
		},
		FailedDeliveries: []monitor.FailedDelivery{{Destination: "desk", Headline: "Cloud deal", State: monitor.Dead, Reason: "550 no such user"}},
		Silences:         []string{"story 2p until 25 Nov 09:00 EST: mute"}, Audit: []string{"watch old-probe has not matched for 90 days"},
	}
	d.Possible[0].Verdict = match.Weak
	for i := range 14 {
		d.Days = append(d.Days, morning.AddDate(0, 0, i-13).Format(time.DateOnly))
	}
	names := []string{"cloud-contracts", "detention-suppliers", "biometrics", "border-towers"}
	for i, name := range names {
		w := monitor.DigestWatch{Name: name}
		for j := range 14 {
			w.PerDay = append(w.PerDay, max(0, (i*5+j*j*3+j)%7-i))
		}
		if i < 2 {
			w.Stories = []monitor.Card{card(), other("Auditors question a storage order", "Wire & Co"), other("A quiet renewal for the towers", "County Record")}[:3-i]
		}
		if i == 0 {
			w.More = 4
			w.Stories[0].Reports = []monitor.Report{
				{Outlet: "Daily Example", Title: "Advocates sue over the cloud order", URL: "https://daily.example/suit", At: morning.Add(-4 * time.Hour)},
				{Outlet: "Wire & Co", Title: "Agency cancels its cloud order", At: morning.Add(-time.Hour)},
			}
			w.Stories[0].MoreReports = 3
		}
		d.Watches = append(d.Watches, w)
	}
	return monitor.Notice{Key: "digest-1", Kind: monitor.DigestKind, Created: morning,
		Content: monitor.Content{Headline: "Daily digest, Tuesday 24 November 2026", Digest: d}}
}

func emptyDigest() monitor.Notice {
	n := digest()
	d := *n.Content.Digest
	d.Possible, d.CoverageGaps, d.FailedDeliveries, d.Silences, d.Audit, d.Watches = nil, nil, nil, nil, nil, nil
	for i := range 3 {
		d.Watches = append(d.Watches, monitor.DigestWatch{Name: fmt.Sprint("watch-", i), PerDay: make([]int, 14)})
	}
	n.Content.Digest = &d
	return n
}
