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
	if _, err := b.mon.Poll(t.Context(), b.rules.Feeds["wire"], schedule.Pace{Start: 15 * time.Minute}); err != nil {
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
