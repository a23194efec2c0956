package trial

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/match"
)

var entities = map[string]match.Entity{
	"ice":   {Label: "ICE the agency", Names: []string{"Immigration and Customs Enforcement"}, Acronyms: []string{"ICE"}, Support: match.Support{Any: []string{"detention"}}},
	"azure": {Names: []string{"Microsoft Azure"}, Words: []string{"Azure"}},
}

func TestWords(t *testing.T) {
	for q, want := range map[string]string{
		"ferry":                                  "“ferry”",
		"{azure} NEAR/60 {ice}":                  "{azure} within 60 words of ICE the agency",
		"{ice} AND (contract OR award)":          "ICE the agency, and either “contract” or “award”",
		"ferry -ferris -hospital":                "“ferry”, but not “ferris” or “hospital”",
		"title:ferry OR \"late boat\"":           "“ferry” in the headline or “late boat”",
		"award BEFORE/3 contract":                "“award” at most 3 words before “contract”",
		"ferry SENT late":                        "“ferry” in one sentence with “late”",
		"count({ice})>=2":                        "ICE the agency at least 2 times",
		"2 OF (a1, b2, c3)":                      "at least 2 of “a1”, “b2”, “c3”",
		"ferry AND amount>=1M":                   "“ferry”, and a sum of at least 1M",
		"ferry AND age<7d":                       "“ferry”, and published less than 7d ago",
		"ferry AND published>=2026-01-31":        "“ferry”, and published since 2026-01-31",
		"ferry AND site:example.org":             "“ferry”, and on the site example.org",
		"a1 OR b2 OR c3 OR d4 OR e5 OR f6 OR g7": "“a1”, “b2”, “c3”, “d4”, “e5” or 2 others",
	} {
		if got := Read(entities, q); !got.OK || got.Sentence != want {
			t.Errorf("%s means %q, want %q", q, got.Sentence, want)
		}
	}
	if r := Read(entities, "{ice} AND"); r.OK || len(r.Problems) == 0 || !strings.Contains(r.Problems[0].Drawn, "^") || r.Sentence != "" {
		t.Errorf("a broken query is read as %+v", r)
	}
	w := monitor.Watch{Notify: []string{"newsroom"}, Feeds: []string{"national"}, Priority: monitor.High, Weak: monitor.WeakDrop}
	if got := InWords(w, Read(entities, "ferry")); got != "Looks in the feeds of national for “ferry”, and tells it at once to newsroom, in quiet hours too; what is doubtful is not told." {
		t.Errorf("a watch means %q", got)
	}
}

// past is an archive, oldest first.
type past []monitor.Record

func (p past) ItemsWith(from, _ monitor.ItemID, _ func(has func(key uint64) bool) bool, fn func(monitor.Record) bool) error {
	for _, rec := range slices.Backward(p) {
		if rec.ID < from || !fn(rec) {
			break
		}
	}
	return nil
}

func (past) DaysSince(time.Time) ([]monitor.DayTotal, error) { return nil, nil }

var now = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// add archives an item that was seen so long ago.
func (p *past) add(ago time.Duration, outlet, title, summary string) {
	seen := now.Add(-ago)
	*p = append(*p, monitor.Record{ID: monitor.FirstID(seen) + monitor.ItemID(len(*p)), Feed: outlet, Outlet: outlet, Seen: seen,
		Item: feeds.Item{Title: title, Summary: summary, URL: fmt.Sprintf("https://%s.example/%d", outlet, len(*p)), Published: seen.Add(-time.Minute)}})
}

func TestAsk(t *testing.T) {
	var p past
	p.add(20*24*time.Hour, "old", "Ferry sinks long ago", "")
	p.add(50*time.Hour, "a", "Harbor ferry Aurora sinks off Tacoma pier", "Rescuers pulled 40 people from the water on Tuesday.")
	p.add(49*time.Hour, "b", "Harbor ferry Aurora sinks off Tacoma pier", "Rescuers pulled 40 people from the water on Tuesday.")
	p.add(2*time.Hour, "a", "ICE detention contract goes to Acme", "")
	p.add(time.Hour, "c", "ICE to publish new rules", "")
	rules := &monitor.Rules{Entities: entities}
	ask := func(q Question) Answer {
		t.Helper()
		q.Since, q.Now = now.AddDate(0, 0, -3), now
		a, err := Ask(t.Context(), p, rules, q)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := ask(Question{Query: "ferry OR {ice}"})
	var got []string
	for _, s := range a.Stories {
		got = append(got, fmt.Sprintf("%s %s %d", s.Verdict, s.Headline, s.Outlets))
	}
	if want := []string{"weak ICE to publish new rules 1", "strong ICE detention contract goes to Acme 1", "strong Harbor ferry Aurora sinks off Tacoma pier 2"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	if a.Items != 4 || a.Partial || len(a.PerDay) != 4 || a.PerDay[1].Strong != 1 || a.PerDay[3] != (Day{"2026-11-24", 1, 1}) {
		t.Errorf("the answer is %+v", a)
	}
	a = ask(Question{Query: "{ice}", Present: &monitor.Watch{Match: "ferry OR detention"}})
	if len(a.Stories) != 2 || !a.Stories[0].New || a.Stories[1].New || len(a.Lost) != 1 || a.Lost[0].Outlet != "a" {
		t.Errorf("against the present version: %+v, lost %+v", a.Stories, a.Lost)
	}
	if a = ask(Question{Query: "ferry", Feeds: []string{"b"}}); len(a.Stories) != 1 || a.Stories[0].Outlet != "b" {
		t.Errorf("of one feed: %+v", a.Stories)
	}
	if a = ask(Question{Query: "ferry", Time: time.Nanosecond}); !a.Partial || a.From.Before(now.AddDate(0, 0, -3)) {
		t.Errorf("without time: %+v", a)
	}
	if _, err := Ask(t.Context(), p, rules, Question{Query: "ferry AND"}); !errors.Is(err, ErrQuery) {
		t.Errorf("a broken query: %v", err)
	}
	gone, stop := context.WithCancel(t.Context())
	stop()
	if _, err := Ask(gone, p, rules, Question{Query: "ferry", Now: now}); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits any more: %v", err)
	}
}

// A sieved is a past that leaves out what may not match, and has its days counted.
type sieved struct {
	past
	t *testing.T
}

func (s sieved) ItemsWith(from, before monitor.ItemID, may func(has func(key uint64) bool) bool, fn func(monitor.Record) bool) error {
	if may(func(uint64) bool { return false }) || !may(func(uint64) bool { return true }) {
		s.t.Error("a query for a word looks at items without words, or at none")
	}
	return s.past[:1].ItemsWith(from, before, may, fn)
}

func (sieved) DaysSince(time.Time) ([]monitor.DayTotal, error) {
	return []monitor.DayTotal{{Day: 20050, New: 30}, {Day: 20051, New: 12}}, nil
}

// What was left out for its words is counted all the same.
func TestAskCountsWhatWasLeftOut(t *testing.T) {
	var p past
	p.add(2*time.Hour, "a", "Ferry sinks", "")
	p.add(time.Hour, "a", "A budget is passed", "")
	a, err := Ask(t.Context(), sieved{p, t}, &monitor.Rules{}, Question{Query: "ferry", Since: now.AddDate(0, 0, -3), Now: now})
	if err != nil || a.Items != 42 || len(a.Stories) != 1 {
		t.Errorf("%+v, %v; want one story of 42 items", a, err)
	}
}

func TestWithout(t *testing.T) {
	for _, c := range [][3]string{
		{"ferry", "storm", "ferry -storm"},
		{"ferry OR boat", "storm", "(ferry OR boat) -storm"},
		{"(ferry OR boat)", "storm", "(ferry OR boat) -storm"},
		{"ferry boat", "Port Town", `ferry boat -"Port Town"`},
		{"ferry", `a"b`, "ferry -ab"},
		{"ferry (", "storm", "ferry ("},
		{"ferry", " ", "ferry"},
	} {
		got := Without(c[0], c[1])
		if got != c[2] {
			t.Errorf("%s without %s: %q, want %q", c[0], c[1], got, c[2])
		}
	}
	if got := Telling("The ferry Aurora sank; ICE said so, Aurora's crew left", "ferry"); !slices.Equal(got, []string{"Aurora", "sank", "ICE", "said", "crew", "left"}) {
		t.Errorf("telling words %q", got)
	}
}
