package monitor

import (
	"cmp"
	"slices"
)

// maxAlso bounds the other reports named on a card.
const maxAlso = 5

// card shows a story through the report that has just been placed in it.
func (it *matchedItem) card(s *Story, sw *StoryWatch, w Watch) Card {
	c := Card{Story: s.ID, Item: it.rec.ID, Headline: cmp.Or(it.item.Title, it.item.Summary, it.item.Link, s.Headline), URL: clickable(it.item),
		Outlet: it.outlet, Feed: it.o.feed.Name, Class: it.o.feed.Class, Published: it.item.Published, Seen: it.rec.Seen,
		Watch: w.Name, Verdict: sw.Verdict, Sentence: sw.Sentence, Hits: sw.Hits, Why: sw.Why,
		Outlets: s.Outlets(), Independent: s.Independent()}
	for _, q := range it.matches {
		if q.Watch == w.Name {
			c.Verdict, c.Sentence, c.Hits, c.Why = q.Verdict, q.Sentence, q.Hits, whyLines(q)
		}
	}
	c.Also = s.also(it.rec.ID)
	return c
}

// CardOf shows a story as it stands, through the report that the watch matched
// first.
func CardOf(s *Story, sw *StoryWatch) Card {
	c := Card{Story: s.ID, Item: sw.Item, Headline: s.Headline, URL: s.URL, Seen: sw.At, Watch: sw.Watch, Verdict: sw.Verdict,
		Sentence: sw.Sentence, Hits: sw.Hits, Why: sw.Why, Outlets: s.Outlets(), Independent: s.Independent()}
	i := max(0, slices.IndexFunc(s.Items, func(it StoryItem) bool { return it.ID == sw.Item }))
	if i < len(s.Items) {
		it := s.Items[i]
		c.Headline, c.URL = cmp.Or(it.Title, s.Headline), cmp.Or(it.URL, s.URL)
		c.Outlet, c.Feed, c.Published = it.Outlet, it.Feed, it.Published
		c.Also = s.also(it.ID)
	}
	return c
}

// also names other reports of the story, newest first, one of an outlet.
func (s *Story) also(but ItemID) []Mention {
	var out []Mention
	seen := map[string]bool{}
	for _, it := range slices.Backward(s.Items) {
		if it.ID == but || seen[it.Outlet] {
			continue
		}
		seen[it.Outlet] = true
		if out = append(out, Mention{Outlet: it.Outlet, Title: it.Title, URL: it.URL}); len(out) == maxAlso {
			break
		}
	}
	return out
}

// StrongestFirst orders the cards of a catch-up: sure before doubtful, then
// more outlets before fewer, then newest first.
func StrongestFirst(a, b Card) int {
	return cmp.Or(cmp.Compare(b.Verdict, a.Verdict), cmp.Compare(b.Outlets, a.Outlets), b.Published.Compare(a.Published))
}
