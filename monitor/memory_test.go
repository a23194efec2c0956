package monitor_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/monitor/schedule"
	"newswatch/monitor/senses"
)

var azureWatch = monitor.Watch{Name: "azure", Match: "{azure}", Notify: []string{"desk"}, Weak: monitor.WeakNotify}

// newAzure is a bench that watches for the cloud, which shares its name with a
// mine.
func newAzure(t *testing.T) *bench {
	b := newBench(t, contractWatch)
	entities := map[string]match.Entity{"azure": {Label: "Microsoft Azure", Words: []string{"Azure"}, Not: []string{"Azure Minerals"},
		Support: match.Support{Any: []string{"cloud"}}, Against: match.Against{Any: []string{"gold"}}}}
	set, problems := match.Compile(entities, []match.Rule{{Name: "azure", Match: "{azure}"}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	r := *b.rules
	r.Set, r.Entities, r.Watches = set, entities, []monitor.Watch{azureWatch}
	b.rules = &r
	b.mon.SetRules(b.rules)
	return b
}

// report shows one entry of a title, without a summary, in a feed, and returns
// its record.
func (b *bench) report(feed, title string) monitor.Record {
	b.Helper()
	b.pass(10 * time.Minute)
	it := b.item(fmt.Sprint(feed, b.now.Unix()), title)
	it.Summary = ""
	b.web.docs[feed] = feeds.Document{Format: "rss", Title: feed, Items: append([]feeds.Item{it}, b.web.docs[feed].Items...)}
	b.poll(feed)
	return b.newest()
}

// newest returns the record of the item seen last.
func (b *bench) newest() (last monitor.Record) {
	b.Helper()
	if err := b.store.ItemsBefore(0, func(rec monitor.Record) bool { last = rec; return false }); err != nil {
		b.Fatal(err)
	}
	return last
}

// headlines of different events, so that each is a story of its own.
var drills = []string{"Azure Minerals drills near Perth", "Azure Minerals names chairman", "Shareholders vote at Azure Minerals", "Lithium lifts Azure Minerals"}

// What the words of a feed's items decide tells what its next undecided mention
// means, in the same transaction, after a restart too; another feed stays in
// doubt.
func TestAFeedTeachesWhatItMeans(t *testing.T) {
	b := newAzure(t)
	b.prime("wire", "paper")
	for _, title := range drills[:2] {
		b.report("wire", title)
	}
	if rec := b.report("wire", "Azure soars after takeover bid"); len(rec.Matches) != 1 || rec.Matches[0].Verdict != match.Weak || rec.Recalled != nil {
		t.Errorf("two lessons decided: %+v", rec)
	}
	b.report("wire", drills[2])
	b.restart()
	rec := b.report("wire", "SQM offers more for Azure")
	want := monitor.Recollection{{Entity: "azure", Plain: true, Verdict: match.None, Why: "alone; 3 of 3 decided items of wire mean another Azure"}}
	if diff := cmp.Diff(want, rec.Recalled); diff != "" || len(rec.Matches) != 0 {
		t.Errorf("%s, matches %+v", diff, rec.Matches)
	}
	if rec := b.report("paper", "Outage at Azure ends"); len(rec.Matches) != 1 || rec.Matches[0].Verdict != match.Weak {
		t.Errorf("another feed: %+v", rec)
	}
	rows, err := b.store.Senses()
	if want := []senses.Row{{EntityName: "azure", Scope: senses.Feed, Of: "wire", Count: senses.Count{Other: 3, Period: rows[0].Count.Period}},
		{EntityName: "azure", Scope: senses.Everywhere, Count: senses.Count{Other: 3, Period: rows[0].Count.Period}}}; err != nil || cmp.Diff(want, rows) != "" {
		t.Error(err, cmp.Diff(want, rows)) // no answer of the book has become a lesson
	}
}

// A commit that fails takes back what was learnt with it.
func TestLessonsAreCommittedWithTheirItem(t *testing.T) {
	b := newAzure(t)
	b.prime("wire")
	b.report("wire", drills[0])
	b.fault.full = true
	b.pass(time.Minute)
	b.show("wire", b.item("lost", drills[1]), b.item("lost too", drills[2]))
	if _, err := b.mon.Poll(t.Context(), *b.rules.Feeds["wire"], schedule.Pace{Start: 15 * time.Minute}); err != nil {
		t.Fatal(err)
	}
	if err := b.mon.Settle(); !errors.Is(err, errFull) {
		t.Fatal(err)
	}
	b.fault.full = false
	if rec := b.report("wire", "SQM offers more for Azure"); rec.Recalled[0].Why != "alone; 3 of 3 decided items of wire mean another Azure" {
		t.Errorf("%+v", rec.Recalled) // the lost two were read again, once
	}
}

// What one report of a story makes plain holds for the others, of whatever
// feed.
func TestAStoryMeansOneThing(t *testing.T) {
	b := newAzure(t)
	b.prime("wire", "paper", "blog")
	for feed, titles := range map[string][]string{"wire": {"Azure outage hits airlines and banks worldwide, cloud customers wait"},
		"blog": {"Cloud outage: Azure customers, airlines and banks hit worldwide", "Airlines, banks worldwide hit by outage of Azure cloud"}} {
		for _, title := range titles {
			b.report(feed, title)
		}
	}
	rec := b.report("paper", "Azure outage hits airlines and banks worldwide")
	if len(rec.Matches) != 1 || rec.Matches[0].Verdict != match.Strong || len(rec.Recalled) != 1 ||
		rec.Recalled[0].Why != "alone; 3 of 3 decided items of this story mean Microsoft Azure" {
		t.Errorf("%+v %+v", rec.Matches, rec.Recalled)
	}
	if why := rec.Matches[0].Why; len(why) != 1 || why[0] != "“Azure” in the title: "+rec.Recalled[0].Why {
		t.Errorf("%q", why)
	}
}

// label labels an item and fails the test where that is refused.
func (b *bench) label(o monitor.LabelOrder) []monitor.Label {
	b.Helper()
	labels, err := b.mon.Label(o)
	if err != nil {
		b.Fatal(err)
	}
	return labels
}

// A reader's word counts five lessons, survives a restart, replaces what was
// said before and can be taken back.
func TestReadersTeach(t *testing.T) {
	b := newAzure(t)
	b.prime("wire", "paper")
	rec := b.report("wire", "Azure soars after takeover bid")
	counts := func() senses.Count { t := b.mon.Tally("azure").All; t.Period = 0; return t }
	want := func(what string, entity, other uint32) {
		t.Helper()
		if got := counts(); got != (senses.Count{Entity: entity, Other: other}) {
			t.Errorf("%s: %+v", what, got)
		}
	}
	got := b.label(monitor.LabelOrder{Item: rec.ID, Watch: "azure", By: "ann"})
	if diff := cmp.Diff([]monitor.Label{{Watch: "azure", Entity: "azure", By: "ann", At: b.now}}, got); diff != "" {
		t.Error(diff)
	}
	want("not relevant", 0, 5)
	b.restart()
	if again := b.report("wire", "SQM offers more for Azure"); len(again.Matches) != 0 || again.Recalled[0].Why != "alone; 5 of 5 decided items of wire mean another Azure" {
		t.Errorf("%+v %+v", again.Matches, again.Recalled)
	}
	if again := b.report("paper", "Azure sinks a little"); len(again.Matches) != 1 {
		t.Errorf("another feed: %+v", again)
	}
	b.label(monitor.LabelOrder{Item: rec.ID, Relevant: true, By: "bob"})
	want("relevant after all", 5, 0)
	if stored, _, _ := b.store.Item(rec.ID); len(stored.Labels) != 1 || stored.Labels[0].String() != "relevant for azure, {azure}, says bob" {
		t.Errorf("%+v", stored.Labels)
	}
	if _, err := b.mon.Label(monitor.LabelOrder{Item: rec.ID, Undo: true, Since: b.now.Add(time.Second)}); err == nil {
		t.Error("what was said before was taken back")
	}
	b.label(monitor.LabelOrder{Item: rec.ID, Undo: true, Since: b.now})
	want("taken back", 0, 0)
	if _, err := b.mon.Label(monitor.LabelOrder{Item: rec.ID, Undo: true}); err == nil {
		t.Error("nothing was taken back, and nobody was told")
	}
}

// A click on what is there to be labelled teaches what it can mean: not that a
// long name means another, nor which of two names does.
func TestWhatAClickTeaches(t *testing.T) {
	b := newBench(t, monitor.Watch{Name: "both", Match: "{ice} OR contract", Notify: []string{"desk"}})
	b.prime("wire")
	for title, want := range map[string]struct{ relevant, not string }{
		"Immigration and Customs Enforcement moves":      {"ice", ""},
		"ICE detention grows":                            {"ice", "ice"},
		"Contract for a bridge":                          {"", ""},
		"A day of Immigration and Customs Enforcement's": {"ice", ""},
	} {
		rec := b.report("wire", title)
		for _, relevant := range []bool{true, false} {
			entity := want.not
			if relevant {
				entity = want.relevant
			}
			if got := b.label(monitor.LabelOrder{Item: rec.ID, Watch: "both", Relevant: relevant}); len(got) != 1 || got[0].Entity != entity {
				t.Errorf("%q, relevant %v: %+v, want %q", title, relevant, got, entity)
			}
		}
	}
	for name, o := range map[string]monitor.LabelOrder{
		"a forgotten item": {Item: 12}, "an entity not there": {Item: b.report("wire", "Contract for a road").ID, Entity: "ice"},
		"a watch that is not": {Item: b.newest().ID, Watch: "gone"},
		"nothing to say":      {Item: b.report("wire", "Nothing to see").ID},
	} {
		if got, err := b.mon.Label(o); err == nil {
			t.Errorf("%s was labelled %+v", name, got)
		}
	}
}

// A feed whose every item is clicked by mistake is not lost: what its words say
// still counts, clicks are taken back one by one, and half a year forgets them.
func TestAFeedClickedByMistake(t *testing.T) {
	b := newAzure(t)
	b.prime("wire")
	var clicked []monitor.ItemID
	for i := range 8 {
		rec := b.report("wire", fmt.Sprintf("%s at Azure", []string{"Outage", "Layoffs", "Growth", "Prices", "Hiring", "A lawsuit", "A strike", "Earnings"}[i]))
		b.label(monitor.LabelOrder{Item: rec.ID})
		clicked = append(clicked, rec.ID)
	}
	if rec := b.report("wire", "News about Azure"); len(rec.Matches) != 0 {
		t.Errorf("%+v", rec.Matches)
	}
	if rec := b.report("wire", "Azure cloud grows"); len(rec.Matches) != 1 || rec.Matches[0].Verdict != match.Strong {
		t.Errorf("its words: %+v", rec.Matches)
	}
	for _, id := range clicked[1:] {
		b.label(monitor.LabelOrder{Item: id, Undo: true})
	}
	if rec := b.report("wire", "More news about Azure"); len(rec.Matches) != 1 || rec.Recalled[0].Why != "alone; of 6 decided items of wire 1 mean Microsoft Azure and 5 another" {
		t.Errorf("%+v %+v", rec.Matches, rec.Recalled)
	}
	b.pass(200 * 24 * time.Hour)
	if rec := b.report("wire", "Late news about Azure"); len(rec.Matches) != 1 || rec.Recalled != nil {
		t.Errorf("%+v %+v", rec.Matches, rec.Recalled)
	}
	b.label(monitor.LabelOrder{Item: clicked[0], Undo: true}) // of what has decayed nothing is taken twice
	if got := b.mon.Tally("azure").All.Total(); got > 0 {
		t.Errorf("%d lessons left", got)
	}
}

// A claim stands on the story and on its card, and can be given back.
func TestAStoryIsClaimed(t *testing.T) {
	b := newBench(t)
	b.prime("wire")
	story := b.report("wire", "Contract for a bridge").Story
	if before, err := b.mon.Claim(story, "ann"); err != nil || before.By != "" {
		t.Fatal(before, err)
	}
	b.restart()
	if before, err := b.mon.Claim(story, "bob"); err != nil || before.By != "ann" {
		t.Error(before, err)
	}
	edits := b.told(monitor.EditKind)
	if len(edits) == 0 || edits[len(edits)-1].Content.Cards[0].Claimed != "bob" {
		t.Errorf("%+v", edits)
	}
	if _, err := b.mon.Claim(story, ""); err != nil {
		t.Error(err)
	}
	if s, _, err := b.store.Story(story); err != nil || s.Claim != (monitor.Claim{}) {
		t.Error(s.Claim, err)
	}
	if _, err := b.mon.Claim(99, "ann"); err == nil {
		t.Error("a story that is not there was claimed")
	}
}
