package notifytest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/monitor/text"
	"newswatch/notify"
)

// RunOutbox checks that an outbox keeps the promises of notify.Outbox. open
// returns an empty one, and closes it when its test ends.
func RunOutbox(t *testing.T, open func(t *testing.T) notify.Outbox) {
	for name, test := range map[string]func(*testing.T, notify.Outbox){
		"keeps rows whole":           keepsRows,
		"ignores a key it has":       ignoresKnown,
		"writes all rows or none":    allOrNone,
		"lists what is due":          listsDue,
		"keeps a reply back":         keepsBack,
		"knows the next due time":    knowsNext,
		"lists what is under way":    listsInflight,
		"keeps breakers":             keepsBreakers,
		"lets one of many writers":   letsOne,
		"keeps destinations apart":   keepsApart,
		"moves rows in the due list": movesRows,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// Dawn is when the suite's notices are made.
var dawn = time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC)

// pending is an alert owed to dest and due minutes after dawn.
func pending(dest, key string, minutes int) monitor.Notice {
	return monitor.Notice{
		Key: key, Destination: dest, Kind: monitor.AlertKind, Watch: "w", Created: dawn, Seen: dawn,
		Content:  monitor.Content{Headline: "headline of " + key},
		Delivery: monitor.Delivery{State: monitor.Pending, Due: dawn.Add(time.Duration(minutes) * time.Minute)},
	}
}

func put(t *testing.T, o notify.Outbox, ns ...monitor.Notice) []monitor.Notice {
	t.Helper()
	if err := o.Update(ns); err != nil {
		t.Fatalf("Update: %v", err)
	}
	return ns
}

func wantDue(t *testing.T, o notify.Outbox, dest string, minutes, most int, want ...string) {
	t.Helper()
	ns, err := o.Due(dest, dawn.Add(time.Duration(minutes)*time.Minute), most)
	if err != nil {
		t.Fatalf("Due: %v", err)
	}
	var got []string
	for _, n := range ns {
		got = append(got, n.Key)
	}
	if !slices.Equal(got, want) {
		t.Errorf("Due after %d minutes = %q, want %q", minutes, got, want)
	}
}

func keepsRows(t *testing.T, o notify.Outbox) {
	n := pending("d", "k", 1)
	n.Story, n.Priority = 77, monitor.High
	n.Content.Cards = []monitor.Card{{
		Story: 77, Headline: "h", Seen: dawn, Published: dawn.Add(-time.Hour), Verdict: match.Weak,
		Sentence: "a sentence", Hits: []text.Range{{Start: 2, End: 4}}, Outlets: 3,
	}}
	n.Delivery.Receipt = monitor.Receipt{ID: "1.2", Channel: "C", At: dawn}
	stored := put(t, o, n)
	if stored[0].Delivery.Rev != 1 {
		t.Errorf("Rev after the first write = %d, want 1", stored[0].Delivery.Rev)
	}
	got, ok, err := o.Notice("d", "k")
	if err != nil || !ok {
		t.Fatalf("Notice = %v, %v", ok, err)
	}
	if diff := cmp.Diff(stored[0], got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the row came back changed (-stored +read):\n%s", diff)
	}
	if _, ok, err := o.Notice("d", "other"); ok || err != nil {
		t.Errorf("Notice of an unknown key = %v, %v, want false, nil", ok, err)
	}
}

func ignoresKnown(t *testing.T, o notify.Outbox) {
	put(t, o, pending("d", "k", 1))
	again := pending("d", "k", 9)
	put(t, o, again, pending("d", "new", 2))
	wantDue(t, o, "d", 5, 9, "k", "new")
}

func allOrNone(t *testing.T, o notify.Outbox) {
	ns := put(t, o, pending("d", "a", 1), pending("d", "b", 2))
	put(t, o, slices.Clone(ns[1:])...) // somebody else writes b
	ns[0].Delivery.State = monitor.Dead
	before := slices.Clone(ns)
	if err := o.Update(ns); !errors.Is(err, monitor.ErrStale) {
		t.Fatalf("Update of a stale row = %v, want ErrStale", err)
	}
	for i, n := range ns {
		if n.Delivery.Rev != before[i].Delivery.Rev {
			t.Errorf("Rev of %s was set though nothing was written", n.Key)
		}
	}
	wantDue(t, o, "d", 5, 9, "a", "b")
}

func listsDue(t *testing.T, o notify.Outbox) {
	unknown := pending("d", "unknown", 2)
	unknown.Delivery.State = monitor.Unknown
	older := pending("d", "older", 3)
	older.Created = dawn.Add(-time.Hour)
	ns := []monitor.Notice{pending("d", "third", 3), older, unknown, pending("d", "first", 1), pending("d", "later", 9)}
	for i, st := range []monitor.State{monitor.Inflight, monitor.Sent, monitor.Unconfirmed, monitor.Dead, monitor.Folded, monitor.Parked} {
		n := pending("d", fmt.Sprint("other", i), 1)
		n.Delivery.State = st
		ns = append(ns, n)
	}
	put(t, o, ns...)
	wantDue(t, o, "d", 3, 9, "first", "unknown", "older", "third")
	wantDue(t, o, "d", 3, 2, "first", "unknown")
	wantDue(t, o, "d", 0, 9)
}

func keepsBack(t *testing.T, o notify.Outbox) {
	reply := pending("d", "reply", 0)
	reply.Kind, reply.Parent = monitor.ReplyKind, "alert"
	orphan := pending("d", "orphan", 0)
	orphan.Kind, orphan.Parent = monitor.ReplyKind, "forgotten"
	alert := put(t, o, pending("d", "alert", 1), reply, orphan)[0]
	for _, st := range []monitor.State{monitor.Inflight, monitor.Unknown, monitor.Pending} {
		alert.Delivery.State = st
		alert.Delivery.Due = dawn.Add(time.Hour)
		alert = put(t, o, alert)[0]
		wantDue(t, o, "d", 5, 9, "orphan")
	}
	for _, st := range []monitor.State{monitor.Sent, monitor.Dead, monitor.Folded, monitor.Unconfirmed} {
		alert.Delivery.State = st
		alert = put(t, o, alert)[0]
		wantDue(t, o, "d", 5, 9, "orphan", "reply")
	}
}

func knowsNext(t *testing.T, o notify.Outbox) {
	next := func() time.Time {
		at, err := o.Next("d")
		if err != nil {
			t.Fatalf("Next: %v", err)
		}
		return at
	}
	if at := next(); !at.IsZero() {
		t.Errorf("Next of an empty outbox = %v, want zero", at)
	}
	ns := put(t, o, pending("d", "b", 5), pending("d", "a", 3))
	if at := next(); !at.Equal(ns[1].Delivery.Due) {
		t.Errorf("Next = %v, want %v", at, ns[1].Delivery.Due)
	}
	for i := range ns {
		ns[i].Delivery.State = monitor.Sent
	}
	put(t, o, ns...)
	if at := next(); !at.IsZero() {
		t.Errorf("Next with nothing waiting = %v, want zero", at)
	}
}

func listsInflight(t *testing.T, o notify.Outbox) {
	a, other := pending("d", "a", 1), pending("e", "x", 1)
	a.Delivery.State, other.Delivery.State = monitor.Inflight, monitor.Inflight
	a = put(t, o, a, other, pending("d", "b", 1))[0]
	got, err := o.Inflight("d")
	if err != nil || len(got) != 1 || got[0].Key != "a" || got[0].Delivery.Rev != a.Delivery.Rev {
		t.Errorf("Inflight = %v, %v, want the row a", got, err)
	}
	a.Delivery.State = monitor.Unknown
	put(t, o, a)
	if got, err := o.Inflight("d"); err != nil || len(got) != 0 {
		t.Errorf("Inflight = %v, %v, want none", got, err)
	}
}

func keepsBreakers(t *testing.T, o notify.Outbox) {
	if g, err := o.Breaker("d"); err != nil || !cmp.Equal(g, monitor.Breaker{}, cmpopts.EquateEmpty()) {
		t.Errorf("Breaker of an unknown destination = %+v, %v, want zero", g, err)
	}
	want := monitor.Breaker{Until: dawn, Reason: "429", Failures: 3, Down: 1, Since: dawn, Announced: true, Sent: []time.Time{dawn, dawn.Add(time.Second)}}
	if err := o.SetBreaker("d", want); err != nil {
		t.Fatalf("SetGate: %v", err)
	}
	got, err := o.Breaker("d")
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("Breaker: %v, changed (-stored +read):\n%s", err, diff)
	}
}

func letsOne(t *testing.T, o notify.Outbox) {
	row := put(t, o, pending("d", "k", 1))[0]
	var won atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			switch err := o.Update([]monitor.Notice{row}); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, monitor.ErrStale):
				t.Errorf("Update: %v", err)
			}
		})
	}
	wg.Wait()
	if n := won.Load(); n != 1 {
		t.Errorf("%d writers of one revision succeeded, want 1", n)
	}
}

func keepsApart(t *testing.T, o notify.Outbox) {
	put(t, o, pending("d", "k", 1), pending("e", "k", 2), pending("d/e", "k", 3))
	wantDue(t, o, "d", 5, 9, "k")
	wantDue(t, o, "e", 1, 9)
	wantDue(t, o, "d/e", 5, 9, "k")
}

func movesRows(t *testing.T, o notify.Outbox) {
	n := put(t, o, pending("d", "k", 1))[0]
	n.Delivery.Due = dawn.Add(8 * time.Minute)
	n = put(t, o, n)[0]
	wantDue(t, o, "d", 5, 9)
	wantDue(t, o, "d", 8, 9, "k")
	n.Delivery.Due, n.Delivery.State = time.Time{}, monitor.Unknown
	put(t, o, n)
	wantDue(t, o, "d", 0, 9, "k")
}
