package monitor_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/identity"
	"newswatch/monitor/match"
	"newswatch/monitor/report"
	"newswatch/monitor/schedule"
)

func TestFirstPollFoldsWhatIsFresh(t *testing.T) {
	b := newBench(t)
	old := b.item("old", "An old contract")
	old.Published = b.now.Add(-30 * time.Hour)
	b.show("wire", b.item("a", "Navy signs a contract for boats"), b.item("b", "Museum wins a deal on paintings"), old)
	b.show("paper", b.item("c", "Schools renew their lunch contract"))
	b.poll("wire", "paper")
	b.want(0, 0, 1)
	if n := b.told(monitor.CatchupKind)[0]; len(n.Content.Cards) != 3 {
		t.Errorf("the catch-up lists %d stories, want 3", len(n.Content.Cards))
	}
	if got := b.archived(); got != 4 {
		t.Errorf("%d items archived, want 4", got)
	}
}

func TestOneStoryIsOneCard(t *testing.T) {
	b := newBench(t)
	b.prime("wire", "paper", "blog")
	title := "Navy signs $40 million contract with Harbour Works for patrol boats"
	b.show("wire", b.item("a", title))
	b.poll("wire")
	b.pass(10 * time.Minute)
	copied := b.item("b", title)
	b.show("paper", copied)
	b.poll("paper")
	b.want(1, 0, 0)
	s := b.stories()
	if len(s) != 1 || s[0].Outlets() != 2 || s[0].Independent() != 1 {
		t.Fatalf("stories = %+v, want one with two outlets, one independent", s)
	}
	edits := b.told(monitor.EditKind)
	if len(edits) != 1 || edits[0].Content.Cards[0].Outlets != 2 || edits[0].Parent != b.told(monitor.AlertKind)[0].Key {
		t.Fatalf("edits = %+v, want one that counts two outlets on the alert", edits)
	}
	if before, after := b.told(monitor.AlertKind)[0].Content.Cards[0], edits[0].Content.Cards[0]; before.Class != "press" || after.Class != "press" {
		t.Errorf("class %q, after the edit %q; want press on both", before.Class, after.Class)
	}
}

func TestIndependentReportsAreReplies(t *testing.T) {
	b := newBench(t)
	b.prime("wire", "paper", "blog")
	report := func(feed, name, title, summary string) {
		it := b.item(name, title)
		it.Summary = summary
		b.show(feed, it)
		b.poll(feed)
	}
	report("wire", "a", "Navy signs contract with Harbour Works for patrol boats", "The deal covers twelve vessels.")
	b.pass(5 * time.Minute)
	report("paper", "b", "Shipyard Harbour Works lands contract to build a dozen patrol boats for the Navy", "Shipyard workers cheered on Tuesday.")
	b.want(1, 1, 0)
	if b.Failed() {
		t.Fatalf("stories: %+v", b.stories())
	}
	first := b.told(monitor.ReplyKind)[0]
	if first.Delivery.Due.After(b.now) {
		t.Errorf("the first reply waits until %v", first.Delivery.Due)
	}
	b.pass(time.Minute)
	report("blog", "c", "Analysis: what Harbour Works and its patrol boats contract mean for the ageing Navy fleet", "An analysis of the fleet.")
	b.want(1, 2, 0)
	if second := b.told(monitor.ReplyKind)[1]; !second.Delivery.Due.After(b.now.Add(30 * time.Second)) {
		t.Errorf("a reply soon after another is due at %v, want it to wait", second.Delivery.Due)
	}
}

// A reply that waits keeps what it tells, whatever is reported after a restart.
func TestWaitingReplySurvivesARestart(t *testing.T) {
	b := newBench(t)
	b.rules.Feeds["radio"] = &feeds.Feed{Name: "radio", URL: "https://radio.example/feed"}
	b.prime("wire", "paper", "blog", "radio")
	titles := map[string]string{
		"wire":  "Navy signs contract with Harbour Works for patrol boats",
		"paper": "Shipyard Harbour Works lands contract to build a dozen patrol boats for the Navy",
		"blog":  "Analysis: what Harbour Works and its patrol boats contract mean for the ageing Navy fleet",
		"radio": "Listen: union of Harbour Works greets the Navy patrol boats contract with doubts",
	}
	for _, feed := range []string{"wire", "paper", "blog", "radio"} {
		it := b.item(feed, titles[feed])
		it.Summary = "The " + feed + " has its own account of the deal."
		b.show(feed, it)
		b.poll(feed)
		b.pass(20 * time.Second)
		if feed == "blog" {
			b.restart()
		}
	}
	b.want(1, 3, 0)
	said := fmt.Sprintf("%+v", b.told(monitor.ReplyKind))
	for _, feed := range []string{"paper", "blog", "radio"} {
		if !strings.Contains(said, titles[feed]) {
			t.Errorf("no reply tells %q", titles[feed])
		}
	}
}

func TestWeakMatchesWaitForTheDigest(t *testing.T) {
	quiet := monitor.Watch{Name: "ice", Match: "{ice}", Notify: []string{"desk"}}
	loud := monitor.Watch{Name: "ice-loud", Match: "{ice}", Notify: []string{"desk"}, Weak: monitor.WeakNotify}
	b := newBench(t, quiet, loud)
	b.prime("wire")
	b.show("wire", b.item("a", "ICE to publish new guidance Monday"))
	b.poll("wire")
	alerts := b.told(monitor.AlertKind)
	if len(alerts) != 1 || alerts[0].Watch != "ice-loud" {
		t.Fatalf("alerts = %+v, want one of ice-loud", alerts)
	}
	d, err := report.BuildDigest(b.store, b.rules, monitor.DigestPlan{Name: "daily"}, report.Period{From: start, To: b.now.Add(time.Hour)})
	if err != nil || len(d.Possible) != 0 || len(d.Watches[1].Stories) != 1 {
		t.Errorf("the digest has %+v, %v; want the story once, under the watch that told it", d, err)
	}
	// Told for sure later: now the quiet watch tells too, below the card.
	b.pass(time.Hour)
	b.show("wire", b.item("b", "ICE to publish new guidance on detention Monday"))
	b.poll("wire")
	b.want(1, 1, 0)
	if r := b.told(monitor.ReplyKind); len(r) == 1 && !strings.HasSuffix(r[0].Content.Change, "also ice") {
		t.Errorf("the reply says %q, want it to name the watch", r[0].Content.Change)
	}
}

func TestRevisionsOfWeightAreReplies(t *testing.T) {
	tests := map[string]struct {
		title   string
		after   time.Duration
		replies int
	}{
		"new amount":           {"Navy signs $90 million contract for boats", time.Hour, 1},
		"negation":             {"Navy denies it signs $40 million contract for boats", time.Hour, 1},
		"wording only":         {"Navy has signed a $40 million contract for its boats", time.Hour, 0},
		"in the first minutes": {"Navy signs $90 million contract for boats", 5 * time.Minute, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.prime("wire")
			it := b.item("a", "Navy signs $40 million contract for boats")
			it.Summary = ""
			b.show("wire", it)
			b.poll("wire")
			b.pass(tt.after)
			it.Title = tt.title
			b.show("wire", it)
			b.poll("wire")
			b.want(1, tt.replies, 0)
			id, _, err := b.store.ByURL(identity.URLKey(it.URL))
			if err != nil {
				t.Fatal(err)
			}
			if rec, _, err := b.store.Item(id); err != nil || len(rec.Revisions) != 1 || rec.Item.Title != tt.title {
				t.Errorf("revisions = %+v of %q, %v; want the old wording recorded", rec.Revisions, rec.Item.Title, err)
			}
		})
	}
}

func TestRevisionThatMatchesAtLastIsAnAlert(t *testing.T) {
	b := newBench(t)
	b.prime("wire")
	it := b.item("a", "Navy buys boats")
	it.Summary = ""
	b.show("wire", it)
	b.poll("wire")
	b.want(0, 0, 0)
	b.pass(2 * time.Minute)
	it.Title = "Navy buys boats in record deal"
	b.show("wire", it)
	b.poll("wire")
	b.want(1, 0, 0)
}

func TestSilenceFoldsButKeeps(t *testing.T) {
	b := newBench(t)
	b.prime("wire")
	if err := b.mon.Silence(monitor.Silence{ID: "s", Watch: "contracts", Until: b.now.Add(2 * time.Hour), Reason: "we have it"}); err != nil {
		t.Fatal(err)
	}
	b.show("wire", b.item("a", "Navy signs a contract for boats"))
	b.poll("wire")
	b.want(0, 0, 0)
	rows, err := b.store.List(monitor.NoticeFilter{States: []monitor.State{monitor.Folded}})
	if err != nil || len(rows) != 1 || !strings.Contains(rows[0].Delivery.Reason, "we have it") {
		t.Errorf("folded = %+v, %v; want the silenced alert and why", rows, err)
	}
	b.pass(3 * time.Hour)
	b.show("wire", b.item("b", "Museum wins a deal on paintings"))
	b.poll("wire")
	b.want(1, 0, 0)
	for _, bad := range []monitor.Silence{{ID: "x", Until: b.now.Add(time.Hour)}, {ID: "x", Watch: "contracts", Until: b.now.Add(-time.Hour)},
		{ID: "x", Watch: "nobody", Until: b.now.Add(time.Hour)}, {ID: "x", Query: "a AND b OR c", Until: b.now.Add(time.Hour)}} {
		if err := b.mon.Silence(bad); err == nil {
			t.Errorf("Silence(%+v) was accepted", bad)
		}
	}
}

func TestStormIsOneCard(t *testing.T) {
	b := newBench(t)
	b.prime("wire")
	var items []feeds.Item
	for i := range 60 {
		items = append(items, b.item(fmt.Sprint("a", i), fmt.Sprintf("Town %c%c signs contract number %d with supplier %c", 'A'+i%26, 'a'+i/3, i, 'A'+i/5)))
	}
	b.show("wire", items...)
	b.poll("wire")
	b.want(0, 0, 1)
}

func TestDowntimeFoldsWhatIsLate(t *testing.T) {
	b := newBench(t)
	b.prime("wire")
	b.pass(8 * time.Hour)
	late := b.item("a", "Navy signs a contract for boats")
	late.Published = b.now.Add(-5 * time.Hour)
	b.show("wire", b.item("b", "Museum wins a deal on paintings"), late)
	b.poll("wire")
	b.want(1, 0, 1)
	gaps, err := b.store.GapsSince(time.Time{})
	if err != nil || len(gaps) != 1 {
		t.Errorf("gaps = %+v, %v; want the downtime", gaps, err)
	}
}

func TestNothingIsLostToAFullDisk(t *testing.T) {
	b := newBench(t)
	b.prime("wire")
	b.show("wire", b.item("a", "Navy signs a contract for boats"))
	b.fault.full = true
	if _, err := b.mon.Poll(t.Context(), *b.rules.Feeds["wire"], schedule.Pace{Start: time.Minute}); err != nil {
		t.Fatal(err)
	}
	if err := b.mon.Settle(); !errors.Is(err, errFull) {
		t.Fatalf("Settle = %v, want the disk's error", err)
	}
	b.want(0, 0, 0)
	b.fault.full = false
	b.poll("wire")
	b.want(1, 0, 0)
	b.poll("wire")
	b.want(1, 0, 0)
}

// Closing and opening the store between any two polls changes nothing.
func TestRestartChangesNothing(t *testing.T) {
	play := func(restart bool) (string, int) {
		b := newBench(t)
		b.prime("wire", "paper", "blog")
		titles := []string{"Navy signs $40 million contract with Harbour Works for patrol boats", "Harbour Works wins Navy patrol boats contract",
			"Museum wins a deal on stolen paintings", "Stolen paintings: museum wins deal", "Schools renew their lunch contract"}
		for i, title := range titles {
			for j, feed := range []string{"wire", "paper", "blog"} {
				if restart {
					b.restart()
				}
				b.pass(7 * time.Minute)
				b.show(feed, b.item(fmt.Sprint("a", i, "-", j), title))
				b.poll(feed)
			}
		}
		var log []string
		for _, kind := range []monitor.Kind{monitor.AlertKind, monitor.ReplyKind, monitor.CatchupKind} {
			for _, n := range b.told(kind) {
				log = append(log, fmt.Sprint(n.Kind, n.Watch, n.Content.Headline, n.Created.Unix()))
			}
		}
		return strings.Join(log, "\n"), len(b.stories())
	}
	whole, stories := play(false)
	broken, again := play(true)
	if whole != broken || stories != again {
		t.Errorf("with restarts (%d stories):\n%s\nwithout (%d stories):\n%s", again, broken, stories, whole)
	}
}

func TestReplayingADocumentChangesNothing(t *testing.T) {
	b := newBench(t)
	b.prime("wire")
	b.show("wire", b.item("a", "Navy signs a contract for boats"), b.item("b", "Museum wins a deal on paintings"))
	for range 4 {
		b.poll("wire")
		b.pass(15 * time.Minute)
	}
	b.want(2, 0, 0)
	if got := b.archived(); got != 3 {
		t.Errorf("%d items archived, want 3", got)
	}
}

func TestSplitAndMergeByHandHold(t *testing.T) {
	b := newBench(t)
	b.prime("wire", "paper")
	title := "Navy signs $40 million contract with Harbour Works for patrol boats"
	b.show("wire", b.item("a", title))
	b.poll("wire")
	b.show("paper", b.item("b", title))
	b.poll("paper")
	s := b.stories()
	if len(s) != 1 || len(s[0].Items) != 2 {
		t.Fatalf("stories = %+v, want one of two reports", s)
	}
	if _, err := b.mon.SplitStory(s[0].ID, s[0].Items[0].ID); err == nil {
		t.Error("the report that opened the story was split off")
	}
	// The refusal has changed nothing: the other report can still go.
	split, err := b.mon.SplitStory(s[0].ID, s[0].Items[1].ID)
	if err != nil {
		t.Fatal(err)
	}
	b.restart()
	if got := b.stories(); len(got) != 2 {
		t.Fatalf("after the split: %d stories, want 2", len(got))
	}
	if err := b.mon.MergeStories(s[0].ID, split); err != nil {
		t.Fatal(err)
	}
	b.restart()
	got := b.stories()
	if len(got) != 1 || len(got[0].Items) != 2 {
		t.Errorf("after the merge: %+v, want one story of two reports", got)
	}
	if alias, ok, err := b.store.Story(split); !ok || err != nil || alias.ID != s[0].ID {
		t.Errorf("the merged story's ID leads to %v, %v, %v", alias.ID, ok, err)
	}
}

func TestFeedConditionsAreToldOnceWhenTheyLast(t *testing.T) {
	b := newBench(t)
	b.prime("wire")
	ops := func() int {
		rows, err := b.store.List(monitor.NoticeFilter{Destination: "ops"})
		if err != nil {
			t.Fatal(err)
		}
		return len(rows)
	}
	added := ops()
	b.web.errs["wire"] = &feeds.FetchError{Fault: feeds.Status, StatusCode: 500, Err: errors.New("server error 500")}
	b.poll("wire")
	if got := ops(); got != added {
		t.Errorf("one failure was told")
	}
	for range 12 {
		b.pass(20 * time.Minute)
		b.poll("wire")
	}
	if got := ops(); got != added+1 {
		t.Errorf("%d messages after lasting failure, want 1", got-added)
	}
	delete(b.web.errs, "wire")
	b.pass(20 * time.Minute)
	b.poll("wire")
	if got := ops(); got != added+2 {
		t.Errorf("%d messages after recovery, want 2", got-added)
	}
}

func TestOwnOutageCountsAgainstNobody(t *testing.T) {
	b := newBench(t)
	b.prime("wire", "paper", "blog")
	for i := range 10 {
		name := fmt.Sprint("more", i)
		b.rules.Feeds[name] = &feeds.Feed{Name: name, URL: "https://" + name + ".example/feed"}
	}
	for name := range b.rules.Feeds {
		b.web.errs[name] = &feeds.FetchError{Fault: feeds.Network, Err: errors.New("no route to host")}
	}
	for range 10 {
		for name := range b.rules.Feeds {
			b.poll(name)
		}
		b.pass(2 * time.Minute)
	}
	for _, rec := range b.feeds() {
		if rec.Health.State() != schedule.OK || rec.Health.Failures > 3 {
			t.Errorf("%s: %s after %.1f failures, in an outage of our own", rec.Name, rec.Health.State(), rec.Health.Failures)
		}
	}
}

// Hosts that die while others answer are dead themselves, and that is told,
// though they are asked again and again and the others seldom.
func TestDeadHostsAreNoOutage(t *testing.T) {
	b := newBench(t)
	dead, alive := []string{"a", "b", "c", "d"}, []string{"wire", "paper", "blog"}
	for _, name := range dead {
		b.rules.Feeds[name] = &feeds.Feed{Name: name, URL: "https://" + name + ".example/feed"}
	}
	b.prime(append(alive, dead...)...)
	for _, name := range dead {
		b.web.errs[name] = &feeds.FetchError{Fault: feeds.Network, Err: errors.New("no route to host")}
	}
	for minute := range 6 * 60 {
		if minute%20 == 10 {
			b.poll(alive[minute/20%3])
		}
		if minute%2 == 0 {
			b.poll(dead...)
		}
		b.pass(time.Minute)
	}
	for _, name := range append(alive, dead...) {
		rec, err := b.store.Feed(b.rules.Feeds[name].URL)
		want := map[bool]schedule.Condition{true: schedule.Degraded, false: schedule.OK}[slices.Contains(dead, name)]
		if err != nil || rec.Health.State() != want {
			t.Errorf("%s is %s, want %s (%v)", name, rec.Health.State(), want, err)
		}
	}
}

func TestVerdictsTravelAsText(t *testing.T) {
	for _, v := range []match.Verdict{match.None, match.Weak, match.Strong} {
		b, err := v.MarshalText()
		var back match.Verdict
		if err == nil {
			err = back.UnmarshalText(b)
		}
		if err != nil || back != v {
			t.Errorf("%v came back as %v, %v", v, back, err)
		}
	}
}
