package query

import (
	"strings"

	"newswatch/monitor/text"
)

// Describe says what a term matches.
func (t *Term) Describe() string {
	if t.Pattern != nil {
		if lit := RequiredLiteral(t.Pattern.String()); lit != "" {
			return "a pattern, tried where " + lit + " occurs"
		}
		return "a pattern without a fixed part, tried on every item that may match otherwise"
	}
	var parts []string
	for i, w := range t.Words {
		parts = append(parts, w.describe(t.Prefix && i == len(t.Words)-1))
	}
	return strings.Join(parts, " then ")
}

var ruleNotes = [...]string{"in any case", "with a capital in front", "in capitals", "exactly so"}

// describe says what a word of a term matches.
func (w Word) describe(prefix bool) string {
	all := []string{w.Fold}
	switch {
	case w.Rule == CaseExact:
		all[0] = w.Exact
	case w.Rule == CaseUpper:
		all[0] = strings.ToUpper(w.Fold)
	}
	if prefix {
		return all[0] + "... " + ruleNotes[w.Rule]
	}
	return strings.Join(append(all, w.likely(all[0])...), " or ") + " " + ruleNotes[w.Rule]
}

// likely returns the plurals of w, shown as the given text, that somebody may
// write: nobody looks for companys, axeses or thes, though they would be found.
func (w Word) likely(shown string) (out []string) {
	s, other := w.Plurals()
	if text.SmallWords[w.Fold] {
		return nil
	}
	n := len(w.Fold)
	plural := n > 3 && w.Fold[n-1] == 's' && !strings.HasSuffix(w.Fold, "ss") && !strings.HasSuffix(w.Fold, "us")
	if other != "" && !plural {
		out = append(out, other)
	}
	name := w.Rule == CaseInitial && w.Fold[n-1] == 'y' // Kennedys
	if s && (other == "" || name || w.Fold[n-1] == 'o' || strings.HasSuffix(w.Fold, "ch")) {
		out = append(out, shown+"s")
	}
	return out
}
