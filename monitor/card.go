package monitor

import (
	"cmp"
	"slices"
	"time"
)

// maxAlso bounds the other reports named on a card.
const maxAlso = 5

// card tells a story through the item, for the watches that matched it: with
// the surest of their verdicts, and the sentence of the strictest.
func (it *matchedItem) card(s *Story, hs []heard) Card {
	c := Card{Story: s.ID, Item: it.rec.ID, Headline: cmp.Or(it.headline(), it.item.Summary, it.item.Link, s.Headline), Lang: it.item.Lang, URL: clickable(it.item),
		Outlet: it.outletName(), Feed: it.o.feed.Name, Class: it.o.feed.Class, Published: it.item.Published, Seen: it.rec.Seen,
		Watch: hs[0].watch.Name, Watches: names(hs), Outlets: s.Outlets(), Independent: s.Independent(), Claimed: s.Claim.By}
	best := slices.MaxFunc(hs, func(a, b heard) int {
		return cmp.Or(cmp.Compare(a.match.Verdict, b.match.Verdict), cmp.Compare(clauses(a.match), clauses(b.match)))
	}).match
	c.Verdict, c.Sentence, c.Hits, c.Why, c.Doubt = best.Verdict, best.Sentence, best.Hits, whyLines(best), doubt(best)
	c.Also = s.also(it.rec.ID, it.outlet, c.Outlet)
	return c
}

func names(hs []heard) []string {
	out := make([]string, len(hs))
	for i, h := range hs {
		out[i] = h.watch.Name
	}
	return out
}

// CardOf tells a story as it stands, through the report that the watch matched
// first.
func CardOf(s *Story, sw *StoryWatch) Card { return s.card(sw.Item, []string{sw.Watch}) }

// Card tells a story as it stands, for several watches that matched it, through
// the report that the first matched first.
func (s *Story) Card(watches []string) Card {
	item := ItemID(0)
	if sw := s.Watch(watches[0]); sw != nil {
		item = sw.Item
	}
	return s.card(item, watches)
}

// card tells a story as it stands, through one of its reports.
func (s *Story) card(item ItemID, watches []string) Card {
	c := Card{Story: s.ID, Item: item, Headline: s.Headline, URL: s.URL, Seen: s.First, Watch: watches[0], Watches: watches,
		Outlets: s.Outlets(), Independent: s.Independent(), Claimed: s.Claim.By}
	var best *StoryWatch
	for _, w := range watches {
		sw := s.Watch(w)
		if sw != nil && (best == nil || sw.Verdict > best.Verdict || sw.Verdict == best.Verdict && sw.Clauses > best.Clauses) {
			best = sw
		}
	}
	if best != nil {
		c.Verdict, c.Sentence, c.Hits, c.Why, c.Doubt, c.Seen = best.Verdict, best.Sentence, best.Hits, best.Why, best.Doubt, best.At
	}
	i := max(0, slices.IndexFunc(s.Items, func(it StoryItem) bool { return it.ID == item }))
	if i < len(s.Items) {
		it := s.Items[i]
		c.Headline, c.Lang, c.URL = cmp.Or(it.Title, s.Headline), it.Lang, cmp.Or(it.URL, s.URL)
		c.Outlet, c.Feed, c.Published = it.OutletName(), it.Feed, it.Published
		c.Also = s.also(it.ID, it.Outlet, c.Outlet)
	}
	return c
}

// Time is when the report was published or, if that cannot be believed, first
// seen: a date after its sight, or weeks before, is none.
func (it StoryItem) Time() time.Time {
	seen := it.ID.Time()
	if it.Published.IsZero() || it.Published.After(seen) || seen.Sub(it.Published) > 2*resurfaced {
		return seen
	}
	return it.Published
}

// FirstReport returns the index of the report that was published first, -1 if
// the story lists none.
func (s *Story) FirstReport() int {
	first := -1
	for i, it := range s.Items {
		if first < 0 || it.Time().Before(s.Items[first].Time()) {
			first = i
		}
	}
	return first
}

// OutletName is what people know the report's outlet by.
func (it StoryItem) OutletName() string { return cmp.Or(it.Name, it.Outlet) }

// also names other reports of the story, newest first, one of an outlet and
// none of the card's own, which goes by either name: reports of an earlier
// version have but the first.
func (s *Story) also(but ItemID, outlet, own string) []Mention {
	var out []Mention
	seen := map[string]bool{own: true}
	for _, it := range slices.Backward(s.Items) {
		name := it.OutletName()
		if it.ID == but || it.Outlet == outlet || seen[name] {
			continue
		}
		seen[name] = true
		if out = append(out, Mention{Outlet: name, Title: it.Title, URL: it.URL}); len(out) == maxAlso {
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
