package senses

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var now = time.Date(2026, 11, 24, 7, 0, 0, 0, time.UTC)

func TestAsk(t *testing.T) {
	mention := Mention{Entity: "azure", Story: "s1", Feed: "mining", Plain: true}
	for _, c := range []struct {
		name   string
		learn  func(b *Book)
		ask    Mention
		want   Sense
		scope  Scope
		later  time.Duration
		reason string
	}{
		{"an empty book", func(*Book) {}, mention, Open, Nowhere, 0, ""},
		{"two of a story are too few", lessons("azure", "s1", "", Entity, 2), mention, Open, Nowhere, 0, ""},
		{"three of a story", lessons("azure", "s1", "", Entity, 3), mention, Entity, Story, 0,
			"alone; 3 of 3 decided items of this story mean Azure"},
		{"three of a feed", lessons("azure", "", "mining", Other, 3), mention, Other, Feed, 0,
			"alone; 3 of 3 decided items of X mean another azure"},
		{"another feed", lessons("azure", "", "tech", Other, 3), mention, Open, Nowhere, 0, ""},
		{"another entity", lessons("ice", "s1", "mining", Other, 9), mention, Open, Nowhere, 0, ""},
		{"the story before the feed", both(lessons("azure", "s1", "", Entity, 3), lessons("azure", "", "mining", Other, 30)),
			mention, Entity, Story, 0, "alone; 3 of 3 decided items of this story mean Azure"},
		{"a story of both senses, a feed of one", both(lessons("azure", "s1", "mining", Entity, 2), lessons("azure", "s1", "", Other, 2), lessons("azure", "", "mining", Entity, 2)),
			mention, Entity, Feed, 0, "alone; 4 of 4 decided items of X mean Azure"},
		{"a feed of both senses outweighs everything", both(lessons("azure", "", "mining", Other, 2), lessons("azure", "", "mining", Entity, 2), lessons("azure", "", "tech", Entity, 90)),
			mention, Open, Feed, 0, "alone; of 4 decided items of X 2 mean Azure and 2 another"},
		{"nine of ten are enough", both(lessons("azure", "", "mining", Other, 9), lessons("azure", "", "mining", Entity, 1)),
			mention, Other, Feed, 0, "alone; 9 of 10 decided items of X mean another azure"},
		{"everything, twenty", lessons("azure", "", "tech", Entity, 20), mention, Open, Nowhere, 0, ""},
		{"everything, more than twenty", lessons("azure", "", "tech", Entity, 21), mention, Entity, Everywhere, 0,
			"alone; 21 of 21 decided items mean Azure"},
		{"everything, but not written as a name", lessons("azure", "", "tech", Entity, 21), Mention{Entity: "azure", Feed: "mining"}, Open, Nowhere, 0, ""},
		{"a reader's word counts five", func(b *Book) { b.Learn(mention, Other, ByReader, now) }, mention, Other, Story, 0,
			"alone; 5 of 5 decided items of this story mean another azure"},
		{"taken back", func(b *Book) { b.Learn(mention, Other, ByReader, now); b.Learn(mention, Other, -ByReader, now) }, mention, Open, Nowhere, 0, ""},
		{"half after sixty days", lessons("azure", "", "mining", Other, 5), mention, Open, Nowhere, halfLife, ""},
		{"still enough after sixty days", lessons("azure", "", "mining", Other, 6), mention, Other, Feed, halfLife,
			"alone; 3 of 3 decided items of X mean another azure"},
		{"a clock set back forgets nothing", lessons("azure", "", "mining", Other, 3), mention, Other, Feed, -3 * halfLife,
			"alone; 3 of 3 decided items of X mean another azure"},
	} {
		var b Book
		c.learn(&b)
		got := b.Ask(c.ask, now.Add(c.later))
		if got.Sense != c.want || got.Scope != c.scope || got.String("X", "Azure", "azure") != c.reason {
			t.Errorf("%s: %+v %q, want sense %d by scope %d, %q", c.name, got, got.String("X", "Azure", "azure"), c.want, c.scope, c.reason)
		}
	}
}

func lessons(entity, story, feed string, s Sense, n int) func(*Book) {
	return func(b *Book) { b.Learn(Mention{Entity: entity, Story: story, Feed: feed}, s, n, now) }
}

func both(fs ...func(*Book)) func(*Book) {
	return func(b *Book) {
		for _, f := range fs {
			f(b)
		}
	}
}

// A book made of the rows of another answers as that one does, and lessons
// that are taken back at once leave no trace.
func TestRowsAreTheWholeBook(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b, kept Book
		names := rapid.SampledFrom([]string{"", "a", "b"})
		at := now
		for range rapid.IntRange(1, 30).Draw(t, "lessons") {
			at = at.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "days")) * 24 * time.Hour)
			m := Mention{Entity: names.Draw(t, "entity"), Story: names.Draw(t, "story"), Feed: names.Draw(t, "feed")}
			s := Sense(rapid.IntRange(-1, 1).Draw(t, "sense"))
			b.Learn(m, s, rapid.IntRange(1, 9).Draw(t, "n"), at)
			for _, r := range b.Changed() {
				kept.Restore(r)
			}
			before := b.Ask(m, at)
			b.Learn(m, s, 3, at)
			b.Learn(m, s, -3, at)
			if after := b.Ask(m, at); after != before {
				t.Fatalf("%+v became %+v", before, after)
			}
		}
		m := Mention{names.Draw(t, "entity"), names.Draw(t, "story"), names.Draw(t, "feed"), true}
		if diff := cmp.Diff(b.Ask(m, at), kept.Ask(m, at)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// Forget drops what decayed, closed stories, and what is old of entities and
// feeds that are gone; and Changed tells the store.
func TestForget(t *testing.T) {
	var b Book
	for _, m := range []Mention{{Entity: "azure", Story: "open", Feed: "mining"}, {Entity: "azure", Story: "closed", Feed: "gone"}, {Entity: "gone", Feed: "mining"}} {
		b.Learn(m, Entity, 8, now)
	}
	b.Changed()
	forget := func(at time.Time) []Row {
		b.Forget(at, func(story string) bool { return story == "open" }, func(entity, feed string) bool { return entity != "gone" && feed != "gone" })
		return b.Changed()
	}
	if diff := cmp.Diff([]Row{{EntityName: "azure", Scope: Story, Of: "closed"}}, forget(now)); diff != "" {
		t.Errorf("at once: %s", diff)
	}
	want := []Row{{EntityName: "azure", Scope: Feed, Of: "gone"}, {EntityName: "gone", Scope: Feed, Of: "mining"}, {EntityName: "gone", Scope: Everywhere}}
	if diff := cmp.Diff(want, forget(now.Add(halfLife))); diff != "" {
		t.Errorf("a half-life later: %s", diff)
	}
	want = []Row{{EntityName: "azure", Scope: Feed, Of: "mining"}, {EntityName: "azure", Scope: Everywhere}}
	if diff := cmp.Diff(want, forget(now.Add(6*halfLife))); diff != "" {
		t.Errorf("a year later: %s", diff)
	}
}

// A book takes so many feeds of an entity and no more; the rest count
// everywhere.
func TestBookIsBounded(t *testing.T) {
	var b Book
	for i := range mostOf + 50 {
		b.Learn(Mention{Entity: "azure", Feed: string(rune(0x4e00 + i))}, Entity, 1, now)
	}
	if got := b.Tally("azure", now); len(got.Feeds) != mostOf || got.All.Entity != mostOf+50 {
		t.Errorf("%d feeds, %d lessons", len(got.Feeds), got.All.Entity)
	}
}

func BenchmarkAsk(b *testing.B) {
	var book Book
	for i := range 10_000 {
		book.Learn(Mention{Entity: "azure", Story: string(rune('a' + i)), Feed: string(rune('a' + i%500))}, Entity, 1, now)
	}
	m := Mention{Entity: "azure", Story: "none", Feed: "none", Plain: true}
	b.ReportAllocs()
	for b.Loop() {
		if book.Ask(m, now).Sense != Entity {
			b.Fatal("no answer")
		}
	}
}
