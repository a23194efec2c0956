package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/store"
)

// maxOrder bounds the JSON of an order.
const maxOrder = 1 << 20

// decode reads the JSON of an order; none is the zero value.
func (r *Request) decode(v any) error {
	raw := json.NewDecoder(http.MaxBytesReader(r.Writer, r.Body, maxOrder))
	if err := raw.Decode(v); err != nil && r.ContentLength != 0 {
		return Refuse(http.StatusBadRequest, "the order: %v", PlainJSON(err))
	}
	return nil
}

// notDone is the answer to an order that cannot be carried out.
func notDone(err error) error {
	if _, known := errors.AsType[*Refusal](err); known || err == nil {
		return err
	}
	return Refuse(http.StatusConflict, "%v", err)
}

// NotOffered is the answer to an order that nobody here carries out.
func NotOffered() error { return NotFound("that cannot be done here: no daemon is running") }

// A Silence is a silence as programs see it: with the ID of its story as it
// stands everywhere else.
type Silence struct {
	monitor.Silence
	Story string `json:"story,omitempty"`
}

// SilenceOf shows one silence.
func SilenceOf(q monitor.Silence) Silence { return Silence{q, q.Story.String()} }

// String says what is silenced, and until when.
func (v Silence) String() string {
	q := v.Silence
	q.Story, _ = monitor.ParseStoryID(v.Story)
	return q.String()
}

func (s *Server) serveSilences(r *Request) error {
	list, err := s.Reader.Silences(s.Time())
	if err != nil {
		return err
	}
	out := make([]Silence, 0, len(list))
	for _, q := range list {
		out = append(out, SilenceOf(q))
	}
	return r.JSON(http.StatusOK, out)
}

// postSilence starts a silence, which it names and dates itself.
func (s *Server) postSilence(r *Request) error {
	if s.Silence == nil {
		return NotOffered()
	}
	var v Silence
	if err := r.decode(&v); err != nil {
		return err
	}
	q := v.Silence
	var err error
	if q.Story, err = monitor.ParseStoryID(v.Story); err != nil && v.Story != "" {
		return Refuse(http.StatusBadRequest, "no story has the ID %q", v.Story)
	}
	if q.Until.IsZero() {
		return Refuse(http.StatusBadRequest, "a silence needs an end")
	}
	q.Created = s.Time().UTC()
	q.ID = q.Name()
	if q.Query != "" {
		if _, err := compile(s.Rules(), q.Query); err != nil {
			return err
		}
	}
	if err := s.Rules().CheckSilence(q, q.Created); err != nil {
		return Refuse(http.StatusBadRequest, "%v", err)
	}
	if err := s.Silence(q); err != nil {
		return err
	}
	return r.JSON(http.StatusOK, SilenceOf(q))
}

func (s *Server) deleteSilence(r *Request) error {
	q, err := s.EndSilence(r.PathValue("id"))
	if err != nil {
		return err
	}
	return r.JSON(http.StatusOK, SilenceOf(q))
}

// EndSilence ends the silence of an ID.
func (s *Server) EndSilence(id string) (monitor.Silence, error) {
	if s.Silence == nil {
		return monitor.Silence{}, NotOffered()
	}
	list, err := s.Reader.Silences(s.Time())
	if err != nil {
		return monitor.Silence{}, err
	}
	i := slices.IndexFunc(list, func(q monitor.Silence) bool { return q.ID == id })
	if i < 0 {
		return monitor.Silence{}, Refuse(http.StatusNotFound, "no silence %q: see newswatch silence list", id)
	}
	list[i].Until = time.Time{}
	return list[i], notDone(s.Silence(list[i]))
}

// A NoticeOrder names rows of the outbox by their keys, or by at least four
// characters of the beginning of each.
type NoticeOrder struct {
	Destination string   `json:"destination,omitempty"` // "" for any
	Keys        []string `json:"keys"`
	Reason      string   `json:"reason,omitempty"` // of a drop
}

func (s *Server) postRetry(r *Request) error { return s.orderNotices(r, s.RetryNotice) }

func (s *Server) postDrop(r *Request) error { return s.orderNotices(r, s.DropNotice) }

func (s *Server) orderNotices(r *Request, do func(dest, key, reason string) (monitor.Notice, error)) error {
	var o NoticeOrder
	if err := r.decode(&o); err != nil {
		return err
	}
	out := make([]Notice, 0, len(o.Keys))
	for _, key := range o.Keys {
		n, err := do(o.Destination, key, o.Reason)
		if err != nil {
			return err
		}
		out = append(out, NoticeOf(n))
	}
	return r.JSON(http.StatusOK, out)
}

// RetryNotice has the row named by NoticeOrder's rules tried again. It needs no
// reason.
func (s *Server) RetryNotice(dest, key, _ string) (n monitor.Notice, err error) {
	if s.Retry == nil {
		return n, NotOffered()
	}
	if n, err = s.findNotice(dest, key); err == nil {
		n, err = s.Retry(n)
	}
	return n, notDone(err)
}

// DropNotice gives the row named by NoticeOrder's rules up.
func (s *Server) DropNotice(dest, key, reason string) (n monitor.Notice, err error) {
	if s.Drop == nil {
		return n, NotOffered()
	}
	if n, err = s.findNotice(dest, key); err == nil {
		n, err = s.Drop(n, reason)
	}
	return n, notDone(err)
}

// AllRows is more than an outbox holds.
const AllRows = 1_000_000

// findNotice finds the one row whose key begins as given.
func (s *Server) findNotice(dest, key string) (found monitor.Notice, err error) {
	rows, err := s.Reader.List(monitor.NoticeFilter{Destination: dest, Limit: AllRows})
	if err != nil {
		return found, err
	}
	n := 0
	for _, row := range rows {
		if row.Key == key || len(key) >= 4 && strings.HasPrefix(row.Key, key) {
			found = row
			n++
		}
	}
	switch n {
	case 1:
		return found, nil
	case 0:
		return found, Refuse(http.StatusNotFound, "no notice has a key that begins with %q (four characters or more): see newswatch outbox list", key)
	}
	return found, Refuse(http.StatusConflict, "%d notices have keys that begin with %q: give more of it, or --destination", n, key)
}

// A StoryOrder names what a story is corrected with: the item to split off, or
// the story to merge in.
type StoryOrder struct {
	Other string `json:"other"`
}

// A StoryRef names a story.
type StoryRef struct {
	Story string `json:"story"`
}

func (s Editor) postSplit(r *Request) error { return s.regroup(r, s.SplitStory) }

func (s Editor) postMerge(r *Request) error { return s.regroup(r, s.MergeStories) }

// regroup answers with the story, which lists show as it is now.
func (s Editor) regroup(r *Request, do func(story, other string) (monitor.StoryID, error)) error {
	var o StoryOrder
	if err := r.decode(&o); err != nil {
		return err
	}
	id, err := do(r.PathValue("id"), o.Other)
	if err != nil {
		return err
	}
	return r.JSON(http.StatusOK, StoryRef{id.String()})
}

// A DigestOrder asks for a digest.
type DigestOrder struct {
	Name  string    `json:"name"`  // "" for the first
	Since time.Time `json:"since"` // zero for the last slot
	Send  bool      `json:"send"`  // to its destinations, too
}

// postDigest answers with a notice as it is stored.
func (s *Server) postDigest(r *Request) error {
	var o DigestOrder
	if err := r.decode(&o); err != nil {
		return err
	}
	if s.Digest == nil {
		return NotOffered()
	}
	n, err := s.Digest(o)
	if err != nil {
		return notDone(err)
	}
	return r.JSON(http.StatusOK, n)
}

// Changes are what a reload changed, one line each.
type Changes struct {
	Changes []string `json:"changes"`
}

func (s *Server) postReload(r *Request) error {
	if s.Reload == nil {
		return NotOffered()
	}
	changes, err := s.Reload(r.Context())
	if err != nil {
		return notDone(err)
	}
	return r.JSON(http.StatusOK, Changes{append([]string{}, changes...)})
}

// A PollOrder names the feed to poll, "" for all.
type PollOrder struct {
	Feed string `json:"feed"`
}

// Polled are the feeds that are polled now.
type Polled struct {
	Feeds []string `json:"feeds"`
}

func (s Editor) postPoll(r *Request) error {
	var o PollOrder
	if err := r.decode(&o); err != nil {
		return err
	}
	names, err := s.PollNow(r.Context(), o.Feed)
	if err != nil {
		return err
	}
	return r.JSON(http.StatusOK, Polled{append([]string{}, names...)})
}

// PollNow has a feed, "" for all, polled as soon as its host takes it.
func (s Editor) PollNow(ctx context.Context, feed string) ([]string, error) {
	if s.Poll == nil {
		return nil, NotOffered()
	}
	if _, known := s.Rules().Feeds[feed]; feed != "" && !known {
		return nil, NotFound("no feed is named " + strconv.Quote(feed))
	}
	names, err := s.Poll(ctx, feed)
	return names, notDone(err)
}

func (s *Server) serveStats(r *Request) error {
	if s.Maintainer == nil {
		return NotOffered()
	}
	st, err := s.Maintainer.Stats(true)
	if err != nil {
		return err
	}
	return r.JSON(http.StatusOK, st)
}

// serveDamaged lists the rows that were damaged and set aside.
func (s *Server) serveDamaged(r *Request) error {
	if s.Maintainer == nil {
		return NotOffered()
	}
	rows, err := s.Maintainer.Damaged()
	if err != nil {
		return err
	}
	return r.JSON(http.StatusOK, append([]store.Damaged{}, rows...))
}

// deleteDamaged forgets one of them, its bytes too.
func (s *Server) deleteDamaged(r *Request) error {
	if s.Maintainer == nil {
		return NotOffered()
	}
	found, err := s.Maintainer.Forget(r.PathValue("id"))
	if err != nil {
		return err
	}
	if !found {
		return Refuse(http.StatusNotFound, "no damaged row is called %q: see newswatch store damaged", r.PathValue("id"))
	}
	return s.serveDamaged(r)
}

// serveBackup sends the store as it is at this moment. The asker writes the file:
// the daemon may be shut out of every folder but its own. A backup that fails
// half way ends the connection, so that the asker sees it as cut off.
func (s *Server) serveBackup(r *Request) error {
	if s.Maintainer == nil {
		return NotOffered()
	}
	r.Writer.Header().Set("Content-Type", "application/octet-stream")
	n, err := s.Maintainer.Backup(r.Writer)
	if err != nil && n > 0 {
		s.Logger().Error("backup failed", "err", err)
		panic(http.ErrAbortHandler)
	}
	return err
}
