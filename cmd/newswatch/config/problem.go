package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Problem is one mistake in a file, or a remark on it.
type Problem struct {
	File      string
	Line, Col int    // from 1, Col in characters
	Message   string // what is wrong, in one line
	Hint      string // what to write instead; may be ""
	Warning   bool   // it works, but perhaps not as meant

	source string    // the line, secrets masked; "" if there is none to show
	doc    *document // while the report is being made
}

// String is the problem on one line, FILE:LINE:COL: what (proposal).
func (p Problem) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: ", p.File, p.Line, p.Col)
	if p.Warning {
		b.WriteString("warning: ")
	}
	b.WriteString(p.Message)
	if p.Hint != "" {
		b.WriteString(" (" + p.Hint + ")")
	}
	return b.String()
}

// excerptWidth is how much of a long line is shown: a terminal's width less
// the margin.
const excerptWidth = 92

// Excerpt is the line of the file and, below it, a caret under the place; ""
// where there is nothing to show. Secrets are masked.
func (p Problem) Excerpt() string {
	if strings.TrimSpace(p.source) == "" {
		return ""
	}
	line, col := []rune(p.source), p.Col-1
	col = min(max(col, 0), len(line))
	if len(line) > excerptWidth {
		from := max(0, min(col-excerptWidth/2, len(line)-excerptWidth))
		to := from + excerptWidth
		if to < len(line) {
			line = append(slices.Clone(line[:to-1]), '…')
		}
		if from > 0 {
			line = slices.Clone(line[from:])
			line[0] = '…'
			col -= from
		}
	}
	var b strings.Builder
	margin := fmt.Sprintf("%5d | ", p.Line)
	b.WriteString(margin + shown(line) + "\n")
	b.WriteString(strings.Repeat(" ", len(margin)-2) + "| " + strings.Repeat(" ", col) + "^")
	return b.String()
}

// shown makes every rune one column wide, or nearly: tabs would move the
// caret, and control characters the cursor.
func shown(line []rune) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r < ' ' || r == 0x7f || r == utf8.RuneError || 0x80 <= r && r < 0xa0:
			return '?'
		}
		return r
	}, string(line))
}

// A Report is everything that Load has to say about a configuration, in the
// order of the files.
type Report struct {
	Problems []Problem
}

// OK reports whether nothing is wrong. There may be warnings.
func (r *Report) OK() bool {
	return !slices.ContainsFunc(r.Problems, func(p Problem) bool { return !p.Warning })
}

// Err returns nil if OK, and else one error that prints all mistakes, one per
// line.
func (r *Report) Err() error {
	var errs []error
	for _, p := range r.Problems {
		if !p.Warning {
			errs = append(errs, errors.New(p.String()))
		}
	}
	return errors.Join(errs...)
}

// arrange sorts by place, main file first, and removes repetitions.
func (r *Report) arrange(main string) {
	slices.SortStableFunc(r.Problems, func(a, b Problem) int {
		if a.File != b.File {
			if a.File == main {
				return -1
			}
			if b.File == main {
				return 1
			}
		}
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	r.Problems = slices.Compact(r.Problems)
}
