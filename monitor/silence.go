package monitor

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"newswatch/monitor/match"
	"newswatch/monitor/schedule"
)

// Silence starts a silence, or ends one whose Until is zero. It refuses one
// that names nothing, names what is not there, or has no end ahead.
func (m *Monitor) Silence(q Silence) error {
	if err := m.Rules().Check(q, m.Now()); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.draft.quiets = append(m.draft.quiets, q)
	if err := m.commit(); err != nil {
		return err
	}
	m.silences = slices.DeleteFunc(m.silences, func(o Silence) bool { return o.ID == q.ID })
	if !q.Until.IsZero() {
		m.silences = append(m.silences, q)
	}
	return nil
}

// Check reports what is wrong with a silence; one that ends one may be about
// anything.
func (r *Rules) Check(q Silence, now time.Time) error {
	if q.Until.IsZero() {
		return nil
	}
	if q.Watch == "" && q.Story == 0 && q.Feed == "" && q.Query == "" {
		return errors.New("a silence needs a watch, a story, a feed or a query to be about")
	}
	if !q.Until.After(now) {
		return fmt.Errorf("a silence must end in the future, not at %s", q.Until.Format(time.RFC3339))
	}
	if _, ok := r.watch(q.Watch); q.Watch != "" && !ok {
		return fmt.Errorf("no watch is named %q", q.Watch)
	}
	if _, ok := r.Feeds[q.Feed]; q.Feed != "" && !ok {
		return fmt.Errorf("no feed is named %q", q.Feed)
	}
	if q.Query == "" {
		return nil
	}
	_, problems := match.Compile(r.Entities, []match.Rule{{Name: "silence", Match: q.Query}})
	for _, p := range problems {
		if !p.Warning {
			return fmt.Errorf("query: %s", p.Message)
		}
	}
	return nil
}

// MergeStories joins two stories by hand, for good: the second's reports belong
// to the first from now on.
func (m *Monitor) MergeStories(into, from StoryID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, other := m.open[m.alias(into)], m.open[m.alias(from)]
	for id, found := range map[StoryID]*Story{into: s, from: other} {
		if found == nil {
			return fmt.Errorf("no story %s had a report in the last %s, and older ones cannot be merged", id, schedule.InWords(storyWindow))
		}
	}
	if s == other {
		return errors.New("they are one story already")
	}
	m.index.Together(uint64(s.ID), uint64(other.ID))
	m.index.Merge(uint64(s.ID), uint64(other.ID))
	s.Apart = slices.DeleteFunc(s.Apart, func(id ItemID) bool { return StoryID(id) == other.ID })
	other.Apart = slices.DeleteFunc(other.Apart, func(id ItemID) bool { return StoryID(id) == s.ID })
	m.merge(s, other)
	return m.commit()
}

// SplitStory takes one report out of its story, for good: it becomes a story
// of its own and is not joined to the old one again.
func (m *Monitor) SplitStory(id StoryID, item ItemID) (StoryID, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.open[m.alias(id)]
	if s == nil {
		return 0, fmt.Errorf("no story %s had a report in the last %s, and older ones cannot be split", id, schedule.InWords(storyWindow))
	}
	i := slices.IndexFunc(s.Items, func(it StoryItem) bool { return it.ID == item })
	if i < 0 || len(s.Items) == 1 {
		return 0, fmt.Errorf("story %s has no such report to split off", s.ID)
	}
	if StoryID(item) == s.ID {
		return 0, fmt.Errorf("report %s opened the story: split the others off instead", item)
	}
	it := s.Items[i]
	s.Items = slices.Delete(s.Items, i, i+1)
	s.Apart = append(s.Apart, item)
	split := &Story{ID: StoryID(item), Headline: it.Title, URL: it.URL, First: item.Time(), Last: s.Last, Items: []StoryItem{it}}
	for _, sw := range s.Watches {
		if sw.Item == item {
			sw.Told, sw.Alert = true, false
			split.Watches = append(split.Watches, sw)
		}
	}
	rec, err := m.item(item)
	if err != nil {
		return 0, err
	}
	if rec != nil {
		rec.Story = split.ID
		m.draft.items[item] = rec
	}
	m.open[split.ID] = split
	m.draft.stories[s.ID], m.draft.stories[split.ID] = true, true
	m.index.Split(uint64(item), uint64(split.ID))
	m.index.Apart(uint64(s.ID), uint64(split.ID))
	return split.ID, m.commit()
}

// Name derives a short ID from what the silence is about and when it was made.
func (q Silence) Name() string {
	return noticeKey("silence", q.Watch+"\x00"+q.Story.String(), q.Feed+"\x00"+q.Query, q.Created.Format(time.RFC3339Nano))[:8]
}
