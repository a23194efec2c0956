package monitor

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// draft collects what the next commit will write.
type draft struct {
	feeds   map[string]FeedRecord
	polls   []FeedRecord
	items   map[ItemID]*Record
	urls    map[uint64]ItemID
	stories map[StoryID]bool // changed
	notices map[string]Notice
	gaps    []Gap
	days    DayTotal
	slots   map[string]string
	quiets  []Silence
	urgent  bool // holds a notice that is due
}

func newDraft() *draft {
	return &draft{feeds: map[string]FeedRecord{}, items: map[ItemID]*Record{}, urls: map[uint64]ItemID{},
		stories: map[StoryID]bool{}, notices: map[string]Notice{}, slots: map[string]string{}}
}

// commit writes the draft and starts a new one. If it fails, memory goes back
// to what the store holds.
func (m *Monitor) commit() error {
	m.draft.days.add(m.days)
	m.days = DayTotal{}
	b := m.draft.batch(m.open, DayOf(m.Now()))
	if b.Empty() {
		m.draft = newDraft()
		return nil
	}
	if err := m.Store.Commit(b); err != nil {
		if again := m.load(); again != nil {
			return fmt.Errorf("%w; and then reading the store: %w", err, again)
		}
		return err
	}
	for id := range m.draft.feeds {
		delete(m.overlay, id)
	}
	m.draft = newDraft()
	if len(b.Notices) > 0 && m.Wake != nil {
		m.Wake()
	}
	return nil
}

// batch turns the draft into what the store takes, in a fixed order.
func (d *draft) batch(open map[StoryID]*Story, today uint16) Batch {
	b := Batch{Polls: d.polls, URLs: d.urls, Gaps: d.gaps, Slots: d.slots, Silences: d.quiets}
	for _, id := range slices.Sorted(maps.Keys(d.feeds)) {
		b.Feeds = append(b.Feeds, d.feeds[id])
	}
	b.Items = make([]Record, 0, len(d.items))
	for _, id := range slices.Sorted(maps.Keys(d.items)) {
		b.Items = append(b.Items, *d.items[id])
	}
	for id := range d.stories {
		b.Stories = append(b.Stories, *open[id])
	}
	slices.SortFunc(b.Stories, func(x, y Story) int { return cmp.Compare(x.ID, y.ID) })
	for _, n := range d.notices {
		b.Notices = append(b.Notices, n)
	}
	slices.SortFunc(b.Notices, func(x, y Notice) int {
		return cmp.Or(x.Created.Compare(y.Created), cmp.Compare(x.Key, y.Key))
	})
	if d.days != (DayTotal{}) {
		d.days.Day, d.days.Notices = today, len(b.Notices)
		b.Days = []DayTotal{d.days}
	}
	return b
}

// add sums two totals of one day.
func (d *DayTotal) add(o DayTotal) {
	d.Polls += o.Polls
	d.Items += o.Items
	d.New += o.New
	d.Matched += o.Matched
	d.Notices += o.Notices
}
