package report

import (
	"cmp"
	"fmt"
	"strings"
	"testing"
	"time"

	"newswatch/feeds"
	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/monitor/schedule"
)

// A weeks is a past of stories, one watch each, with everything else well.
type weeks struct {
	Ledger
	stories []monitor.Story
	gaps    []monitor.Gap
	polls   map[string]schedule.PollTimes
}

func (w *weeks) StoriesSince(time.Time) ([]monitor.Story, error) { return w.stories, nil }
func (w *weeks) GapsSince(time.Time) ([]monitor.Gap, error)      { return w.gaps, nil }
func (w *weeks) Polls() (map[string]schedule.PollTimes, error)   { return w.polls, nil }

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC) // a Saturday

// add puts n stories of a watch into the day that ended so many weeks ago, each
// from an outlet of its own.
func (w *weeks) add(watch string, weeksAgo, n int) {
	for i := range n {
		at := noon.AddDate(0, 0, -7*weeksAgo).Add(-time.Duration(i+1) * time.Hour)
		w.stories = append(w.stories, monitor.Story{First: at, Items: []monitor.StoryItem{{Feed: "wire", Outlet: fmt.Sprint("outlet ", i)}},
			Watches: []monitor.StoryWatch{{Watch: watch, Verdict: match.Strong, At: at}}})
	}
}

// compiled returns the rules with their queries compiled.
func compiled(r *monitor.Rules) *monitor.Rules {
	var rules []match.Rule
	for _, w := range r.Watches {
		rules = append(rules, match.Rule{Name: w.Name, Match: cmp.Or(w.Match, "x")})
	}
	r.Set, _ = match.Compile(r.Entities, rules)
	return r
}

func TestUnusual(t *testing.T) {
	feed := feeds.Feed{Name: "wire", URL: "https://wire.example/feed"}
	rules := compiled(&monitor.Rules{Watches: []monitor.Watch{{Name: "spike"}, {Name: "silence"}, {Name: "usual"}, {Name: "new"}}, Feeds: map[string]*feeds.Feed{"wire": &feed}, Zone: time.UTC})
	past := func() *weeks {
		w := &weeks{polls: map[string]schedule.PollTimes{feed.ID(): {Success: noon.Add(-time.Minute)}}}
		for week := range 8 {
			w.add("spike", week+1, week%3)
			w.add("silence", week+1, 5+week%2)
			w.add("usual", week+1, 2)
		}
		w.add("spike", 0, 9)
		w.add("usual", 0, 3)
		w.add("new", 0, 1)
		w.stories = append(w.stories, monitor.Story{First: noon.AddDate(0, 0, -60)})
		return w
	}
	for name, c := range map[string]struct {
		change func(*weeks)
		want   []string
	}{
		"as it is":              {func(*weeks) {}, []string{"spike: 9 stories of 9 outlets in a day; on the last 8 Saturdays it had 0 to 2", "silence: no story in a day; on the last 8 Saturdays it had 5 to 6"}},
		"a feed is dark":        {func(w *weeks) { w.polls[feed.ID()] = schedule.PollTimes{Success: noon.AddDate(0, 0, -2)} }, []string{"spike: "}},
		"a gap swallowed items": {func(w *weeks) { w.gaps = []monitor.Gap{{Feed: "wire", Lost: true}} }, []string{"spike: "}},
		"installed three weeks ago": {func(w *weeks) {
			for i := range w.stories {
				if w.stories[i].First.Before(noon.AddDate(0, 0, -22)) {
					w.stories[i].Into, w.stories[i].First = 1, noon
				}
			}
		}, nil},
		"old when it was first seen": {func(w *weeks) {
			for i := range w.stories {
				for k := range w.stories[i].Watches {
					w.stories[i].Watches[k].Old = true
				}
			}
		}, nil},
	} {
		w := past()
		c.change(w)
		got, err := Unusual(w, rules, noon)
		if err != nil || len(got) != len(c.want) {
			t.Errorf("%s: %+v, %v, want %q", name, got, err, c.want)
			continue
		}
		for i, u := range got {
			if !strings.HasPrefix(u.Line, c.want[i]) {
				t.Errorf("%s: %q, want %q", name, u.Line, c.want[i])
			}
		}
	}
}

// An entity is judged over all watches that look for it, from when its mentions
// were first noted, and passed over where one of them says as much.
func TestUnusualEntity(t *testing.T) {
	feed := feeds.Feed{Name: "wire", URL: "https://wire.example/feed"}
	rules := compiled(&monitor.Rules{Feeds: map[string]*feeds.Feed{"wire": &feed}, Zone: time.UTC, Entities: map[string]match.Entity{"ice": {Label: "ICE the agency", Names: []string{"Immigration and Customs Enforcement"}}, "dhs": {Names: []string{"Department of Homeland Security"}}, "unwatched": {}},
		Watches: []monitor.Watch{{Name: "a", Match: "{ice} AND one"}, {Name: "b", Match: "two {ice}"}, {Name: "c", Match: "{dhs} AND /x{2}/"}}})
	past := func() *weeks {
		w := &weeks{polls: map[string]schedule.PollTimes{feed.ID(): {Success: noon.Add(-time.Minute)}}}
		for week := range 8 {
			w.add("a", week+1, 1)
			w.add("b", week+1, 1)
			w.add("c", week+1, 6)
		}
		w.add("a", 0, 6)
		w.add("b", 0, 6)
		for i := range w.stories {
			sw := &w.stories[i].Watches[0]
			sw.Entities = []string{map[string]string{"a": "ice", "b": "ice", "c": "dhs"}[sw.Watch]}
		}
		w.stories = append(w.stories, monitor.Story{First: noon.AddDate(0, 0, -60), Watches: []monitor.StoryWatch{{Watch: "c", Entities: []string{"dhs"}}}})
		return w
	}
	spike, silence := "ICE the agency: 12 stories of 6 outlets in a day; on the last 8 Saturdays it had 2", "c: no story in a day; on the last 8 Saturdays it had 6"
	for name, c := range map[string]struct {
		change func(*weeks)
		want   []string
	}{
		"as it is": {func(*weeks) {}, []string{silence, spike}},
		"a watch says so too": {func(w *weeks) {
			w.add("a", 0, 9)
			for i := range w.stories {
				w.stories[i].Watches[0].Entities = append(w.stories[i].Watches[0].Entities, "ice")
			}
		}, []string{"a: 15 stories", silence}},
		"noted for three weeks only": {func(w *weeks) {
			for i := range w.stories {
				if w.stories[i].First.Before(noon.AddDate(0, 0, -22)) {
					w.stories[i].Watches[0].Entities = nil
				}
			}
		}, []string{silence}},
	} {
		w := past()
		c.change(w)
		got, err := Unusual(w, rules, noon)
		if err != nil || len(got) != len(c.want) {
			t.Errorf("%s: %+v, %v, want %q", name, got, err, c.want)
			continue
		}
		for i, u := range got {
			if !strings.HasPrefix(u.Line, c.want[i]) {
				t.Errorf("%s: %q, want %q", name, u.Line, c.want[i])
			}
		}
	}
}
