package api

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"
)

// A Sheet writes items or stories as comma-separated values (RFC 4180), a head
// line first. A cell that a spreadsheet would take for a formula begins with an
// apostrophe. Errors come up in Flush.
type Sheet struct{ w *csv.Writer }

// NewSheet begins a sheet with the names of its columns.
func NewSheet(w io.Writer, columns []string) *Sheet {
	s := &Sheet{csv.NewWriter(w)}
	s.row(columns...)
	return s
}

// The columns of Sheet.Item and Sheet.Story.
var (
	ItemColumns  = []string{"seen", "published", "title", "outlet", "feed", "url", "summary", "watches", "story", "id", "copy"}
	StoryColumns = []string{"story", "first_seen", "last_seen", "headline", "outlets", "independent", "watches", "url", "sentence"}
)

// Item writes one line of ItemColumns.
func (s *Sheet) Item(it Item) {
	s.row(it.Seen.UTC().Format(time.RFC3339), stamped(it.Published.Time), it.Title, it.Outlet, it.Feed, it.URL, it.Summary,
		strings.Join(it.Watches, " "), it.Story, it.ID, it.Copy)
}

// Story writes one line of StoryColumns.
func (s *Sheet) Story(st Story) {
	sentence := ""
	if len(st.Matches) > 0 {
		sentence = st.Matches[0].Sentence
	}
	s.row(st.Story, st.FirstSeen.UTC().Format(time.RFC3339), st.LastSeen.UTC().Format(time.RFC3339), st.Headline, strconv.Itoa(st.Outlets),
		strconv.Itoa(st.Independent), strings.Join(st.Watches, " "), st.URL, sentence)
}

// Flush writes out what is left.
func (s *Sheet) Flush() error {
	s.w.Flush()
	return s.w.Error()
}

func (s *Sheet) row(cells ...string) {
	out := make([]string, len(cells))
	for i, c := range cells {
		if c = strings.TrimSpace(c); c != "" && strings.ContainsRune("=+-@\t\r", rune(c[0])) {
			c = "'" + c
		}
		out[i] = c
	}
	_ = s.w.Write(out) // Flush returns it
}

func stamped(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
