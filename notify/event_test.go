package notify

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"newswatch/monitor"
)

func TestEventContent(t *testing.T) {
	dead := rows(25, func(n *monitor.Notice) {
		n.Delivery.State, n.Delivery.Reason = monitor.Dead, "msg_too_long"
		n.Content.Headline = "a\x1b[2J headline"
	})
	tests := map[string]struct {
		e     Event
		key   string
		wants []string
	}{
		"failing": {
			Event{Kind: Failing, Destination: "newsroom", Since: evening, Reason: "token_revoked: put a new one into token"},
			fmt.Sprint("operations-newsroom-failing-", evening.Unix()),
			[]string{"destination newsroom is failing", "token_revoked", "Tue 24 Nov 2026, 20:00 UTC"},
		},
		"recovered": {
			Event{Kind: Recovered, Destination: "newsroom", Since: evening}, fmt.Sprint("operations-newsroom-recovered-", evening.Unix()),
			[]string{"works again"},
		},
		"one dead": {
			Event{Kind: Undelivered, Destination: "hook", Notices: dead[:1]}, "operations-hook-undone-n000",
			[]string{"1 notice for hook", "dead: a headline (msg_too_long)", "outbox retry"},
		},
		"many dead": {
			Event{Kind: Undelivered, Destination: "hook", Notices: dead}, "operations-hook-undone-n000",
			[]string{"25 notices for hook", "and 5 more"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := tt.e.Content()
			text := c.Headline + "\n" + strings.Join(c.Lines, "\n")
			for _, want := range tt.wants {
				if !strings.Contains(text, want) {
					t.Errorf("%q is missing from\n%s", want, text)
				}
			}
			if got := tt.e.Key(); got != tt.key || strings.Contains(text, "\x1b") {
				t.Errorf("key %q, want %q; text %q", got, tt.key, text)
			}
		})
	}
}

func TestLatency(t *testing.T) {
	n := row("k")
	n.Delivery.Receipt.At = n.Seen.Add(3 * time.Second)
	if got := Latency(n); got != 3*time.Second {
		t.Errorf("Latency = %v, want 3s", got)
	}
	n.Seen = time.Time{}
	if got := Latency(n); got != 0 {
		t.Errorf("Latency of what was never seen = %v, want 0", got)
	}
}
