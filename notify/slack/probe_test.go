package slack_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/notify"
	"newswatch/notify/notifytest"
	"newswatch/notify/slack/slacktest"
)

func TestProbeTellsLostFromLate(t *testing.T) {
	tests := map[string]struct {
		step  slacktest.Step
		found bool
	}{
		"accepted, answer lost": {slacktest.Step{Accept: true, Drop: true}, true},
		"accepted, then 500":    {slacktest.Step{Accept: true, Status: 500}, true},
		"never arrived":         {slacktest.Step{Drop: true}, false},
	}
	for name, tt := range tests {
		for _, forgot := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, restarted %v", name, forgot), func(t *testing.T) {
				s := workspace(t)
				n := bot(t, s)
				for i := range 20 {
					other := alert()
					other.Key = fmt.Sprintf("other-%d", i)
					if _, err := n.Notify(t.Context(), other, monitor.Receipt{}); err != nil {
						t.Fatal(err)
					}
					if i == 10 {
						s.Script(slacktest.Post, tt.step)
						if _, err := n.Notify(t.Context(), alert(), monitor.Receipt{}); !notify.IsUnknown(err) {
							t.Fatalf("outcome %v, want unknown", err)
						}
					}
				}
				if forgot {
					n = bot(t, s)
				}
				r, found, err := n.Probe(t.Context(), alert())
				if err != nil || found != tt.found || found && r.ID == "" {
					t.Errorf("Probe = %+v, %v, %v, want found %v", r, found, err, tt.found)
				}
			})
		}
	}
}

func TestProbeTurnsPages(t *testing.T) {
	s := workspace(t)
	n := bot(t, s)
	for i := range 205 { // a page has 200, and the newest come first
		nt := operations()
		nt.Key = fmt.Sprint("key-", i)
		if _, err := n.Notify(t.Context(), nt, monitor.Receipt{}); err != nil {
			t.Fatal(err)
		}
	}
	first := alert()
	first.Key = "key-0"
	if _, found, err := n.Probe(t.Context(), first); !found || err != nil {
		t.Errorf("Probe = %v, %v, want found", found, err)
	}
	if calls := s.Calls(slacktest.History); calls != 2 {
		t.Errorf("%d questions, want 2", calls)
	}
}

// The alert was told on a card, so the reply stands in the channel.
func TestProbeFindsAReplyWithoutAParent(t *testing.T) {
	s := workspace(t)
	n := bot(t, s)
	loose := reply()
	loose.Created = time.Now()
	s.Script(slacktest.Post, slacktest.Step{Accept: true, Drop: true})
	if _, err := n.Notify(t.Context(), loose, monitor.Receipt{}); !notify.IsUnknown(err) {
		t.Fatalf("outcome %v, want unknown", err)
	}
	if r, found, err := n.Probe(t.Context(), loose); err != nil || !found || r.ID == "" {
		t.Errorf("Probe = %+v, %v, %v, want the reply", r, found, err)
	}
	loose.Key = "never-sent"
	if _, found, err := n.Probe(t.Context(), loose); found || !errors.Is(err, notify.ErrCannotProbe) {
		t.Errorf("another reply: %v, %v, want that nobody can tell", found, err)
	}
}

func TestProbeFindsAReplyInItsThread(t *testing.T) {
	for _, forgot := range []bool{false, true} {
		t.Run(fmt.Sprintf("restarted %v", forgot), func(t *testing.T) {
			s := workspace(t)
			n := bot(t, s)
			old := alert()
			old.Created = time.Now().Add(-time.Hour)
			parent, err := n.Notify(t.Context(), old, monitor.Receipt{})
			if err != nil {
				t.Fatal(err)
			}
			late := reply()
			late.Created = time.Now()
			s.Script(slacktest.Post, slacktest.Step{Accept: true, Drop: true})
			if _, err := n.Notify(t.Context(), late, parent); !notify.IsUnknown(err) {
				t.Fatalf("outcome %v, want unknown", err)
			}
			if forgot {
				n = bot(t, s)
			}
			r, found, err := n.Probe(t.Context(), late)
			if err != nil || !found || r.ID == parent.ID {
				t.Errorf("Probe = %+v, %v, %v, want the reply", r, found, err)
			}
			late.Key = "never-sent"
			if _, found, err := n.Probe(t.Context(), late); found || err != nil {
				t.Errorf("another reply: %v, %v, want not found", found, err)
			}
		})
	}
}

func TestProbeSaysWhenItCannot(t *testing.T) {
	tests := map[string]struct {
		method string
		step   slacktest.Step
		cannot bool
		class  string
	}{
		"scope missing":  {slacktest.History, slacktest.Step{Error: "missing_scope"}, true, ""},
		"no such method": {slacktest.History, slacktest.Step{Status: 404}, true, ""},
		"asked too much": {slacktest.History, slacktest.Step{Status: 429, RetryAfter: "60"}, false, "retry 1m0s"},
		"in trouble":     {slacktest.History, slacktest.Step{Status: 502}, false, "doubtful"},
		"lost":           {slacktest.History, slacktest.Step{Drop: true}, false, "doubtful"},
		"new code":       {slacktest.History, slacktest.Step{Error: "not_implemented"}, true, ""},
		"not allowed":    {slacktest.History, slacktest.Step{Status: 405}, true, ""},
		"not there yet":  {slacktest.History, slacktest.Step{Status: 501}, true, ""},
		"yes to all":     {slacktest.History, slacktest.Step{Body: `{"ok":true}`}, true, ""},
		"rate in words":  {slacktest.History, slacktest.Step{Error: "ratelimited"}, false, "retry 10s"},
		"token revoked":  {slacktest.History, slacktest.Step{Error: "token_revoked"}, false, "down"},
		"no verdict":     {slacktest.History, slacktest.Step{Body: "{}"}, false, "unknown"},
		"unlisted":       {slacktest.List, slacktest.Step{Error: "missing_scope"}, true, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := workspace(t)
			n := bot(t, s)
			if tt.method == slacktest.History {
				if _, err := n.Notify(t.Context(), alert(), monitor.Receipt{}); err != nil {
					t.Fatal(err)
				}
			}
			s.Script(tt.method, tt.step)
			_, _, err := n.Probe(t.Context(), alert())
			if errors.Is(err, notify.ErrCannotProbe) != tt.cannot || !tt.cannot && notifytest.Class(err) != tt.class {
				t.Errorf("Probe: %v (%s), want cannot %v, %s", err, notifytest.Class(err), tt.cannot, tt.class)
			}
		})
	}
}

func TestProbeAllowsForSlacksClock(t *testing.T) {
	for _, ahead := range []time.Duration{10 * time.Minute, -10 * time.Minute} {
		t.Run(ahead.String(), func(t *testing.T) {
			s := workspace(t)
			s.ClockAhead = ahead
			n := bot(t, s)
			s.Script(slacktest.Post, slacktest.Step{Accept: true, Drop: true})
			if _, err := n.Notify(t.Context(), alert(), monitor.Receipt{}); !notify.IsUnknown(err) {
				t.Fatalf("outcome %v, want unknown", err)
			}
			if _, found, err := bot(t, s).Probe(t.Context(), alert()); !found || err != nil {
				t.Errorf("Probe = %v, %v, want found", found, err)
			}
		})
	}
}

func TestProbeOfAnEditIsFree(t *testing.T) {
	s := workspace(t)
	if _, found, err := bot(t, s).Probe(t.Context(), edit()); found || err != nil {
		t.Errorf("Probe = %v, %v, want not found: an edit can be repeated", found, err)
	}
}
