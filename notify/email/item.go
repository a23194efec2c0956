package email

import (
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/match"
	"newswatch/notify/render"
)

// An item is one story.
type item struct {
	Title         []render.Run // with hits, where the hit sentence is the headline
	Lang          string       // of title and sentence; "" if it is not known
	URL, Domain   string
	Watch         string // all of them
	Doubtful      bool
	Runs          []render.Run
	Outlet, Times string
	Spread        string
	Remarks       []string
	Also          []mention
	Reports       []report
	MoreReports   string
	Large         bool
	Story         string // address of the story's page, where a reader can say whether it is relevant; "" for none
}

type mention struct{ Outlet, Title, URL string }

type report struct{ Time, Outlet, Title, URL string }

// items lays out cards as far as the size goes. brief leaves the sentence out
// of those beyond the size's number of full ones.
func (p *htmlPage) items(cards []monitor.Card, more int, z *time.Location, s size, watch bool) ([]item, string) {
	var out []item
	for i, c := range cards {
		if i == s.stories {
			more += len(cards) - i
			p.Cut = true
			break
		}
		it := itemOf(c, z, s)
		it.Story = storyPage(string(p.Page), c)
		if !watch {
			it.Watch = otherWatches(c)
		}
		if i >= s.full && len(cards) > 1 {
			it.Runs, it.Remarks, it.Also = nil, nil, nil
		}
		out = append(out, it)
	}
	if p.Large && len(out) > 0 {
		out[0].Watch = render.Watches(cards[0])
	}
	if more > 0 {
		return out, "and " + render.Count(more, "more story", "more stories")
	}
	return out, ""
}

func itemOf(c monitor.Card, z *time.Location, s size) item {
	const name = 80
	it := item{
		URL: link(c.URL), Domain: render.Domain(c.URL), Spread: render.Outlets(c),
		Watch: render.Watches(c), Doubtful: c.Verdict == match.Weak, Outlet: render.Truncate(render.Sanitize(c.Outlet), name),
		MoreReports: render.MoreReports(c),
	}
	it.headline(c, s)
	if !c.Seen.IsZero() || !c.Published.IsZero() {
		it.Times = render.Times(c, z)
	}
	for _, line := range [...]string{render.Doubt(c), render.Follows(c, z), render.Claimed(c)} {
		if line != "" {
			it.Remarks = append(it.Remarks, line)
		}
	}
	for _, r := range c.Reports {
		it.Reports = append(it.Reports, report{r.At.In(z).Format("2 Jan 15:04"), render.Truncate(render.Sanitize(r.Outlet), name),
			render.Truncate(render.Sanitize(r.Title), s.title), link(r.URL)})
	}
	if len(c.Reports) > 0 {
		return it // they say where else
	}
	others := render.Others(c)
	for _, m := range others[:min(len(others), 6)] {
		it.Also = append(it.Also, mention{
			render.Truncate(render.Sanitize(m.Outlet), name), render.Truncate(render.Sanitize(m.Title), s.title), link(m.URL),
		})
	}
	return it
}

// storyPage is where a page at the given address shows the story of a card.
func storyPage(page string, c monitor.Card) string {
	if page == "" || c.Story == 0 {
		return ""
	}
	return strings.TrimSuffix(page, "/") + "/stories/" + c.Story.String()
}

// otherWatches names the watches beside the one under whose heading a story
// stands.
func otherWatches(c monitor.Card) string {
	if len(c.Watches) < 2 {
		return ""
	}
	return "also " + render.Watches(monitor.Card{Watches: c.Watches[1:]})
}

// headline fills in title and sentence. A sentence that is the headline is
// not said twice: then its hits show in the headline.
func (it *item) headline(c monitor.Card, s size) {
	title, runs := render.Sanitize(c.Headline), render.Runs(c)
	it.Lang = c.Lang
	switch {
	case title == "":
		title = "A report without a headline"
	case render.RepeatsHeadline(c):
		it.Title = render.TruncateRuns(runs, s.title)
		return
	}
	it.Title = []render.Run{{Text: render.Truncate(title, s.title)}}
	it.Runs = render.TruncateRuns(runs, s.sentence)
}

// link is notify.Link without addresses so long that they are a payload.
func link(address string) string {
	if u := render.Link(address); len(u) <= 2000 {
		return u
	}
	return ""
}
