package render

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/monitor/text"
)

var update = flag.Bool("update", false, "write testdata anew; read the diff")

func newYork(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// sample is a card as they come.
func sample() monitor.Card {
	seen := time.Date(2026, 11, 24, 12, 42, 0, 0, time.UTC)
	return monitor.Card{
		Story: 35, Headline: "Agency leans ever harder on a cloud giant, records show", URL: "https://www.example.co.uk/news/cloud?page=1",
		Outlet: "Example Times", Published: seen.Add(-11 * time.Minute), Seen: seen, Watch: "azure-at-ice", Watches: []string{"azure-at-ice", "dhs-contracts"}, Verdict: match.Strong,
		Sentence: "The department moved nearly 1,400 terabytes onto Microsoft's Azure platform, and asked for more.",
		Hits:     []text.Range{{Start: 49, End: 66}}, Outlets: 14, Independent: 3,
		Also: []monitor.Mention{{Outlet: "Wire", Title: "t"}, {Outlet: "Daily Bugle", Title: "t"}, {Outlet: "Wire", Title: "u"}},
	}
}

// samples is a notice of every kind, with the worst of texts among them.
func samples() map[string]monitor.Notice {
	card, weak := sample(), sample()
	weak.Verdict, weak.Headline, weak.Published, weak.Outlets = match.Weak, "東京の\x1b[31m見出し\u202e が長いときは行の終わりで折り返され、読みやすいままでなければならない", time.Time{}, 1
	weak.Sentence, weak.Hits, weak.Also, weak.URL = "", nil, nil, "javascript:alert(1)"
	weak.Watches, weak.Doubt = nil, "ICE: nothing near supports or contradicts it"
	told := card
	told.Reports = []monitor.Report{{Outlet: "Wire", Title: "Agency sued over cloud contract", URL: "https://wire.example/2", At: card.Seen.Add(-3 * time.Hour)},
		{Outlet: "Daily Bugle", Title: "Cloud contract cancelled\x1b[2J", At: card.Seen}}
	told.MoreReports = 3
	alert := monitor.Notice{Kind: monitor.AlertKind, Watch: card.Watch, Content: monitor.Content{Headline: card.Headline, Cards: []monitor.Card{card}}}
	urgent, reply, catchup, operations, digest := alert, alert, alert, alert, alert
	urgent.Priority = monitor.High
	reply.Kind, reply.Content.Change = monitor.ReplyKind, "a new amount: $45 million"
	catchup.Kind = monitor.CatchupKind
	catchup.Content = monitor.Content{Headline: "14 stories while this destination was quiet", Cards: []monitor.Card{card, weak}, More: 12}
	catchup.Content.Cards[0].Follows = card.Seen.Add(-time.Hour)
	operations.Kind = monitor.OperationsKind
	operations.Content = monitor.Content{Headline: "destination newsroom is failing", Lines: []string{"slack: token_revoked: put a new bot token into token, then reload newswatch", "since Tue 24 Nov 2026, 07:42 EST"}}
	digest.Kind = monitor.DigestKind
	digest.Content = monitor.Content{Headline: "newswatch daily, Tue 24 Nov 2026", Digest: &monitor.Digest{
		Name: "daily", Slot: "2026-11-24T07:00", Zone: "America/New_York", From: card.Seen.Add(-24 * time.Hour), To: card.Seen, Missed: 2,
		Feeds: 43, FeedsOK: 41, Items: 1204, Watches: []monitor.DigestWatch{
			{Name: "azure-at-ice", Stories: []monitor.Card{told}, More: 1, PerDay: []int{0, 1, 2, 5, 8, 3, 0, 0, 1, 0, 0, 4, 2, 2}},
			{Name: "private-prisons", PerDay: []int{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},
			{Name: "quiet-watch", PerDay: make([]int, 14)},
		},
		Possible: []monitor.Card{weak}, Days: []string{"2026-11-11", "2026-11-24"},
		CoverageGaps:     []monitor.CoverageGap{{Feed: "example-wire", From: card.Seen.Add(-9 * time.Hour), To: card.Seen.Add(-7 * time.Hour), Why: "503 from the server", Watches: []string{"azure-at-ice"}}, {Feed: "agency", From: card.Seen, Why: "no answer"}},
		FailedDeliveries: []monitor.FailedDelivery{{Destination: "hook", Headline: card.Headline, State: monitor.Unconfirmed, Reason: "sent twice without an answer"}},
		Silences:         []string{"watch private-prisons until Wed 25 Nov 2026, 09:00 EST"}, Audit: []string{"feed example-wire has had no match in 90 days"},
	}}
	return map[string]monitor.Notice{"alert": alert, "urgent": urgent, "reply": reply, "catchup": catchup, "operations": operations, "digest": digest}
}

func TestText(t *testing.T) {
	zone := newYork(t)
	for name, n := range samples() {
		for suffix, o := range map[string]Options{
			"mail": {Zone: zone, Stars: true}, "terminal": {Zone: zone, Colour: true, Width: 100}, "narrow": {Zone: zone, Width: 40},
		} {
			t.Run(name+"/"+suffix, func(t *testing.T) {
				got := Text(n, o)
				file := filepath.Join("testdata", name+"."+suffix+".txt")
				if *update {
					if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if got != string(want) {
					t.Errorf("got\n%s\nwant\n%s", got, want)
				}
			})
		}
	}
}

// TestTextIsComplete: every width tells the same words.
func TestTextIsComplete(t *testing.T) {
	for name, n := range samples() {
		want := strings.Fields(strings.ReplaceAll(Text(n, Options{Width: 1000}), "\n", " "))
		got := strings.Fields(strings.ReplaceAll(Text(n, Options{Width: 80}), "\n", " "))
		if strings.Join(got, "") != strings.Join(want, "") {
			t.Errorf("%s: 80 columns tell\n%q\nand 1000\n%q", name, got, want)
		}
	}
}

func TestSparkline(t *testing.T) {
	tests := map[string]struct {
		in   []int
		want string
	}{
		"rising":  {[]int{0, 1, 2, 3, 4, 5, 6, 7, 8}, "·▁▂▃▄▅▆▇█"},
		"one":     {[]int{1}, "█"},
		"nothing": {[]int{0, 0}, "··"},
		"far off": {[]int{1, 1000}, "▁█"},
		"empty":   {nil, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Sparkline(tt.in); got != tt.want {
				t.Errorf("Sparkline(%v) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestNumber(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000", -100: "-100"} {
		if got := Number(n); got != want {
			t.Errorf("Number(%d) = %q, want %q", n, got, want)
		}
	}
}

// A mail's lines keep to their width with the asterisks in them; only an
// address may be longer.
func TestTextKeepsToItsWidth(t *testing.T) {
	for wide := 30; wide < 100; wide++ {
		for kind, n := range samples() {
			for line := range strings.Lines(Text(n, Options{Width: wide, Stars: true})) {
				line = strings.TrimRight(line, "\n")
				if w := columns(line); w > wide && !strings.Contains(line, "https://") && !strings.ContainsAny(line, "▁▂▃▄▅▆▇█") {
					t.Errorf("%s at %d: %d columns: %s", kind, wide, w, line)
				}
			}
		}
	}
}
