package query

import "strings"

// describe says what a term matches.
func (t *term) describe() string {
	if t.re != nil {
		if lit := requiredLiteral(t.re.String()); lit != "" {
			return "a pattern, tried where " + lit + " occurs"
		}
		return "a pattern without a fixed part, tried on every item that may match otherwise"
	}
	var parts []string
	for i, w := range t.words {
		parts = append(parts, w.describe(t.prefix && i == len(t.words)-1))
	}
	return strings.Join(parts, " then ")
}

var ruleNotes = [...]string{"in any case", "with a capital in front", "in capitals", "exactly so"}

// describe says what a word of a term matches.
func (w word) describe(prefix bool) string {
	all := []string{w.fold}
	switch {
	case w.rule == caseExact:
		all[0] = w.exact
	case w.rule == caseUpper:
		all[0] = strings.ToUpper(w.fold)
	}
	if prefix {
		return all[0] + "... " + ruleNotes[w.rule]
	}
	return strings.Join(append(all, w.likely(all[0])...), " or ") + " " + ruleNotes[w.rule]
}

// likely returns the plurals of w, shown as the given text, that somebody may
// write: nobody looks for companys, axeses or thes, though they would be found.
func (w word) likely(shown string) (out []string) {
	s, other := w.plurals()
	if small[w.fold] {
		return nil
	}
	n := len(w.fold)
	plural := n > 3 && w.fold[n-1] == 's' && !strings.HasSuffix(w.fold, "ss") && !strings.HasSuffix(w.fold, "us")
	if other != "" && !plural {
		out = append(out, other)
	}
	name := w.rule == caseInitial && w.fold[n-1] == 'y' // Kennedys
	if s && (other == "" || name || w.fold[n-1] == 'o' || strings.HasSuffix(w.fold, "ch")) {
		out = append(out, shown+"s")
	}
	return out
}
