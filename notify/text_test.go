package notify

import (
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/query"
)

func TestLook(t *testing.T) {
	seen := time.Date(2026, 11, 24, 12, 42, 0, 0, time.UTC)
	zone, _ := time.LoadLocation("America/New_York")
	s := "The department moved nearly 1,400 terabytes to Microsoft's Azure platform, records obtained by the paper show, and asked for more."
	card := monitor.Card{Headline: "Deportation agency leans ever harder on a cloud giant", URL: "https://www.example.co.uk/news/2026/cloud", Outlet: "Example Times",
		Published: seen.Add(-11 * time.Minute), Seen: seen, Watch: "azure-at-ice", Verdict: query.Strong, Sentence: s, Hits: []query.Span{{Start: 44, End: 61}}, Outlets: 14, Independent: 3,
		Also: []monitor.Mention{{Outlet: "Wire"}, {Outlet: "Bugle"}}}
	weak := card
	weak.Verdict = query.Weak
	weak.Headline = "東京の\x1b[31m見出し\u202e evil"
	n := monitor.Notice{Kind: monitor.AlertKind, Priority: monitor.High, Watch: "azure-at-ice", Content: monitor.Content{Cards: []monitor.Card{card}}}
	o := TextOptions{Zone: zone, Colour: true}
	t.Log("\n" + Text(n, o))
	n.Kind = monitor.CatchupKind
	n.Content = monitor.Content{Headline: "3 stories while this destination was quiet", Cards: []monitor.Card{card, weak}, More: 12}
	t.Log("\n" + Text(n, o))
	n.Kind = monitor.DigestKind
	n.Content = monitor.Content{Headline: "newswatch daily, Tue 24 Nov 2026", Digest: &monitor.Digest{Name: "daily", Slot: "2026-11-24T07:00", Zone: "America/New_York", From: seen.Add(-24 * time.Hour), To: seen, Feeds: 43, FeedsOK: 41, Items: 1204, Missed: 2,
		Watches: []monitor.DigestWatch{{Name: "azure-at-ice", Stories: []monitor.Card{card, card}, More: 1, PerDay: []int{0, 1, 2, 5, 8, 3, 0, 0, 1}}, {Name: "geo-group"}}, Possible: []monitor.Card{weak},
		Blind: []monitor.Blind{{Feed: "reuters", From: seen, Why: "503 from the server"}}, Trouble: []monitor.Trouble{{Destination: "hook", Headline: "A headline", State: monitor.Dead, Reason: "410"}}, Silences: []string{"story abc until tomorrow"}, Days: []string{"2026-11-11", "2026-11-24"}}}
	t.Log("\n" + Text(n, TextOptions{Zone: zone, Stars: true}))
}
