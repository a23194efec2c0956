package match

import (
	"fmt"

	"newswatch/monitor/query"
)

// A report gathers the problems of what is compiled.
type report struct {
	problems []Problem
	failures int    // problems that are no warnings
	path     string // of the text being compiled
	index    int    // in a list at path; -1 for none
	part     string // of the element at index
}

// where writes the path of the text being compiled.
func (r *report) where() string {
	if r.index < 0 {
		return r.path
	}
	return fmt.Sprintf("%s[%d]%s", r.path, r.index, r.part)
}

// at says what is being compiled.
func (r *report) at(path string) { r.path, r.index, r.part = path, -1, "" }

func (r *report) fail(m *query.Mistake) {
	r.failures++
	r.problems = append(r.problems, Problem{Path: r.where(), Offset: m.Pos, Message: m.Message, Hint: m.Hint})
}

func (r *report) warn(m *query.Mistake) {
	r.problems = append(r.problems, Problem{Path: r.where(), Offset: m.Pos, Message: m.Message, Hint: m.Hint, Warning: true})
}
