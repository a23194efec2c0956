package monitor_test

import (
	"slices"
	"testing"

	"newswatch/monitor"
)

// Who asks for it is told of an unusual day, and the mark says that it was done.
func TestTellUnusual(t *testing.T) {
	b := newBench(t, monitor.Watch{Name: "loud", Match: "ferry", Notify: []string{"desk"}, Unusual: monitor.UnusualNotify},
		monitor.Watch{Name: "calm", Match: "boat", Notify: []string{"desk"}})
	for watch, want := range map[string]bool{"loud": true, "calm": false, "gone": false} {
		u := monitor.Unusual{Watch: watch, Kind: "spike", Line: watch + ": 9 stories"}
		told, err := b.mon.TellUnusual(u, b.now)
		if err != nil || told != want {
			t.Errorf("%s: told %v, %v, want %v", watch, told, err, want)
		}
		slot, mark := u.Slot(b.now)
		if got, err := b.store.Slot(slot); err != nil || (got == mark) != want {
			t.Errorf("%s: marked %q, %v", watch, got, err)
		}
	}
	if told := b.told(monitor.OperationsKind); len(told) != 1 || told[0].Content.Headline != "loud: 9 stories" || told[0].Destination != "desk" {
		t.Errorf("messages %+v", told)
	}
}

// A match notes the entities it names beyond doubt, and what is unusual of one is
// told to all who ask and watch it, to each destination once.
func TestTellUnusualEntity(t *testing.T) {
	loud := func(name, match string, to ...string) monitor.Watch {
		return monitor.Watch{Name: name, Match: match, Notify: to, Unusual: monitor.UnusualNotify}
	}
	b := newBench(t, loud("one", "{ice} AND ferry", "desk"), loud("two", "{ice}", "desk", "phone"), loud("three", "ferry", "ops"),
		monitor.Watch{Name: "calm", Match: "{ice}", Notify: []string{"mail"}})
	b.prime("wire")
	b.show("wire", b.item("new", "Immigration and Customs Enforcement hires a ferry"))
	b.poll("wire")
	for _, s := range b.stories() {
		for _, sw := range s.Watches {
			if want := []string{"ice"}; sw.Watch != "three" && !slices.Equal(sw.Entities, want) || sw.Watch == "three" && sw.Entities != nil {
				t.Errorf("%s names %q", sw.Watch, sw.Entities)
			}
		}
	}
	u := monitor.Unusual{Entity: "ice", Kind: "silence", Line: "ICE: no story in a day"}
	if told, err := b.mon.TellUnusual(u, b.now); err != nil || !told {
		t.Fatalf("told %v, %v", told, err)
	}
	var to []string
	rows, err := b.store.List(monitor.NoticeFilter{})
	if err != nil || len(b.stories()) != 1 {
		t.Fatalf("%d stories, %v", len(b.stories()), err)
	}
	for _, n := range rows {
		if n.Content.Headline == u.Line {
			to = append(to, n.Destination)
		}
	}
	if slices.Sort(to); !slices.Equal(to, []string{"desk", "phone"}) {
		t.Errorf("told to %q", to)
	}
}
