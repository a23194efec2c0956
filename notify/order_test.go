package notify

import (
	"strings"
	"testing"
	"time"

	"newswatch/monitor"
)

// TestOrders holds what an operator's orders and the configuration make of a
// row in each state, "" where an order is refused.
func TestOrders(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	tests := map[monitor.State]struct{ requeued, dropped, parked, back monitor.State }{
		monitor.Pending:     {monitor.Pending, monitor.Dead, monitor.Parked, monitor.Pending},
		monitor.Inflight:    {"", "", monitor.Parked, monitor.Unknown},
		monitor.Unknown:     {"", monitor.Dead, monitor.Parked, monitor.Unknown},
		monitor.Parked:      {monitor.Pending, monitor.Dead, "", ""},
		monitor.Dead:        {monitor.Pending, "", "", ""},
		monitor.Unconfirmed: {monitor.Pending, "", "", ""},
		monitor.Sent:        {"", "", "", ""},
		monitor.Folded:      {"", "", "", ""},
	}
	for st, want := range tests {
		n := monitor.Notice{Key: "k", Delivery: monitor.Delivery{State: st, Attempts: 3, Lost: 2, Rev: 9, Reason: "r"}}
		requeued, err := Requeue(n, now)
		if (err != nil) != (want.requeued == "") || err == nil && (requeued.Delivery != monitor.Delivery{State: want.requeued, Due: now, Renewed: now,
			Rev: 9, Reason: "tried again by hand; before: r"}) {
			t.Errorf("%s tried again: %+v, %v", st, requeued.Delivery, err)
		}
		dropped, err := Drop(n, "no use")
		if (err != nil) != (want.dropped == "") || err == nil && (dropped.Delivery.State != want.dropped || !strings.HasSuffix(dropped.Delivery.Reason, "by hand: no use")) {
			t.Errorf("%s dropped: %+v, %v", st, dropped.Delivery, err)
		}
		if want.parked == "" {
			continue
		}
		parked := park(n.Delivery)
		if back := unpark(parked, now); parked.State != want.parked || back.State != want.back || !back.Due.Equal(now) || !back.Renewed.Equal(now) {
			t.Errorf("%s parked: %+v, and back: %+v", st, parked, back)
		}
	}
}
