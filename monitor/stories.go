package monitor

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"newswatch/feeds"
	"newswatch/monitor/story"
)

// maxStoryItems bounds the reports listed in a story; the rest are counted.
// Every item keeps its story's ID all the same.
const maxStoryItems = 300

// storyWindow is how long after its last report a story takes new ones.
const storyWindow = 72 * time.Hour

// stories are the stories of the window, and aliases of those merged into them.
type stories struct {
	index   *story.Index
	open    map[StoryID]*Story
	changed map[StoryID]bool // since the last commit
}

// restoreStep is how many items a restart reads at once.
const restoreStep = 1000

// openStories reads the stories of the window as of now, report by report in
// the order in which they came.
func openStories(st Store, r *Rules, now time.Time) (*stories, error) {
	stored, err := st.StoriesSince(now.Add(-storyWindow))
	if err != nil {
		return nil, err
	}
	ss := &stories{index: story.NewIndex(storyWindow), open: make(map[StoryID]*Story, len(stored)), changed: map[StoryID]bool{}}
	type report struct {
		StoryItem
		in StoryID
	}
	var reports []report
	for i := range stored {
		s := &stored[i]
		ss.open[s.ID] = s
		s.adopt(r)
		for _, it := range s.Items {
			reports = append(reports, report{it, s.ID})
		}
	}
	for _, s := range stored {
		if s.Into != 0 {
			ss.index.Merge(uint64(ss.resolve(s.ID)), uint64(s.ID))
		}
	}
	slices.SortFunc(reports, func(a, b report) int { return cmp.Compare(a.ID, b.ID) })
	for step := range slices.Chunk(reports, restoreStep) {
		ids := make([]ItemID, len(step))
		for i, r := range step {
			ids[i] = r.ID
		}
		_, items, err := st.Lookup(nil, ids)
		if err != nil {
			return nil, err
		}
		for _, r := range step {
			if rec, ok := items[r.ID]; ok {
				ss.index.Restore(ReportOf(rec.ID, rec.Item, rec.Outlet, rec.Seen), uint64(r.in), r.Role, uint64(r.Of))
			}
		}
	}
	for _, s := range stored {
		for _, apart := range s.Apart {
			ss.index.Apart(uint64(s.ID), uint64(apart))
		}
	}
	return ss, nil
}

// resolve follows merges to the story that took the given one in.
func (ss *stories) resolve(id StoryID) StoryID {
	for s := ss.open[id]; s != nil && s.Into != 0; s = ss.open[id] {
		id = s.Into
	}
	return id
}

// find returns the story that an ID stands for, nil if it is not open.
func (ss *stories) find(id StoryID) *Story { return ss.open[ss.resolve(id)] }

// mark has the next commit write a story.
func (ss *stories) mark(s *Story) { ss.changed[s.ID] = true }

// changes returns the stories changed since the last commit, by ID.
func (ss *stories) changes() []Story {
	out := make([]Story, 0, len(ss.changed))
	for _, id := range slices.Sorted(maps.Keys(ss.changed)) {
		out = append(out, *ss.open[id])
	}
	return out
}

// expire drops stories and reports that take no more, as of a time.
func (ss *stories) expire(now time.Time) {
	ss.index.Expire(now)
	old := now.Add(-storyWindow)
	for id, s := range ss.open {
		if s.Last.Before(old) && !ss.changed[id] {
			delete(ss.open, id)
		}
	}
}

// place finds or opens the story of a matched item, and lists it there.
func (ss *stories) place(it *matchedItem) *Story {
	if s := ss.find(it.rec.Story); s != nil && (it.role == story.Repeat || it.facts != nil) {
		ss.list(s, it)
		return s
	}
	r := ReportOf(it.rec.ID, it.item, it.outlet, it.rec.Seen)
	pl := ss.placement(it, r)
	s := ss.find(StoryID(pl.Story))
	if s == nil {
		pl = story.Placement{Role: story.First}
		s = &Story{ID: StoryID(r.ID), Headline: cmp.Or(it.item.Title, it.item.Summary, it.item.Link), URL: clickable(it.item), First: it.o.at.UTC()}
		ss.open[s.ID] = s
	}
	ss.index.Add(r, pl, uint64(s.ID))
	it.rec.Role, it.rec.Of, it.rec.Reasons = pl.Role, ItemID(pl.Of), pl.Reasons
	it.role = pl.Role
	ss.list(s, it)
	for _, other := range pl.Merge {
		ss.merge(s, ss.find(StoryID(other)))
	}
	return s
}

// placement says which story a report belongs to. The case is the story of an
// event: what else the texts of its register have in common means nothing.
func (ss *stories) placement(it *matchedItem, r story.Report) story.Placement {
	if !it.event {
		return ss.index.Place(r)
	}
	if it.matter != nil {
		if s := ss.find(it.matter.Story); s != nil {
			return story.Placement{Story: uint64(s.ID), Role: story.Original, Reasons: []story.Reason{{Kind: story.OfCase, With: uint64(it.matter.ID), Score: 1,
				Why: "another entry under the title and address of the same case"}}}
		}
	}
	return story.Placement{Role: story.First}
}

// list writes a matched item into its story's list of reports.
func (ss *stories) list(s *Story, it *matchedItem) {
	it.outlets, it.independent = s.Outlets(), s.Independent()
	s.Last = it.o.at.UTC()
	ss.mark(s)
	if it.role == story.Repeat && it.outlet != it.rec.Outlet {
		// The same address on another feed: a sighting, not an outlet.
		return
	}
	report := StoryItem{ID: it.rec.ID, Feed: it.o.feed.Name, Outlet: it.outlet, Name: it.outletName(), Title: it.headline(), Lang: it.item.Lang, URL: clickable(it.item),
		Published: it.item.Published, Role: cmp.Or(it.rec.Role, it.role), Of: it.rec.Of, Reasons: it.rec.Reasons}
	if i := slices.IndexFunc(s.Items, func(o StoryItem) bool { return o.ID == report.ID }); i >= 0 {
		s.Items[i].Title = report.Title
	} else {
		s.add(report)
	}
}

// add lists a report, or counts it if the list is full.
func (s *Story) add(report StoryItem) {
	if len(s.Items) < maxStoryItems {
		s.Items = append(s.Items, report)
	} else {
		s.More++
	}
}

// merge takes another story into s; its ID stays valid as an alias.
func (ss *stories) merge(s, other *Story) {
	if other == nil || other.ID == s.ID {
		return
	}
	for _, report := range other.Items {
		s.add(report)
	}
	slices.SortStableFunc(s.Items, func(x, y StoryItem) int { return cmp.Compare(x.ID, y.ID) })
	for _, sw := range other.Watches {
		if mine := s.Watch(sw.Watch); mine != nil {
			mine.Matches += sw.Matches
			mine.Alerted = mine.Alerted || sw.Alerted
			mine.name(sw.Entities)
		} else {
			s.Watches = append(s.Watches, sw)
		}
	}
	for _, t := range other.Told {
		s.join(t)
	}
	s.Changes = append(s.Changes, other.Changes...)
	if s.Claim.By == "" {
		s.Claim = other.Claim
	}
	s.First = earlier(s.First, other.First)
	s.Last = later(s.Last, other.Last)
	s.More += other.More
	s.Apart = append(s.Apart, other.Apart...)
	s.Aliases = append(append(s.Aliases, other.ID), other.Aliases...)
	*other = Story{ID: other.ID, Headline: other.Headline, First: other.First, Last: other.Last, Into: s.ID}
	ss.mark(other)
	ss.mark(s)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// ReportOf is an item as package story sees it.
func ReportOf(id ItemID, it feeds.Item, outlet string, seen time.Time) story.Report {
	published := it.Published
	if published.IsZero() || published.After(seen) {
		published = seen
	}
	award := ""
	if it.Fields != nil {
		award = it.Fields.AwardID
	}
	return story.Report{ID: uint64(id), Award: award, Title: it.Title, Summary: it.Summary, Content: it.Content, URL: it.URL, Alias: it.Alias(),
		Outlet: outlet, Published: published, Seen: seen}
}

// clickable returns the address a reader should follow.
func clickable(it feeds.Item) string { return cmp.Or(it.Link, it.URL) }
