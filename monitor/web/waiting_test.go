package web

import (
	"strings"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/api"
)

// A destination that fails shows on the front page, and is the reason of what
// waits for it.
func TestWaitingDestinationsShow(t *testing.T) {
	p, r := newsroom(testNow)
	p.notices = []monitor.Notice{
		{Key: "1111", Destination: "hook", Kind: monitor.AlertKind, Created: testNow, Delivery: monitor.Delivery{State: monitor.Pending}},
		{Key: "2222", Destination: "desk", Kind: monitor.AlertKind, Created: testNow, Delivery: monitor.Delivery{State: monitor.Pending, Reason: "held until 07:00"}},
	}
	p.gates = map[string]monitor.Breaker{
		"hook": {Until: testNow.Add(3 * time.Minute), Reason: "answers 410 Gone", Failures: 2},
		"desk": {Until: testNow.Add(time.Minute)}, // it only paces itself
	}
	s := &Server{Server: &api.Server{Reader: p, Rules: func() *monitor.Rules { return r }, Now: fixed(testNow)}}
	front := ask(s.Handler(), "GET", "/", "").Body.String()
	for _, says := range []string{"1 destination takes nothing", "1 notice waits", "in 3 min", "answers 410 Gone"} {
		if !strings.Contains(front, says) {
			t.Errorf("the front page does not say %q", says)
		}
	}
	rows, err := api.Notices(p, p.notices, testNow)
	if err != nil || len(rows) != 2 || !strings.Contains(rows[0].Reason, "answers 410 Gone") || rows[1].Reason != "held until 07:00" {
		t.Errorf("rows %+v, %v", rows, err)
	}
}
