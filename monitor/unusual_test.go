package monitor_test

import (
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
