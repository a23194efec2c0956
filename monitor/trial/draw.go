package trial

import (
	"fmt"
	"strings"
	"unicode"

	"newswatch/monitor/match"
)

// Draw shows a mistake in a query with a caret under its place, and of
// several lines the one it is in.
func Draw(text string, p match.Problem) string {
	message := p.Message
	if p.Hint != "" {
		message += " (" + p.Hint + ")"
	}
	if p.Offset < 0 || p.Offset > len(text) {
		return message
	}
	from, to := strings.LastIndexByte(text[:p.Offset], '\n')+1, len(text)
	if n := strings.IndexByte(text[p.Offset:], '\n'); n >= 0 {
		to = p.Offset + n
	}
	if from > 0 || to < len(text) {
		message = fmt.Sprintf("line %d: %s", strings.Count(text[:p.Offset], "\n")+1, message)
	}
	before, behind := []rune(text[from:p.Offset]), []rune(text[p.Offset:to])
	if n := len(before); n > shownBefore {
		before = append([]rune("…"), before[n-shownBefore:]...)
	}
	if len(behind) > shownBehind {
		behind = append(behind[:shownBehind:shownBehind], '…')
	}
	return message + "\n    " + oneColumn(string(before)+string(behind)) + "\n    " + strings.Repeat(" ", len(before)) + "^"
}

// oneColumn writes a space for what would move the caret away.
func oneColumn(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}

// How much of a query is shown before and behind the place of a mistake.
const (
	shownBefore = 80
	shownBehind = 60
)
