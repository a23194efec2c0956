package monitor

import (
	"errors"
	"fmt"
	"slices"

	"newswatch/monitor/schedule"
)

// MergeStories joins two stories by hand, for good: the second's reports belong
// to the first from now on.
func (m *Monitor) MergeStories(into, from StoryID) error {
	return m.change(func(j *judge) error {
		s, other := j.find(into), j.find(from)
		for id, found := range map[StoryID]*Story{into: s, from: other} {
			if found == nil {
				return fmt.Errorf("no story %s had a report in the last %s, and older ones cannot be merged", id, schedule.InWords(storyWindow))
			}
		}
		if s == other {
			return errors.New("they are one story already")
		}
		j.index.Together(uint64(s.ID), uint64(other.ID))
		j.index.Merge(uint64(s.ID), uint64(other.ID))
		s.Apart = slices.DeleteFunc(s.Apart, func(id ItemID) bool { return StoryID(id) == other.ID })
		other.Apart = slices.DeleteFunc(other.Apart, func(id ItemID) bool { return StoryID(id) == s.ID })
		j.merge(s, other)
		return nil
	})
}

// SplitStory takes one report out of its story, for good: it becomes a story
// of its own and is not joined to the old one again.
func (m *Monitor) SplitStory(id StoryID, item ItemID) (split StoryID, err error) {
	err = m.change(func(j *judge) error {
		s := j.find(id)
		if s == nil {
			return fmt.Errorf("no story %s had a report in the last %s, and older ones cannot be split", id, schedule.InWords(storyWindow))
		}
		i := slices.IndexFunc(s.Items, func(it StoryItem) bool { return it.ID == item })
		if i < 0 || len(s.Items) == 1 {
			return fmt.Errorf("story %s has no such report to split off", s.ID)
		}
		if StoryID(item) == s.ID {
			return fmt.Errorf("report %s opened the story: split the others off instead", item)
		}
		if err = j.fetch(item); err != nil {
			return err
		}
		split = StoryID(item)
		j.split(s, i)
		if rec := j.item(item); rec != nil {
			rec.Story = split
			j.putItem(rec)
		}
		return nil
	})
	return split, err
}

// split makes report i of a story a story of its own.
func (ss *stories) split(s *Story, i int) {
	it := s.Items[i]
	s.Items = slices.Delete(s.Items, i, i+1)
	s.Apart = append(s.Apart, it.ID)
	alone := &Story{ID: StoryID(it.ID), Headline: it.Title, URL: it.URL, First: it.ID.Time(), Last: s.Last, Items: []StoryItem{it}}
	for _, sw := range s.Watches {
		if sw.Item == it.ID {
			sw.Alerted, sw.Alert = true, false
			alone.Watches = append(alone.Watches, sw)
		}
	}
	ss.open[alone.ID] = alone
	ss.mark(s)
	ss.mark(alone)
	ss.index.Split(uint64(it.ID), uint64(alone.ID))
	ss.index.Apart(uint64(s.ID), uint64(alone.ID))
}
