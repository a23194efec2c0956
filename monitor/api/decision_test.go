package api

import (
	"slices"
	"testing"

	"newswatch/monitor"
	"newswatch/monitor/report"
)

// TestDecisionsOf holds what people are told of each decision, and the message
// that they are led to.
func TestDecisionsOf(t *testing.T) {
	a := &report.Explanation{
		Record: monitor.Record{Decisions: []monitor.Decision{
			{Watch: "ice", Destination: "desk", As: monitor.AlertKind, Key: "card"},
			{Watch: "azure", Destination: "desk", As: monitor.AlertKind, Key: "card"},
			{Watch: "ice", Destination: "wire", As: monitor.CatchupKind, Key: "catch", Why: "first poll of the feed"},
			{Watch: "ice", Destination: "night", As: monitor.ReplyKind, Key: "reply"},
			{Watch: "ice", Destination: "full", As: monitor.AlertKind, Key: "held"},
			{Watch: "geo", Destination: "desk", Why: "the story has been told"},
			{Watch: "mute", Why: "the watch notifies nobody"},
			{Watch: "old", Destination: "gone", As: monitor.AlertKind, Key: "forgotten"}}},
		Story: &monitor.Story{Told: []monitor.Telling{{Destination: "desk", Card: "card"}, {Destination: "wire"}, {Destination: "night", Card: "nightcard"}}},
		Notices: []monitor.Notice{{Key: "card", Delivery: monitor.Delivery{State: monitor.Sent}}, {Key: "catch", Delivery: monitor.Delivery{State: monitor.Pending}},
			{Key: "reply", Delivery: monitor.Delivery{State: monitor.Sent}},
			{Key: "held", Delivery: monitor.Delivery{State: monitor.Folded, Into: "flood", Reason: "told by 80 stories at once"}}}}
	var got []string
	for _, d := range Together(DecisionsOf(a)) {
		got = append(got, d.Watch+" for "+d.Destination+": "+d.InWords()+" | "+d.Key+" | "+d.Under)
	}
	want := []string{
		"ice, azure for desk: alert, sent | card | ",
		"ice for wire: in a catch-up, pending (first poll of the feed) | catch | ",
		"ice for night: reply, sent | reply | nightcard",
		"ice for full: alert, folded (told by 80 stories at once) | held | flood",
		"geo for desk: not told: the story has been told |  | card",
		"mute for : not told: the watch notifies nobody |  | ",
		"old for gone: alert | forgotten | ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got")
		for i, line := range got {
			t.Errorf("%q", line)
			if i < len(want) && line != want[i] {
				t.Errorf("   want %q", want[i])
			}
		}
	}
}

// TestNoticeNamesItsWatches holds that rows of versions that kept but one watch
// name it all the same.
func TestNoticeNamesItsWatches(t *testing.T) {
	old := NoticeOf(monitor.Notice{Watch: "ice"})
	if old.Watch != "ice" || !slices.Equal(old.Watches, []string{"ice"}) || old.Tag() != "ice" {
		t.Errorf("%+v", old)
	}
	now := NoticeOf(monitor.Notice{Watch: "ice", Watches: []string{"ice", "azure", "geo"}, Delivery: monitor.Delivery{State: monitor.Folded, Into: "card"}})
	if now.Watch != "ice" || len(now.Watches) != 3 || now.Tag() != "ice +2" || now.Into != "card" {
		t.Errorf("%+v", now)
	}
	if c := NoticeOf(monitor.Notice{Kind: monitor.CatchupKind, Content: monitor.Content{Cards: make([]monitor.Card, 2), More: 5}}); c.Stories != 7 {
		t.Errorf("a catch-up of %d stories", c.Stories)
	}
}
