package monitor

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"newswatch/monitor/match"
	"newswatch/monitor/senses"
)

// A Label is what a reader said of an item: that it is relevant or not, for a
// watch, and if it names one that its mention means the entity or not.
type Label struct {
	Watch    string    `json:"watch,omitempty"`
	Entity   string    `json:"entity,omitempty"`
	Relevant bool      `json:"relevant"`
	By       string    `json:"by,omitempty"`
	At       time.Time `json:"at"`
}

// About reports whether a label is what an order is about.
func (l Label) About(o LabelOrder) bool {
	return (o.Watch == "" || l.Watch == o.Watch) && (o.Entity == "" || l.Entity == o.Entity) && !l.At.Before(o.Since)
}

// String says in one line what was said and by whom.
func (l Label) String() string {
	said := "not relevant"
	if l.Relevant {
		said = "relevant"
	}
	if l.Watch != "" {
		said += " for " + l.Watch
	}
	if l.Entity != "" {
		said += ", {" + l.Entity + "}"
		if !l.Relevant {
			said += " is meant otherwise"
		}
	}
	if l.By != "" {
		said += ", says " + l.By
	}
	return said
}

// A LabelOrder asks to label an item.
type LabelOrder struct {
	Item     ItemID
	Watch    string // for this watch; "" for all that matched it
	Entity   string // that the label is about; "" for those that are in doubt, see Monitor.Label
	Relevant bool
	Undo     bool      // takes back what was said of it, as far as Watch, Entity and Since ask for
	Since    time.Time // what was said before stays; zero is all
	By       string
	At       time.Time // zero is now
}

// Label keeps what a reader says of an item, in place of what was said of the
// same before, and enters it into the book of senses. "Relevant" teaches every
// entity that the watch names and the item mentions. "Not relevant" teaches the
// one whose mention may mean another: not one with its long name there, and
// none where several could be the one, unless the order names it.
func (m *Monitor) Label(o LabelOrder) (labels []Label, err error) {
	rules := m.Rules()
	if o.At.IsZero() {
		o.At = m.Now().UTC()
	}
	err = m.change(func(j *judge) error {
		if err := j.fetch(o.Item); err != nil {
			return err
		}
		rec := j.item(o.Item)
		if rec == nil {
			return fmt.Errorf("no item %s is kept (any more)", o.Item)
		}
		if o.Undo {
			if labels = j.unlabel(rec, o); len(labels) == 0 {
				return fmt.Errorf("nobody has labelled item %s so", o.Item)
			}
			return nil
		}
		if labels, err = rules.labels(rec, o); err != nil {
			return err
		}
		for _, l := range labels {
			j.unlabel(rec, LabelOrder{Item: o.Item, Watch: l.Watch, Entity: l.Entity, At: o.At})
			j.book.Learn(j.labelled(rec, l), l.sense(), senses.ByReader, l.At)
		}
		rec.Labels = append(rec.Labels, labels...)
		j.putItem(rec)
		return nil
	})
	return labels, err
}

// sense is what a label teaches.
func (l Label) sense() senses.Sense {
	if l.Relevant {
		return senses.Entity
	}
	return senses.Other
}

// labelled is what a label teaches of.
func (j *judge) labelled(rec *Record, l Label) senses.Mention {
	m := senses.Mention{Entity: l.Entity, Feed: rec.Feed}
	if s := j.find(rec.Story); s != nil {
		m.Story = s.ID.String()
	}
	return m
}

// unlabel takes back the labels that an order is about, and what they taught.
func (j *judge) unlabel(rec *Record, o LabelOrder) (gone []Label) {
	kept := make([]Label, 0, len(rec.Labels))
	for _, l := range rec.Labels {
		if !l.About(o) {
			kept = append(kept, l)
			continue
		}
		gone = append(gone, l)
		j.book.TakeBack(j.labelled(rec, l), l.sense(), senses.ByReader, l.At, o.At)
	}
	rec.Labels = kept
	j.putItem(rec)
	return gone
}

// labels are the labels that an order makes, one for each watch.
func (r *Rules) labels(rec *Record, o LabelOrder) (out []Label, err error) {
	_, found := r.Set.Judge(DocOf(rec.Item, r.Feed(rec.Feed), rec.Seen))
	label := func(watch, entity string) Label {
		return Label{Watch: watch, Entity: entity, Relevant: o.Relevant, By: o.By, At: o.At}
	}
	if o.Entity != "" {
		if !slices.ContainsFunc(found, func(s match.Sense) bool { return s.Entity == o.Entity }) {
			return nil, fmt.Errorf("item %s mentions no {%s} that a watch looks for", rec.ID, o.Entity)
		}
		return []Label{label(o.Watch, o.Entity)}, nil
	}
	for i, w := range r.Watches {
		if o.Watch != w.Name && (o.Watch != "" || !slices.ContainsFunc(rec.Matches, func(q Matched) bool { return q.Watch == w.Name })) {
			continue
		}
		about := taught(r.Set.Entities(i), found, o.Relevant)
		if len(about) == 0 {
			out = append(out, label(w.Name, ""))
		}
		for _, entity := range about {
			out = append(out, label(w.Name, entity))
		}
	}
	switch {
	case len(out) > 0:
		return out, nil
	case o.Watch != "":
		return nil, fmt.Errorf("no watch is named %q", o.Watch)
	}
	for _, entity := range taught(slices.Collect(maps.Keys(r.Entities)), found, o.Relevant) {
		out = append(out, label("", entity))
	}
	if len(out) == 0 {
		return nil, errors.New("no watch matched the item: say which entity it is about")
	}
	return out, nil
}

// taught are those of the named entities that a reader's word is about: all that
// are mentioned where it is relevant, and otherwise the one that may mean
// another.
func taught(named []string, found []match.Sense, relevant bool) (out []string) {
	for _, s := range found {
		if slices.Contains(named, s.Entity) && (relevant || !s.Named) {
			out = append(out, s.Entity)
		}
	}
	if !relevant && len(out) > 1 {
		return nil
	}
	return out
}

// Tally is what the book of senses knows of an entity.
func (m *Monitor) Tally(entity string) senses.Tally {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.judge.book.Tally(entity, m.Now())
}
