package monitor_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/schedule"
)

// condition returns what the store says of the wire, and how often operations
// were told.
func (b *bench) condition() (state schedule.Condition, told int) {
	b.Helper()
	rec, err := b.store.Feed(b.rules.Feeds["wire"].URL)
	if err != nil {
		b.Fatal(err)
	}
	rows, err := b.store.List(monitor.NoticeFilter{Destination: "ops"})
	if err != nil {
		b.Fatal(err)
	}
	return rec.Health.State(), len(rows)
}

// Every condition is entered when its trouble has repeated and lasted, told
// once, kept through more of the same, and left with one message.
func TestConditions(t *testing.T) {
	tests := map[string]struct {
		fault feeds.Fault
		want  schedule.Condition
		alone bool // a single poll is enough
	}{
		"no answer":       {feeds.Network, schedule.Degraded, false},
		"errors":          {feeds.Status, schedule.Degraded, false},
		"throttled":       {feeds.Throttled, schedule.Degraded, false},
		"an odd redirect": {feeds.Refused, schedule.Degraded, false},
		"too much":        {feeds.TooLarge, schedule.Degraded, false},
		"refused":         {feeds.Blocked, schedule.Blocked, false},
		"a page":          {feeds.NotAFeed, schedule.Unparseable, false},
		"rubbish":         {feeds.Unparseable, schedule.Unparseable, false},
		"410":             {feeds.Gone, schedule.Gone, true},
		"dangerous":       {feeds.Quarantined, schedule.Unparseable, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.prime("wire")
			_, before := b.condition()
			b.web.errs["wire"] = &feeds.FetchError{Fault: tt.fault, Err: errors.New("trouble")}
			b.poll("wire")
			if state, told := b.condition(); (state == tt.want) != tt.alone || (told > before) != tt.alone {
				t.Errorf("after one failure it is %s, told %d times", state, told-before)
			}
			for range 20 { // an hour's polls are too few for what counts a quarter
				b.pass(20 * time.Minute)
				b.poll("wire")
			}
			if state, told := b.condition(); state != tt.want || told != before+1 {
				t.Errorf("after lasting failure it is %s, told %d times; want %s, told once", state, told-before, tt.want)
			}
			delete(b.web.errs, "wire")
			for range 3 {
				b.pass(20 * time.Minute)
				b.poll("wire")
			}
			if state, told := b.condition(); state != schedule.OK || told != before+2 {
				t.Errorf("after recovery it is %s, told %d times; want ok, told twice", state, told-before)
			}
		})
	}
}

// A feed that fails in one way and then in another, by turns, is told of once;
// one whose trouble has become another for good is told of again.
func TestTroubleInTurnsIsOne(t *testing.T) {
	b := newBench(t)
	b.prime("wire")
	_, before := b.condition()
	refused := &feeds.FetchError{Fault: feeds.Blocked, StatusCode: 403, Err: errors.New("access refused")}
	broken := &feeds.FetchError{Fault: feeds.Status, StatusCode: 500, Err: errors.New("server error")}
	for i := range 40 {
		b.web.errs["wire"] = map[bool]error{true: refused, false: broken}[i%2 == 0]
		b.pass(20 * time.Minute)
		b.poll("wire")
	}
	rec, err := b.store.Feed(b.rules.Feeds["wire"].URL)
	if err != nil {
		t.Fatal(err)
	}
	if state, told := b.condition(); told != before+1 {
		t.Errorf("it is %s, told %d times, want once", state, told-before)
	}
	if got := map[schedule.Condition]string{schedule.Blocked: "access refused", schedule.Degraded: "server error"}[rec.Health.State()]; got != rec.Health.Cause {
		t.Errorf("it is %s because of %q", rec.Health.State(), rec.Health.Cause)
	}
	b.web.errs["wire"] = &feeds.FetchError{Fault: feeds.NotAFeed, Err: errors.New("an HTML page")}
	for range 5 {
		b.pass(20 * time.Minute)
		b.poll("wire")
	}
	if state, told := b.condition(); state != schedule.Unparseable || told != before+2 {
		t.Errorf("turned for good it is %s, told %d times; want unparseable, told twice", state, told-before)
	}
}

// Many failures within an hour are one hiccup.
func TestHiccupIsNoCondition(t *testing.T) {
	b := newBench(t)
	b.prime("wire")
	_, before := b.condition()
	b.web.errs["wire"] = &feeds.FetchError{Fault: feeds.Status, StatusCode: 502, Err: errors.New("bad gateway")}
	for range 10 {
		b.poll("wire")
		b.pass(5 * time.Minute)
	}
	delete(b.web.errs, "wire")
	b.poll("wire")
	if state, told := b.condition(); state != schedule.OK || told != before {
		t.Errorf("it is %s, told %d times", state, told-before)
	}
}

// A move that has settled is told once, and once when it is taken back.
func TestMovedIsACondition(t *testing.T) {
	b := newBench(t)
	b.prime("wire")
	_, before := b.condition()
	for _, to := range []string{"https://new.example/feed", "https://new.example/feed", "", ""} {
		b.web.moved["wire"] = to
		b.pass(20 * time.Minute)
		b.poll("wire")
		want := map[bool]schedule.Condition{true: schedule.Moved, false: schedule.OK}[to != ""]
		if state, _ := b.condition(); state != want {
			t.Errorf("moved to %q it is %s, want %s", to, state, want)
		}
	}
	if _, told := b.condition(); told != before+2 {
		t.Errorf("told %d times, want twice", told-before)
	}
}

// A feed that answers but shows nothing new for twice as long as ever, and a
// week at least, is stalled until it does.
func TestStalledIsACondition(t *testing.T) {
	b := newBench(t)
	b.prime("wire")
	var items []feeds.Item
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		items = append([]feeds.Item{b.item(name, "Report "+name+" of the harbour")}, items...)
		b.show("wire", items...)
		b.poll("wire")
		b.pass(24 * time.Hour)
	}
	_, before := b.condition()
	for range 6 {
		b.poll("wire")
		if state, _ := b.condition(); state != schedule.OK {
			t.Fatalf("stalled at %v", b.now)
		}
		b.pass(24 * time.Hour)
	}
	for range 5 {
		b.pass(24 * time.Hour)
		b.poll("wire")
	}
	if state, told := b.condition(); state != schedule.Stalled || told != before+1 {
		t.Errorf("after twelve quiet days it is %s, told %d times", state, told-before)
	}
	b.show("wire", append([]feeds.Item{b.item("g", "Report g of the harbour")}, items...)...)
	b.poll("wire")
	b.pass(time.Hour)
	b.poll("wire")
	if state, told := b.condition(); state != schedule.OK || told != before+2 {
		t.Errorf("after news it is %s, told %d times", state, told-before)
	}
}

// A cron expression is exact but for a jitter of a minute at most, the same
// each time; "@every" is exact. Failures and adaptation move neither.
func TestExactIsExact(t *testing.T) {
	b := newBench(t)
	b.prime("wire")
	hourly := schedule.Pace{Exact: func(at time.Time) time.Time { return at.Truncate(time.Hour).Add(time.Hour) }}
	every := schedule.Pace{Exact: func(at time.Time) time.Time { return at.Add(5 * time.Minute) }}
	next := func(pace schedule.Pace) time.Time {
		out, err := b.mon.Poll(b.Context(), *b.rules.Feeds["wire"], pace)
		if err == nil {
			err = b.mon.Settle()
		}
		if err != nil {
			t.Fatal(err)
		}
		return out.Poll.Next
	}
	var jitter time.Duration
	b.pass(13 * time.Second)
	for i := range 30 {
		if b.web.errs["wire"] = nil; i%3 == 2 {
			b.web.errs["wire"] = &feeds.FetchError{Fault: feeds.Status, Err: errors.New("trouble")}
		}
		late := next(hourly).Sub(b.now.Truncate(time.Hour).Add(time.Hour))
		if i == 0 {
			jitter = late
		}
		if late != jitter || late < 0 || late > time.Minute {
			t.Errorf("poll %d: %v after the hour, before %v", i, late, jitter)
		}
		if got := next(every).Sub(b.now); got != 5*time.Minute {
			t.Errorf("poll %d: @every 5m waits %v", i, got)
		}
		b.pass(37 * time.Minute)
	}
}

// What is wrong with a document that could be read, and with a server that hid
// items, is remarked on for as long as it holds, and is no condition.
func TestFlawsAreRemarked(t *testing.T) {
	b := newBench(t)
	b.prime("wire")
	remark := func() string {
		rec, err := b.store.Feed(b.rules.Feeds["wire"].URL)
		if err != nil || rec.Health.State() != schedule.OK {
			t.Fatalf("%s, %v", rec.Health.State(), err)
		}
		return rec.Remark()
	}
	b.web.docs["wire"] = feeds.Document{Format: "rss", Charset: "johab", Items: []feeds.Item{b.item("a", "A deal")}}
	b.poll("wire")
	if got := remark(); !strings.Contains(got, "johab") {
		t.Errorf("remark %q on a charset that is not known", got)
	}
	b.web.docs["wire"] = feeds.Document{Format: "rss", Repaired: true, Items: []feeds.Item{b.item("b", "A contract")}}
	b.poll("wire")
	if got := remark(); !strings.Contains(got, "repaired") {
		t.Errorf("remark %q on a repaired document", got)
	}
	b.show("wire", b.item("c", "Another deal"))
	b.poll("wire")
	if got := remark(); got != "" {
		t.Errorf("remark %q on a sound document", got)
	}
	day := monitor.FeedRecord{Interval: 15 * time.Minute, State: feeds.State{Wait: 86400}}
	if got := day.Remark(); !strings.Contains(got, "1440 minutes") {
		t.Errorf("remark %q on a publisher who wants to be asked once a day", got)
	}
	if got := (&monitor.FeedRecord{State: feeds.State{Distrust: true}}).Remark(); !strings.Contains(got, "nothing had changed") {
		t.Errorf("remark %q on a server that hid items", got)
	}
}
