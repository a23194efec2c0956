package story

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var day = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// told adds reports in order, giving them IDs, and returns their placements.
func told(x *Index, reports ...Report) []Placement {
	var ps []Placement
	for i, r := range reports {
		if r.ID == 0 {
			r.ID = uint64(len(x.entries) + 1)
		}
		if r.Published.IsZero() {
			r.Published = day.Add(time.Duration(i) * time.Minute)
		}
		p := x.Place(r)
		s := p.Story
		if s == 0 {
			s = r.ID
		}
		x.Add(r, p, s)
		ps = append(ps, p)
	}
	return ps
}

func TestSplitIsRemembered(t *testing.T) {
	a := Report{ID: 1, Title: "Agents search Corvane warehouse in Port Ellery", Outlet: "A"}
	b := Report{ID: 2, Title: "Agents search Corvane warehouse in Port Ellery pier", Outlet: "B"}
	x := NewIndex(0)
	told(x, a, b)
	if n := x.Stories(); n != 1 {
		t.Fatalf("%d stories before, want 1", n)
	}
	x.Split(2, 2)
	if n := x.Stories(); n != 2 {
		t.Errorf("%d stories after Split, want 2", n)
	}
	if x.Merge(1, 2); x.Stories() != 2 || x.Story(2) != 2 {
		t.Error("Merge undid a Split")
	}
}

func TestMergeKeepsBothNames(t *testing.T) {
	x := NewIndex(0)
	told(x, Report{ID: 1, Title: "Ferry sinks off Kalvo", Published: day},
		Report{ID: 2, Title: "Agents search Corvane warehouse in Port Ellery", Published: day})
	x.Merge(1, 2)
	if x.Stories() != 1 || x.Story(2) != 1 {
		t.Errorf("after Merge %d stories, 2 is %d", x.Stories(), x.Story(2))
	}
	p := x.Place(Report{ID: 3, Title: "Agents search Corvane warehouse in Port Ellery", Published: day})
	if p.Story != 1 {
		t.Errorf("a copy of the merged report goes to %d, want 1", p.Story)
	}
	x.Expire(day.Add(80 * time.Hour))
	if x.Stories() != 0 || x.Story(2) != 2 {
		t.Errorf("after Expire %d stories, 2 is %d", x.Stories(), x.Story(2))
	}
}

// Whatever a stranger puts into a title, one report costs about what any does.
func TestPlaceIsBounded(t *testing.T) {
	x := NewIndex(0)
	long := strings.Repeat("Überlange Schlagzeile 7 | ", 1<<20/26)
	told(x, Report{Title: long, Summary: long, Content: long}, Report{Title: long + "!", Summary: long, Content: long})
	for _, e := range x.queue {
		if len(e.terms) > termsKept || len(e.names) > namesKept || len(e.sketch.hashes) > 4*sketchSize {
			t.Errorf("kept %d terms, %d names, %d shingles", len(e.terms), len(e.names), len(e.sketch.hashes))
		}
	}
}

func TestTenThousandOfOneTitle(t *testing.T) {
	x := NewIndex(0)
	for i := range 10_000 {
		r := Report{ID: uint64(i + 1), Title: "Service notice", Outlet: "A", Published: day}
		p := x.Place(r)
		if want := i > 0; want != (p.Role == Repeat) {
			t.Fatalf("report %d is a %s", i, p.Role)
		}
		x.Add(r, p, 1)
	}
	if x.Stories() != 1 || x.items != 1 {
		t.Errorf("%d stories of %d counted items, want 1 of 1", x.Stories(), x.items)
	}
}

// reportsOf draws reports from a small world, so that they often meet.
func reportsOf(t *rapid.T, n int) []Report {
	word := rapid.SampledFrom(strings.Fields(`Corvane Ellery harbour agents search warehouse mayor contract Veld ferry Kalvo sinks missing 41 12
		Monday briefing week storm closes schools Okafor council budget Palantir ICE deal senators question`))
	now := day
	out := make([]Report, n)
	for i := range out {
		now = now.Add(time.Duration(rapid.IntRange(0, 300).Draw(t, "gap")) * time.Minute)
		r := Report{
			ID:        uint64(i + 1),
			Title:     strings.Join(rapid.SliceOfN(word, 0, 8).Draw(t, "title"), " "),
			Outlet:    rapid.SampledFrom([]string{"", "A", "B", "C"}).Draw(t, "outlet"),
			Published: now.Add(-time.Duration(rapid.IntRange(0, 600).Draw(t, "age")) * time.Minute),
			Seen:      now,
		}
		if rapid.Bool().Draw(t, "long") {
			r.Content = strings.Join(rapid.SliceOfN(word, 0, 60).Draw(t, "content"), " ")
		}
		if rapid.IntRange(0, 3).Draw(t, "address") == 0 {
			r.URL = fmt.Sprintf("https://a.example/%d", rapid.IntRange(0, 9).Draw(t, "url"))
		}
		out[i] = r
	}
	return out
}

type placed struct {
	Report
	p     Placement
	story uint64
}

func step(x *Index, r Report) placed {
	x.Expire(r.Seen)
	p := x.Place(r)
	s := p.Story
	if s == 0 {
		s = r.ID
	}
	x.Add(r, p, s)
	return placed{r, p, s}
}

// A rebuilt index goes on as the lost one would have.
func TestRestoreEqualsLive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		reports := reportsOf(t, 60)
		cut := rapid.IntRange(0, len(reports)).Draw(t, "cut")
		live := NewIndex(24 * time.Hour)
		var past []placed
		for _, r := range reports[:cut] {
			past = append(past, step(live, r))
			switch rapid.IntRange(0, 15).Draw(t, "by hand") {
			case 0:
				live.Split(r.ID, r.ID)
			case 1:
				live.Merge(past[rapid.IntRange(0, len(past)-1).Draw(t, "into")].story, r.ID)
			}
		}
		rebuilt := NewIndex(24 * time.Hour)
		for from, into := range live.aliases {
			rebuilt.Merge(into, from)
		}
		for _, p := range past {
			e, ok := live.entries[p.ID]
			if !ok {
				continue // expired
			}
			rebuilt.Restore(p.Report, e.story.id, p.p.Role, p.p.Of)
		}
		for pair := range live.apart {
			rebuilt.Apart(pair[0], pair[1])
		}
		for _, r := range reports[cut:] {
			a, b := step(live, r), step(rebuilt, r)
			if fmt.Sprintf("%+v", a.p) != fmt.Sprintf("%+v", b.p) {
				t.Fatalf("report %d %q:\nlive    %+v\nrebuilt %+v", r.ID, r.Title, a.p, b.p)
			}
		}
		if live.Stories() != rebuilt.Stories() {
			t.Fatalf("%d stories live, %d rebuilt", live.Stories(), rebuilt.Stories())
		}
		for _, x := range []*Index{live, rebuilt} {
			held := map[uint64]int{}
			for _, c := range x.stories {
				for _, n := range c.counts {
					held[n.term.stem]++
				}
			}
			for stem, term := range x.terms {
				if term.stories != held[stem] {
					t.Fatalf("%d stories are counted for a word that %d hold", term.stories, held[stem])
				}
			}
		}
	})
}

// Everything expires without a trace.
func TestExpireForgetsAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := NewIndex(24 * time.Hour)
		for _, r := range reportsOf(t, 40) {
			step(x, r)
		}
		x.Expire(day.Add(1000 * time.Hour))
		if n := len(x.entries) + len(x.queue) + len(x.stories) + len(x.aliases) + len(x.byURL) + len(x.byTitle) +
			len(x.byHash) + len(x.terms) + x.items; n != 0 {
			t.Fatalf("%d traces remain", n)
		}
	})
}

// The same items once more are repeats, each of a report of its own story.
func TestReplayRepeats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := NewIndex(1000 * time.Hour)
		reports := reportsOf(t, 30)
		for i := range reports {
			reports[i].URL = fmt.Sprintf("https://a.example/%d", i)
			step(x, reports[i])
		}
		stories := x.Stories()
		for _, r := range reports {
			r.ID += 1000
			if p := x.Place(r); p.Role != Repeat || x.entries[p.Of].root() != p.Of && x.entries[p.Of].role == Repeat {
				t.Fatalf("%q once more is %+v", r.Title, p)
			}
			step(x, r)
		}
		if x.Stories() != stories {
			t.Fatalf("%d stories became %d", stories, x.Stories())
		}
	})
}

// Copies of several texts make as many stories in whatever order they come.
func TestOrderOfCopies(t *testing.T) {
	events := []string{"Agents search Corvane warehouse in Port Ellery", "Ferry Marisol sinks off Kalvo island", "Senate rejects Tarlow budget amendment",
		"Okapi born at Brenthurst zoo", "Quake shakes Tilden valley vineyards"}
	rapid.Check(t, func(t *rapid.T) {
		var reports []Report
		for _, e := range events {
			for _, outlet := range []string{"A", "B", "C", "D"} {
				reports = append(reports, Report{Title: e, Outlet: outlet, Published: day})
			}
		}
		x := NewIndex(0)
		told(x, rapid.Permutation(reports).Draw(t, "order")...)
		if x.Stories() != len(events) {
			t.Fatalf("%d stories, want %d", x.Stories(), len(events))
		}
	})
}
