package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/senses"
)

// Feedback is what readers of a Server may say of items and stories, and what
// was learnt of it.
type Feedback struct{ *Server }

// A LabelOrder says that an item is relevant or not, or takes back what was
// said of it, or of all items of a feed.
type LabelOrder struct {
	ID       string    `json:"id,omitempty"`   // of an item, or of a story for the report that opened it
	Feed     string    `json:"feed,omitempty"` // instead of ID, to undo
	Since    time.Time `json:"since,omitzero"` // with Feed: what was said before stays
	Try      bool      `json:"try,omitempty"`  // with Feed: change nothing
	Watch    string    `json:"watch,omitempty"`
	Entity   string    `json:"entity,omitempty"`
	Relevant bool      `json:"relevant"`
	Undo     bool      `json:"undo,omitempty"`
	By       string    `json:"by,omitempty"`
}

// postLabel answers with the labels that were made or taken back.
func (s Feedback) postLabel(r *Request) error {
	var o LabelOrder
	if err := r.decode(&o); err != nil {
		return err
	}
	order := s.LabelItem
	if o.Feed != "" {
		order = func(o LabelOrder) ([]monitor.Label, error) { return s.UnlabelFeed(r.Context(), o) }
	}
	labels, err := order(o)
	if err != nil {
		return err
	}
	return r.JSON(http.StatusOK, labels)
}

// UnlabelFeed takes back what was said of the items of a feed, also of one that is
// not configured any more: as far as an order's Watch, Entity and Since ask for.
func (s Feedback) UnlabelFeed(ctx context.Context, o LabelOrder) (gone []monitor.Label, err error) {
	switch {
	case s.Label == nil:
		return nil, NotOffered()
	case !o.Undo || o.ID != "":
		return nil, Refuse(http.StatusBadRequest, "of all items of a feed one can only take back what was said: undo, and no id")
	}
	err = s.eachLabelled(ctx, func(rec monitor.Record) error {
		order := monitor.LabelOrder{Item: rec.ID, Watch: o.Watch, Entity: o.Entity, Since: o.Since, Undo: true}
		about := slices.DeleteFunc(slices.Clone(rec.Labels), func(l monitor.Label) bool { return !l.About(order) })
		if rec.Feed != o.Feed || len(about) == 0 {
			return nil
		}
		gone = append(gone, about...)
		if o.Try {
			return nil
		}
		_, err := s.Label(order)
		return err
	})
	if err == nil && len(gone) == 0 {
		return nil, Refuse(http.StatusNotFound, "nobody has labelled an item of a feed named %q so", o.Feed)
	}
	return gone, notDone(err)
}

// eachLabelled calls do with every item that has labels, that labelled last at
// the end.
func (s Feedback) eachLabelled(ctx context.Context, do func(monitor.Record) error) error {
	items, err := s.Labelled.Items(func(yield func(monitor.ItemID)) error {
		return errors.Join(s.Reader.ItemsBefore(0, func(rec monitor.Record) bool {
			if len(rec.Labels) > 0 {
				yield(rec.ID)
			}
			return ctx.Err() == nil
		}), ctx.Err())
	})
	if err != nil {
		return err
	}
	for _, id := range items {
		rec, ok, err := s.Reader.Item(id)
		if err := errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		if ok && len(rec.Labels) > 0 {
			if err := do(rec); err != nil {
				return err
			}
		}
	}
	return nil
}

// LabelItem carries an order out.
func (s Feedback) LabelItem(o LabelOrder) ([]monitor.Label, error) {
	if s.Label == nil {
		return nil, NotOffered()
	}
	id, err := monitor.ParseStoryID(strings.ToLower(o.ID))
	if err != nil {
		return nil, Refuse(http.StatusNotFound, "no item has the ID %q: see newswatch search", o.ID)
	}
	labels, err := s.Label(monitor.LabelOrder{Item: monitor.ItemID(id), Watch: o.Watch, Entity: o.Entity, Relevant: o.Relevant, Undo: o.Undo, By: o.By})
	return labels, notDone(err)
}

// A ClaimOrder says who works on a story, "" for nobody any more.
type ClaimOrder struct {
	By string `json:"by"`
}

// A Claim is who works on a story, and who did before.
type Claim struct {
	Story  string `json:"story"`
	By     string `json:"by"`
	Before string `json:"before,omitempty"`
}

func (s Feedback) postClaim(r *Request) error {
	var o ClaimOrder
	if err := r.decode(&o); err != nil {
		return err
	}
	c, err := s.ClaimStory(r.PathValue("id"), o.By)
	if err != nil {
		return err
	}
	return r.JSON(http.StatusOK, c)
}

// ClaimStory notes who works on a story.
func (s Feedback) ClaimStory(id, by string) (c Claim, err error) {
	if s.Claim == nil {
		return c, NotOffered()
	}
	story, err := monitor.ParseStoryID(strings.ToLower(id))
	if err != nil {
		return c, NotFound("no story has that ID")
	}
	before, err := s.Claim(story, by)
	if err != nil {
		return c, notDone(err)
	}
	s.storyCache.reset()
	return Claim{id, by, before.By}, nil
}

// Senses is what the book of senses knows of an entity.
type Senses struct {
	Entity string       `json:"entity"`
	All    SenseCount   `json:"all"`
	Feeds  []FeedSenses `json:"feeds"` // most lessons first
}

// SenseCount is how many decided items mean the entity, and how many another.
type SenseCount struct {
	Entity uint32 `json:"entity"`
	Other  uint32 `json:"other"`
}

// FeedSenses is the count of one feed.
type FeedSenses struct {
	Feed string `json:"feed"`
	SenseCount
}

// serveSenses tells what is known of an entity, also of one that is not
// configured any more.
func (s Feedback) serveSenses(r *Request) error {
	if s.Tally == nil {
		return NotOffered()
	}
	name := r.PathValue("entity")
	t := s.Tally(name)
	out := Senses{Entity: name, All: countOf(t.All), Feeds: []FeedSenses{}}
	for _, f := range t.Feeds {
		out.Feeds = append(out.Feeds, FeedSenses{f.Feed, countOf(f.Count)})
	}
	return r.JSON(http.StatusOK, out)
}

func countOf(c senses.Count) SenseCount { return SenseCount{c.Entity, c.Other} }
