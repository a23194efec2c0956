package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/trial"
)

// The sections of the configuration that can be changed here.
const (
	FeedSection  = "feeds"
	WatchSection = "watches"
)

// What an Edit does to an entry.
const (
	EditAdd    = "add"
	EditSet    = "set"
	EditRemove = "remove"
)

// An Edit is a change of one entry of the configuration.
type Edit struct {
	Section string // FeedSection or WatchSection
	Do      string // EditAdd, EditSet or EditRemove
	Name    string // of the entry; of one to be added it is among Fields
	Base    string // ConfigFile.Hash of the file that the editor saw; "" for any
	By      string // who asks, for the log
	Fields  []EditField
}

// An EditField is a key of an entry: its value is a string, a []string, or nil
// to take the key out.
type EditField struct {
	Key   string
	Value any
}

// Edited says what a change came to.
type Edited struct {
	Changes []string `json:"changes"` // as a reload reports them
	Hash    string   `json:"hash"`    // of the file as it is now
}

// A ConfigFile is the configuration as editors need to know it.
type ConfigFile struct {
	Path string
	Hash string // of what it says at present
}

// A ByHand error is a change that must be made by hand, in a place of the
// configuration file: Lines are what to write, instead of Former if that is not
// empty.
type ByHand struct {
	Reason string `json:"reason"`
	Where  string `json:"where"`
	Former string `json:"former,omitempty"`
	Lines  string `json:"lines"`
}

func (e *ByHand) Error() string { return e.Reason + "; change it by hand, " + e.Where }

// A BadEdit error is a change after which the configuration would be refused.
type BadEdit struct {
	Problems []string // as check prints them, carets too
}

func (e *BadEdit) Error() string {
	return "nothing was changed: with this change newswatch would refuse its configuration"
}

// ErrEditConflict is the error of a change of a file that somebody else has
// changed meanwhile.
var ErrEditConflict = errors.New("the configuration was changed meanwhile; look at what it says now and try again")

// An Offer is something that can be read at an address.
type Offer struct {
	URL        string      `json:"url"`
	Title      string      `json:"title"`
	Kind       string      `json:"kind"`         // of feed
	How        string      `json:"how"`          // it was found
	As         string      `json:"as,omitempty"` // the kind of source to add it as, "" for a feed
	Pollable   bool        `json:"pollable"`
	Configured string      `json:"configured,omitempty"` // the name of the feed that has this address
	Items      []OfferItem `json:"items"`                // the newest, at most five
	PerDay     float64     `json:"per_day,omitempty"`    // items a day, as far as their dates tell
	Refused    string      `json:"refused,omitempty"`    // why it could not be read
}

// An OfferItem is one item of an offer.
type OfferItem struct {
	Title string    `json:"title"`
	URL   string    `json:"url"`
	At    time.Time `json:"at,omitzero"`
}

// editKeys are the keys that can be changed, in the order they are written in.
var editKeys = map[string][]string{
	FeedSection:  {"name", "url", "kind", "label", "tags", "class", "schedule"},
	WatchSection: {"name", "match", "feeds", "notify", "priority", "weak"},
}

// Can reports whether the configuration can be changed here at all.
func (s Editor) Can() bool { return s.Edit != nil && s.ConfigFile != nil }

// permitted refuses those who may not change the configuration, and notes who
// asks.
func (s Editor) permitted(r *Request) (err error) {
	switch {
	case r.owner:
		return nil
	case s.Permit == nil:
		return Refuse(http.StatusForbidden, "nothing can be changed here")
	}
	if r.By, err = s.Permit(r.Request); err != nil {
		return Refuse(http.StatusForbidden, "%v", err)
	}
	return nil
}

// change serves one kind of change. The body is a JSON object of keys of the
// entry, and base.
func (s Editor) change(section, do string) func(*Request) error {
	return func(r *Request) error {
		if err := s.permitted(r); err != nil {
			return err
		}
		if !s.Can() {
			return NotOffered()
		}
		e := Edit{Section: section, Do: do, Name: r.PathValue("name"), By: r.By}
		if do != EditRemove {
			var raw map[string]json.RawMessage
			if err := r.decode(&raw); err != nil {
				return err
			}
			if err := e.read(raw); err != nil {
				return err
			}
		} else {
			e.Base = r.URL.Query().Get("base")
		}
		done, err := s.Edit(r.Context(), e)
		if err != nil {
			return notEdited(err)
		}
		return r.JSON(http.StatusOK, done)
	}
}

// read takes the fields of an entry from JSON.
func (e *Edit) read(raw map[string]json.RawMessage) error {
	if base, ok := raw["base"]; ok {
		_ = json.Unmarshal(base, &e.Base) // a base of another type is no file's
		delete(raw, "base")
	}
	for _, key := range editKeys[e.Section] {
		value, ok := raw[key]
		if !ok {
			continue
		}
		delete(raw, key)
		var text string
		var list []string
		switch {
		case string(value) == "null":
			e.Fields = append(e.Fields, EditField{key, nil})
		case json.Unmarshal(value, &text) == nil:
			e.Fields = append(e.Fields, EditField{key, text})
		case json.Unmarshal(value, &list) == nil:
			e.Fields = append(e.Fields, EditField{key, list})
		default:
			return Refuse(http.StatusBadRequest, "%s must be a text or a list of texts", key)
		}
	}
	for key := range raw {
		return Refuse(http.StatusBadRequest, "no key %q can be changed here", key)
	}
	return nil
}

// notEdited is the answer to a change that was not made.
func notEdited(err error) error {
	if _, hand := errors.AsType[*ByHand](err); hand {
		return &Refusal{Status: http.StatusConflict, Message: err.Error(), cause: err}
	}
	if _, bad := errors.AsType[*BadEdit](err); bad {
		return &Refusal{Status: http.StatusUnprocessableEntity, Message: err.Error(), cause: err}
	}
	if errors.Is(err, ErrEditConflict) {
		return &Refusal{Status: http.StatusPreconditionFailed, Message: err.Error(), cause: err}
	}
	return notDone(err)
}

// A LookOrder asks what can be read at an address.
type LookOrder struct {
	URL string `json:"url"`
}

func (s Editor) postLook(r *Request) error {
	var o LookOrder
	if err := cmp.Or(s.permitted(r), r.decode(&o)); err != nil {
		return err
	}
	offers, err := s.Offers(r.Context(), o.URL)
	if err != nil {
		return err
	}
	return r.JSON(http.StatusOK, offers)
}

// lookTime bounds a look at an address.
const lookTime = 25 * time.Second

// Offers lists what can be read at an address, one look at a time.
func (s Editor) Offers(ctx context.Context, address string) ([]Offer, error) {
	if s.Look == nil {
		return nil, NotOffered()
	}
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	leave, err := s.looks.enter(ctx)
	if err != nil {
		return nil, Refuse(http.StatusServiceUnavailable, "another address is being looked at: try again in a moment")
	}
	defer leave()
	offers, err := s.Look(ctx, address)
	if err != nil {
		return nil, notDone(err)
	}
	return append([]Offer{}, offers...), nil
}

// Read says what a query means. One that would take longer to read than anybody
// waits while typing is a mistake here, though the configuration may have it.
func (s Editor) Read(q string) trial.Reading {
	if why := trial.TooMuch(q); why != "" {
		return trial.Reading{Problems: []trial.Problem{{Message: why, Offset: -1, Drawn: why}}}
	}
	return trial.Read(s.Rules().Entities, q)
}

// SplitStory makes a report a story of its own, and returns it.
func (s Editor) SplitStory(story, item string) (monitor.StoryID, error) {
	if s.Split == nil {
		return 0, NotOffered()
	}
	id, other, err := twoStories(story, item)
	if err != nil {
		return 0, err
	}
	id, err = s.Split(id, monitor.ItemID(other))
	s.storyCache.reset()
	return id, notDone(err)
}

// MergeStories joins another story to a story, and returns it.
func (s Editor) MergeStories(into, from string) (monitor.StoryID, error) {
	if s.Merge == nil {
		return 0, NotOffered()
	}
	id, other, err := twoStories(into, from)
	if err != nil {
		return 0, err
	}
	err = s.Merge(id, other)
	s.storyCache.reset()
	return id, notDone(err)
}

func twoStories(a, b string) (first, second monitor.StoryID, err error) {
	first, err1 := monitor.ParseStoryID(strings.ToLower(a))
	second, err2 := monitor.ParseStoryID(strings.ToLower(b))
	if err := errors.Join(err1, err2); err != nil {
		return 0, 0, Refuse(http.StatusNotFound, "%v", err)
	}
	return first, second, nil
}
