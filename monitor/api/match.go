package api

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strings"
	"time"

	"newswatch/feeds"
	"newswatch/feeds/urls"
	"newswatch/monitor"
	"newswatch/monitor/match"
)

// A Doc is one document to match, as the command match and the Server take it.
// All fields are optional.
type Doc struct {
	Title     string     `json:"title"`
	Summary   string     `json:"summary"`
	Content   string     `json:"content"`
	URL       string     `json:"url"`
	Feed      string     `json:"feed"` // a configured feed lends its tags and class
	Tags      []string   `json:"tags"`
	Authors   []string   `json:"authors"`
	Published *time.Time `json:"published"`

	Fields *feeds.Fields `json:"fields"`
}

// ReadDoc reads one document from JSON.
func ReadDoc(raw string) (d Doc, err error) {
	return d, PlainJSON(json.Unmarshal([]byte(raw), &d))
}

// Query returns the document as the rules see it: its texts plain, its address
// canonical.
func (d Doc) Query(rules *monitor.Rules, now time.Time) match.Doc {
	f := rules.Feed(d.Feed)
	q := match.Doc{Title: d.Title, Summary: d.Summary, Body: d.Content, URL: cmp.Or(urls.Canonical(d.URL), d.URL), Feed: d.Feed,
		FeedTags: f.Tags, Class: f.Class, Tags: d.Tags, Authors: d.Authors, Now: now, Fields: monitor.TypedFields(d.Fields)}
	if d.Published != nil {
		q.Published = *d.Published
	}
	return q.Plain()
}

// PlainJSON says what is wrong with the JSON of a document in the words of
// people who write JSON, not Go. It returns nil for nil.
func PlainJSON(err error) error {
	wrong, mistyped := errors.AsType[*json.UnmarshalTypeError](err)
	_, untimely := errors.AsType[*time.ParseError](err)
	switch {
	case errors.Is(err, io.EOF):
		return errors.New("it is empty")
	case mistyped && wrong.Field == "":
		return fmt.Errorf("it is a JSON %s, not an object", wrong.Value)
	case mistyped && wrong.Type.Kind() == reflect.Slice:
		return fmt.Errorf("%q is a JSON %s, not a list of texts", wrong.Field, wrong.Value)
	case mistyped:
		return fmt.Errorf("%q is a JSON %s, not a text", wrong.Field, wrong.Value)
	case untimely, err != nil && strings.HasPrefix(err.Error(), "Time.UnmarshalJSON"):
		return errors.New("a time is not written like 2026-11-24T07:00:00Z")
	case err != nil:
		return fmt.Errorf("not JSON: %w", err)
	}
	return nil
}

// maxDoc bounds a document to match.
const maxDoc = 4 << 20

// serveMatch judges one document. With all=true it adds the watches that came
// to nothing because mentions were rejected.
func (s *Server) serveMatch(r *Request) error {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return Refuse(http.StatusUnsupportedMediaType, "the document must come as Content-Type: application/json")
	}
	var doc Doc
	dec := json.NewDecoder(http.MaxBytesReader(r.Writer, r.Body, maxDoc))
	if err := dec.Decode(&doc); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return Refuse(http.StatusRequestEntityTooLarge, "the document has more than %d MiB", maxDoc>>20)
		}
		return Refuse(http.StatusBadRequest, "the document: %v", PlainJSON(err))
	}
	if dec.More() {
		return Refuse(http.StatusBadRequest, "one document at a time: something follows the first")
	}
	rules := s.Rules()
	q := doc.Query(rules, s.Time())
	match := rules.Set.Match
	if r.URL.Query().Get("all") == "true" {
		match = rules.Set.MatchAll
	}
	return r.JSON(http.StatusOK, map[string]any{"matches": listed(match(&q))})
}

// listed makes sure that lists without entries are lists, for programs.
func listed(found []match.Match) []match.Match {
	if found == nil {
		return []match.Match{}
	}
	for i := range found {
		if found[i].Evidence == nil {
			found[i].Evidence = []match.Evidence{}
		}
	}
	return found
}
