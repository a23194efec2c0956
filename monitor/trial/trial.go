// Package trial turns a query that nobody watches with yet into what can be
// said of it beforehand: its mistakes with their places, its meaning in a
// sentence, and the stories of the past that it would have told.
//
// It only reads. It knows no configuration file and no destination.
package trial

import (
	"fmt"
	"strings"

	"newswatch/monitor/match"
	"newswatch/monitor/query"
)

// A Problem is a mistake in a query, or a remark on it, as people and programs
// are shown it.
type Problem struct {
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	Offset  int    `json:"offset"` // in bytes; -1 for the query as a whole
	Warning bool   `json:"warning,omitempty"`
	Drawn   string `json:"drawn"` // the message, the line it is about, and a caret
}

// A Reading is what a query says.
type Reading struct {
	OK       bool      `json:"query_ok"`
	Problems []Problem `json:"problems"` // never nil
	Read     string    `json:"read_as,omitempty"`
	Sentence string    `json:"sentence,omitempty"` // in words
}

// Read checks a query as the configuration would be checked, and says what it
// means.
func Read(entities map[string]match.Entity, q string) Reading {
	how, problems := match.Check(entities, q)
	r := Reading{OK: true, Problems: []Problem{}, Read: how.Query}
	for _, p := range problems {
		r.OK = r.OK && p.Warning
		r.Problems = append(r.Problems, Problem{p.Message, p.Hint, p.Offset, p.Warning, Draw(q, p)})
	}
	if n, _, err := query.Parse(q); err == nil && r.OK {
		r.Sentence = Words(entities, q, n)
	}
	return r
}

// What a query may have to be tried while somebody types. A pattern takes
// milliseconds to compile and more to look for; the longest query of a desk has
// some two thousand characters.
const (
	mostTyped    = 32 << 10 // bytes
	mostPatterns = 50
)

// TooMuch says why a query is not tried while somebody types, "" if it is. It
// takes no time itself.
func TooMuch(q string) string {
	switch {
	case len(q) > mostTyped:
		return fmt.Sprintf("the query has more than %d KiB: newswatch check and newswatch backtest take it", mostTyped>>10)
	case strings.Count(q, "/") > 2*mostPatterns:
		return fmt.Sprintf("the query has more than %d patterns: newswatch check and newswatch backtest take it", mostPatterns)
	}
	return ""
}
